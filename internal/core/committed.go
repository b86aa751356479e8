package core

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// What is written is told to who listens on the connection, when it has been committed: see db.OnCommit. Each call
// tells it behind its statement and in the context of that, so that what undoes the statement drops it. Where nobody
// listens, binding.commits is nil, and nothing else is looked at.

// written is what one call has written.
type written struct {
	op   string
	rows int64
	keys [][]any // nil when they are not known
}

// wrote tells of rows.
func (b *binding) wrote(ctx context.Context, w written) {
	if w.rows > 0 {
		b.db.Wrote(ctx, b.commits, db.Committed{Op: w.op, Table: b.table.Name, Rows: w.rows, Keys: w.keys})
	}
}

// wroteRows tells of rows whose keys are not known.
func (b *binding) wroteRows(ctx context.Context, op string, rows int64) {
	if b.commits != nil {
		b.wrote(ctx, written{op: op, rows: rows})
	}
}

// wroteOne tells of the row of a value.
func (r *Repo) wroteOne(ctx context.Context, b *binding, op string, v unsafe.Pointer) {
	if b.commits != nil {
		b.wrote(ctx, written{op, 1, r.keysOf(scan.One(v))})
	}
}

// wroteList tells of the rows of values.
func (r *Repo) wroteList(ctx context.Context, b *binding, op string, list scan.List) {
	if b.commits != nil {
		b.wrote(ctx, written{op, int64(list.Len), r.keysOf(list)})
	}
}

// wroteKey tells of the row with a key.
func (r *Repo) wroteKey(ctx context.Context, b *binding, op string, key []schema.Value) {
	if b.commits != nil {
		keys := keyList{repo: r}
		_ = keys.add(key)
		b.wrote(ctx, written{op, 1, keys.list()})
	}
}

// toldKeys reports whether a statement that returns nothing otherwise has to return the keys of its rows.
func (b *binding) toldKeys() bool { return b.commits != nil && len(b.table.Key) > 0 }

// writeKeys runs a statement that returns the keys of the rows that it writes to, tells of them, and returns how many
// they were.
func (r *Repo) writeKeys(ctx context.Context, b *binding, op string, c *call) (int, error) {
	k := &keyRows{repo: r}
	c.Check, c.Undo, c.Kept = k, true, keptAll
	if err := b.query(ctx, c, k); err != nil {
		return 0, err
	}
	b.wrote(ctx, written{op, int64(len(k.keys)), k.keys})
	return len(k.keys), nil
}

// wrote names what a conflict's insert has done to a row.
func (c *Conflict) wrote(outcome Outcome) string {
	switch {
	case !c.nothing && !c.tells():
		return "upsert"
	case outcome == Inserted:
		return "insert"
	}
	return "update"
}

// wroteAll tells of the rows of values, of those that were inserted first.
func (c *Conflict) wroteAll(ctx context.Context, b *binding, vs scan.List, outcomes []Outcome) {
	r := c.repo
	for _, outcome := range []Outcome{Inserted, Updated} {
		list := r.memory.Make(0, vs.Len)
		for i, o := range outcomes {
			if o == outcome {
				r.memory.Copy(r.memory.Next(&list), r.memory.At(vs, i))
			}
		}
		r.wroteList(ctx, b, c.wrote(outcome), list)
	}
}

// tellBatch tells of what operations have written, of adjacent ones that did the same to a table together.
func tellBatch(ctx context.Context, ops []*batchOp) {
	var b *binding
	var all written
	for _, op := range ops {
		t, writes := op.action.(teller)
		if !writes || op.silent || op.skip || op.b.commits == nil {
			continue
		}
		w := t.wrote(op)
		if w.rows == 0 {
			continue
		}
		if b == op.b && all.op == w.op && (all.keys == nil) == (w.keys == nil) {
			all.rows, all.keys = all.rows+w.rows, append(all.keys, w.keys...)
			continue
		}
		if b != nil {
			b.wrote(ctx, all)
		}
		b, all = op.b, w
	}
	if b != nil {
		b.wrote(ctx, all)
	}
}

// keysOf returns the keys of values, nil if the model has none.
func (r *Repo) keysOf(list scan.List) [][]any {
	keys := keyList{repo: r, room: list.Len}
	key := make([]schema.Value, 0, 4)
	for i := range list.Len {
		var err error
		if key, err = r.keyOf(key[:0], r.memory.At(list, i)); err == nil {
			err = keys.add(key)
		}
		if err != nil { // of a codec that does not take what it has just given
			return nil
		}
	}
	return keys.list()
}

// keyList makes keys of values what the application takes them for.
type keyList struct {
	repo   *Repo
	room   int // how many are expected
	values []any
}

// add adds a key.
func (k *keyList) add(key []schema.Value) error {
	if k.values == nil {
		k.values = make([]any, 0, max(1, k.room)*len(key))
	}
	for i, c := range k.repo.table.Key {
		value, err := k.repo.plan.Codec(c).Decode(key[i])
		if err != nil {
			return &scan.ColumnError{Field: c.Field, Column: c.Name, Err: err}
		}
		k.values = append(k.values, value)
	}
	return nil
}

// list returns the keys.
func (k *keyList) list() [][]any {
	n := len(k.repo.table.Key)
	if n == 0 || len(k.values) == 0 {
		return nil
	}
	list := make([][]any, len(k.values)/n)
	for i := range list {
		list[i] = k.values[i*n : (i+1)*n : (i+1)*n]
	}
	return list
}

// keyRows reads rows that are keys.
type keyRows struct {
	repo *Repo
	keys [][]any
}

// ReadRows implements [driver.RowReader].
func (k *keyRows) ReadRows(rows driver.Rows) error {
	k.keys = nil
	list := keyList{repo: k.repo}
	cols := k.repo.table.Key
	reader := scan.NewKeyReader(k.repo.plan, 0, cols)
	key := make([]schema.Value, 0, len(cols))
	for rows.Next() {
		var err error
		if key, err = reader.Append(key[:0], rows); err == nil {
			err = list.add(key)
		}
		if err != nil {
			return err
		}
	}
	k.keys = list.list()
	return nil
}

// readsKeys tells that the rows which are read by a plan are its keys.
type readsKeys struct{ plan *scan.Plan }

// ReadBy implements [driver.ResultChecker].
func (k *keyRows) ReadBy() any { return readsKeys{k.repo.plan} }

// CheckResult implements [driver.ResultChecker].
func (k *keyRows) CheckResult(r driver.ResultTypes) (uint64, error) {
	return k.repo.plan.CheckColumns(r, k.repo.table.Key, driver.ColumnBit)
}
