package schema

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// ForeignKey is a foreign key of several columns, which a field of type [CompositeRef] declares. One of a single column
// is a
// [Reference].
type ForeignKey struct {
	Field   string       // the Go field's path, for messages
	Columns []*Column    // in the order of the primary key that they refer to
	Model   reflect.Type // the model referred to
	// those that may be NULL, and become NULL with the row referred to; none of a strong key, which deletes with its
	// target
	Null []*Column
	Actions
	target func() (*Table, error)
}

// Mixed reports whether some columns of a key may be NULL and others not, such as a tenant that is part of every key:
// ON DELETE SET NULL of those that may, which not every engine has.
func (k *ForeignKey) Mixed() bool { return len(k.Null) > 0 && len(k.Null) < len(k.Columns) }

// Target returns the table referred to, as [Reference.Target] does.
func (k *ForeignKey) Target() *Table {
	t, err := k.target()
	if err != nil {
		panic(err)
	}
	return t
}

// TargetOfKey returns the table that a foreign key of t refers to: t itself when the model refers to itself, whatever
// its name.
func (t *Table) TargetOfKey(k *ForeignKey) *Table {
	if k.Model == t.Model {
		return t
	}
	return k.Target()
}

// Targets lists the tables that t refers to, each once.
func (t *Table) Targets() []*Table {
	var list []*Table
	add := func(target *Table) {
		if !slices.Contains(list, target) {
			list = append(list, target)
		}
	}
	for _, c := range t.References() {
		add(t.TargetOf(c))
	}
	for _, k := range t.ForeignKeys {
		add(t.TargetOfKey(k))
	}
	return list
}

// makeForeignKeys turns the relations that hold one row into foreign keys, once all columns are known.
func (b *builder) makeForeignKeys() error {
	for _, r := range b.table.Relations {
		if r.on == "" {
			continue
		}
		k, err := b.foreignKey(r)
		if err != nil {
			return fmt.Errorf("field %s: on: %w", r.Field, err)
		}
		r.ends = func() (ends, error) {
			_, err := k.target()
			return ends{owner: k.Columns}, err
		}
		b.table.ForeignKeys = append(b.table.ForeignKeys, k)
	}
	return nil
}

func (b *builder) foreignKey(r *Relation) (*ForeignKey, error) {
	t := b.table
	k := &ForeignKey{Field: r.Field, Model: r.Model}
	for name := range strings.SplitSeq(r.on, ",") {
		c := b.named(strings.TrimSpace(name), r.prefix)
		switch {
		case c == nil:
			return nil, fmt.Errorf("there is no column %q; the columns are %s", strings.TrimSpace(name),
				strings.Join(ColumnNames(t.Columns), ", "))
		case slices.Contains(k.Columns, c):
			return nil, fmt.Errorf("the column %q appears twice", c.Name)
		}
		if k.Columns = append(k.Columns, c); c.Null {
			k.Null = append(k.Null, c)
		}
	}
	if len(k.Columns) < 2 {
		return nil, errors.New("it names one column; for a reference of one column use a field of type prom.RefBy")
	}
	var err error
	if k.Actions, err = readActions(&r.actions, k.Columns...); err != nil {
		return nil, err
	}
	k.target = sync.OnceValues(func() (*Table, error) {
		target, err := k.check()
		if err != nil {
			err = fmt.Errorf("prom: model %s: field %s: %w", t.Model, r.Field, err)
		}
		return target, err
	})
	return k, nil
}

// check returns the table that a foreign key refers to, if its key fits.
func (k *ForeignKey) check() (*Table, error) {
	target, err := Of(k.Model)
	if err != nil {
		return nil, err
	}
	if len(target.Key) != len(k.Columns) {
		return nil, fmt.Errorf("on names %d columns, and the primary key of %s has %d (%s)", len(k.Columns), k.Model.Name(),
			len(target.Key),
			strings.Join(ColumnNames(target.Key), ", "))
	}
	for i, c := range k.Columns {
		if want := target.Key[i]; Unwrap(c.Type) != Unwrap(want.Type) || c.Kind != want.Kind {
			return nil, fmt.Errorf("the column %q is a %s, and the key column %q of %s is a %s", c.Name, Unwrap(c.Type),
				want.Name, k.Model.Name(), Unwrap(want.Type))
		}
	}
	return target, nil
}
