package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Columner is a field: anything that stands for a column.
type Columner interface{ Column() *schema.Column }

// Upsert inserts v, or updates the row that it conflicts with: all columns but the key and the time of creation. A value that was
// loaded or saved is updated. Otherwise the conflict is on the fields given, which must be the key or those of a unique
// index; without fields on the primary key if it is set, else on the first unique index whose fields are all set, zero values
// counting as not set; when there is none, it is an error. What is stored then comes back into v.
//
// The model's hooks are called in the order BeforeSave, Validate, AfterSave, and no others, since it is the database that finds out
// whether a row is inserted or updated; those of a value that was loaded or saved are the hooks of Update.
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
			names = append(names, strings.Join(schema.ColumnNames(cols), "+"))
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
	if hooks := r.hooks & upsertHooks; hooks != 0 {
		return r.hooked(ctx, v, hooks, func(ctx context.Context) (bool, error) { return true, r.upsertOn(ctx, v, on) })
	}
	return r.upsertOn(ctx, v, on)
}

// upsertOn upserts v by a conflict on the given columns.
func (r *Repo[T]) upsertOn(ctx context.Context, v *T, on []*schema.Column) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	w, at := r.take(), now()
	defer r.give(w)
	w.stored = *v
	cols, err := r.fill(w.cols, &w.stored, at)
	if err != nil {
		return errorOf("upsert", r.table, err)
	}
	set := make([]*schema.Column, 0, 16)
	for _, c := range cols {
		if !c.Key && !c.Created && !slices.Contains(on, c) {
			set = append(set, c)
		}
	}
	if !r.plan.Tracks() {
		// Without tracking nobody can have set it by hand.
		for _, c := range r.table.Columns {
			if c.Updated {
				_ = scan.Set(r.plan, &w.stored, c, schema.TimeValue(schema.Time, at))
			}
		}
	}
	if w.args, err = r.values(ctx, "upsert", w.args, &w.stored, cols); err != nil {
		return err
	}
	text, err := b.stmts.Upsert(cols, on, set)
	if err != nil {
		return err
	}
	w.setWrite("upsert", text)
	if err := r.readOne(ctx, b, w, &w.stored); err != nil {
		return err
	}
	*v = w.stored
	return nil
}
