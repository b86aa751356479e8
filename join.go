package prom

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db"
)

// ConfigurePool calls fn to change the configuration of the pgx pool that a connection makes from its DSN:
// BeforeConnect for a password or token that changes, AfterConnect for a search_path, a role or types,
// ConnConfig.DialFunc for the dialer of a cloud, ConnConfig.TLSConfig, ConnConfig.Tracer, the size and the times of the
// pool, and the other hooks. fn is called each time the pool is made, before its first connection. If it returns an
// error, there is no pool: the call that needed it fails with ErrConnection, and this error is the cause. Several
// functions are called in the order of the options. On SQLite the option has no effect.
//
// The hooks are called as pgx describes, also for the few connections that prom makes outside of the pool: for
// notifications, locks and statements of plans that run alone. A hook that fails is ErrConnection, with its error as
// the cause. docs/guide/join.md describes the rest of the configuration.
func ConfigurePool(fn func(cfg *pgxpool.Config) error) OpenOption {
	return OpenOption{db.Configure(fn)}
}

// OpenPool registers a pgx pool that the program has made as a connection of the default registry, under a name; "" is
// the default connection. A name consists of letters, digits, dots, hyphens and underscores. OpenPool does no I/O.
//
// The program closes the pool. [DB.Close] only discards what is known about the database's tables, and waits for
// nothing; the next operation uses the pool again. prom adds nothing to the pool's configuration: the time zone of a
// session is the server's, and a statement has no timeout except the server's. [DB.DSN] has the pool's servers, user
// and database, and no password.
func OpenPool(name string, pool *pgxpool.Pool, options ...OpenOption) (*DB, error) {
	return OpenPoolIn(Default, name, pool, options...)
}

// OpenPoolIn is [OpenPool] for another registry.
func OpenPoolIn(r *Registry, name string, pool *pgxpool.Pool, options ...OpenOption) (*DB, error) {
	d, err := db.OpenPool(r.in(), name, pool, openOptionsAt(options))
	return (*DB)(d), err
}

// OpenSQL opens the SQLite file of a *sql.DB once more, as a connection of the default registry under a name; "" is the
// default connection. The file is found by its path, and the PRAGMAs of one of the handle's connections apply:
// foreign_keys, journal_mode, synchronous, attached files and others; a busy_timeout of 0 is left out. The driver must
// be modernc.org/sqlite, also below a wrapper that has a method Raw, as otelsql's has.
//
// It returns an error that says why the file cannot be opened: the database is in memory or temporary, its file was
// deleted, the driver is another one, or the handle keeps others from the file (locking_mode=EXCLUSIVE). The handle and
// the connection are two users of one file: a transaction of one makes writes of the other wait. So prom takes part in
// no *sql.Tx, which hides its connection; use [DB.Tx].
func OpenSQL(ctx context.Context, name string, handle *sql.DB, options ...OpenOption) (*DB, error) {
	return Default.OpenSQL(ctx, name, handle, options...)
}

// OpenSQL opens the SQLite file of a *sql.DB once more, under a name; see the function [OpenSQL].
func (r *Registry) OpenSQL(ctx context.Context, name string, handle *sql.DB, options ...OpenOption) (*DB, error) {
	d, err := r.in().OpenSQL(ctx, name, handle, openOptionsAt(options))
	return (*DB)(d), err
}

// WithPgxTx returns a context that carries a transaction which the program began with pgx, on the database of d. Every
// call on d with this context, or with one derived from it, is part of the transaction, and [DB.Tx] is a savepoint in
// it. prom neither commits nor rolls back: when the program has, calls with the context return ErrClosed. The
// transaction may be of another pool than that of d.
//
// prom does not learn how the transaction ends. So [DB.AfterCommit] returns an error, and a table that is used in such
// transactions alone is not known outside of them: the first statement on it in each takes two round trips more, unless
// [Install] has been called for it. To have both, begin by [DB.Tx] and pass on the transaction by [PgxTx].
//
// Use the pgx.Tx in no other goroutine at the same time, and read its rows to the end before the next call. If ctx
// carries a transaction of d already, or d is of SQLite, it is an error.
func WithPgxTx(ctx context.Context, d *DB, tx pgx.Tx) (context.Context, error) {
	return db.WithPgxTx(ctx, d.in(), tx)
}

// PgxTx returns the PostgreSQL transaction that ctx carries, for code that works on a pgx.Tx: the methods InsertTx of a
// job queue, queries that sqlc has generated. If ctx carries transactions of several connections, it is the one that
// began last; see [PgxTxOn].
//
// Commit and Rollback are errors: what the function of [DB.Tx] returns decides how the transaction ends. Begin makes a
// savepoint, which its Commit and Rollback end. Without a savepoint, a statement that fails aborts the transaction, as
// always with pgx: later statements fail, and Tx returns ErrClosed even if its function returns nil. Each call waits
// until no other goroutine uses the transaction. Rows and results that are not read to the end make other calls wait,
// except those of LargeObjects and Conn. After the end of the transaction all calls fail with an error that is
// pgx.ErrTxClosed. Errors of the database are those of pgx.
func PgxTx(ctx context.Context) (pgx.Tx, error) { return db.PgxTx(ctx) }

// PgxTxOn is [PgxTx] for the transaction of one connection.
func PgxTxOn(ctx context.Context, d *DB) (pgx.Tx, error) { return db.PgxTxOn(ctx, d.in()) }
