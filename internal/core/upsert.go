package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Upsert does what Repo.Upsert of package prom says.
func (r *Repo) Upsert(ctx context.Context, v unsafe.Pointer, on []Columner) error {
	if err := r.given("upsert", v); err != nil {
		return err
	}
	if len(on) == 0 && r.plan.IsLoaded(v) {
		return r.Update(ctx, v)
	}
	if len(on) == 0 {
		id, err := r.identity(v)
		if err != nil {
			return ErrorOf("upsert", r.table, err)
		}
		return r.upsert(ctx, "upsert", v, id)
	}
	id, err := r.identityOf(on)
	if err != nil {
		return ErrorOf("upsert", r.table, err)
	}
	return r.upsert(ctx, "upsert", v, id)
}

// upsert inserts v or updates its row; op is the call of the user's, for errors.
func (r *Repo) upsert(ctx context.Context, op string, v unsafe.Pointer, on identity) error {
	var err error
	if hooks := r.hooks & upsertHooks; hooks != 0 {
		_, err = (&Conflict{repo: r, op: op, on: on, hooks: hooks}).Create(ctx, v)
	} else {
		c := Conflict{repo: r, op: op, on: on} // stays on the stack
		_, err = c.create(ctx, v)
	}
	return err
}

// identity is columns by which a row can be found: the primary key or those of a unique index.
type identity struct {
	cols []*schema.Column
	live bool // the index leaves out soft-deleted rows
}

// identitiesOf lists the key and the unique indexes over all rows, but for soft-deleted ones.
func identitiesOf(t *schema.Table) (list []identity) {
	if len(t.Key) > 0 {
		list = append(list, identity{cols: t.Key})
	}
	for _, ix := range t.Indexes {
		if cols := ix.OnColumns(); ix.Unique && ix.Where == "" && cols != nil {
			list = append(list, identity{cols, ix.Live})
		}
	}
	return list
}

// identity returns what v can be found by: its key if it is set, or the first unique index that is.
func (r *Repo) identity(v unsafe.Pointer) (identity, error) {
	list := r.identities
	for _, id := range list {
		set := true
		for _, c := range id.cols {
			value, err := r.plan.Value(v, c)
			if err != nil {
				return id, err
			}
			set = set && !value.IsZero() && !c.ReadOnly // whose value the insert would not have
		}
		if set {
			return id, nil
		}
	}
	if list == nil {
		return identity{}, errors.New("the model has neither a primary key nor a unique index")
	}
	names, partly := make([]string, len(list)), ""
	for i, id := range list {
		names[i] = strings.Join(schema.ColumnNames(id.cols), "+")
		zero, err := r.unset(v, id)
		if err != nil {
			return identity{}, err
		}
		if len(zero) < len(id.cols) {
			partly += fmt.Sprintf("; of %s, %s is zero: name its fields as the conflict target, if that is the value",
				names[i], strings.Join(zero, " and "))
		}
	}
	return identity{}, fmt.Errorf("none of %s is set%s", strings.Join(names, ", "), partly)
}

// unset names those columns of an identity that are not set in v.
func (r *Repo) unset(v unsafe.Pointer, id identity) (zero []string, err error) {
	for _, c := range id.cols {
		value, err := r.plan.Value(v, c)
		if err != nil {
			return nil, err
		}
		if value.IsZero() || c.ReadOnly {
			zero = append(zero, c.Name)
		}
	}
	return zero, nil
}

// conflicts returns an error when v can conflict with no row in the columns, because one of them is NULL: it would be
// inserted again and again. A unique index that takes NULLs for equal is looked for then.
func (r *Repo) conflicts(ctx context.Context, b *binding, v unsafe.Pointer, cols []*schema.Column) error {
	for _, c := range cols {
		if !c.Null || c.ReadOnly {
			continue
		}
		value, err := r.plan.Value(v, c)
		if err != nil {
			return err
		}
		if !value.IsNull() {
			continue
		}
		equal, err := b.nullsEqual(ctx, cols)
		if err == nil && !equal {
			err = fmt.Errorf("%s is NULL, and NULL conflicts with no row unless the unique index is NULLS NOT DISTINCT; set the field", c.Field)
		}
		return err
	}
	return nil
}

// nullsEqual reports whether a unique index on the columns takes NULLs for equal. One that does is remembered.
func (b *binding) nullsEqual(ctx context.Context, cols []*schema.Column) (bool, error) {
	if !b.db.Dialect().Features().NullsEqual {
		return false, nil
	}
	names := slices.Sorted(slices.Values(schema.ColumnNames(cols)))
	id := strings.Join(names, "\x00")
	if known := b.nulls.Load(); known != nil && *known == id {
		return true, nil
	}
	found, err := b.db.Inspect(ctx, b.table.Name)
	if err != nil {
		return false, err
	}
	for _, ix := range found.Indexes {
		if ix.Unique && ix.NullsNotDistinct && slices.Equal(slices.Sorted(slices.Values(ix.Names())), names) {
			b.nulls.Store(&id)
			return true, nil
		}
	}
	return false, nil
}

// identityOf returns the key or unique index that consists of the fields, in any order.
func (r *Repo) identityOf(fields []Columner) (identity, error) {
	for _, f := range fields {
		if c := f.Column(); r.table.Column(c.Name) != c {
			return identity{}, fmt.Errorf("the field %s belongs to another model", c.Name)
		}
	}
	for _, id := range r.identities {
		if id.of(fields) {
			return id, nil
		}
	}
	return identity{}, errors.New("the conflict target must be the primary key or the fields of a unique index without a condition")
}

// of reports whether the columns are those of fields, in any order.
func (id identity) of(fields []Columner) bool {
	if len(fields) != len(id.cols) {
		return false
	}
	for _, c := range id.cols {
		found := false
		for _, f := range fields {
			found = found || f.Column() == c
		}
		if !found {
			return false
		}
	}
	return true
}
