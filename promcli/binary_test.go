package promcli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// program is the binary of a team's command, with the models of the shop.
type program string

// Ensure that the command works as a team's binary does, on files and servers, streams and terminals.
func TestBinary(t *testing.T) {
	t.Parallel()
	p := program(filepath.Join(t.TempDir(), "shop"))
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", string(p), "./testdata/shop/cmd/shop").CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	each := func(name string, fn func(t *testing.T, p program, e dbtest.Engine)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { fn(t, p, e) })
		})
	}
	each("commands", commandsOfBinary)
	each("check", checkBinary)
	each("interrupt", interruptBinary)
	each("terminal", terminalOfBinary)
	t.Run("move", func(t *testing.T) { moveBinary(t, p) })
	t.Run("completion", func(t *testing.T) { completionOfBinary(t, p) })
	t.Run("second interrupt", func(t *testing.T) { secondInterrupt(t, p) })
}

// command is the binary on a database, with more of the environment, which has no CI service otherwise.
func (p program) command(t *testing.T, dsn string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(p), args...)
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "GITHUB_ACTIONS" && name != "GITHUB_WORKSPACE" && name != "NO_COLOR" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, "PROM_DSN="+dsn), env...)
	return cmd
}

// finish runs a command, sends it signals, the first when it has written something and each after a while, and returns
// its result.
func finish(t *testing.T, cmd *exec.Cmd, signals ...os.Signal) result {
	t.Helper()
	var errs bytes.Buffer
	began := make(chan struct{})
	out := writer{then: sync.OnceFunc(func() { close(began) })}
	cmd.Stdout, cmd.Stderr = &out, &errs
	is.New(t).NoErr(cmd.Start())
	for i, s := range signals {
		if i == 0 {
			select {
			case <-began:
			case <-time.After(3 * time.Second): // it writes nothing
			}
		}
		time.Sleep(time.Second)
		_ = cmd.Process.Signal(s)
	}
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// Ensure that a team's binary tells drifts to CI services, with paths from the top of the repository, and without a go
// command too.
func checkBinary(t *testing.T, p program, e dbtest.Engine) {
	is := is.New(t)
	db, _ := oldShop(t, e)
	is.NoErr(db.Close())
	top, err := filepath.Abs("..")
	is.NoErr(err)
	place := lineOf(t, shopFile, "type Book struct", "Published")
	_, line, _ := strings.Cut(place, ":")

	r := finish(t, p.command(t, e.DSN, nil, "check"))
	is.Equal(r.code, promcli.CodeDrift)
	is.True(strings.Contains(r.out, place+": error: book.published"))

	r = finish(t, p.command(t, e.DSN, []string{"GITHUB_ACTIONS=true", "GITHUB_WORKSPACE=" + top}, "check"))
	is.Equal(r.code, promcli.CodeDrift)
	is.True(strings.Contains(r.out, "::error file=promcli/"+shopFile+",line="+line+
		",title=prom check::book.published: column is missing\n"))

	r = finish(t, p.command(t, e.DSN, []string{"CI_PROJECT_DIR=" + top}, "check", "--annotations=gitlab"))
	is.Equal(r.code, promcli.CodeDrift)
	var report []struct {
		Description, Fingerprint, Severity string
		Location                           struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	is.NoErr(json.Unmarshal([]byte(r.out), &report))
	prints := map[string]bool{}
	for _, issue := range report {
		prints[issue.Fingerprint] = true
		is.Equal(issue.Location.Path, "promcli/"+shopFile)
		is.True(issue.Location.Lines.Begin > 1)
		is.Equal(issue.Severity, "major")
	}
	is.Equal(len(prints), len(report))

	cmd := p.command(t, e.DSN, []string{"PATH=" + t.TempDir()}, "check") // as where it is deployed
	r = finish(t, cmd)
	is.Equal(r.code, promcli.CodeDrift)
	is.True(strings.HasPrefix(r.out, "error: book."))
	is.Equal(strings.Count(r.err, "no files and lines: there is no go command"), 1)

	cmd = p.command(t, e.DSN, nil, "check") // or with one, but without the source
	cmd.Dir = t.TempDir()
	r = finish(t, cmd)
	is.Equal(r.code, promcli.CodeDrift)
	is.Equal(strings.Count(r.err, "no files and lines"), 1)
}

// Ensure that ctrl-C ends a command with its own code and nothing half done, and that the same command goes on.
func interruptBinary(t *testing.T, p program, e dbtest.Engine) {
	is := is.New(t)
	_, repos := oldShop(t, e)
	before := planOf(t, repos)
	release := hold(t, open(t, e.DSN), e)
	cmd := p.command(t, e.DSN, nil, "apply", "--yes", "--allow", "additive,locking,rewriting")
	r := finish(t, cmd, os.Interrupt)
	is.Equal(r.code, promcli.CodeInterrupted)
	is.True(strings.Contains(r.err, "interrupted after 0 steps; run it again to go on"))
	is.Equal(planOf(t, repos).Steps, before.Steps)
	release()

	r = finish(t, p.command(t, e.DSN, nil, "apply", "--yes", "--allow", "additive,locking,rewriting"))
	is.Equal(r.code, promcli.CodeDone)
	r = finish(t, p.command(t, e.DSN, nil, "plan"))
	is.Equal(r, result{promcli.CodeDone, "no changes\n\nnot modelled, and left as it is:\n  book.note: column is extra\n", ""})
	is.Equal(finish(t, p.command(t, e.DSN, nil, "plan", "--tables")).code, promcli.CodeUsage)
}

// onTerminal runs a command on a terminal. It types an answer when it is asked, and returns what the terminal shows.
func onTerminal(t *testing.T, cmd *exec.Cmd, question, answer string) (screen string, code int) {
	t.Helper()
	tty, err := pty.Start(cmd)
	is.New(t).NoErr(err)
	defer func() { _ = tty.Close() }()
	var shown bytes.Buffer
	part := make([]byte, 4096)
	for asked := false; ; {
		n, err := tty.Read(part)
		shown.Write(part[:n])
		if !asked && question != "" && strings.Contains(shown.String(), question) {
			asked = true
			_, _ = io.WriteString(tty, answer)
		}
		if err != nil { // the other end is closed
			break
		}
	}
	_ = cmd.Wait()
	return shown.String(), cmd.ProcessState.ExitCode()
}

// Ensure that a terminal is asked, and shows colours and a bar, and that NO_COLOR is heeded.
func terminalOfBinary(t *testing.T, p program, e dbtest.Engine) {
	is := is.New(t)
	_, repos := oldShop(t, e)
	before := planOf(t, repos)
	ask := "[y/N] "

	screen, code := onTerminal(t, p.command(t, e.DSN, []string{"NO_COLOR=1"}, "apply"), ask, "n\n")
	is.Equal(code, promcli.CodeFailed)
	is.True(strings.Contains(screen, "not confirmed, so nothing was done"))
	is.True(!strings.Contains(screen, "\x1b[3"))
	is.Equal(planOf(t, repos).Steps, before.Steps)

	screen, code = onTerminal(t, p.command(t, e.DSN, nil, "apply"), ask, "\x03") // ctrl-C
	is.Equal(code, promcli.CodeInterrupted)
	is.True(strings.Contains(screen, "\x1b[32madditive\x1b[0m"))
	is.Equal(planOf(t, repos).Steps, before.Steps)

	screen, code = onTerminal(t, p.command(t, e.DSN, nil, "apply", "--allow=additive,locking,rewriting"), ask, "y\n")
	is.Equal(code, promcli.CodeDone)
	is.True(strings.Contains(screen, "%")) // a bar
	is.Equal(planOf(t, repos).Steps, []prom.Step{})
}

// secondInterrupt ensures that a second ctrl-C ends a command which does not end for the first one, as it reads its
// input.
func secondInterrupt(t *testing.T, p program) {
	t.Parallel()
	is := is.New(t)
	input, writer, err := os.Pipe()
	is.NoErr(err)
	defer func() { _ = input.Close(); _ = writer.Close() }()
	cmd := p.command(t, "sqlite://:memory:", nil, "explain")
	cmd.Stdin = input
	finish(t, cmd, os.Interrupt, syscall.SIGTERM)
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	is.True(ok && status.Signaled() && status.Signal() == syscall.SIGTERM)
}
