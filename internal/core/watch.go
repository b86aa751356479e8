package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// WatchOptions are how a watch works. The zero value of each is the default.
type WatchOptions struct {
	By        *schema.Column // in place of the key
	Cursor    *Cursor        // the place where to begin, which is moved along
	FromStart bool           // with the rows that are there already
	Trigger   bool           // PostgreSQL is to tell
	Every     time.Duration  // how often to look
	Settle    *time.Duration // how long a row may take from its value to the database
	Patience  *time.Duration // how long a database that cannot be reached is tried again
}

// The times of a watch, unless its options say otherwise.
const (
	pollEvery     = time.Second            // on PostgreSQL without a trigger
	toldEvery     = 30 * time.Second       // with one, in case that it was dropped
	liteEvery     = 200 * time.Millisecond // on SQLite
	watchSettle   = 5 * time.Second
	watchPatience = time.Minute
)

// Cursor is the place of a watch, for going on there later. Its text may be kept anywhere. It is not safe for
// concurrent use.
type Cursor struct {
	text string
	now  func() string // of a watch; nil before it begins
}

// CursorOf returns the cursor of a text that String has given, or one without a place for "".
func CursorOf(text string) Cursor { return Cursor{text: text} }

// String returns the text of the place, "" when there is none yet. It holds the keys of the last rows, encoded and not
// encrypted.
func (c *Cursor) String() string {
	if c.now != nil {
		c.text = c.now()
	}
	return c.text
}

// Watch ranges over the rows of the query that are new, as they are committed, until ctx ends.
func (q *Query) Watch(ctx context.Context, o WatchOptions) Rows {
	return func(yield func(unsafe.Pointer, error) bool) {
		w := &watcher{q: *q, ctx: q.repo.onPrimary(ctx), yield: yield, o: o, settle: watchSettle, patience: watchPatience}
		if o.Settle != nil {
			w.settle = *o.Settle
		}
		if o.Patience != nil {
			w.patience = *o.Patience
		}
		defer w.close()
		err := w.run()
		if err != nil && !errors.Is(err, errStopped) && driver.Ended(ctx) == nil {
			yield(nil, err)
		}
	}
}

// prepare checks the query and finds the columns of its order.
func (w *watcher) prepare() (err error) {
	r := w.q.repo
	if err = r.needKey("watch"); err != nil {
		return err
	}
	if w.b, err = r.bind(); err != nil {
		return err
	}
	if w.cols, err = w.order(); err == nil {
		switch {
		case w.b.db.InTx(w.ctx):
			err = errors.New("a watch cannot be part of a transaction, which does not see later commits")
		case w.q.spec.HasOrder(), w.q.spec.HasOffset():
			err = errors.New("a watch has its own order and no offset; see WatchBy")
		case w.q.spec.HasSource(), w.q.spec.Locks():
			err = errors.New("a watch needs a query of a table without row locks, not a union or a query made by From")
		case w.settle < 0 || w.o.Every < 0 || w.patience < 0:
			err = errors.New("the times of a watch cannot be negative")
		default:
			err = w.q.spec.Err()
		}
	}
	if err != nil {
		return ErrorOf("watch", r.table, err)
	}
	if w.left, w.limited = w.q.spec.Limited(); w.limited && w.left == 0 {
		return errStopped
	}
	w.q.spec = withColumns(w.q.spec.Unpaged(), w.cols)
	return nil
}

// order returns the columns by which rows are ordered, the last ones being the key.
func (w *watcher) order() ([]*schema.Column, error) {
	t, by := w.q.repo.table, w.o.By
	features := w.b.db.Dialect().Features()
	switch {
	case by == nil && features.KeysReturn && slices.ContainsFunc(t.Key,
		func(c *schema.Column) bool { return c.Auto && c.Kind.Integer() }):
		i := slices.IndexFunc(t.Columns, func(c *schema.Column) bool { return c.Created })
		if i < 0 {
			return nil, fmt.Errorf("this database may generate the key of a deleted row again, so a key does not identify new rows; give %s a time of creation, or use WatchBy with the key if rows are never deleted",
				t.Model.Name())
		}
		by = t.Columns[i]
	case by == nil:
		return t.Key, nil
	case t.Column(by.Name) != by:
		return nil, fmt.Errorf("the field %s belongs to another model", by.Name)
	case by.Null, by.Kind == schema.JSON:
		return nil, fmt.Errorf("the field %s cannot be watched: it has no order, or may be NULL", by.Name)
	}
	cols := []*schema.Column{by}
	for _, c := range t.Key {
		if c != by {
			cols = append(cols, c)
		}
	}
	return cols, nil
}
