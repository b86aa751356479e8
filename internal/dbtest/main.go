package dbtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// envCounts names a file to which Main adds its line as well: go test hides what a package that passed has printed.
const envCounts = "PROM_TEST_COUNTS"

// Main is the body of a package's TestMain. It runs the tests, stops the server if one was started, fails when a
// goroutine is left over, prints how many subtests of [Each] and [EachMode] ran on each engine, and ends the process.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	defer stopShared() // for a panic; a second stop does nothing
	code := m.Run()
	stopShared()
	return report(code, os.Stdout, os.Stderr)
}

// report looks for leaks, prints the counts and returns the exit code.
func report(code int, out, errs io.Writer) int {
	if code == 0 { // a test that failed seldom cleans up: its leaks would only hide why
		if err := goleak.Find(); err != nil {
			fmt.Fprintf(errs, "dbtest: goleak: %v\n", err)
			code = 1
		}
	}
	if line := runs.String(); line != "" && !IsChild() {
		fmt.Fprintln(out, line)
		if err := appendLine(os.Getenv(envCounts), line); err != nil {
			fmt.Fprintf(errs, "dbtest: %s: %v\n", envCounts, err)
			code = max(code, 1)
		}
	}
	return code
}

var runs tally

// tally counts tests by engine.
type tally struct{ sqlite, postgres atomic.Int64 }

func (c *tally) add(engine string) {
	if engine == NamePostgres {
		c.postgres.Add(1)
	} else {
		c.sqlite.Add(1)
	}
}

// String returns the line to print, or "" when there is nothing to count.
func (c *tally) String() string {
	s, p := c.sqlite.Load(), c.postgres.Load()
	if s+p == 0 {
		return ""
	}
	return fmt.Sprintf("dbtest: %d tests on sqlite, %d on postgres", s, p)
}

// appendLine adds a line to a file that test processes share; without a path it does nothing.
func appendLine(path, line string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}
