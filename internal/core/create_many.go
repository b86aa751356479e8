package core

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// CreateMany inserts values: all of them or none. An error of one of them is an [*At].
func (r *Repo) CreateMany(ctx context.Context, vs scan.List) error {
	if vs.Len == 0 {
		return nil
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	hooks := r.hooks & createHooks
	if hooks == 0 {
		return r.createMany(ctx, b, vs)
	}
	call := func(ctx context.Context, hooks hookSet) error { return hooks.callAll(ctx, r.memory, vs) }
	return r.hooked(ctx, vs, hooks, call, func(ctx context.Context) (bool, error) {
		return true, r.createMany(ctx, b, vs)
	})
}

func (r *Repo) createMany(ctx context.Context, b *binding, vs scan.List) error {
	if rewritten, err := b.rewritten(ctx); err != nil {
		return ErrorOf("insert", r.table, err)
	} else if rewritten {
		return r.createRewritten(ctx, b, vs)
	}
	bulks, err := b.db.Bulks(ctx)
	if err != nil {
		return ErrorOf("insert", r.table, err)
	}
	stored := r.memory.Clone(vs)
	parts, err := r.fillAll(stored)
	if err != nil {
		return err
	}
	m := &many{Memory: r.memory, values: stored, loader: scan.Reader{Plan: r.plan}}
	if vs.Len <= maxRows || r.hooks&validate != 0 { // else while they go, which is undone
		if err := r.check(ctx, m, parts); err != nil {
			return err
		}
	}
	insert, apart := r.insertBulk, true
	for i := 0; i < len(parts) && bulks; i++ {
		if bulks, err = r.bulks(ctx, b, parts[i]); err != nil {
			return err
		}
	}
	if bulks {
		parts = splitParts(parts, maxBulk)
	} else {
		insert, apart = r.insertRows, false // what it stored is counted when it has been stored
		parts = splitRows(parts, b.db.Dialect().Features().MaxArgs)
	}
	all := func(ctx context.Context) error {
		for _, p := range parts {
			if err := insert(ctx, b, m, p); err != nil {
				return err
			}
		}
		return nil
	}
	if key := r.madeKey(parts[0].cols); apart && len(parts) == 1 && (key == nil || fitsAnyKey(key)) {
		err = all(ctx)
	} else {
		err = b.inTx(ctx, all)
	}
	if b.refused(ctx, err) {
		return r.createRewritten(ctx, b, vs)
	}
	if err != nil {
		return err
	}
	r.memory.CopyAll(vs, stored)
	r.wroteList(ctx, b, "insert", vs)
	return nil
}

// many is values on their way into a table.
type many struct {
	*scan.Memory
	values scan.List
	loader scan.Reader
	args   []schema.Value
}

// at returns the address of a value.
func (m *many) at(i int) unsafe.Pointer { return m.At(m.values, i) }

// part is a run of values that are inserted with the same columns.
type part struct {
	cols     []*schema.Column
	from, to int
}

// fillAll fills values in and finds the parts that they fall into.
func (r *Repo) fillAll(vs scan.List) ([]part, error) {
	var parts []part
	at := now()
	cols := make([]*schema.Column, 0, len(r.table.Columns))
	for i := range vs.Len {
		filled, err := r.fill(cols, r.memory.At(vs, i), at)
		if err != nil {
			return nil, &At{i, ErrorOf("insert", r.table, err)}
		}
		if n := len(parts); n > 0 && slices.Equal(parts[n-1].cols, filled) {
			parts[n-1].to = i + 1
		} else {
			parts = append(parts, part{slices.Clone(filled), i, i + 1})
		}
	}
	return parts, nil
}

// maxBulk bounds the rows that go to the database together, for the sake of the memory that their form there takes.
const maxBulk = 20_000

func splitParts(parts []part, size int) []part {
	var cut []part
	for _, p := range parts {
		for ; p.to-p.from > size; p.from += size {
			cut = append(cut, part{p.cols, p.from, p.from + size})
		}
		cut = append(cut, p)
	}
	return cut
}

// check checks the values before any SQL, which is what a few of them can afford.
func (r *Repo) check(ctx context.Context, m *many, parts []part) error {
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			var err error
			if m.args, err = r.values(ctx, "insert", m.args[:0], m.at(i), p.cols); err != nil {
				return &At{i, err}
			}
		}
	}
	return nil
}

