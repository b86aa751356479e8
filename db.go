package prom

import (
	"context"
	"database/sql"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/schema"
)

// DB is a named connection to one database: a pool. It connects at the first operation, not before, and again after
// Close. It is safe for concurrent use. DBs are made by [Registry.Open].
type DB db.DB

// in returns the DB as the library's own, with what only the library calls.
func (d *DB) in() *db.DB { return (*db.DB)(d) }

// Name returns the connection's name, the fragment of its DSN; "" for the default connection.
func (d *DB) Name() string { return d.in().Name() }

// DSN returns the DSN, which prints without its secrets.
func (d *DB) DSN() DSN { return ownDSN(d.in().DSN()) }

// Dialect returns the dialect of the database.
func (d *DB) Dialect() dialect.Dialect { return d.in().Dialect() }

// ReadOnly reports whether the connection refuses writes.
func (d *DB) ReadOnly() bool { return d.in().ReadOnly() }

// String returns the redacted DSN.
func (d *DB) String() string { return d.in().String() }

// LogValue returns the redacted DSN.
func (d *DB) LogValue() slog.Value { return d.in().LogValue() }

// MarshalJSON returns the redacted DSN.
func (d *DB) MarshalJSON() ([]byte, error) { return d.in().MarshalJSON() }

// IsOpen reports whether the DB is connected.
func (d *DB) IsOpen() bool { return d.in().IsOpen() }

// Ping connects if need be and makes sure that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.in().Ping(ctx) }

// Close waits for running statements, closes the pool and forgets what is known about the database's tables. It does
// not wait for transactions, which go on and whose connections are closed when they end. It may be called twice. The
// next operation connects again; but an in-memory database, which has ended, refuses it with [ErrClosed].
func (d *DB) Close() error { return d.in().Close() }

// PgxPool returns the pgx pool of a connection to PostgreSQL, connecting it if need be, and nil for SQLite. [DB.Close]
// ends it. What is called on it goes by pgx's own modes: behind a pooler that does not follow prepared statements set
// default_query_exec_mode=exec.
func PgxPool(ctx context.Context, d *DB) (*pgxpool.Pool, error) { return db.PgxPool(ctx, d.in()) }

// SQL returns a *sql.DB on the same database. For SQLite it has one connection of its own, with the same settings,
// which is made at its first use; it waits for a transaction of this library that writes as another process would, so
// use it outside of one. For PostgreSQL it draws from the same pool. Close ends it.
func (d *DB) SQL(ctx context.Context) (*sql.DB, error) { return d.in().SQL(ctx) }

// Tables lists the tables of the database, by name: on PostgreSQL those that a name without a schema reaches. Views and
// the engine's own tables and the history of changes are left out.
func (d *DB) Tables(ctx context.Context) ([]string, error) { return d.in().Tables(ctx) }

// Views lists the views of the database, by name, materialized ones included.
func (d *DB) Views(ctx context.Context) ([]string, error) { return d.in().Views(ctx) }

// Describe reads what the database has under the name of a table or view: columns, indexes, constraints. A column of a
// type that no field is stored as is listed like the others, with the kind Null. Some rows of SQLite are read for the
// forms of columns. A table that does not exist is [ErrNoTable].
func (d *DB) Describe(ctx context.Context, table string) (schema.Found, error) {
	return d.in().Describe(ctx, table)
}
