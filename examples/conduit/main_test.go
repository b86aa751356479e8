package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) {
	iterations = 1
	dbtest.Main(m)
}

// site is the service on a database of a test's own, and the users who are logged in.
type site struct {
	*testing.T
	server *server
	http   *httptest.Server
	tokens map[string]string
	log    kit.Statements
}

func newSite(t *testing.T, e dbtest.Engine) *site {
	t.Helper()
	s := &site{T: t, tokens: map[string]string{}}
	s.server = newServer([]byte("a key for tests"), prom.Using(kit.Open(t, e.DSN, s.log.Option())))
	s.http = httptest.NewServer(s.server.handler())
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

// Ensure that the program serves the database of PROM_DSN, or one in memory, and stops when it is told to.
func TestServe(t *testing.T) {
	if dbtest.IsChild() {
		if err := serve([]string{"-addr", "127.0.0.1:0"}, os.Stdout); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	run := func(t *testing.T, dsn string) {
		is := is.New(t)
		cmd := dbtest.Child(t, "TestServe", "PROM_DSN="+dsn)
		pipe, err := cmd.StdoutPipe()
		is.NoErr(err)
		is.NoErr(cmd.Start())
		out := bufio.NewReader(pipe)
		line, err := out.ReadString('\n')
		is.NoErr(err)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Get(strings.TrimSpace(strings.TrimPrefix(line, "listening on ")) + "/api/tags")
		is.NoErr(err)
		is.NoErr(res.Body.Close())
		is.Equal(res.StatusCode, http.StatusOK)
		is.NoErr(cmd.Process.Signal(syscall.SIGTERM))
		rest, err := io.ReadAll(out)
		is.NoErr(err)
		is.Equal(string(rest), "PASS\n")
		is.NoErr(cmd.Wait())
	}
	run(t, "")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { run(t, e.DSN) })
}
