package conn

import (
	"context"

	"github.com/prom-go/prom/schema"
)

func (e *liteEngine) bulk(ctx context.Context, b *Bulk) error {
	inner, err := e.begin(ctx, txOptions{})
	if err != nil {
		return err
	}
	t := inner.(*liteTx)
	if err := t.insert(ctx, b); err != nil {
		t.end()
		return err
	}
	if err := ctx.Err(); err != nil {
		t.end()
		return contextError(err)
	}
	return t.commit(ctx)
}

// bulk inserts rows in a savepoint, so that all or none of them are there when one of them fails.
func (t *liteTx) bulk(ctx context.Context, b *Bulk) error {
	const name = "prom_bulk"
	if err := t.savepoint(ctx, name); err != nil {
		return err
	}
	if err := t.insert(ctx, b); err != nil {
		if t.dead == nil && t.rollbackTo(ctx, name) == nil {
			_ = t.release(ctx, name)
		}
		return err
	}
	return t.release(ctx, name)
}

// insert runs the statement of one row for each row.
func (t *liteTx) insert(ctx context.Context, b *Bulk) error {
	if t.dead != nil {
		return t.deadError()
	}
	c := t.conn
	if err := ctx.Err(); err != nil {
		return contextError(err)
	}
	c.SetContext(ctx)
	defer c.tidy()
	var values []schema.Value
	for i := range b.Rows {
		var err error
		if values, err = b.Row(values[:0], i); err != nil {
			return err
		}
		s, err := c.Prepare(b.SQL) // kept by the connection
		if err == nil {
			if c.buf, err = bindArgs(s, values, c.buf); err == nil {
				_, err = s.Step()
			}
			if resetErr := s.Reset(); err == nil {
				err = resetErr
			}
		}
		if err != nil {
			return t.note(c.failed(err))
		}
		if b.Key != nil {
			b.Key(i, c.LastInsertRowID())
		}
	}
	return nil
}
