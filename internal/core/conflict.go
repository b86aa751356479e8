package core

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Conflict inserts values, and says what happens when a row is there already: [Repo.OnConflict] begins one. It is an
// immutable value, and may be kept.
type Conflict struct {
	repo    *Repo
	op      string   // the call of the user's, for errors; "" for upsert
	on      identity // without columns: what the value itself says
	nothing bool
	assigns []Assign
	where   []Cond
	tell    bool
	hooks   hookSet
	err     error
}

// Outcome says what an insert that minds conflicts has done.
type Outcome uint8

// The outcomes.
const (
	Unchanged Outcome = iota // a row was there, and it was left alone; or a trigger of the database suppressed the insert
	Inserted
	Updated
)

// String returns the outcome in lower case.
func (o Outcome) String() string { return [...]string{"unchanged", "inserted", "updated"}[o] }

// OnConflict does what Repo.OnConflict of package prom says.
func (r *Repo) OnConflict(fields []Columner) *Conflict {
	c := &Conflict{repo: r, tell: true, hooks: r.hooks & upsertHooks}
	if len(fields) > 0 {
		on, err := r.identityOf(fields)
		c.on, c.err = on, err
	}
	return c
}

// DoNothing leaves a row that is there alone.
func (c *Conflict) DoNothing() *Conflict {
	next := *c
	next.nothing, next.assigns = true, nil
	return &next
}

// Update does what Conflict.Update of package prom says.
func (c *Conflict) Update(assigns []Assign) *Conflict {
	next := *c
	next.nothing, next.assigns = false, slices.Concat(c.assigns, assigns)
	return &next
}

// UpdateAll does what Conflict.UpdateAll of package prom says.
func (c *Conflict) UpdateAll() *Conflict {
	next := *c
	next.nothing, next.assigns = false, nil
	return &next
}

// Where does what Conflict.Where of package prom says.
func (c *Conflict) Where(conds []Cond) *Conflict {
	next := *c
	next.where = slices.Concat(c.where, conds)
	return &next
}

// does names the call of the user's.
func (c *Conflict) does() string { return cmp.Or(c.op, "upsert") }

// Create does what Conflict.Create of package prom says.
func (c *Conflict) Create(ctx context.Context, v unsafe.Pointer) (outcome Outcome, err error) {
	if err := c.repo.given(c.does(), v); err != nil {
		return Unchanged, err
	}
	if c.hooks == 0 {
		return c.create(ctx, v)
	}
	err = c.repo.hookedOne(ctx, v, c.hooks, func(ctx context.Context) (bool, error) {
		outcome, err = c.create(ctx, v)
		if err == nil && outcome == Unchanged {
			err = errUnchanged
		}
		return true, err
	})
	if err != nil {
		outcome = Unchanged
	}
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return outcome, err
}

// errUnchanged undoes what hooks did for an insert that did nothing.
var errUnchanged = errors.New("unchanged")

// create is Create without hooks.
func (c *Conflict) create(ctx context.Context, v unsafe.Pointer) (Outcome, error) {
	r := c.repo
	b, err := r.bind()
	if err != nil {
		return Unchanged, err
	}
	w := r.take()
	defer r.give(w)
	w.store(r, v)
	text, err := c.build(ctx, b, w)
	if err != nil {
		return Unchanged, err
	}
	w.setText(c.does(), text)
	w.Write, w.Tell, w.Stores, w.complete = true, c.tells(), c.stores(), true
	w.one = w.stored
	if err := b.query(ctx, &w.call, w); err != nil {
		return Unchanged, err
	}
	switch {
	case w.found:
		r.memory.Copy(v, w.stored)
	case w.Stores.Must():
		return Unchanged, r.noRow(&w.Statement)
	}
	outcome := c.outcome(w, &w.Statement)
	if outcome != Unchanged {
		r.wroteOne(ctx, b, c.wrote(outcome), v)
	}
	return outcome, nil
}

// stores says what an insert must store. A row that is there may be left alone if that was said, and then nothing tells
// it from an insert that the database has suppressed.
func (c *Conflict) stores() driver.Stores {
	if c.nothing || len(c.where) > 0 {
		return driver.MayStore
	}
	return driver.StoresUpsert
}

// tells reports whether the database must be asked what it has done.
func (c *Conflict) tells() bool { return c.tell && !c.nothing }

func (c *Conflict) outcome(w *work, st *driver.Statement) Outcome {
	switch {
	case !w.found:
		return Unchanged
	case c.nothing || w.inserted || st.Inserted:
		return Inserted
	}
	return Updated
}

// build makes the statement that inserts the stored value of w, with its arguments there. Its errors have their place.
func (c *Conflict) build(ctx context.Context, b *binding, w *work) (*render.Text, error) {
	r, at := c.repo, now()
	on, err := c.target(w.stored)
	if err != nil {
		return nil, ErrorOf(c.does(), r.table, err)
	}
	cols, err := r.fill(w.cols, w.stored, at)
	if err != nil {
		return nil, ErrorOf(c.does(), r.table, err)
	}
	c.touch(w.stored, at)
	if w.args, err = r.values(ctx, c.does(), w.args, w.stored, cols); err != nil {
		return nil, err
	}
	if err := r.conflicts(ctx, b, w.stored, on.cols); err != nil {
		return nil, ErrorOf(c.does(), r.table, err)
	}
	plain, err := b.plainIndex(ctx, on.cols)
	if err != nil {
		return nil, ErrorOf(c.does(), r.table, err)
	}
	how := render.Conflict{Plain: plain, On: on.cols, Live: on.live, Nothing: c.nothing, Tell: c.tells()}
	w.sets = c.sets(w.sets, cols, on.cols)
	how.Set = w.sets
	err = how.Assign(b.stmts.Table, c.assigns, c.where, at)
	w.returns(r.plan, c.kept(cols, w.sets, on.cols))
	var text *render.Text
	if err == nil {
		var args []schema.Value
		if text, args, err = b.stmts.Upsert(w.args, cols, how); err == nil {
			w.args, err = args, text.CheckDB(b.db)
		}
	}
	if err != nil {
		return nil, ErrorOf(c.does(), r.table, err)
	}
	return text, nil
}

