//go:build unix

package dbtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// Ensure the server ends and takes its folder along, however the process ends that started it.
func TestServerEndsWithProcess(t *testing.T) {
	t.Parallel()
	if IsChild() {
		endAs(t, os.Getenv("CHILD_ENDING"))
		return
	}
	if _, err := servers.Find(); err != nil {
		t.Skip("the server that " + EnvPostgres + " names is not this process's to stop, and here is no other")
	}
	tests := []struct {
		ending string
		code   int
	}{
		{"kill", -1},
		{"panic", 2},
		{"exit", 3},
		{"fail", 1},
		{"pass", 0},
	}
	for _, tt := range tests {
		t.Run(tt.ending, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			cmd := Child(t, "TestServerEndsWithProcess", EnvPostgres+"=", "CHILD_ENDING="+tt.ending)
			out, err := cmd.StdoutPipe()
			is.NoErr(err)
			is.NoErr(cmd.Start())
			addr, dir := started(t, out)
			is.True(listens(addr))
			is.True(exists(filepath.Join(dir, "data")))
			if tt.ending == "kill" {
				is.NoErr(cmd.Process.Kill())
			}
			_ = cmd.Wait()
			is.Equal(cmd.ProcessState.ExitCode(), tt.code)
			if tt.code >= 0 && tt.code < 2 {
				is.True(!listens(addr)) // an orderly end waits for the server's
			}
			for end := time.Now().Add(15 * time.Second); listens(addr) || exists(dir); {
				if time.Now().After(end) {
					t.Fatalf("15 s later: listens %v, folder %v", listens(addr), exists(dir))
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// endAs is the child's part: it starts the server, keeps a session open, says where it is, and ends.
func endAs(t *testing.T, ending string) {
	c := connect(t, Postgres(t))
	if _, err := c.Exec(t.Context(), "BEGIN; SELECT 1"); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("started 127.0.0.1:%d %s\n", shared.srv.port, shared.srv.dir)
	switch ending {
	case "kill":
		select {}
	case "panic":
		panic("on purpose")
	case "exit":
		os.Exit(3)
	case "fail":
		t.Fatal("on purpose")
	}
}

// started reads the line of endAs and goes on reading, so that the child does not block.
func started(t *testing.T, out interface{ Read([]byte) (int, error) }) (addr, dir string) {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "started %s %s", &addr, &dir); err == nil {
			return addr, dir
		}
		t.Log(lines.Text())
	}
	t.Fatal("the child did not start a server")
	return "", ""
}

// Ensure a server that does not come up is reported soon, with what it said, and leaves nothing behind.
func TestStartServerFails(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	bin, err := os.MkdirTemp("/tmp", "dbtest-bin-") // not t.TempDir: another user must be able to run what is in it
	is.NoErr(err)
	t.Cleanup(func() { _ = os.RemoveAll(bin) })
	is.NoErr(os.Chmod(bin, 0o755))
	script := "#!/bin/sh\necho \"in $PWD\"; echo 'no disk today' >&2; exit 1\n"
	is.NoErr(os.WriteFile(filepath.Join(bin, "initdb"), []byte(script), 0o755))

	begin := time.Now()
	_, err = startServer(bin)
	is.True(err != nil)
	msg := err.Error()
	is.True(strings.Contains(msg, "dbtest: start PostgreSQL"))
	is.True(strings.HasSuffix(msg, "no disk today"))
	is.True(time.Since(begin) < startTimeout/2)

	_, dir, ok := strings.Cut(msg, "in ")
	is.True(ok)
	dir, _, _ = strings.Cut(dir[strings.Index(dir, "/"):], "\n")
	is.True(!exists(dir))
}

// Ensure a server is not taken for one's own because it answers on the port.
func TestPingForeignServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	Postgres(t)
	shared.Lock()
	srv := shared.srv
	shared.Unlock()
	if srv == nil {
		t.Skip("this process has no server of its own: " + EnvPostgres + " is set")
	}
	is.NoErr(srv.ping(t.Context()))
	other := &server{dir: "/tmp/dbtest-pg-other", port: srv.port}
	err := other.ping(t.Context())
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "belongs to the server "+srv.name()))
}

// Ensure root's private temporary folder is not where another user has to work.
func TestOpenTemp(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	open := func(perm os.FileMode, parts ...string) string {
		dir := filepath.Join(parts...)
		is.NoErr(os.MkdirAll(dir, 0o755))
		is.NoErr(os.Chmod(dir, perm)) // whatever the umask
		return dir
	}
	root, err := os.MkdirTemp("/tmp", "dbtest-temp-")
	is.NoErr(err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	open(0o755, root)
	good := open(0o777, root, "good")
	is.Equal(openTemp(good), good)
	is.Equal(openTemp(open(0o755, root, "read")), "/tmp")
	open(0o700, root, "home")
	is.Equal(openTemp(open(0o777, root, "home", "tmp")), "/tmp")
	is.Equal(openTemp(filepath.Join(root, "none")), "/tmp")
}

func TestServerEnv(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	got := serverEnv([]string{"PATH=/bin", "PGDATA=/var/lib", "PGOPTIONS=-c x"}, "/tmp/x")
	is.Equal(got, []string{"PATH=/bin", "LC_ALL=C", "HOME=/tmp/x"})
}

func listens(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
