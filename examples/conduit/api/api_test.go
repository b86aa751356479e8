package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

func TestMain(m *testing.M) {
	iterations = 1
	dbtest.Main(m)
}

// site is the service on a database of a test's own, and the users who are logged in.
type site struct {
	*testing.T
	server *Server
	http   *httptest.Server
	tokens map[string]string
	log    kit.Statements
}

func newSite(t *testing.T, e dbtest.Engine) *site {
	t.Helper()
	s := &site{T: t, tokens: map[string]string{}}
	s.server = New([]byte("a key for tests"), prom.Using(kit.Open(t, e.DSN, s.log.Option(), promtest.Guards(t))))
	s.http = httptest.NewServer(s.server.Handler())
	t.Cleanup(s.http.Close)
	return s
}

// do sends a request, "GET /tags", of a user, "" for nobody, and returns the status and the body.
func (s *site) do(user, request, body string) string {
	s.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(s.Context(), method, s.http.URL+"/api"+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if user != "" {
		r.Header.Set("Authorization", "Token "+s.tokens[user])
	}
	res, err := s.http.Client().Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return strings.TrimSpace(fmt.Sprint(res.StatusCode, " ", string(b)))
}

// enter registers a user, or logs one in, by that request.
func (s *site) enter(name, request, want string) {
	s.Helper()
	const body = `{"user":{"username":"NAME","email":"NAME@example.org","password":"the password of NAME"}}`
	got := s.do("", request, strings.ReplaceAll(body, "NAME", name))
	token := regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(got)
	if token == nil || !strings.HasPrefix(got, want) {
		s.Fatal(got)
	}
	s.tokens[name] = token[1]
}

// moments are values that differ from one run to the next.
var moments = regexp.MustCompile(`"(token|createdAt|updatedAt)":"[^"]+"`)

// step is a request of a user, "" for nobody, and what is to come of it, without moments.
type step struct{ user, request, body, want string }

func (s *site) walk(steps ...step) {
	s.Helper()
	for _, step := range steps {
		if got := moments.ReplaceAllString(s.do(step.user, step.request, step.body), `"$1":""`); got != step.want {
			s.Errorf("%s %s %s\ngot  %s\nwant %s", step.user, step.request, step.body, got, step.want)
		}
	}
}

// fails is an answer with an error.
func fails(status int, of, reason string) string {
	return fmt.Sprintf(`%d {"errors":{"%s":["%s"]}}`, status, of, reason)
}

// profile is a user without bio and image, as somebody sees them.
func profile(name string, following bool) string {
	return fmt.Sprintf(`{"username":"%s","bio":null,"image":null,"following":%v}`, name, following)
}
