package core

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// together is values that are inserted by statements of many rows each, each row of which minds its conflict.
type together struct {
	*Conflict
	b        *binding
	values   scan.List
	outcomes []Outcome

	on   identity
	cols []*schema.Column
	how  render.Conflict
	kept uint64
	keys []string // of the values, in the columns of the conflict; where what is left alone is not returned
	args []schema.Value

	lists bool // the values go as a list for each column
}

// The bounds of the rows of one statement: of rows of arguments, where more gain nothing, as with maxRows, and of
// lists, for the sake of the memory that they take.
const (
	maxConflicts = 256
	maxListed    = 3000
)

// furtherArgs is how many arguments a statement usually has beside those of its rows, at most.
const furtherArgs = 16

// together returns how values are inserted by statements of many rows, or nil when they must go one by one: because
// they are not all inserted by the same columns, or have hooks, or one of them is there twice, so that it conflicts
// with itself. It is nil for values that cannot be stored as well: one by one they say which it is. It works on values
// that are the call's own.
func (c *Conflict) together(ctx context.Context, b *binding, values scan.List, outcomes []Outcome) *together {
	r, at := c.repo, now()
	if values.Len < 2 || c.hooks != 0 || len(c.where) > 0 {
		return nil
	}
	t := &together{Conflict: c, b: b, values: values, outcomes: outcomes}
	seen := make(map[string]struct{}, values.Len)
	var keys []byte // of all values; where it is moved, those before it stay
	var filled []*schema.Column
	for i := range values.Len {
		v := r.memory.At(values, i)
		on, err := c.target(v)
		if err != nil || on.cols == nil || i > 0 && !slices.Equal(on.cols, t.on.cols) ||
			r.conflicts(ctx, b, v, on.cols) != nil {
			return nil
		}
		cols, err := r.fill(filled[:0], v, at)
		if err != nil || i > 0 && !slices.Equal(cols, t.cols) {
			return nil
		}
		if i == 0 {
			t.on, t.cols = on, slices.Clone(cols)
		}
		filled = cols
		c.touch(v, at)
		from := len(keys)
		if keys, err = r.conflictKey(keys, v, on.cols); err != nil {
			return nil
		}
		key := unsafe.String(unsafe.SliceData(keys[from:]), len(keys)-from)
		if _, twice := seen[key]; twice {
			return nil
		}
		seen[key] = struct{}{}
		if c.nothing {
			t.keys = append(t.keys, key)
		}
	}
	plain, err := b.plainIndex(ctx, t.on.cols)
	if err != nil || len(t.cols) == 0 {
		return nil
	}
	t.how = render.Conflict{Plain: plain, On: t.on.cols, Live: t.on.live, Nothing: c.nothing, Tell: c.tells()}
	t.how.Set = c.sets(nil, t.cols, t.on.cols)
	t.kept = c.kept(t.cols, t.how.Set, t.on.cols)
	if t.how.Assign(b.stmts.Table, c.assigns, nil, at) != nil {
		return nil
	}
	return t
}

// errNotByBytes says that values may be equal to the database that are not to Go.
var errNotByBytes = errors.New("the column's equality is not that of its values")

