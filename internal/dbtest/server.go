package dbtest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// EnvPostgres is the environment variable with the URL of the PostgreSQL server that tests use instead of one of
// their own. Its user must be allowed to create schemas.
const EnvPostgres = servers.EnvPostgres

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
	startTries   = 3 // only a port that somebody else took is tried again
	logTail      = 2000
)

var errPortTaken = errors.New("port taken")

//go:embed watchdog.sh
var watchdog string

//go:embed cluster.sh
var cluster string

// shared is the process's one server.
var shared struct {
	sync.Mutex
	srv *server
	err error // of the one attempt to start: the other tests need not wait for the same failure
}

// serverDSN returns the URL of the server that tests share, which it starts at the first call.
func serverDSN() (string, error) {
	if dsn := os.Getenv(EnvPostgres); dsn != "" {
		return dsn, nil
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.srv == nil && shared.err == nil {
		bin, err := servers.Find()
		if err != nil {
			shared.err = fmt.Errorf("dbtest: %w", err)
		} else {
			shared.srv, shared.err = startServer(bin)
		}
	}
	if shared.err != nil {
		return "", shared.err
	}
	return shared.srv.dsn(), nil
}

// runningDSN is serverDSN that starts nothing: it returns "" when no test has asked for the server yet.
func runningDSN() string {
	if dsn := os.Getenv(EnvPostgres); dsn != "" {
		return dsn
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.srv == nil {
		return ""
	}
	return shared.srv.dsn()
}

func stopShared() {
	shared.Lock()
	defer shared.Unlock()
	if shared.srv != nil {
		shared.srv.stop()
		shared.srv = nil
	}
}

// server is a PostgreSQL server under its watchdog.
type server struct {
	dir  string // data, log and the marker "stopped"; the watchdog removes it
	port int
	cmd  *exec.Cmd
	hold *os.File // the pipe's write end: when the last holder closes it, the watchdog stops the server
}

func startServer(bin string) (*server, error) {
	for try := 1; ; try++ {
		s, err := tryServer(bin)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, errPortTaken) || try == startTries {
			return nil, fmt.Errorf("dbtest: start PostgreSQL of %s: %w", bin, err)
		}
	}
}

func tryServer(bin string) (*server, error) {
	dir, attr, err := serverDir()
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if s.port, err = freePort(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	stdin, hold, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.hold = hold
	s.cmd = exec.Command("/bin/sh", "-c", watchdog, "dbtest", dir, bin, strconv.Itoa(s.port), s.name(), cluster)
	s.cmd.Dir = dir
	s.cmd.Env = serverEnv(os.Environ(), dir)
	s.cmd.Stdin = stdin // the other streams must not be the test's own: go test waits for them to close
	s.cmd.SysProcAttr = attr
	err = s.cmd.Start()
	stdin.Close()
	if err != nil {
		hold.Close()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.waitReady(); err != nil {
		log := s.tail()
		s.stop()
		if strings.Contains(log, "Address already in use") {
			err = fmt.Errorf("%w: %w", errPortTaken, err)
		}
		return nil, fmt.Errorf("%w; its log ends:\n%s", err, log)
	}
	return s, nil
}

func (s *server) name() string { return filepath.Base(s.dir) }

func (s *server) dsn() string {
	return fmt.Sprintf("postgres://prom:prom@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

func (s *server) waitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		if _, e := os.Stat(filepath.Join(s.dir, "stopped")); e == nil {
			return errors.New("it ended at once")
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready after %v: %w", startTimeout, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ping connects, and makes sure that it is this server which answers: between finding a free port and listening on it
// another test process may have taken it for a server of its own.
func (s *server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.dsn())
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	var name string
	if err := c.QueryRow(ctx, "SHOW cluster_name").Scan(&name); err != nil {
		return err
	}
	if name != s.name() {
		return fmt.Errorf("port %d belongs to the server %s", s.port, name)
	}
	return nil
}

// tail returns the end of the server's log.
func (s *server) tail() string {
	b, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	if len(b) > logTail {
		b = b[len(b)-logTail:]
	}
	return strings.TrimSpace(string(b))
}

// stop ends the server and returns when it is gone, and its folder with it.
func (s *server) stop() {
	s.hold.Close()
	giveUp := time.AfterFunc(stopTimeout, func() { killGroup(s.cmd.Process) })
	_ = s.cmd.Wait() // the exit status is that of rm; what it left is removed below
	giveUp.Stop()
	_ = os.RemoveAll(s.dir)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// serverEnv is env without what would turn the server's programs elsewhere (PGDATA, PGOPTIONS, …), and with messages in
// the language that errPortTaken is recognised in.
func serverEnv(env []string, home string) []string {
	var out []string
	for _, kv := range env {
		if !strings.HasPrefix(kv, "PG") {
			out = append(out, kv)
		}
	}
	return append(out, "LC_ALL=C", "HOME="+home)
}
