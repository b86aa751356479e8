//go:build unix

package dbtest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

//go:embed own.sh
var ownScript string

// OwnConfig is what a server of a test's own has beside the defaults.
type OwnConfig struct {
	Settings  []string          // of postgresql.conf, as in "ssl=on"
	HBA       []string          // lines of pg_hba.conf, after the one that lets the user prom in without a password
	Files     map[string][]byte // in the data folder, for the server alone to read
	Checksums bool              // of pages
}

// Own is a PostgreSQL server of one test's own: for what the shared server cannot be, stopped, damaged, or set up
// otherwise. It ends with the test, and with the process whatever ends that. Its methods fail the test and belong on
// the test's goroutine.
type Own struct {
	Port int

	bin, dir string
	name     string // by which a primary knows it
	attr     *syscall.SysProcAttr
	cmd      *exec.Cmd
	hold     *os.File
}

// NewOwn makes a server and starts it.
func NewOwn(tb testing.TB, c OwnConfig) *Own {
	tb.Helper()
	bin, err := servers.Find()
	if err != nil {
		tb.Fatalf("dbtest: a server of the test's own: %v", err)
	}
	o := &Own{bin: bin}
	if o.dir, o.attr, err = serverDir(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		o.end()
		_ = os.RemoveAll(o.dir)
	})
	args := []string{"-c", cluster, "dbtest", o.dir, o.bin, "-U", "prom", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"}
	if c.Checksums {
		args = append(args, "-k")
	}
	if out, err := o.command("/bin/sh", args...).CombinedOutput(); err != nil {
		tb.Fatalf("dbtest: initdb: %v: %s", err, out)
	}
	hba := append([]string{"host all prom 127.0.0.1/32 trust"}, c.HBA...)
	o.Write(tb, "pg_hba.conf", []byte(strings.Join(hba, "\n")+"\n"))
	for name, content := range c.Files {
		o.Write(tb, name, content)
	}
	settings := append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=40",
		"fsync=off", "shared_buffers=8MB"}, c.Settings...)
	for i, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		settings[i] = name + " = '" + value + "'\n"
	}
	o.Write(tb, "postgresql.auto.conf", []byte(strings.Join(settings, "")))
	if o.Port, err = freePort(); err != nil {
		tb.Fatal(err)
	}
	o.Start(tb)
	return o
}

// Replica makes a hot standby of the server, which follows it, and starts it. The server, which is stopped for a moment
// to be copied, must have been made with the line [ReplicaHBA].
func (o *Own) Replica(tb testing.TB) *Own {
	tb.Helper()
	return o.standby(tb, "replica")
}

func (o *Own) standby(tb testing.TB, name string) *Own {
	tb.Helper()
	r := &Own{bin: o.bin, name: name}
	var err error
	if r.dir, r.attr, err = serverDir(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		r.end()
		_ = os.RemoveAll(r.dir)
	})
	o.Stop(tb)
	if out, err := r.command("/bin/cp", "-a", o.Path(), r.Path()).CombinedOutput(); err != nil {
		tb.Fatalf("dbtest: cp: %v: %s", err, out)
	}
	o.Start(tb)
	r.standsBy(tb, o)
	if r.Port, err = freePort(); err != nil {
		tb.Fatal(err)
	}
	r.Start(tb)
	return r
}

// ReplicaHBA is the line of pg_hba.conf that lets a replica in.
const ReplicaHBA = "host replication prom 127.0.0.1/32 trust"

// Path returns a path in the data folder.
func (o *Own) Path(elements ...string) string {
	return filepath.Join(append([]string{o.dir, "data"}, elements...)...)
}

// Write puts a file into the data folder, for the server alone to read.
func (o *Own) Write(tb testing.TB, name string, content []byte) {
	tb.Helper()
	if err := os.WriteFile(o.Path(name), content, 0o600); err != nil {
		tb.Fatal(err)
	}
	if c := o.attr.Credential; c != nil {
		if err := os.Chown(o.Path(name), int(c.Uid), int(c.Gid)); err != nil {
			tb.Fatal(err)
		}
	}
}

// DSN returns the address for a user, who may come with a password as in "user:password".
func (o *Own) DSN(user string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres", user, o.Port)
}

// Engine is the server's database.
func (o *Own) Engine() Engine {
	return Engine{Name: NamePostgres, DSN: o.DSN("prom") + "?sslmode=disable"}
}

// Launch starts the server and does not wait until it is ready.
func (o *Own) Launch(tb testing.TB) {
	tb.Helper()
	stdin, hold, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	defer stdin.Close()
	o.hold = hold
	_ = os.Remove(filepath.Join(o.dir, "log")) // of the time before
	o.cmd = o.command("/bin/sh", "-c", ownScript, "dbtest", o.dir, filepath.Join(o.bin, "postgres"), "-D", o.Path(), "-p",
		strconv.Itoa(o.Port))
	o.cmd.Stdin = stdin
	if err := o.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
}

// Start starts the server and waits until it is ready.
func (o *Own) Start(tb testing.TB) {
	tb.Helper()
	o.Launch(tb)
	for end := time.Now().Add(startTimeout); ; time.Sleep(20 * time.Millisecond) {
		err := execSQL(o.Engine().DSN, "SELECT 1")
		if err == nil {
			return
		}
		if time.Now().After(end) || strings.Contains(o.Log(), "database system is shut down") {
			tb.Fatalf("dbtest: the server does not start: %v; its log:\n%s", err, o.Log())
		}
	}
}

// Stop stops the server at once and in order, so that all it has is in its files, and waits until it has ended.
func (o *Own) Stop(tb testing.TB) {
	tb.Helper()
	o.stop(tb, os.Interrupt)
}

// Kill stops the server as pg_ctl stop -m immediate does: it breaks all sessions and writes nothing more. What was
// committed is there when it starts again. It waits until the server has ended.
func (o *Own) Kill(tb testing.TB) {
	tb.Helper()
	o.stop(tb, syscall.SIGQUIT)
}

func (o *Own) stop(tb testing.TB, s os.Signal) {
	tb.Helper()
	o.Signal(tb, s)
	_ = o.cmd.Wait()
	o.hold.Close()
	o.cmd = nil
}

// Signal sends a signal to the server's first process.
func (o *Own) Signal(tb testing.TB, s os.Signal) {
	tb.Helper()
	p, err := os.FindProcess(o.pid(tb))
	if err == nil {
		err = p.Signal(s)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// pid returns the number of the server's first process.
func (o *Own) pid(tb testing.TB) int {
	tb.Helper()
	b, err := os.ReadFile(o.Path("postmaster.pid"))
	if err != nil {
		tb.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}

// Log returns the end of what the server has logged.
func (o *Own) Log() string { return (&server{dir: o.dir}).tail() }

func (o *Own) command(name string, args ...string) *exec.Cmd {
	if !filepath.IsAbs(name) {
		name = filepath.Join(o.bin, name)
	}
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = o.dir, serverEnv(os.Environ(), o.dir), o.attr
	return cmd
}

// end ends the server, if it runs, without order: what it holds is thrown away.
func (o *Own) end() {
	if o.cmd == nil {
		return
	}
	o.hold.Close() // its script sees that
	script := o.cmd.Process
	giveUp := time.AfterFunc(stopTimeout, func() { killGroup(script) })
	_ = o.cmd.Wait()
	giveUp.Stop()
	o.cmd = nil
}
