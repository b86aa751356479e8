package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// New returns a new value with the defaults of its fields. A struct literal has only those that Create fills in: of pointers, times
// and UUIDs, which can be told to be unset; it never takes a zero that was meant for an unset value.
func (r *Repo[T]) New() *T {
	v := new(T)
	for _, c := range r.table.Columns {
		if c.Default != nil {
			// A default fits its own column, so there is nothing that fails.
			_ = scan.Set(r.plan, v, c, defaultValue(c))
		}
	}
	return v
}

// Create inserts v and reads back what was stored: the key that the database made, times, and whatever else it did. A key that is set
// already is kept. When Create fails, v is as it was.
func (r *Repo[T]) Create(ctx context.Context, v *T) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := *v
	cols, err := r.fill(&stored, now())
	if err != nil {
		return errorOf("insert", r.table, err)
	}
	c, err := r.insertCall(b, cols, []*T{&stored})
	if err != nil {
		return err
	}
	if err := r.readOne(ctx, b, c, &stored); err != nil {
		return err
	}
	*v = stored
	return nil
}

// CreateMany inserts values, in one transaction when it takes more than one statement: all of them or none. The keys that the
// database made come back in the order of the values, which are left as they were when it fails.
func (r *Repo[T]) CreateMany(ctx context.Context, vs []T) error {
	if len(vs) == 0 {
		return nil
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := slices.Clone(vs)
	at := now()
	var parts []part
	for i := range stored {
		cols, err := r.fill(&stored[i], at)
		if err != nil {
			return errorOf("insert", r.table, err)
		}
		if n := len(parts); n > 0 && slices.Equal(parts[n-1].cols, cols) {
			parts[n-1].to = i + 1
		} else {
			parts = append(parts, part{cols, i, i + 1})
		}
	}
	parts = splitParts(parts, b.db.Dialect().Features().MaxArgs)
	insert := func(ctx context.Context) error {
		for _, p := range parts {
			if err := r.insertPart(ctx, b, p.cols, stored[p.from:p.to]); err != nil {
				return err
			}
		}
		return nil
	}
	if len(parts) == 1 {
		err = insert(ctx)
	} else {
		err = b.db.Tx(ctx, insert)
	}
	if err != nil {
		return err
	}
	copy(vs, stored)
	return nil
}

// part is a run of values that are inserted with the same columns.
type part struct {
	cols     []*schema.Column
	from, to int
}

// maxRows bounds the rows of one INSERT. Above a few hundred nothing is gained, and the text grows.
const maxRows = 256

// splitParts cuts parts into sizes that one statement takes: powers of two, so that the last ones of many different sizes are a
// few shapes and not one for each size.
func splitParts(parts []part, maxArgs int) []part {
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

func (r *Repo[T]) insertPart(ctx context.Context, b *binding, cols []*schema.Column, vs []T) error {
	ptrs := make([]*T, len(vs))
	for i := range vs {
		ptrs[i] = &vs[i]
	}
	c, err := r.insertCall(b, cols, ptrs)
	if err != nil {
		return err
	}
	return b.query(ctx, c, func(rows conn.Rows) error {
		loader := scan.Loader[T]{Plan: r.plan}
		i := 0
		for ; rows.Next(); i++ {
			if i == len(vs) {
				return errors.New("the database returned more rows than were inserted")
			}
			if err := loader.Load(rows, &vs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// insertCall makes the INSERT of values that were filled in.
func (r *Repo[T]) insertCall(b *binding, cols []*schema.Column, vs []*T) (call, error) {
	c := call{op: "insert", write: true, complete: true, args: make([]schema.Value, 0, len(cols)*len(vs))}
	for _, v := range vs {
		var err error
		if c.args, err = scan.Values(r.plan, c.args, v, cols); err != nil {
			return c, errorOf("insert", r.table, err)
		}
	}
	var err error
	c.sql, err = b.stmts.Insert(cols, len(vs))
	return c, err
}

// readOne runs a statement that returns the one row that it wrote and reads it into v.
func (r *Repo[T]) readOne(ctx context.Context, b *binding, c call, v *T) error {
	found := false
	err := b.query(ctx, c, func(rows conn.Rows) error {
		found = false
		loader := scan.Loader[T]{Plan: r.plan}
		for rows.Next() {
			if err := loader.Load(rows, v); err != nil {
				return err
			}
			found = true
		}
		return nil
	})
	if err == nil && !found {
		return r.notFound(c.op)
	}
	return err
}

func (r *Repo[T]) notFound(op string) error {
	return &Error{Kind: ErrNotFound, Op: op, Table: r.table.Name}
}

// now is the time of a write, as exact as it is stored.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// fill sets what is unset and made in Go: defaults, times and UUIDs. It returns the columns to insert: all but a key that the
// database counts up.
func (r *Repo[T]) fill(v *T, at time.Time) ([]*schema.Column, error) {
	cols := make([]*schema.Column, 0, len(r.table.Columns))
	for _, c := range r.table.Columns {
		if c.Auto || c.Created || c.Updated || c.Default != nil {
			value, err := scan.Value(r.plan, v, c)
			if err != nil {
				return nil, err
			}
			switch {
			case c.Auto && c.Kind != schema.UUID && value.IsZero():
				continue
			case c.Auto && value.IsZero():
				err = scan.Set(r.plan, v, c, schema.TextValue(schema.UUID, NewUUID().String()))
			case (c.Created || c.Updated) && value.IsZero():
				err = scan.Set(r.plan, v, c, schema.TimeValue(schema.Time, at))
			case c.Default != nil && unset(c, value):
				err = scan.Set(r.plan, v, c, defaultValue(c))
			}
			if err != nil {
				return nil, err
			}
		}
		cols = append(cols, c)
	}
	return cols, nil
}

// unset reports whether a field was certainly not set: NULL, the zero time or the zero UUID. A zero of any other type may be meant.
func unset(c *schema.Column, v schema.Value) bool {
	switch c.Kind {
	case schema.Time, schema.Date, schema.UUID:
		return v.IsZero()
	}
	return v.IsNull()
}

func defaultValue(c *schema.Column) schema.Value {
	switch c.Default.Func {
	case "now":
		return schema.TimeValue(c.Kind, now())
	case "uuid":
		return schema.TextValue(schema.UUID, NewUUID().String())
	}
	return c.Default.Literal
}

// Save stores v: it updates the row that v was loaded from or saved to before, and inserts a new one otherwise.
//
// A model without change tracking, which prom.Model brings, cannot tell the two apart: its key decides. With a key that is not
// set, and that the database or the library makes, Save inserts; with any other it inserts or updates the row with that key.
func (r *Repo[T]) Save(ctx context.Context, v *T) error {
	switch {
	case scan.IsLoaded(r.plan, v):
		return r.Update(ctx, v)
	case r.plan.Tracks():
		return r.Create(ctx, v)
	}
	if err := r.needKey("save"); err != nil {
		return err
	}
	key, err := r.keyOf(v)
	if err != nil {
		return errorOf("save", r.table, err)
	}
	for i, c := range r.table.Key {
		if c.Auto && key[i].IsZero() {
			return r.Create(ctx, v)
		}
	}
	return r.upsert(ctx, v, r.table.Key)
}

// Update writes the columns of v that changed since it was loaded to the row that it was loaded from, even when its key
// is among them, and reads back what is stored then. A row that is gone is ErrNotFound; a value that was never saved is an error.
// A model without change tracking is written whole, to the row with its key.
//
// The model's updated column is set to the time of the update, unless it was set by hand.
func (r *Repo[T]) Update(ctx context.Context, v *T) error {
	if err := r.needKey("update"); err != nil {
		return err
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := *v
	cols, key, err := r.changes(&stored)
	if err != nil {
		return errorOf("update", r.table, err)
	}
	if len(cols) == 0 {
		return nil
	}
	c := call{op: "update", write: true, complete: true, args: make([]schema.Value, 0, len(cols)+len(key))}
	if c.args, err = scan.Values(r.plan, c.args, &stored, cols); err != nil {
		return errorOf("update", r.table, err)
	}
	c.args = append(c.args, key...)
	if c.sql, err = b.stmts.UpdateKey(cols, r.table.Key); err != nil {
		return err
	}
	if err := r.readOne(ctx, b, c, &stored); err != nil {
		return err
	}
	*v = stored
	return nil
}

// changes returns the columns of v to write, with its updated column set, and the key of the row to write to.
func (r *Repo[T]) changes(v *T) (cols []*schema.Column, key []schema.Value, err error) {
	tracked := r.plan.Tracks()
	if tracked {
		if !scan.IsLoaded(r.plan, v) {
			return nil, nil, errors.New("the value was never saved; use Create or Save")
		}
		cols = scan.Modified(r.plan, v)
		for _, c := range r.table.Key {
			value, _ := scan.Loaded(r.plan, v, c)
			key = append(key, value)
		}
	} else {
		for _, c := range r.table.Columns {
			if !c.Key && !c.Created {
				cols = append(cols, c)
			}
		}
		if key, err = r.keyOf(v); err != nil {
			return nil, nil, err
		}
	}
	for _, c := range r.table.Columns {
		if c.Updated && !(tracked && slices.Contains(cols, c)) {
			if err := scan.Set(r.plan, v, c, schema.TimeValue(schema.Time, now())); err != nil {
				return nil, nil, err
			}
			if tracked {
				cols = append(cols, c)
			}
		}
	}
	return cols, key, nil
}

// keyOf returns the values of v's key as they are.
func (r *Repo[T]) keyOf(v *T) ([]schema.Value, error) {
	key := make([]schema.Value, len(r.table.Key))
	for i, c := range r.table.Key {
		var err error
		if key[i], err = scan.Value(r.plan, v, c); err != nil {
			return nil, err
		}
	}
	return key, nil
}

// needKey returns an error when the model has no primary key.
func (r *Repo[T]) needKey(op string) error {
	if len(r.table.Key) > 0 {
		return nil
	}
	return errorOf(op, r.table, fmt.Errorf("%s has no primary key; give a field the tag option key, embed prom.Model, or work by query",
		r.table.Model.Name()))
}

// Columner is a field: anything that stands for a column.
type Columner interface{ Column() *schema.Column }

// Upsert inserts v, or updates the row that it conflicts with: all columns but the key and the time of creation. A value that was
// loaded or saved is updated. Otherwise the conflict is on the fields given, which must be the key or those of a unique
// index; without fields on the primary key if it is set, else on the first unique index whose fields are all set, zero values
// counting as not set; when there is none, it is an error. What is stored then comes back into v.
func (r *Repo[T]) Upsert(ctx context.Context, v *T, on ...Columner) error {
	if len(on) == 0 && scan.IsLoaded(r.plan, v) {
		return r.Update(ctx, v)
	}
	if len(on) == 0 {
		cols, err := r.identity(v)
		if err != nil {
			return errorOf("upsert", r.table, err)
		}
		return r.upsert(ctx, v, cols)
	}
	cols := make([]*schema.Column, len(on))
	for i, f := range on {
		cols[i] = f.Column()
		if r.table.Column(cols[i].Name) != cols[i] {
			return errorOf("upsert", r.table, fmt.Errorf("the field %s belongs to another model", cols[i].Name))
		}
	}
	if !r.identifies(cols) {
		return errorOf("upsert", r.table, errors.New("the fields are neither the primary key nor those of a unique index over all rows"))
	}
	return r.upsert(ctx, v, cols)
}

// identity returns the columns by which v can be found: its key if it is set, or those of the first unique index that are.
func (r *Repo[T]) identity(v *T) ([]*schema.Column, error) {
	candidates := [][]*schema.Column{r.table.Key}
	for _, ix := range r.table.Indexes {
		if ix.Unique && ix.Where == "" {
			candidates = append(candidates, indexColumns(ix))
		}
	}
	for _, cols := range candidates {
		set := len(cols) > 0
		for _, c := range cols {
			value, err := scan.Value(r.plan, v, c)
			if err != nil {
				return nil, err
			}
			set = set && !value.IsZero()
		}
		if set {
			return cols, nil
		}
	}
	var names []string
	for _, cols := range candidates {
		if len(cols) > 0 {
			list := make([]string, len(cols))
			for i, c := range cols {
				list[i] = c.Name
			}
			names = append(names, strings.Join(list, "+"))
		}
	}
	if names == nil {
		return nil, errors.New("the model has neither a primary key nor a unique index")
	}
	return nil, fmt.Errorf("none of %s is set", strings.Join(names, ", "))
}

func indexColumns(ix *schema.Index) []*schema.Column {
	cols := make([]*schema.Column, len(ix.Columns))
	for i, c := range ix.Columns {
		cols[i] = c.Column
	}
	return cols
}

// identifies reports whether the columns, in any order, are those of the key or of a unique index.
func (r *Repo[T]) identifies(cols []*schema.Column) bool {
	same := func(other []*schema.Column) bool {
		return len(cols) == len(other) && !slices.ContainsFunc(other, func(c *schema.Column) bool { return !slices.Contains(cols, c) })
	}
	if same(r.table.Key) {
		return true
	}
	return slices.ContainsFunc(r.table.Indexes, func(ix *schema.Index) bool {
		return ix.Unique && ix.Where == "" && same(indexColumns(ix))
	})
}

func (r *Repo[T]) upsert(ctx context.Context, v *T, on []*schema.Column) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	stored := *v
	cols, err := r.fill(&stored, now())
	if err != nil {
		return errorOf("upsert", r.table, err)
	}
	var set []*schema.Column
	for _, c := range cols {
		if !c.Key && !c.Created && !slices.Contains(on, c) {
			set = append(set, c)
		}
	}
	if !r.plan.Tracks() {
		// Without tracking nobody can have set it by hand.
		for _, c := range r.table.Columns {
			if c.Updated {
				_ = scan.Set(r.plan, &stored, c, schema.TimeValue(schema.Time, now()))
			}
		}
	}
	c := call{op: "upsert", write: true, complete: true}
	if c.args, err = scan.Values(r.plan, nil, &stored, cols); err != nil {
		return errorOf("upsert", r.table, err)
	}
	if c.sql, err = b.stmts.Upsert(cols, on, set); err != nil {
		return err
	}
	if err := r.readOne(ctx, b, c, &stored); err != nil {
		return err
	}
	*v = stored
	return nil
}

// Delete deletes the row that v was loaded from or, without change tracking, the one with its key. Afterwards v counts as new: Save
// inserts it again, with the key that it has. A row that is gone is ErrNotFound.
func (r *Repo[T]) Delete(ctx context.Context, v *T) error {
	if err := r.needKey("delete"); err != nil {
		return err
	}
	key, err := r.rowKey(v)
	if err != nil {
		return errorOf("delete", r.table, err)
	}
	if err := r.deleteKey(ctx, key); err != nil {
		return err
	}
	scan.Forget(r.plan, v)
	return nil
}

// DeleteKey deletes the row with that key, as Get would find it. When there is none it is ErrNotFound.
func (r *Repo[T]) DeleteKey(ctx context.Context, key ...any) error {
	values, err := r.convertKey(key)
	if err != nil {
		return errorOf("delete", r.table, err)
	}
	return r.deleteKey(ctx, values)
}

func (r *Repo[T]) deleteKey(ctx context.Context, key []schema.Value) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	text, err := b.stmts.DeleteKey(r.table.Key)
	if err != nil {
		return err
	}
	n, err := b.exec(ctx, call{op: "delete", sql: text, args: key, write: true})
	if err == nil && n == 0 {
		return r.notFound("delete")
	}
	return err
}

// rowKey returns the key of the row that v stands for: the one that it was loaded with, else the one that it has.
func (r *Repo[T]) rowKey(v *T) ([]schema.Value, error) {
	if !scan.IsLoaded(r.plan, v) {
		return r.keyOf(v)
	}
	key := make([]schema.Value, len(r.table.Key))
	for i, c := range r.table.Key {
		key[i], _ = scan.Loaded(r.plan, v, c)
	}
	return key, nil
}

// Modified lists the names of the columns that changed since v was loaded, in place too; all of them when it was not.
func (r *Repo[T]) Modified(v *T) []string {
	cols := scan.Modified(r.plan, v)
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}
