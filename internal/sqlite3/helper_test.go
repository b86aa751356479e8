package sqlite3

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"
)

// memory opens a database of its own in memory.
func memory(tb testing.TB) *Conn {
	tb.Helper()
	return opened(tb, "file::memory:", Options{})
}

// file returns the URI of a new file.
func file(tb testing.TB) string {
	tb.Helper()
	return "file://" + filepath.ToSlash(filepath.Join(tb.TempDir(), "x.db"))
}

func opened(tb testing.TB, uri string, o Options) *Conn {
	tb.Helper()
	c, err := Open(uri, ReadWrite|Create, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// do runs statements that must succeed.
func do(tb testing.TB, c *Conn, sql string) {
	tb.Helper()
	if err := c.Exec(sql); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// one returns the first column of the one row of a query.
func one(tb testing.TB, c *Conn, sql string) string {
	tb.Helper()
	is := is.New(tb)
	is.Helper()
	s, err := c.Prepare("SELECT CAST((" + sql + ") AS TEXT)")
	is.NoErr(err)
	row, err := s.Step()
	is.NoErr(err)
	is.True(row)
	text := string(s.Raw(0))
	is.NoErr(s.Reset())
	return text
}

// endless is a statement without an end, and without a row.
const endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"

// soon returns a context with a deadline.
func soon(tb testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	tb.Cleanup(cancel)
	return ctx
}
