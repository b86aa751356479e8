package core

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// work is what a call needs on its way to the database and back, and what the next call can use again. It reads one row
// into one value, or many into a list.
type work struct {
	call
	args   []schema.Value
	cols   []*schema.Column
	sets   []*schema.Column // that an upsert sets
	stored unsafe.Pointer   // what a write makes of a value; the caller's own is changed when it has succeeded

	loader   scan.Reader
	one      unsafe.Pointer // where one row goes; nil to read a list
	found    bool
	inserted bool // the row was, and is not one that was updated; of statements that tell
	list     scan.List
	hint     int          // how many rows are expected
	part     *scan.Result // of rows with some columns; nil for all
}

// maxKeptArgs bounds the arguments that a work keeps room for.
const maxKeptArgs = 256

// take returns a work to use; give returns it for others. One that is not given back is of no matter.
func (r *Repo) take() *work {
	if w, ok := r.works.Get().(*work); ok {
		return w
	}
	return &work{args: make([]schema.Value, 0, 16), cols: make([]*schema.Column, 0, len(r.table.Columns))}
}

func (r *Repo) give(w *work) {
	args := w.args
	if cap(args) > maxKeptArgs {
		args = make([]schema.Value, 0, 16)
	}
	clear(args[:cap(args)]) // the values are the caller's
	if w.stored != nil {
		r.memory.Clear(w.stored)
	}
	*w = work{args: args[:0], cols: w.cols[:0], sets: w.sets[:0], stored: w.stored}
	r.works.Put(w)
}

// given returns an error when a value is nil, or the prototype of its model.
func (r *Repo) given(op string, v unsafe.Pointer) error {
	model := r.table.Model.Name()
	switch {
	case v == nil:
		return ErrorOf(op, r.table, fmt.Errorf("the value is nil; give the address of a %s", model))
	case scan.InProto(v):
		return ErrorOf(op, r.table, fmt.Errorf("the value is the prototype of %s, or in one, which names fields and is never stored; give the address of another %s", model, model))
	}
	return nil
}

// store makes v what w is about to store.
func (w *work) store(r *Repo, v unsafe.Pointer) {
	if w.stored == nil {
		w.stored = r.memory.New()
	}
	r.memory.Copy(w.stored, v)
}

// set makes the statement of a work, with its arguments.
func (w *work) set(op, sql string) {
	w.Op, w.SQL, w.Args = op, sql, w.args
}

// setRead is setText for a read of the program's.
func (w *work) setRead(op string, text *render.Text) {
	w.setText(op, text)
	w.reads = true
}

// setText is set with a text that tells what else the statement needs.
func (w *work) setText(op string, text *render.Text) {
	w.set(op, text.SQL)
	w.text = text
}

// setWrite is set for a statement that changes something.
func (w *work) setWrite(op, sql string) {
	w.set(op, sql)
	w.Write = true
}

// ReadRows implements [driver.RowReader].
func (w *work) ReadRows(rows driver.Rows) error {
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
func (r *Repo) readOne(ctx context.Context, b *binding, w *work, v unsafe.Pointer) error {
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

// roomFor returns for how many rows a list is made, of which that many are expected.
func roomFor(m *scan.Memory, expect int) int {
	return min(expect, max(firstList, maxList/max(1, int(m.Size))))
}

// readList runs the statement of w, which returns rows of all columns, and returns them.
func (r *Repo) readList(ctx context.Context, b *binding, w *work, expect int) (scan.List, error) {
	w.loader.Plan, w.one, w.complete = r.plan, nil, true
	if w.part != nil {
		w.loader.Use(w.part)
		w.complete = false
	}
	w.hint = roomFor(r.memory, expect)
	if err := b.query(ctx, &w.call, w); err != nil {
		return scan.List{}, err
	}
	list := w.list
	if spare := list.Cap - list.Len; spare > list.Len && spare*int(r.memory.Size) > 64<<10 {
		list = r.memory.Clone(list) // rather than keep the room for rows that did not come
	}
	return list, nil
}
