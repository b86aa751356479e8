package core

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Each ranges over the rows in bounded memory, a batch at a time.
func (q *Query) Each(ctx context.Context) Rows {
	return func(yield func(unsafe.Pointer, error) bool) {
		if err := q.repo.needKey("each"); err != nil {
			yield(nil, err)
			return
		}
		b, err := q.repo.bind()
		if err != nil {
			yield(nil, err)
			return
		}
		w := walker{q: *q, b: b, ctx: ctx, yield: yield}
		if q.spec.HasOrder() || q.repo.derived {
			err = w.byOrder()
		} else {
			err = w.byKey()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// errStopped says that the loop was left.
var errStopped = errors.New("stopped")

// The number of rows of the first batch, which many loops do not get past, and the most of the later ones. They grow: a
// long walk pays for few round trips, and a short one for few rows that it does not want.
const (
	firstBatch = 64
	lastBatch  = 2048
	batchBytes = 512 << 10 // of the structs alone
)

// grown returns the size of the batch after one of n rows.
func (w *walker) grown(n int) int {
	fits := batchBytes / max(1, int(w.q.repo.memory.Size))
	return max(n, min(4*n, lastBatch, fits))
}

// walker is one loop over a query.
type walker struct {
	q     Query // its own
	b     *binding
	ctx   context.Context //nolint:containedctx // of the one loop
	yield func(unsafe.Pointer, error) bool
}

// byKey walks in the order of the key: each batch begins after the last key of the one before, and none goes beyond the
// last key that there was at the start.
func (w *walker) byKey() error {
	key := w.q.repo.table.Key
	spec := w.q.spec.ByKeys(key)
	left, limited := spec.Limited()
	size, bounded := firstBatch, false
	for {
		n := size
		if limited {
			n = min(n, left)
		}
		if n == 0 {
			return nil
		}
		list, err := w.q.rows(w.ctx, w.b, spec.Limit(n))
		if err != nil {
			return err
		}
		full := list.Len == n
		left -= list.Len
		next := w.q.spec.Unpaged().ByKeys(key)
		var last []schema.Value
		if full {
			if last, err = w.q.repo.rowKey(nil, w.q.repo.memory.At(list, list.Len-1)); err != nil {
				return err
			}
			if !bounded {
				if spec, err = w.bound(next); err != nil {
					return err
				}
				bounded, w.q.spec = true, spec
				next = spec.ByKeys(key)
			}
		}
		if err := w.all(list); err != nil || !full {
			return err
		}
		spec, size = next.After(key, last), w.grown(size)
	}
}

// bound adds the condition that no row comes after the last one that the table has now.
func (w *walker) bound(spec ast.Spec) (ast.Spec, error) {
	key := w.q.repo.table.Key
	keys, err := w.keys(w.q.spec.Everything().ByKeysDesc(key).Limit(1), key)
	if err != nil || len(keys) == 0 {
		return spec, err
	}
	return spec.UpTo(key, keys[0]), nil
}

// byOrder walks in the query's own order: it reads all keys, and then the rows a batch of keys at a time. Rows that
// have gone, or that the conditions no longer fit, are left out.
func (w *walker) byOrder() error {
	keys, err := w.keys(w.q.spec, w.q.repo.table.Key)
	if err != nil {
		return err
	}
	for size := firstBatch; len(keys) > 0; size = w.grown(size) {
		some := keys[:min(size, len(keys))]
		keys = keys[len(some):]
		list, err := w.fetch(some)
		if err != nil {
			return err
		}
		if err := w.all(list); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads the rows with the given keys, in their order.
func (w *walker) fetch(keys [][]schema.Value) (scan.List, error) {
	r := w.q.repo
	spec := w.q.spec.Unpaged().Unordered()
	spec = spec.KeysIn(r.table.Key, len(keys), func(i, part int) schema.Value { return keys[i][part] })
	rows, err := w.q.rows(w.ctx, w.b, spec)
	if err != nil {
		return scan.List{}, err
	}
	at := make(map[string]int, rows.Len)
	for i := range rows.Len {
		key, err := r.rowKey(nil, r.memory.At(rows, i))
		if err != nil {
			return scan.List{}, err
		}
		at[keyText(key)] = i
	}
	list := r.memory.Make(0, rows.Len)
	for _, k := range keys {
		if i, ok := at[keyText(k)]; ok {
			r.memory.Copy(r.memory.Next(&list), r.memory.At(rows, i))
		}
	}
	return list, nil
}

// all hands rows to the loop.
func (w *walker) all(list scan.List) error {
	r := w.q.repo
	for i := range list.Len {
		if err := w.ctx.Err(); err != nil {
			return ErrorOf("query", r.table, driver.ContextError(err))
		}
		v := r.memory.At(list, i)
		if err := r.loadedOne(w.ctx, v); err != nil {
			return err
		}
		if !w.yield(v, nil) {
			return errStopped
		}
	}
	return nil
}

// keys reads some columns of the rows of a query, mostly those of the key.
func (w *walker) keys(spec ast.Spec, cols []*schema.Column) ([][]schema.Value, error) {
	text, args, err := w.b.stmts.SelectColumns(nil, spec, cols)
	if err != nil {
		return nil, ErrorOf("query", w.q.repo.table, err)
	}
	var keys [][]schema.Value
	c := &call{text: text, reads: true, Statement: driver.Statement{Op: "query", SQL: text.SQL, Args: args}}
	err = w.b.query(w.ctx, c, driver.RowFunc(func(rows driver.Rows) error {
		keys = nil
		for rows.Next() {
			key, err := scan.Key(w.q.repo.plan, rows, 0, cols)
			if err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return nil
	}))
	return keys, err
}

// keyText returns a text that is the same for equal keys alone.
func keyText(key []schema.Value) string {
	var b []byte
	for _, v := range key {
		b = fmt.Appendf(b, "%d:%v,", len(v.Text()), v.Any())
	}
	return string(b)
}