// insertBulk inserts a part in the engine's own way for many rows.
func (r *Repo) insertBulk(ctx context.Context, b *binding, m *many, p part) error {
	if err := b.look(ctx); err != nil {
		return ErrorOf("insert", r.table, err)
	}
	key := r.madeKey(p.cols)
	way := b.stmts.Bulk(p.cols, key)
	text, err := b.stmts.InsertOnly(p.cols)
	if err != nil {
		return err
	}
	var broken error // by a value
	bulk := &driver.Bulk{Way: way, Cols: len(p.cols), Rows: p.to - p.from}
	bulk.Row = func(dst []schema.Value, row int) ([]schema.Value, error) {
		v, n := m.at(p.from+row), len(dst)
		dst, err := r.plan.Values(dst, v, p.cols)
		if err == nil {
			err = r.plan.Stored(v, p.cols, dst[n:])
		}
		if err != nil {
			broken = &At{p.from + row, ErrorOf("insert", r.table, err)}
		}
		return dst, broken
	}
	if key != nil {
		bulk.Key = func(row int, n int64) {
			if err := r.plan.Set(m.at(p.from+row), key, schema.IntValue(schema.Int64, n)); err != nil && broken == nil {
				err = &scan.ColumnError{Field: key.Field, Column: key.Name, Err: err}
				broken = &At{p.from + row, ErrorOf("insert", r.table, err)}
			}
		}
	}
	c := &call{complete: true, bulk: bulk}
	c.Op, c.Write, c.Stores, c.SQL = "insert", true, driver.StoresInsert, text
	if _, err := b.run(ctx, c, nil); err != nil || broken != nil {
		return cmp.Or(broken, err)
	}
	for i := p.from; i < p.to && r.plan.Tracks(); i++ {
		m.loader.Note(m.at(i))
	}
	return nil
}

// bulks reports whether a part can be inserted in the engine's own way for many rows, which does not return what the
// database fills.
func (r *Repo) bulks(ctx context.Context, b *binding, p part) (bool, error) {
	if r.table.Filled {
		return false, nil
	}
	if b.db.Dialect().Features().LastKey {
		return r.insertsOnly(ctx, b, p.cols)
	}
	return len(p.cols) > 0, nil
}

// madeKey returns the column of the key that the database makes when the given ones are inserted, or nil.
func (r *Repo) madeKey(cols []*schema.Column) *schema.Column {
	for _, c := range r.table.Key {
		if c.Auto && c.Kind != schema.UUID && !slices.Contains(cols, c) {
			return c
		}
	}
	return nil
}

// maxRows bounds the rows of one INSERT. Above a few hundred nothing is gained, and the text grows.
const maxRows = 256

// splitRows cuts parts into sizes that one INSERT takes: powers of two, so that the last ones of many different sizes
// are a few shapes and not one for each size.
func splitRows(parts []part, maxArgs int) []part {
	var cut []part
	for _, p := range parts {
		size := maxRows
		for size > 1 && (size*max(1, len(p.cols)) > maxArgs || len(p.cols) == 0) {
			size /= 2
		}
		for p.from < p.to {
			for size > p.to-p.from {
				size /= 2
			}
			cut = append(cut, part{p.cols, p.from, p.from + size})
			p.from += size
		}
	}
	return cut
}

// insertRows inserts a part by one INSERT of many rows and reads them back.
func (r *Repo) insertRows(ctx context.Context, b *binding, m *many, p part) error {
	if err := b.look(ctx); err != nil {
		return ErrorOf("insert", r.table, err)
	}
	text, err := b.stmts.Insert(p.cols, p.to-p.from)
	if err != nil {
		return ErrorOf("insert", r.table, err)
	}
	m.args = m.args[:0]
	for i := p.from; i < p.to; i++ {
		if m.args, err = r.plan.Values(m.args, m.at(i), p.cols); err != nil {
			return &At{i, ErrorOf("insert", r.table, err)}
		}
	}
	c := &call{complete: true}
	c.Op, c.Write, c.SQL, c.Args = "insert", true, text, m.args
	w := &work{}
	w.returns(r.plan, r.keptBut(p.cols))
	c.Check, c.Undo, c.Kept = w, true, w.Kept
	return b.query(ctx, c, driver.RowFunc(func(rows driver.Rows) error {
		m.loader.Reset()
		i := p.from
		for ; rows.Next(); i++ {
			if i == p.to {
				return errors.New("the database returned more rows than were inserted")
			}
			if err := m.loader.Load(rows, m.at(i)); err != nil {
				return err
			}
		}
		if i < p.to && rows.Close() == nil {
			return driver.NotStored("insert", r.table.Name)
		}
		return nil
	}))
}
