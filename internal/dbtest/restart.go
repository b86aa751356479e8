package dbtest

import (
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

//go:embed restart.sh
var restartScript string

// Server is a PostgreSQL server of a test's own, which the test may stop and start again. What it has acknowledged is there when it starts
// again.
type Server struct {
	tb  testing.TB
	srv *server
}

// StartServer starts a server, which ends with the test, also when [EnvPostgres] names another one. Without the binaries of
// PostgreSQL the test fails.
func StartServer(tb testing.TB) *Server {
	tb.Helper()
	bin, err := findBinaries(os.Getenv("PATH"), binDirs)
	if err != nil {
		tb.Fatalf("this test stops its server, so that it needs one of its own: %v", err)
	}
	srv, err := startServer(bin, restartScript)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(srv.stop)
	return &Server{tb: tb, srv: srv}
}

// Engine is the server's database.
func (s *Server) Engine() Engine { return Engine{Name: NamePostgres, DSN: s.srv.dsn()} }

// Stop stops the server as pg_ctl stop -m immediate does: it breaks all sessions and writes nothing more. It returns when the server has
// ended.
func (s *Server) Stop() {
	s.tb.Helper()
	s.say("stop\n")
	for end := time.Now().Add(stopTimeout); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(s.srv.dir, "stopped")); err == nil {
			return
		}
		if time.Now().After(end) {
			s.tb.Fatalf("dbtest: PostgreSQL has not stopped; its log ends:\n%s", s.srv.tail())
		}
	}
}

// Start starts the server again, and returns when it answers.
func (s *Server) Start() {
	s.tb.Helper()
	s.say("start\n")
	for { // the marker of the stop goes with the start
		if _, err := os.Stat(filepath.Join(s.srv.dir, "stopped")); errors.Is(err, os.ErrNotExist) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := s.srv.waitReady(); err != nil {
		s.tb.Fatalf("dbtest: start PostgreSQL again: %v; its log ends:\n%s", err, s.srv.tail())
	}
}

func (s *Server) say(word string) {
	s.tb.Helper()
	if _, err := s.srv.hold.WriteString(word); err != nil {
		s.tb.Fatalf("dbtest: %v", err)
	}
}
