package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const schemaTimeout = 30 * time.Second

// Postgres returns the DSN of a fresh, empty schema, a URL with the parameter search_path. The schema is dropped with
// all it holds when the test ends; a test that leaves a transaction open on it fails. The first call in a process
// starts the server, about a second. Without PostgreSQL the test fails. It is safe for use by several
// goroutines, but like tb.Fatal belongs on the test's own.
func Postgres(tb testing.TB) string {
	tb.Helper()
	base, err := serverDSN()
	if err != nil {
		tb.Fatal(err)
	}
	// Random, because processes that share a server do not know of each other.
	schema := "t_" + strings.ToLower(rand.Text()[:16])
	dsn, err := withSchema(base, schema)
	if err != nil {
		tb.Fatal(err)
	}
	if err := execSQL(base, "CREATE SCHEMA "+schema); err != nil {
		tb.Fatalf("dbtest: create schema: %v", err)
	}
	tb.Cleanup(func() {
		if err := execSQL(base, "SET lock_timeout = '10s'; DROP SCHEMA "+schema+" CASCADE"); err != nil {
			tb.Errorf("dbtest: drop schema (is a transaction still open?): %v", err)
		}
	})
	return dsn
}

// withSchema binds a server's DSN to a schema. Its error shows nothing of the DSN, which may hold a password.
func withSchema(dsn, schema string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", errors.New("dbtest: " + EnvPostgres + " must be a URL: postgres://user:password@host:port/database")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	u.Fragment = ""
	return u.String(), nil
}

// execSQL runs statements on a connection of its own.
func execSQL(dsn, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	dsn, _, _ = strings.Cut(dsn, "#")
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = c.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return errors.Join(err, c.Close(ctx))
}
