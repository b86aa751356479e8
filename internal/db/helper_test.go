package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// secret is a value that no error of this package may show.
const secret = "s3cr3t-7f1e"

// connect registers a DSN in a registry of its own and closes it at the end of the test.
func connect(tb testing.TB, dsn string, options ...OpenOption) *DB {
	tb.Helper()
	db, err := new(Registry).Open(dsn, options...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// limited returns a context that ends a test which hangs.
func limited(tb testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(dbtest.Size(5, 20))*time.Minute)
	tb.Cleanup(cancel)
	return ctx
}

// write returns a statement that changes something. Placeholders are ? on every engine.
func write(db *DB, sql string, args ...schema.Value) *driver.Statement {
	return &driver.Statement{SQL: placeholders(db, sql), Args: args, Op: "write", Write: true}
}

// read returns a statement that changes nothing.
func read(db *DB, sql string, args ...schema.Value) *driver.Statement {
	return &driver.Statement{SQL: placeholders(db, sql), Args: args, Op: "read"}
}

func placeholders(db *DB, sql string) string {
	if db.dsn.Dialect != dsn.Postgres {
		return sql
	}
	for n := 1; strings.Contains(sql, "?"); n++ {
		sql = strings.Replace(sql, "?", "$"+strconv.Itoa(n), 1)
	}
	return sql
}

// backendOf returns the process of the server that a transaction has, or a pool of one connection.
func backendOf(ctx context.Context, tb testing.TB, db *DB) int64 {
	tb.Helper()
	return count(ctx, tb, db, "SELECT pg_backend_pid()")
}

// waitUntilGone waits until the server's process pid has ended, after it has sent its last message.
func waitUntilGone(tb testing.TB, db *DB, pid int64) {
	tb.Helper()
	eventually(tb, "the backend is gone", func() bool {
		return count(context.Background(), tb, db, "SELECT count(*) FROM pg_stat_activity WHERE pid = ?", num(pid)) == 0
	})
}

// do runs statements that must succeed.
func do(ctx context.Context, tb testing.TB, db *DB, statements ...string) {
	tb.Helper()
	for _, sql := range statements {
		if _, err := db.Exec(ctx, write(db, sql)); err != nil {
			tb.Fatalf("%s: %v: %v", sql, err, errors.Unwrap(err))
		}
	}
}

// attempt runs a statement and reads what it returns to the end.
func attempt(ctx context.Context, db *DB, st *driver.Statement) error {
	rows, err := db.Query(ctx, st)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Close()
}

// ints reads the first column of a result.
func ints(ctx context.Context, db *DB, sql string, args ...schema.Value) ([]int64, error) {
	rows, err := db.Query(ctx, read(db, sql, args...))
	if err != nil {
		return nil, err
	}
	var list []int64
	for rows.Next() {
		n, err := rows.Int(0)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		list = append(list, n)
	}
	return list, rows.Close()
}

// count returns the one number that a query gives.
func count(ctx context.Context, tb testing.TB, db *DB, sql string, args ...schema.Value) int64 {
	tb.Helper()
	list, err := ints(ctx, db, sql, args...)
	if err != nil || len(list) != 1 {
		tb.Fatalf("%s: %v, %v", sql, list, err)
	}
	return list[0]
}

// text returns the one text that a query gives.
func text(ctx context.Context, tb testing.TB, db *DB, sql string) string {
	tb.Helper()
	rows, err := db.Query(ctx, read(db, sql))
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	if !rows.Next() {
		tb.Fatalf("%s: no row: %v", sql, rows.Close())
	}
	s, err := rows.Text(0)
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return s
}

func num(n int64) schema.Value  { return schema.IntValue(schema.Int64, n) }
func txt(s string) schema.Value { return schema.TextValue(schema.Text, s) }

// eventually waits for a condition that another goroutine or the server brings about.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatal("it never came true that " + what)
		}
	}
}

// checkSafe fails when an error of this package, anywhere in the chain of err, shows the secret.
func checkSafe(is *is.I, err error) {
	is.Helper()
	for e := range errorTree(err) {
		if ours, ok := e.(*driver.Error); ok {
			is.True(!strings.Contains(ours.Error(), secret)) // a value in the text of an error
			text, jsonErr := json.Marshal(ours)
			is.NoErr(jsonErr)
			is.True(!strings.Contains(string(text)+fmt.Sprintf("%+v %#v", ours, ours), secret)) // in another form of it
		}
	}
	if _, ok := err.(*driver.Error); ok {
		is.True(!strings.Contains(err.Error(), "\n")) // one line
	}
}

// errorTree yields err and all that it wraps.
func errorTree(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		queue := []error{err}
		for len(queue) > 0 {
			e := queue[0]
			queue = queue[1:]
			if e == nil {
				continue
			}
			if !yield(e) {
				return
			}
			switch x := e.(type) {
			case interface{ Unwrap() error }:
				queue = append(queue, x.Unwrap())
			case interface{ Unwrap() []error }:
				queue = append(queue, x.Unwrap()...)
			}
		}
	}
}

// must returns v, and panics on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// parseDSN reads a DSN.
func parseDSN(text string) (dsn.DSN, error) { return dsn.Parse(text) }
