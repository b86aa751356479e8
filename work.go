package prom

import (
	"context"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// work is what a call needs on its way to the database and back, and what the next call can use again. It reads one row into one
// value, or many into a list.
type work[T any] struct {
	call
	args   []schema.Value
	cols   []*schema.Column
	sets   []*schema.Column // that an upsert sets
	stored T                // what a write makes of a value; the caller's own is changed when it has succeeded

	loader   scan.Loader[T]
	one      *T // where one row goes; nil to read a list
	found    bool
	inserted bool // the row was, and is not one that was updated; of statements that tell
	list     []T
	hint     int          // how many rows are expected
	part     *scan.Result // of rows with some columns; nil for all
}

// maxKeptArgs bounds the arguments that a work keeps room for.
const maxKeptArgs = 256

// take returns a work to use; give returns it for others. One that is not given back is of no matter.
func (r *Repo[T]) take() *work[T] {
	if w, ok := r.works.Get().(*work[T]); ok {
		return w
	}
	return &work[T]{args: make([]schema.Value, 0, 16), cols: make([]*schema.Column, 0, len(r.table.Columns))}
}

func (r *Repo[T]) give(w *work[T]) {
	args := w.args
	if cap(args) > maxKeptArgs {
		args = make([]schema.Value, 0, 16)
	}
	clear(args[:cap(args)]) // the values are the caller's
	*w = work[T]{args: args[:0], cols: w.cols[:0], sets: w.sets[:0]}
	r.works.Put(w)
}

// set makes the statement of a work, with its arguments.
func (w *work[T]) set(op, sql string) {
	w.Op, w.SQL, w.Args = op, sql, w.args
}

// setText is set with a text that tells what else the statement needs.
func (w *work[T]) setText(op string, text *query.Text) {
	w.set(op, text.SQL)
	w.text = text
}

// setWrite is set for a statement that changes something.
func (w *work[T]) setWrite(op, sql string) {
	w.set(op, sql)
	w.Write = true
}

// ReadRows implements [conn.RowReader].
func (w *work[T]) ReadRows(rows conn.Rows) error {
	w.loader.Reset()
	if w.one != nil {
		w.found = false
		for rows.Next() {
			if err := w.loader.Load(rows, w.one); err != nil {
				return err
			}
			if n := len(w.loader.Plan.Table.Columns); w.Tell && rows.Len() > n {
				var err error
				if w.inserted, err = rows.Bool(n); err != nil {
					return err
				}
			}
			w.found = true
		}
		return nil
	}
	var err error
	w.list, err = w.loader.LoadAll(rows, w.hint)
	return err
}

// readOne runs the statement of w, which returns one row of all columns, and reads it into v.
func (r *Repo[T]) readOne(ctx context.Context, b *binding, w *work[T], v *T) error {
	w.loader.Plan, w.one, w.complete = r.plan, v, true
	if err := b.query(ctx, &w.call, w); err != nil {
		return err
	}
	if !w.found {
		return r.noRow(&w.Statement)
	}
	return nil
}

// The bounds of a list that is made before its rows are there, in rows when nothing is known, and in bytes when it is.
const (
	firstList = 16
	maxList   = 8 << 20
)

// readList runs the statement of w, which returns rows of all columns, and returns them.
func (r *Repo[T]) readList(ctx context.Context, b *binding, w *work[T], expect int) ([]T, error) {
	size := max(1, int(r.plan.Table.Model.Size()))
	w.loader.Plan, w.one, w.complete = r.plan, nil, true
	if w.part != nil {
		w.loader.Use(w.part)
		w.complete = false
	}
	w.hint = min(expect, max(firstList, maxList/size))
	if err := b.query(ctx, &w.call, w); err != nil {
		return nil, err
	}
	list := w.list
	if spare := cap(list) - len(list); spare > len(list) && spare*size > 64<<10 {
		list = append(make([]T, 0, len(list)), list...) // rather than keep the room for rows that did not come
	}
	return list, nil
}