// conflictKey appends the values of v in the columns of a conflict, so that equal ones have equal bytes.
func (r *Repo) conflictKey(dst []byte, v unsafe.Pointer, cols []*schema.Column) ([]byte, error) {
	for _, c := range cols {
		if c.ReadOnly {
			return dst, errNotByBytes // the row may get another value
		}
		value, err := r.plan.Value(v, c)
		if err == nil {
			dst, err = appendByBytes(dst, c, value)
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendByBytes appends the value of a column, so that equal ones have equal bytes.
func appendByBytes(dst []byte, c *schema.Column, value schema.Value) ([]byte, error) {
	switch {
	case value.IsNull():
		return dst, errNotByBytes
	case c.Kind.Integer():
		return binary.BigEndian.AppendUint64(dst, value.Uint()), nil
	case c.Kind == schema.Text && !c.NoCase, c.Kind == schema.UUID:
		text := value.Text()
		return append(binary.AppendUvarint(dst, uint64(len(text))), text...), nil
	}
	return dst, errNotByBytes
}

// run inserts the values: all or none. It reports false, and has stored nothing, when what the statements did could not
// be told, so that the values are to go one by one.
func (t *together) run(ctx context.Context) (done bool, err error) {
	t.lists = t.b.stmts.Lists(t.cols)
	all := func(ctx context.Context) error {
		for from := 0; from < t.values.Len; {
			to := from + t.size(t.values.Len-from)
			if err := t.insert(ctx, from, to); err != nil {
				return err
			}
			from = to
		}
		return nil
	}
	if t.size(t.values.Len) == t.values.Len && t.b.db.Dialect().Features().ManyWriters {
		err = all(ctx) // one statement
	} else {
		err = t.b.inTx(ctx, all)
	}
	if err != nil && ctx.Err() == nil && tellsWhich(err) {
		return false, nil
	}
	return err == nil, err
}

// size returns how many of the values that are left go into one statement. As rows of arguments they are a power of
// two, so that the last ones of many different sizes are a few shapes and not one for each size.
func (t *together) size(left int) int {
	if t.lists {
		return min(left, maxListed)
	}
	size := maxConflicts
	for size > left || size*len(t.cols) > t.b.db.Dialect().Features().MaxArgs-reservedArgs {
		size /= 2
	}
	return size
}

// tellsWhich reports whether an error is one of a value, which one by one tells, with its number.
func tellsWhich(err error) bool {
	switch driver.KindOf(err) {
	case driver.KindOther, driver.KindUnique, driver.KindNotNull, driver.KindForeignKey, driver.KindCheck, driver.KindTooLong, driver.KindType,
		driver.KindValidation, driver.KindNotStored, driver.KindUnsupported, driver.KindInternal:
		return true
	}
	return errors.Is(err, errUntold)
}

// reservedArgs is room for the arguments of assignments.
const reservedArgs = 1000

// errUntold says that the rows which a statement has returned are not those of its values, one after the other.
var errUntold = errors.New("the rows are not those of the values")

// insert inserts the values from one to before another.
func (t *together) insert(ctx context.Context, from, to int) error {
	r := t.repo
	var err error
	args := t.args[:0]
	if args == nil {
		args = make([]schema.Value, 0, (to-from)*len(t.cols)+furtherArgs)
	}
	for i := from; i < to; i++ {
		if args, err = r.values(ctx, "upsert", args, r.memory.At(t.values, i), t.cols); err != nil {
			return &At{i, err}
		}
	}
	t.args = args // for the next ones
	rows := to - from
	if t.lists {
		if args, err = columnLists(args, t.cols, rows); err != nil {
			return ErrorOf("upsert", r.table, err)
		}
		rows = 0
	}
	text, args, err := t.b.stmts.UpsertMany(args, t.cols, t.how, rows)
	if err == nil {
		err = text.CheckDB(t.b.db)
	}
	if err != nil {
		return ErrorOf("upsert", r.table, err)
	}
	w := &work{args: args}
	w.setText("upsert", text)
	w.Write, w.Tell, w.Stores, w.complete = true, t.how.Tell, t.stores(), true
	w.returns(r.plan, t.kept)
	stored := r.memory.Clone(r.memory.Part(t.values, from, to)) // which another attempt begins with
	outcomes := make([]Outcome, to-from)
	err = t.b.query(ctx, &w.call, driver.RowFunc(func(rows driver.Rows) error {
		w.loader.Reset()
		clear(outcomes)
		r.memory.CopyAll(stored, r.memory.Part(t.values, from, to))
		return t.read(rows, w, stored, outcomes, from)
	}))
	if err != nil {
		return err
	}
	r.memory.CopyAll(r.memory.Part(t.values, from, to), stored)
	copy(t.outcomes[from:to], outcomes)
	return nil
}

// columnLists makes a list for each column of the values of rows.
func columnLists(values []schema.Value, cols []*schema.Column, rows int) ([]schema.Value, error) {
	lists := make([]schema.Value, len(cols), len(cols)+furtherArgs)
	for j, c := range cols {
		var err error
		at := func(i int) (schema.Value, error) { return values[i*len(cols)+j], nil }
		if lists[j], err = schema.NewList(c.Kind, rows, at); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// read reads the rows that a statement returns, which come in the order of the values, into these.
func (t *together) read(rows driver.Rows, w *work, stored scan.List, outcomes []Outcome, from int) error {
	r, i := t.repo, 0
	var one unsafe.Pointer
	var key []byte
	for ; rows.Next(); i++ {
		if t.nothing { // those that were there already are not among the rows
			if one == nil {
				one = r.memory.New()
			}
			if err := w.loader.Load(rows, one); err != nil {
				return err
			}
			var err error
			if key, err = r.conflictKey(key[:0], one, t.on.cols); err != nil {
				return errUntold
			}
			for i < stored.Len && t.keys[from+i] != string(key) {
				i++
			}
			if i == stored.Len {
				return errUntold
			}
			r.memory.Copy(r.memory.At(stored, i), one)
			outcomes[i] = Inserted
			continue
		}
		if i == stored.Len {
			return errUntold
		}
		if err := w.loader.Load(rows, r.memory.At(stored, i)); err != nil {
			return err
		}
		outcomes[i] = Updated
		if n := len(w.loader.Plan.Table.Columns); t.how.Tell && rows.Len() > n {
			inserted, err := rows.Bool(n)
			if err != nil {
				return err
			}
			if inserted {
				outcomes[i] = Inserted
			}
		}
	}
	if !t.nothing && i < stored.Len { // an error of the result comes before this one
		return r.noRow(&w.Statement) // a trigger or a rule has suppressed one
	}
	return nil
}
