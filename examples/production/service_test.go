package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// running is a service on a server of its own, into which the service logs in with a password.
type running struct {
	*testing.T
	server    *dbtest.Own
	admin     *prom.DB
	secret    string // the file of the password
	addr, ops string
	spans     *tracetest.SpanRecorder
	log       lines
	token     string
	http      *http.Client
}

// run starts the service. Parameters are those of its pool.
func run(t *testing.T, params string) *running {
	t.Helper()
	s := &running{T: t, spans: tracetest.NewSpanRecorder(), secret: filepath.Join(t.TempDir(), "password"),
		http: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	t.Cleanup(s.http.CloseIdleConnections)
	s.server = dbtest.NewOwn(t, dbtest.OwnConfig{HBA: []string{"host all conduit 127.0.0.1/32 scram-sha-256"}})
	s.admin = kit.Open(t, s.server.DSN("prom"))
	kit.RunSQL(t, s.admin, "CREATE ROLE conduit LOGIN PASSWORD 'p0'", "GRANT ALL ON SCHEMA public TO conduit")
	s.write("p0")

	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	c := config{addr: "127.0.0.1:0", ops: "127.0.0.1:0", database: s.server.DSN("conduit") + "?sslmode=disable&" + params,
		password: passwordFile(s.secret), key: []byte("a key for tests"), slow: 100 * time.Millisecond,
		log: newLog(&s.log), spans: s.spans,
		ready: func(addr, ops string) {
			s.addr, s.ops = "http://"+addr+"/api", "http://"+ops
			close(ready)
		}}
	go func() { done <- serve(ctx, c) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the service does not end")
		}
	})
	select {
	case <-ready:
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	status, body := s.do(http.MethodPost, s.addr+"/users",
		`{"user":{"username":"ada","email":"ada@example.org","password":"secret"}}`)
	var in struct{ User struct{ Token string } }
	if err := json.Unmarshal([]byte(body), &in); err != nil || status != http.StatusCreated {
		t.Fatal(status, body, err)
	}
	s.token = in.User.Token
	return s
}

// write puts a password into the file, as a whole.
func (s *running) write(password string) {
	s.Helper()
	if err := os.WriteFile(s.secret+".new", []byte(password+"\n"), 0o600); err != nil {
		s.Fatal(err)
	}
	if err := os.Rename(s.secret+".new", s.secret); err != nil {
		s.Fatal(err)
	}
}

// do sends a request, as the user if there is one, and returns the status and the body, or 0 and the error.
func (s *running) do(method, url, body string) (int, string) {
	r, err := http.NewRequestWithContext(s.Context(), method, url, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Token "+s.token)
	}
	res, err := s.http.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

// must is do, of which a status is wanted.
func (s *running) must(want int, method, url, body string) string {
	s.Helper()
	status, text := s.do(method, url, body)
	if status != want {
		s.Fatalf("%s %s: %d, not %d: %s\n%s", method, url, status, want, text, s.log.String())
	}
	return text
}

// article is the body of a request that writes one.
func article(title string) string {
	return fmt.Sprintf(`{"article":{"title":%q,"description":"d","body":"b","tagList":["engines","notes"]}}`, title)
}

// lines are what a log has.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// with returns the lines that have a message.
func (l *lines) with(t *testing.T, message string) (found []map[string]any) {
	t.Helper()
	for text := range strings.Lines(l.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line["msg"] == message {
			found = append(found, line)
		}
	}
	return found
}

// Ensure that no request fails while the password of the service's role changes again and again, and the connections
// that logged in with an old one are replaced.
func TestRotation(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := run(t, "pool_max_conns=4&pool_max_conn_lifetime=20ms&pool_max_conn_lifetime_jitter=0s")
	const writers = 6
	stop := time.Now().Add(3 * time.Second)
	var requests [writers]int
	rotations := 0
	err := kit.Together(writers+1, func(i int) error {
		if i == writers {
			for ; time.Now().Before(stop); rotations++ {
				next := fmt.Sprintf("p%d", time.Now().UnixNano())
				raw, err := s.admin.SQL(t.Context())
				if err != nil {
					return err
				}
				if _, err = raw.ExecContext(t.Context(), "ALTER ROLE conduit PASSWORD '"+next+"'"); err != nil {
					return err
				}
				s.write(next)
				time.Sleep(50 * time.Millisecond)
			}
			return nil
		}
		path := fmt.Sprintf("%s/articles/by-%d", s.addr, i)
		for n := 0; time.Now().Before(stop); n++ {
			method, url, body, want := http.MethodPut, path, article(fmt.Sprintf("By %d", i)), http.StatusOK
			switch {
			case n == 0:
				method, url, want = http.MethodPost, s.addr+"/articles", http.StatusCreated
			case n%2 == 1:
				method, url, body = http.MethodGet, s.addr+"/articles", ""
			}
			if status, text := s.do(method, url, body); status != want {
				return fmt.Errorf("%s %s: %d %s", method, url, status, text)
			}
			requests[i]++
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, s.log.String())
	}
	logins := kit.ScanOne[int](t, s.admin, "SELECT sessions::int FROM pg_stat_database WHERE datname = 'postgres'")
	t.Logf("%d changes of the password, %v requests, %d sessions", rotations, requests, logins)
	is.True(rotations > 5)
	is.True(logins > rotations)
}

// Ensure that the service goes on when its connections are cut, without an error of a request that was not under way,
// and that it is not ready while the server is down.
func TestReconnect(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := run(t, "pool_max_conns=4&pool_min_conns=4")
	s.must(http.StatusCreated, http.MethodPost, s.addr+"/articles", article("On engines"))
	for round := range 5 {
		is.Equal(kit.Together(8, func(i int) error { // so that all connections are there
			if status, text := s.do(http.MethodGet, s.addr+"/articles", ""); status != http.StatusOK {
				return fmt.Errorf("round %d: GET: %d %s", round, status, text)
			}
			return nil
		}), nil)
		cut := kit.ScanOne[int](t, s.admin, `SELECT count(pg_terminate_backend(pid, 5000))::int FROM pg_stat_activity
			WHERE usename = 'conduit'`)
		is.True(cut >= 4)
		err := kit.Together(4, func(i int) error {
			method, url, body, want := http.MethodGet, s.addr+"/articles", "", http.StatusOK
			if i%2 == 0 {
				method, url, body, want = http.MethodPost, s.addr+"/articles", article(fmt.Sprintf("%d %d", round, i)), http.StatusCreated
			}
			if status, text := s.do(method, url, body); status != want {
				return fmt.Errorf("round %d: %s %s: %d %s", round, method, url, status, text)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, s.log.String())
		}
	}
	s.must(http.StatusOK, http.MethodGet, s.ops+"/readyz", "")
	s.server.Stop(t)
	s.must(http.StatusServiceUnavailable, http.MethodGet, s.ops+"/readyz", "")
	s.must(http.StatusOK, http.MethodGet, s.ops+"/livez", "")
	s.must(http.StatusInternalServerError, http.MethodGet, s.addr+"/articles", "")
	is.True(len(s.log.with(t, "not ready")) == 1)
	s.server.Start(t)
	s.must(http.StatusOK, http.MethodGet, s.ops+"/readyz", "")
	s.must(http.StatusOK, http.MethodGet, s.addr+"/articles", "")
}
