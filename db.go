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

// DB is a named connection to one database, with a connection pool. It connects at the first operation, and connects
// again after Close. It is safe for concurrent use. [Registry.Open] returns a DB.
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

// Ping connects if necessary, and checks that the database responds.
func (d *DB) Ping(ctx context.Context) error { return d.in().Ping(ctx) }

// Close waits for running statements, closes the pool, and discards what is known about the database's tables. It does
// not wait for transactions: they continue, and their connections are closed when they end. Close may be called twice.
// The next operation connects again, except on an in-memory database, which no longer exists: it returns [ErrClosed]. A
// pool of the program's stays open; see [OpenPool].
func (d *DB) Close() error { return d.in().Close() }

// PgxPool returns the pgx pool of a PostgreSQL connection, and connects if necessary. For SQLite it returns nil.
// [DB.Close] closes the pool, unless it is the program's (see [OpenPool]). Calls on the pool use pgx's own query modes:
// behind a connection pooler that does not support prepared statements, set default_query_exec_mode=exec.
func PgxPool(ctx context.Context, d *DB) (*pgxpool.Pool, error) { return db.PgxPool(ctx, d.in()) }

// SQL returns a *sql.DB on the same database. For SQLite it has one connection of its own, with the same settings,
// which is opened when it is first used. That connection waits for a transaction of prom that writes, as another
// process would, so do not use it inside one. For PostgreSQL, it uses the same pool. Close closes it.
func (d *DB) SQL(ctx context.Context) (*sql.DB, error) { return d.in().SQL(ctx) }

// Tables returns the names of the tables of the database, in order: on PostgreSQL, of the tables that a name without a
// schema finds (search_path). It omits views, the system tables of the engine, and the table that records schema
// changes.
func (d *DB) Tables(ctx context.Context) ([]string, error) { return d.in().Tables(ctx) }

// TablesIn returns the names of the tables of a schema, or of an attached database of SQLite, in order. They have the
// form schema.table, as a model's TableName returns it. A schema that does not exist has none.
func TablesIn(ctx context.Context, d *DB, schema string) ([]string, error) {
	return d.in().TablesIn(ctx, schema)
}

// ViewsIn returns the names of the views of a schema, or of an attached database of SQLite, in order, including
// materialized views. They have the form schema.view.
func ViewsIn(ctx context.Context, d *DB, schema string) ([]string, error) {
	return d.in().ViewsIn(ctx, schema)
}

// Views returns the names of the views of the database, in order, including materialized views.
func (d *DB) Views(ctx context.Context) ([]string, error) { return d.in().Views(ctx) }

// Describe returns the columns, indexes and constraints of a table or view of the database. A column of a type that no
// field can have is included, with the kind Null. On SQLite, Describe reads some rows to find the format of columns. If
// the table does not exist, the error is [ErrNoTable].
func (d *DB) Describe(ctx context.Context, table string) (schema.Found, error) {
	return d.in().Describe(ctx, table)
}
