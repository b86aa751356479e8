package sqlite

import (
	"context"
	"errors"
	"math"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

func (e *engine) Bulk(ctx context.Context, b *driver.Bulk) error {
	inner, err := e.Begin(ctx, driver.TxOptions{})
	if err != nil {
		return err
	}
	t := inner.(*liteTx)
	t.idle.begin() // until its end
	defer t.idle.end()
	defer t.end() // after an error, or a panic in the code that encodes a value
	if err := t.Bulk(ctx, b); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return driver.EndOfContext(err)
	}
	return t.Commit(ctx)
}

// bulk inserts rows in a savepoint, so that all or none of them are there when one of them fails.
func (t *liteTx) Bulk(ctx context.Context, b *driver.Bulk) error {
	t.idle.begin()
	defer t.idle.end()
	err := t.bulkOnce(ctx, b, b.Way.Each)
	if errors.Is(err, errKeysApart) {
		err = t.bulkOnce(ctx, b, 0)
	}
	return err
}

func (t *liteTx) bulkOnce(ctx context.Context, b *driver.Bulk, each int) error {
	const name = "prom_bulk"
	if err := t.Savepoint(ctx, name); err != nil {
		return err
	}
	inserted := false
	defer func() {
		if !inserted && t.dead == nil && t.RollbackTo(ctx, name) == nil {
			_ = t.Release(ctx, name)
		}
	}()
	if err := t.insert(ctx, b, each); err != nil {
		return err
	}
	inserted = true
	return t.Release(ctx, name)
}

// errKeysApart says that the keys of rows that one statement inserted may not follow one another.
var errKeysApart = errors.New("prom: the rows' keys are not known")

// insert runs the statement of several rows as long as there are as many, and then that of one row.
func (t *liteTx) insert(ctx context.Context, b *driver.Bulk, each int) error {
	c := t.conn
	if err := ctx.Err(); err != nil {
		return driver.EndOfContext(err)
	}
	c.SetContext(ctx)
	defer c.tidy()
	var values []schema.Value
	several, before := false, int64(math.MinInt64) // the key before
	for i := 0; i < b.Rows; {
		sql, n := b.SQL, 1
		if each > 0 && b.Rows-i >= each {
			sql, n, several = b.Way.Rows, each, true
		}
		values = values[:0]
		for row := i; row < i+n; row++ {
			var err error
			if values, err = b.Row(values, row); err != nil {
				return err
			}
		}
		changes := c.TotalChanges()
		if err := c.insertRow(sql, values); err != nil {
			return t.note(c.failed(err, &b.Statement))
		}
		if b.Stores.Must() && c.Changes() != int64(n) {
			return driver.NotStored(b.Op, b.Table)
		}
		if b.Key != nil {
			last := c.LastInsertRowID()
			if n > 1 && (last == math.MaxInt64 || c.TotalChanges()-changes != int64(n)) {
				return errKeysApart // a trigger may have inserted others between them, or the numbers have run out
			}
			if last-int64(n-1) <= before {
				return &driver.Error{Kind: driver.KindType,
					Detail: "the greatest possible key is used, so SQLite would choose random keys"}
			}
			before = last
			for row := range n {
				b.Key(i+row, last-int64(n-1-row))
			}
		}
		i += n
	}
	if several && b.Key != nil {
		return t.checkKeys(b)
	}
	return nil
}

// checkKeys makes sure that the row that was inserted last has the greatest key. When the greatest number of all is
// taken, SQLite makes up keys that do not follow one another.
func (t *liteTx) checkKeys(b *driver.Bulk) error {
	c := t.conn
	last := c.LastInsertRowID()
	s, err := c.Prepare(b.Way.Greatest)
	if err != nil {
		return t.note(c.failed(err, &b.Statement))
	}
	_, err = s.Step()
	if err == nil && s.Int64(0) != last {
		err = errKeysApart
	}
	if resetErr := s.Reset(); err == nil {
		err = resetErr
	}
	if err != nil && !errors.Is(err, errKeysApart) {
		err = t.note(c.failed(err, &b.Statement))
	}
	return err
}

// insertRow runs a statement that returns no rows.
func (c *liteConn) insertRow(sql string, values []schema.Value) error {
	s, err := c.Prepare(sql) // kept by the connection
	if err != nil {
		return err
	}
	if c.buf, err = bindArgs(s, values, c.buf); err == nil {
		_, err = s.Step()
	}
	if resetErr := s.Reset(); err == nil {
		err = resetErr
	}
	return err
}

// Bulks implements [Engine].
func (e *engine) Bulks() bool { return true }

// Bulks implements [Tx].
func (t *liteTx) Bulks() bool { return true }
