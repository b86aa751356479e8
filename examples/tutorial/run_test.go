package tutorial

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// reader is somebody who does what the pages say, in a folder of their own.
type reader struct {
	*testing.T
	dir      string
	env      map[string]string
	dsn      func(page string) string // the DSN to take for the one that a page exports
	chapter  string                   // its folder
	bin      string                   // the folder of the programs, which are named for their chapters
	server   *exec.Cmd
	printed  *bufio.Reader // by the server
	url      string        // of the server
	sessions *http.Client
}

func newReader(t *testing.T, bin string, dsn func(page string) string) *reader {
	t.Helper()
	r := &reader{T: t, dir: t.TempDir(), env: map[string]string{}, dsn: dsn, bin: bin,
		sessions: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}}
	t.Cleanup(r.stop)
	return r
}

// follow runs the commands of a chapter, and compares what they print with the page.
func (r *reader) follow(c chapter) {
	r.Helper()
	r.stop()
	r.chapter = c.name
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
	case name == "curl":
		return r.curl(words(rest))
	case name == "go" && strings.HasPrefix(rest, "test"):
		args := []string{"test", "-count=1", "-vet=off"}
		if strings.Contains(c.output, "FAIL") {
			args = append(args, "-overlay="+r.withoutIndex())
		}
		cmd := exec.Command("go", append(args, words(rest)[1:]...)...)
		cmd.Dir = r.chapter
		return r.output(cmd)
	case strings.HasPrefix(c.line, "go run ."):
		cmd := exec.Command(filepath.Join(r.bin, r.chapter), words(rest)[2:]...)
		cmd.Dir = r.dir
		if strings.Contains(c.output, "listening on") {
			return r.start(cmd)
		}
		return r.output(cmd)
	}
	r.Fatalf("no such command: %s", c.line)
	return ""
}

// withoutIndex returns an overlay of go test in which the chapter's models lack the index that its page adds last.
func (r *reader) withoutIndex() string {
	r.Helper()
	file, err := filepath.Abs(filepath.Join(r.chapter, "models.go"))
	if err != nil {
		r.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		r.Fatal(err)
	}
	line := regexp.MustCompile("(?m)^.*index=issue_id_id.*$")
	if len(line.FindAll(source, -1)) != 1 {
		r.Fatal("the models have no index to leave out")
	}
	older, overlay := filepath.Join(r.TempDir(), "models.go"), filepath.Join(r.TempDir(), "overlay.json")
	text := fmt.Sprintf(`{"Replace": {%q: %q}}`, file, older)
	if err := errors.Join(os.WriteFile(older, line.ReplaceAll(source, nil), 0o600),
		os.WriteFile(overlay, []byte(text), 0o600)); err != nil {
		r.Fatal(err)
	}
	return overlay
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

// start runs a server, whose address is a free one, until it listens.
func (r *reader) start(cmd *exec.Cmd) string {
	r.Helper()
	r.stop()
	cmd.Args = append(cmd.Args, "-addr", "localhost:0")
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
		if m := regexp.MustCompile(`127\.0\.0\.1:\d+|\[::1\]:\d+`).FindString(line); m != "" {
			r.url = "http://" + m
			return strings.ReplaceAll(text.String(), m, "127.0.0.1:8080")
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
	method, body, path := "", "", ""
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
			path = strings.TrimPrefix(args[i], "localhost:8080")
		}
	}
	u, err := url.Parse(r.url + path)
	if err != nil {
		r.Fatal(err)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, u.String(), strings.NewReader(body))
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

// build compiles the programs of the chapters, and returns their folder.
func build(t *testing.T, list []chapter) string {
	t.Helper()
	bin := t.TempDir()
	args := []string{"build", "-o", bin}
	for _, c := range list {
		args = append(args, "./"+c.name)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}
