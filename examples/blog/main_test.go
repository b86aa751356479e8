package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// server is the program, running as a process of its own.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  *bufio.Reader
	url  string
	http *http.Client
}

// start runs the program and waits until it listens.
func start(t *testing.T, dsn string) *server {
	t.Helper()
	s := &server{t: t, cmd: dbtest.Child(t, "TestServe", "PROM_DSN="+dsn),
		http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}}
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = os.Stderr
	s.out = bufio.NewReader(pipe)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	s.url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	return s
}

// stop sends a signal and returns what the program printed after it, when it has ended well.
func (s *server) stop(sig os.Signal) string {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	return s.wait()
}

func (s *server) wait() string {
	s.t.Helper()
	rest, err := io.ReadAll(s.out)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSuffix(string(rest), "PASS\n")
}

// do sends a request and returns the status and the body.
func (s *server) do(method, path, body string) (status int, answer string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// titles returns the titles of a list of posts.
func (s *server) titles(path string) string {
	s.t.Helper()
	status, body := s.do("GET", path, "")
	var posts []Post
	if err := json.Unmarshal([]byte(body), &posts); err != nil || status != http.StatusOK {
		s.t.Fatal(status, body)
	}
	var titles []string
	for _, p := range posts {
		titles = append(titles, p.Title)
	}
	return strings.Join(titles, " ")
}

// Ensure that the API creates, lists, reads, changes and deletes, on each engine, and stops when it is told to
// terminate. parity: F39 F41 M5 M31 Q3
func TestServe(t *testing.T) {
	if dbtest.IsChild() {
		if err := serve([]string{"-addr", "127.0.0.1:0"}, os.Stdout); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := start(t, e.DSN)
		expect := func(want int, method, path, body string) string {
			t.Helper()
			status, answer := s.do(method, path, body)
			is.Equal(status, want)
			return answer
		}
		expect(201, "POST", "/authors", `{"name": "Ada"}`)
		for _, title := range []string{"One", "Two", "Three"} {
			expect(201, "POST", "/posts", `{"author": 1, "title": "`+title+`"}`)
		}
		is.Equal(s.titles("/posts"), "One Two Three")
		is.Equal(s.titles("/posts?author_id=1&sort=-title&limit=2"), "Two Three")
		is.Equal(s.titles("/posts?title=Two"), "Two")
		is.Equal(s.titles("/posts?author_id=2"), "")
		is.Equal(s.titles("/posts?limit=1&offset=1"), "Two")

		is.True(strings.Contains(expect(200, "GET", "/posts/1", ""), `"views":1`))
		changed := expect(200, "PATCH", "/posts/1", `{"title": "Uno"}`)
		is.True(strings.Contains(changed, `"title":"Uno"`) && strings.Contains(changed, `"author":1`))
		expect(204, "DELETE", "/posts/2", "")
		is.Equal(s.titles("/posts"), "Uno Three")
		expect(204, "DELETE", "/authors/1", "") // and its posts
		is.Equal(s.titles("/posts"), "")
		is.Equal(s.stop(syscall.SIGTERM), "stopped\n")
	})
}

// Ensure that each kind of error becomes its status, and that answers hold the reason.
// parity: E1 E7
func TestStatus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := start(t, e.DSN)
		tests := []struct {
			method, path, body string
			status             int
			says               string
		}{
			{"POST", "/authors", `{"name": "Ada"}`, 201, `"id":1`},
			{"POST", "/authors", `{"name": "Ada"}`, 409, "exists"},
			{"POST", "/authors", `{"name": ""}`, 422, "at least 1 character"},
			{"POST", "/authors", `{"id": 9, "name": "Eve"}`, 400, "JSON"},
			{"POST", "/authors", `nonsense`, 400, "JSON"},
			{"POST", "/posts", `{"author": 9, "title": "x"}`, 422, "does not exist"},
			{"POST", "/posts", `{"title": "x"}`, 422, "author_id"},
			{"GET", "/posts/9", "", 404, "no such thing"},
			{"PATCH", "/posts/9", "{}", 404, "no such thing"},
			{"DELETE", "/posts/9", "", 404, "no such thing"},
			{"GET", "/posts/x", "", 400, "not a number"},
			{"GET", "/posts?text=x", "", 400, "columns"},
			{"GET", "/posts?sort=text", "", 400, "columns"},
			{"GET", "/posts?views=many", "", 422, "views"},
			{"GET", "/posts?limit=-1", "", 400, "limit"},
			{"GET", "/nothing", "", 404, ""},
		}
		for _, tt := range tests {
			is := is.New(t)
			status, answer := s.do(tt.method, tt.path, tt.body)
			is.Equal(status, tt.status)
			is.True(strings.Contains(answer, tt.says))
		}
		s.stop(syscall.SIGTERM)
	})
}

// Ensure that a request which has begun is answered after the signal to stop, and that an interrupt does as well.
func TestGraceful(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := start(t, "")
	body, write := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/authors", body)
	is.NoErr(err)
	req.Header.Set("Expect", "100-continue") // so that the body is sent when the server reads it
	type result struct {
		status int
		err    error
	}
	done := make(chan result, 1)
	go func() {
		res, err := s.http.Do(req)
		if err != nil {
			done <- result{err: err}
			return
		}
		done <- result{res.StatusCode, res.Body.Close()}
	}()
	_, err = io.WriteString(write, `{"name":`)
	is.NoErr(err)
	is.NoErr(s.cmd.Process.Signal(os.Interrupt))
	for { // until no new one is taken
		res, err := s.http.Get(s.url + "/posts")
		if err != nil {
			break
		}
		is.NoErr(res.Body.Close())
	}
	_, err = io.WriteString(write, `"Ada"}`)
	is.NoErr(err)
	is.NoErr(write.Close())
	got := <-done
	is.NoErr(got.err)
	is.Equal(got.status, 201)
	is.Equal(s.wait(), "stopped\n")
}
