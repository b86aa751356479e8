package prom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Columner is a field: anything that stands for a column.
type Columner interface{ Column() *schema.Column }

// Upsert inserts v, or updates the row that it conflicts with: all columns but the key and the time of creation. A
// value that was loaded or saved is updated. Otherwise the conflict is on the fields given, which must be the key or
// those of a unique index; without fields on the primary key if it is set, else on the first unique index whose fields
// are all set, zero values counting as not set; when there is none, it is an error. A field of the conflict that is
// NULL is an error too, unless the unique index is NULLS NOT DISTINCT, since NULL conflicts with nothing and a row
// would be inserted each time. What is stored then comes back into v. [Repo.OnConflict] has more to say.
//
// A row that is marked as deleted is no conflict of a unique index, but it is one of the primary key: then it is there again, if v
// is not deleted.
//
// The model's hooks are called in the order BeforeSave, Validate, AfterSave, and no others, since it is the database that finds out
// whether a row is inserted or updated; those of a value that was loaded or saved are the hooks of Update.
func (r *Repo[T]) Upsert(ctx context.Context, v *T, on ...Columner) error {
	if len(on) == 0 && scan.IsLoaded(r.plan, v) {
		return r.Update(ctx, v)
	}
	if len(on) == 0 {
		id, err := r.identity(v)
		if err != nil {
			return errorOf("upsert", r.table, err)
		}
		return r.upsert(ctx, v, id)
	}
	id, err := r.identityOf(on)
	if err != nil {
		return errorOf("upsert", r.table, err)
	}
	return r.upsert(ctx, v, id)
}

func (r *Repo[T]) upsert(ctx context.Context, v *T, on identity) error {
	var err error
	if hooks := r.hooks & upsertHooks; hooks != 0 {
		_, err = (&Conflict[T]{repo: r, on: &on, hooks: hooks}).Create(ctx, v)
	} else {
		c := Conflict[T]{repo: r, on: &on} // stays on the stack
		_, err = c.create(ctx, v)
	}
	return err
}

// identity is columns by which a row can be found: the primary key or those of a unique index.
type identity struct {
	cols []*schema.Column
	live bool // the index leaves out rows that are marked as deleted
}

var tableIdentities sync.Map // *schema.Table → []identity

// identities lists the key and the unique indexes over all rows, but for those that are marked as deleted.
func identities(t *schema.Table) []identity {
	if known, ok := tableIdentities.Load(t); ok {
		return known.([]identity)
	}
	var list []identity
	if len(t.Key) > 0 {
		list = append(list, identity{cols: t.Key})
	}
	for _, ix := range t.Indexes {
		if cols := ix.OnColumns(); ix.Unique && ix.Where == "" && cols != nil {
			list = append(list, identity{cols, ix.Live})
		}
	}
	tableIdentities.Store(t, list)
	return list
}

// identity returns what v can be found by: its key if it is set, or the first unique index that is.
func (r *Repo[T]) identity(v *T) (identity, error) {
	list := identities(r.table)
	for _, id := range list {
		set := true
		for _, c := range id.cols {
			value, err := scan.Value(r.plan, v, c)
			if err != nil {
				return id, err
			}
			set = set && !value.IsZero()
		}
		if set {
			return id, nil
		}
	}
	if list == nil {
		return identity{}, errors.New("the model has neither a primary key nor a unique index")
	}
	names := make([]string, len(list))
	for i, id := range list {
		names[i] = strings.Join(schema.ColumnNames(id.cols), "+")
	}
	return identity{}, fmt.Errorf("none of %s is set", strings.Join(names, ", "))
}

// conflicts returns an error when v can conflict with no row in the columns, because one of them is NULL: it would be
// inserted again and again. A unique index that takes NULLs for equal is looked for then.
func (r *Repo[T]) conflicts(ctx context.Context, b *binding, v *T, cols []*schema.Column) error {
	for _, c := range cols {
		if !c.Null {
			continue
		}
		value, err := scan.Value(r.plan, v, c)
		if err != nil {
			return err
		}
		if !value.IsNull() {
			continue
		}
		equal, err := b.nullsEqual(ctx, cols)
		if err == nil && !equal {
			err = fmt.Errorf("%s is NULL, which conflicts with no row unless the unique index is NULLS NOT DISTINCT; set it", c.Field)
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
	found, err := conn.Inspect(ctx, b.db, b.table.Name)
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
func (r *Repo[T]) identityOf(fields []Columner) (identity, error) {
	cols := make([]*schema.Column, len(fields))
	for i, f := range fields {
		cols[i] = f.Column()
		if r.table.Column(cols[i].Name) != cols[i] {
			return identity{}, fmt.Errorf("the field %s belongs to another model", cols[i].Name)
		}
	}
	for _, id := range identities(r.table) {
		if len(cols) == len(id.cols) && !slices.ContainsFunc(id.cols, func(c *schema.Column) bool { return !slices.Contains(cols, c) }) {
			return identity{cols, id.live}, nil
		}
	}
	return identity{}, errors.New("the fields are neither the primary key nor those of a unique index over all rows")
}
