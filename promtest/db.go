package promtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom"
)

// EnvPostgres is the environment variable with the URL of the PostgreSQL server that tests use. Its user must be
// allowed to create schemas.
const EnvPostgres = "PROM_TEST_POSTGRES"

// Option is an option of [DB] and [Each]: it says which database they return.
type Option func(*options)

type options struct {
	postgres string
	file     bool
	name     string
	named    bool
	large    []prom.AnyRepo
	models   []prom.AnyRepo
}

// SQLite asks for SQLite, whatever the environment says.
func SQLite() Option { return func(o *options) { o.postgres = "" } }

// File asks for SQLite in a file of the test's temporary folder: with several readers, and open to other processes.
func File() Option { return func(o *options) { o.postgres, o.file = "", true } }

// Postgres asks for a schema on the PostgreSQL server with the given URL.
func Postgres(dsn string) Option { return func(o *options) { o.postgres = dsn } }

// As makes the database the connection with the given name in [prom.Default] until the test ends, so that repos in
// package variables use it; "" is the default connection. Tests with As cannot run in parallel: the second one fails.
func As(name string) Option { return func(o *options) { o.name, o.named = name, true } }

// owned are the databases that end with their tests.
var owned sync.Map // *prom.DB → true

// DB returns an empty database of the test's own, which ends with the test. It is SQLite in memory or, if [EnvPostgres]
// is set, a schema of PostgreSQL, unless an option says otherwise. See [Models] and [Run] for databases with tables,
// and for those that are ready when a test asks.
func DB(tb testing.TB, opts ...Option) *prom.DB {
	tb.Helper()
	o := options{postgres: os.Getenv(EnvPostgres)}
	for _, opt := range opts {
		opt(&o)
	}
	m, err := o.database(tb)
	if m != nil {
		owned.Store(m.db, true)
		m.guard.test.Store(testOf(tb))
		tb.Cleanup(func() { m.end(tb) })
	}
	if err != nil {
		tb.Fatal("promtest:", err)
	}
	if len(o.large) > 0 {
		s := newScans(o.large)
		m.guard.scans.Store(s)
		tb.Cleanup(func() { s.check(tb) })
	}
	return m.db
}

// database returns a database that is ready, or makes one. It may return one with an error too.
func (o *options) database(tb testing.TB) (m *made, err error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	registry, fragment := new(prom.Registry), ""
	if o.named {
		registry, fragment = prom.Default, "#"+o.name
	}
	if o.postgres != "" {
		if !o.named {
			m = ahead.take(o.postgres, o.models)
		}
		if m != nil {
			return m, nil
		}
		m, dsn, err := openSchema(registry, o.postgres, fragment)
		if err != nil {
			return nil, err
		}
		return m, makeSchema(ctx, m.db, o.postgres, m.name, dsn, o.models)
	}
	dsn := "sqlite://:memory:"
	if o.file {
		dsn = "sqlite:///" + strings.TrimPrefix(strings.ReplaceAll(tb.TempDir(), `\`, "/"), "/") + "/test.db"
	}
	m = &made{guard: &guard{}}
	if m.db, err = registry.Open(dsn+fragment, prom.Observe(m.guard)); err != nil {
		return nil, err
	}
	return m, install(ctx, m.db, o.models)
}

// openSchema opens the schema of a new name on a server, and returns the DSN that leads there too. The schema has yet
// to be made.
func openSchema(registry *prom.Registry, server, fragment string) (m *made, dsn string, err error) {
	// Random, because processes that share a server do not know of each other.
	m = &made{guard: &guard{}, server: server, name: "promtest_" + strings.ToLower(rand.Text()[:16])}
	if dsn, err = inSchema(server, m.name); err != nil {
		return nil, "", err
	}
	m.db, err = registry.Open(dsn+fragment, prom.Observe(m.guard))
	return m, dsn, err
}

// end closes the database of a test that is over, and drops its schema.
func (m *made) end(tb testing.TB) {
	tb.Helper()
	owned.Delete(m.db)
	forget(m.db)
	if err := m.db.Close(); err != nil {
		tb.Error("promtest:", err)
	}
	if m.name == "" {
		return
	}
	if err := drop(m.server, m.name); err != nil {
		tb.Errorf("promtest: drop the schema (is a transaction still open?): %v", err)
	}
}

// drop drops a schema with all that it holds.
func drop(server, name string) error {
	return execute(server, "SET lock_timeout = '10s'; DROP SCHEMA IF EXISTS "+name+" CASCADE")
}

// Each runs fn as the parallel subtests "sqlite" and, if [EnvPostgres] is set, "postgres", each with an empty database
// of its own, to which the options apply.
func Each(t *testing.T, fn func(t *testing.T, db *prom.DB), opts ...Option) {
	t.Helper()
	run := func(name string, opt Option) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, DB(t, append(slices.Clone(opts), opt)...))
		})
	}
	run("sqlite", SQLite())
	if dsn := os.Getenv(EnvPostgres); dsn != "" {
		run("postgres", Postgres(dsn))
	}
}

const schemaTimeout = 30 * time.Second

var errNotURL = errors.New("the PostgreSQL server must be given as a URL: postgres://user:password@host:port/database")

// inSchema binds a server's URL to a schema. Its error shows nothing of the URL, which may hold a password.
func inSchema(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" && u.RawQuery == "" {
		return "", errNotURL
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery, u.Fragment = q.Encode(), ""
	return u.String(), nil
}

// execute runs statements on a connection of its own.
func execute(dsn, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), schemaTimeout)
	defer cancel()
	base, _, _ := strings.Cut(dsn, "#")
	db, err := new(prom.Registry).Open(base)
	if err != nil {
		return err
	}
	raw, err := db.SQL(ctx)
	if err == nil {
		_, err = raw.ExecContext(ctx, sql)
	}
	return errors.Join(err, db.Close())
}
