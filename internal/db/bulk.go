package db

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// Bulks reports whether Bulk works on this DB: not in the exec modes of PostgreSQL that have no binary formats.
func (db *DB) Bulks(ctx context.Context) (bool, error) {
	if tx := db.txOf(ctx); tx != nil { // whose engine may be about to be closed
		return tx.engine.Bulks(), nil
	}
	e, err := db.use(ctx)
	if err != nil {
		return false, err
	}
	defer db.leave()
	return e.Bulks(), nil
}

// Bulk inserts many rows, in the transaction that ctx carries for this DB, or in one of its own.
func (db *DB) Bulk(ctx context.Context, b *driver.Bulk) error {
	ctx, e := db.observe(ctx, EventStatement, &b.Statement)
	inner, l := db.limit(ctx)
	err := db.bulk(inner, b)
	if err != nil {
		err = db.describe(err, &b.Statement)
	}
	err = l.end(err)
	if e != nil {
		if e.Bytes = b.Bytes; b.Copied {
			e.Kind, e.SQL = EventCopy, b.Way.Copy
		}
		e.end(ctx, int64(b.Rows), err)
	}
	return err
}

func (db *DB) bulk(ctx context.Context, b *driver.Bulk) error {
	if db.dsn.Options.ReadOnly {
		return db.check(&driver.Statement{Op: b.Op, Table: b.Table, Write: true})
	}
	if tx := db.txOf(ctx); tx != nil {
		if err := tx.acquire(ctx); err != nil {
			return err
		}
		defer tx.giveBack()
		if err := tx.setActor(ctx, &driver.Statement{Write: true}); err != nil {
			return err
		}
		f := tx.apart(ctx)
		defer f.end()
		return f.explain(tx.engine.Bulk(ctx, b))
	}
	e, err := db.use(ctx)
	if err != nil {
		return err
	}
	defer db.leave()
	f := db.apart(ctx, true)
	defer f.end()
	err = e.Bulk(ctx, b)
	db.wrote(ctx)
	return f.explain(err)
}
