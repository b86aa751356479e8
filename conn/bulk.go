package conn

import (
	"context"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Bulk is many rows to insert into one table, all or none of them.
type Bulk struct {
	Statement // SQL inserts one row; there are no Args

	Way  dialect.Bulk
	Cols int // with a value in each row
	Rows int

	// Row appends the values of a row. It is called for one row after the other, once for each attempt to insert them.
	Row func(dst []schema.Value, row int) ([]schema.Value, error)

	// Key is called for each row with the key that the database gave it, when that is left to the database. It is nil otherwise.
	Key func(row int, key int64)
}

// bulker is an engine, or a transaction of one, that has a way of its own for many rows.
type bulker interface {
	bulk(ctx context.Context, b *Bulk) error
}

// Bulks reports whether Bulk works on this DB: not in the exec modes of PostgreSQL that have no binary formats.
func (db *DB) Bulks(ctx context.Context) (bool, error) {
	var by any
	if tx := db.txOf(ctx); tx != nil { // whose engine may be about to be closed
		by = tx.engine
	} else if e, err := db.open(ctx); err == nil {
		by = unwrap(e)
	} else {
		return false, err
	}
	switch by := by.(type) {
	case *pgEngine:
		return by.direct, nil
	case *pgTx:
		return by.direct, nil
	}
	_, ok := by.(bulker)
	return ok, nil
}

// Bulk inserts many rows, in the transaction that ctx carries for this DB, or in one of its own.
func (db *DB) Bulk(ctx context.Context, b *Bulk) error {
	start := db.log.begin()
	err := db.bulk(ctx, b)
	if err != nil {
		err = db.describe(err, &b.Statement)
	}
	db.log.end(ctx, start, &b.Statement, err)
	return err
}

func (db *DB) bulk(ctx context.Context, b *Bulk) error {
	if db.dsn.Options.ReadOnly {
		return db.check(&Statement{Op: b.Op, Table: b.Table, Write: true})
	}
	if tx := db.txOf(ctx); tx != nil {
		if err := tx.acquire(ctx); err != nil {
			return err
		}
		defer tx.giveBack()
		return tx.engine.(bulker).bulk(ctx, b)
	}
	e, err := db.open(ctx)
	if err != nil {
		return err
	}
	return unwrap(e).(bulker).bulk(ctx, b)
}
