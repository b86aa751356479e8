package db

import (
	"context"
	"database/sql"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/db/sqlite"
	"github.com/prom-go/prom/internal/dsn"
)

// Configure has fn change the configuration of the pool that is made from a DSN of PostgreSQL. It changes nothing on
// SQLite.
func Configure(fn func(*pgxpool.Config) error) OpenOption {
	return func(db *DB) {
		if d, ok := db.driver.(postgres.Driver); ok && fn != nil {
			d.Configure = append(slices.Clone(d.Configure), fn)
			db.driver = d
		}
	}
}

// OpenPool registers a pool of the program's under a name. It is a function, as PgxPool is.
func OpenPool(r *Registry, name string, pool *pgxpool.Pool, options []OpenOption) (*DB, error) {
	if pool == nil {
		return nil, dsn.Errorf("the pool is nil")
	}
	d, err := dsn.OfPool(name, pool.Config())
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.registerAs(d, func(db *DB) error {
		ofAll, _ := db.driver.(postgres.Driver) // for pools that are made from DSNs
		before := db.dsn.Options
		for _, o := range options {
			o(db)
		}
		if own, _ := db.driver.(postgres.Driver); len(own.Configure) > len(ofAll.Configure) {
			return dsn.Errorf("the configuration of a pool that is there cannot be changed: set the hooks on the configuration that the pool is made from")
		}
		if o := db.dsn.Options; o.StatementTimeout != before.StatementTimeout || o.LockTimeout != before.LockTimeout ||
			o.IdleInTransactionTimeout != before.IdleInTransactionTimeout {
			return dsn.Errorf("the timeouts of the server's sessions are set in the configuration of the pool: " +
				"ConnConfig.RuntimeParams[\"statement_timeout\"] and the like")
		}
		db.driver = postgres.Driver{Pool: pool}
		return nil
	})
}

// joiner is an engine that takes part in a transaction of pgx.
type joiner interface {
	Join(ctx context.Context, t pgx.Tx) (driver.Tx, error)
}

// joined is a transaction of the program's, whose end nobody tells.
type joined interface {
	// Ended returns an error of KindClosed when the transaction has ended.
	Ended() error
}

// WithPgxTx returns a context that carries a transaction of the program's: what is called with it is part of that.
func WithPgxTx(ctx context.Context, db *DB, t pgx.Tx) (context.Context, error) {
	inside, err := db.join(ctx, t)
	if err != nil {
		return nil, db.describe(err, &driver.Statement{Op: "join transaction"})
	}
	return inside, nil
}

func (db *DB) join(ctx context.Context, t pgx.Tx) (context.Context, error) {
	if db.txOf(ctx) != nil {
		return nil, &driver.Error{Kind: driver.KindOther,
			Detail: "the context carries a transaction of this connection already: use one that carries none, or begin a nested transaction"}
	}
	e, err := db.use(ctx)
	if err != nil {
		return nil, err
	}
	defer db.leave()
	j, ok := e.(joiner)
	if !ok {
		return nil, &driver.Error{Kind: driver.KindOther,
			Detail: "the connection is of SQLite, which takes part in no transaction of pgx"}
	}
	inner, err := j.Join(ctx, t)
	if err != nil {
		return nil, err
	}
	own := newTx(ctx, db, nil, inner)
	own.joined, _ = inner.(joined)
	return &txContext{ctx, own}, nil
}

// Changed notes that the transaction of ctx has made tables or columns. In one that the program began they may go by a
// savepoint of which nobody here learns, so from then on nothing is taken for known in it.
func (db *DB) Changed(ctx context.Context) {
	t := db.txOf(ctx)
	for t != nil && t.parent != nil {
		t = t.parent
	}
	if t == nil || t.joined == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed, t.pending = true, nil
}

// OpenSQL registers the SQLite file of a handle under a name.
func (r *Registry) OpenSQL(ctx context.Context, name string, handle *sql.DB, options []OpenOption) (db *DB, err error) {
	err = sqlite.Reopen(ctx, name, handle, func(d dsn.DSN) error {
		probe := newDB(d)
		_, err := probe.Tables(ctx)
		_ = probe.Close()
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		db, err = r.register(d, options)
		return err
	})
	return db, err
}
