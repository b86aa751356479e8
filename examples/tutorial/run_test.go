package tutorial

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// reader is somebody who does what the pages say, in a module of their own, or in that of another reader.
type reader struct {
	*testing.T
	dir      string
	env      map[string]string
	dsn      func(page string) string // the DSN to take for the one that a page exports
	server   *exec.Cmd
	printed  *bufio.Reader // by the server
	url, ops string        // of the server, and of its metrics and health checks
	sessions *http.Client
}

func newReader(t *testing.T, dir string, dsn func(page string) string) *reader {
	t.Helper()
	r := &reader{T: t, dir: dir, env: map[string]string{}, dsn: dsn,
		sessions: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}}
	t.Cleanup(r.stop)
	return r
}

// follow runs the commands of a chapter, and compares what they print with the page.
func (r *reader) follow(c chapter) {
	r.Helper()
	for _, cmd := range c.commands() {
		if printed := r.run(cmd); !cmd.matches(printed) {
			r.Fatalf("docs/learn/%s.md: $ %s\nprints\n%s\nnot\n%s", c.name, cmd.line, printed, cmd.output)
		}
	}
	r.stop()
}

// run runs a command, and returns what it prints.
func (r *reader) run(c command) string {
	r.Helper()
	name, rest, _ := strings.Cut(c.line, " ")
	switch {
	case name == "export":
		key, value, _ := strings.Cut(rest, "=")
		if value = strings.Trim(value, "'"); strings.Contains(value, "://") {
			value = r.dsn(value)
		}
		r.env[key] = value
		return ""
	case name == "files":
		from, files, _ := strings.Cut(strings.TrimPrefix(rest, "of "), ": ")
		for file := range strings.FieldsSeq(files) {
			r.copy(from+"/"+file, file)
		}
		r.command("go", "build", "-ldflags=-w", "-o", "tracker", ".")
		return ""
	case name == "curl":
		return r.curl(words(rest))
	case name == "go" && strings.HasPrefix(rest, "test"):
		if strings.Contains(c.output, "FAIL") { // before the index is there, which the page adds then
			defer r.without("models.go", "index=issue_id_id")()
		}
		cmd := exec.Command("go", append([]string{"test", "-count=1", "-vet=off", "-ldflags=-w"}, words(rest)[1:]...)...)
		cmd.Dir = r.dir
		return r.output(cmd)
	case strings.HasPrefix(c.line, "go run ."):
		cmd := exec.Command(filepath.Join(r.dir, "tracker"), words(rest)[2:]...)
		cmd.Dir = r.dir
		if strings.Contains(c.output, "listening on") {
			return r.start(cmd, strings.Contains(c.output, "ops"))
		}
		return r.output(cmd)
	}
	r.Fatalf("no such command: %s", c.line)
	return ""
}

// write makes the reader's module that of a chapter. What programs have made there stays.
func (r *reader) write(c chapter) {
	r.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		r.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		r.Fatal(err)
	}
	text := regexp.MustCompile("(?m)^module .*").ReplaceAllString(string(mod), "module example.com/tracker")
	text = strings.ReplaceAll(text, "=> ../../", "=> "+root+"/")
	if err := os.WriteFile(filepath.Join(r.dir, "go.mod"), []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
	copied, err := filepath.Glob(c.name + "/*.go")
	if err != nil || len(copied) == 0 {
		r.Fatal(c.name, err)
	}
	golden, err := filepath.Glob(c.name + "/testdata/*")
	if err != nil {
		r.Fatal(err)
	}
	for _, file := range append(copied, golden...) {
		r.copy(file, strings.TrimPrefix(file, c.name))
	}
	r.copy("go.sum", "go.sum")
	r.command("go", "build", "-ldflags=-w", "-o", "tracker", ".")
}

// copy copies a file into the reader's module.
func (r *reader) copy(from, to string) {
	r.Helper()
	b, err := os.ReadFile(from)
	to = filepath.Join(r.dir, to)
	if err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, b, 0o600)); err != nil {
		r.Fatal(err)
	}
}

// command runs a command that must not fail.
func (r *reader) command(name string, args ...string) {
	r.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.Fatalf("%v\n%s", err, out)
	}
}

// without takes the only line that has a text out of a file, until the function that it returns is called.
func (r *reader) without(name, text string) (restore func()) {
	r.Helper()
	file := filepath.Join(r.dir, name)
	all, err := os.ReadFile(file)
	line := regexp.MustCompile("(?m)^.*" + regexp.QuoteMeta(text) + ".*$")
	if err != nil || len(line.FindAll(all, -1)) != 1 {
		r.Fatalf("%s has not one line with %s: %v", name, text, err)
	}
	if err := os.WriteFile(file, line.ReplaceAll(all, nil), 0o600); err != nil {
		r.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(file, all, 0o600); err != nil {
			r.Fatal(err)
		}
	}
}

func (r *reader) environ() []string {
	env := os.Environ()
	for key, value := range r.env {
		env = append(env, key+"="+value)
	}
	return env
}

// output runs a program, and returns what it prints, with its exit code when that is not 0.
func (r *reader) output(cmd *exec.Cmd) string {
	cmd.Env = r.environ()
	out, err := cmd.CombinedOutput()
	text := string(out)
	if err != nil && strings.HasPrefix(cmd.Args[0], "/") { // as go run says it
		text += err.Error()
	}
	return text
}

// start runs a server, whose addresses are free ones, until it listens.
func (r *reader) start(cmd *exec.Cmd, ops bool) string {
	r.Helper()
	r.stop()
	cmd.Args = append(cmd.Args, "-addr", "localhost:0")
	if ops {
		cmd.Args = append(cmd.Args, "-ops", "localhost:0")
	}
	cmd.Env = r.environ()
	pipe, write, err := os.Pipe()
	if err != nil {
		r.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	_ = write.Close()
	r.server, r.printed = cmd, bufio.NewReader(pipe)
	var text strings.Builder
	for {
		line, err := r.printed.ReadString('\n')
		text.WriteString(line)
		if found := regexp.MustCompile(`127\.0\.0\.1:\d+|\[::1\]:\d+`).FindAllString(line, -1); len(found) > 0 {
			r.url, r.ops = "http://"+found[0], "http://"+found[len(found)-1]
			return strings.NewReplacer(found[0], "127.0.0.1:8080", found[len(found)-1], "127.0.0.1:9090").Replace(text.String())
		}
		if err != nil {
			r.Fatalf("%v\n%s", err, text.String())
		}
	}
}

// stop ends the server as ctrl-C does.
func (r *reader) stop() {
	if r.server == nil {
		return
	}
	_ = r.server.Process.Signal(os.Interrupt)
	_, _ = io.Copy(io.Discard, r.printed)
	_ = r.server.Wait()
	r.server = nil
}

// curl sends a request as curl would.
func (r *reader) curl(args []string) string {
	r.Helper()
	method, body, at := "", "", ""
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "-X":
			i++
			method = args[i]
		case "-d":
			i++
			body = args[i]
			if method == "" {
				method = http.MethodPost
			}
		default:
			at = strings.NewReplacer("localhost:8080", r.url, "localhost:9090", r.ops).Replace(args[i])
		}
	}
	req, err := http.NewRequestWithContext(r.Context(), method, at, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	res, err := r.sessions.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		r.Fatal(err)
	}
	return text.String()
}