// touch sets the time of the update in a value that is to be written. Without tracking nobody can have set it by hand.
func (c *Conflict) touch(v unsafe.Pointer, at time.Time) {
	if c.repo.plan.Tracks() {
		return
	}
	for _, col := range c.repo.table.Columns {
		if col.Updated {
			_ = c.repo.plan.Set(v, col, schema.TimeValue(schema.Time, at))
		}
	}
}

// sets appends the columns that a row which is there takes from the value that could not be inserted.
func (c *Conflict) sets(dst, cols, on []*schema.Column) []*schema.Column {
	if c.nothing || len(c.assigns) > 0 {
		return dst
	}
	for _, col := range cols {
		if !col.Key && !col.Created && !slices.Contains(on, col) {
			dst = append(dst, col)
		}
	}
	return dst
}

// kept is what the row that comes back may hold that the statement has not set: see Repo.keptBut.
func (c *Conflict) kept(cols, sets, on []*schema.Column) uint64 {
	switch {
	case c.nothing: // a row that comes back was inserted
		return c.repo.keptBut(cols)
	case len(c.assigns) > 0:
		return keptAll
	}
	return c.repo.keptBut(sets) &^ bitsOf(on)
}

// plainIndex reports whether the unique index of columns is over the columns themselves though their case is ignored by
// an expression: others made it, or an earlier version, whose columns have a collation that does. The table is looked
// at once.
func (b *binding) plainIndex(ctx context.Context, cols []*schema.Column) (bool, error) {
	if !b.db.Dialect().Features().FoldsTexts || !slices.ContainsFunc(cols,
		func(c *schema.Column) bool { return c.Folded }) {
		return false, nil
	}
	names := schema.ColumnNames(cols)
	key := strings.Join(names, "\x00")
	if known, ok := b.plain.Load(key); ok {
		return known.(bool), nil
	}
	found, err := b.db.Inspect(ctx, b.table.Name)
	if err != nil || !found.Exists {
		return false, err
	}
	slices.Sort(names)
	plain, folding := false, false
	for _, ix := range found.Indexes {
		on := ix.Names()
		slices.Sort(on)
		plain = plain || ix.Unique && slices.Equal(on, names)
		folding = folding || ix.Unique && len(on) == len(names) && slices.Contains(on, "")
	}
	plain = plain && !folding
	b.plain.Store(key, plain)
	return plain, nil
}

// target returns the columns that v may conflict on; none for whatever conflicts.
func (c *Conflict) target(v unsafe.Pointer) (identity, error) {
	switch {
	case c.err != nil:
		return identity{}, c.err
	case c.nothing && len(c.where) > 0:
		return identity{}, errors.New("DoNothing cannot be combined with Where")
	case c.on.cols != nil:
		return c.on, nil
	case c.nothing:
		return identity{}, nil
	}
	return c.repo.identity(v)
}

// maxUpserts is how many values go to the database together.
const maxUpserts = 500

// CreateMany does what Conflict.CreateMany of package prom says.
func (c *Conflict) CreateMany(ctx context.Context, vs scan.List) ([]Outcome, error) {
	if vs.Len == 0 {
		return nil, nil
	}
	b, err := c.repo.bind()
	if err != nil {
		return nil, err
	}
	stored, outcomes := c.repo.memory.Clone(vs), make([]Outcome, vs.Len)
	if t := c.together(ctx, b, stored, outcomes); t != nil {
		done, err := t.run(ctx)
		if err != nil {
			return nil, err
		}
		if done {
			return c.stored(ctx, b, vs, stored, outcomes), nil
		}
	}
	c.repo.memory.CopyAll(stored, vs)
	some := func(ctx context.Context, from int) error {
		var batch Batch
		for i := from; i < min(from+maxUpserts, vs.Len); i++ {
			c.add(&batch, c.repo.memory.At(stored, i), &outcomes[i])
		}
		err := batch.Run(ctx)
		var at *At
		if errors.As(err, &at) {
			return &At{at.Index + from, at.Err}
		}
		return err
	}
	if vs.Len <= maxUpserts {
		err = some(ctx, 0)
	} else {
		err = b.db.Tx(ctx, func(ctx context.Context) error {
			for from := 0; from < vs.Len; from += maxUpserts {
				if err := some(ctx, from); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	return c.stored(ctx, b, vs, stored, outcomes), nil
}

// stored makes values what is stored of them, but for those whose rows were left alone, and tells of these rows.
func (c *Conflict) stored(ctx context.Context, b *binding, vs, stored scan.List, outcomes []Outcome) []Outcome {
	for i, o := range outcomes {
		if o != Unchanged {
			c.repo.memory.Copy(c.repo.memory.At(vs, i), c.repo.memory.At(stored, i))
		}
	}
	if b.commits != nil {
		c.wroteAll(ctx, b, vs, outcomes)
	}
	return outcomes
}
