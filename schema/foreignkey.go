package schema

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// ForeignKey is a foreign key of a field of type CompositeRef: one of several columns, or one that refers to unique
// columns instead of the primary key. All others are a [Reference].
type ForeignKey struct {
	Field   string       // the Go field's path, for messages
	Columns []*Column    // in the order of the columns that they refer to
	Model   reflect.Type // the model referred to
	// those that may be NULL, and become NULL with the row referred to; none of a strong key, which deletes with its
	// target
	Null []*Column
	Actions
	unique []string // the names of the columns that they refer to; nil for the primary key
	target func() (*Table, error)
}

// To returns the columns that a foreign key refers to, as many as it has columns: those of the primary key, or unique
// ones. Like Target it panics when the model cannot be referred to.
func (k *ForeignKey) To() []*Column {
	t := k.Target()
	if k.unique == nil {
		return t.Key
	}
	cols := make([]*Column, len(k.unique))
	for i, name := range k.unique {
		cols[i] = t.byName[name]
	}
	return cols
}

// Mixed reports whether some columns of a key may be NULL and others not, such as a tenant that is part of every key:
// ON DELETE SET NULL of those that may, which not every engine has.
func (k *ForeignKey) Mixed() bool { return len(k.Null) > 0 && len(k.Null) < len(k.Columns) }

// SetsSome reports whether the tag asks for ON DELETE SET NULL of a mixed key, which sets those columns that may be
// NULL.
func (k *ForeignKey) SetsSome() bool { return k.Mixed() && k.Actions.OnDelete == setNull }

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
	if k.Model == t.Model && k.Model != nil {
		return t
	}
	return k.Target()
}

// Targets lists the tables that t has foreign keys to, each once.
func (t *Table) Targets() []*Table {
	var list []*Table
	add := func(target *Table) {
		if !slices.Contains(list, target) {
			list = append(list, target)
		}
	}
	for _, c := range t.References() {
		if t.Enforces(c) {
			add(t.TargetOf(c))
		}
	}
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) {
			add(t.TargetOfKey(k))
		}
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
			if _, err := k.target(); err != nil {
				return ends{}, err
			}
			return ends{owner: k.Columns, ownerTo: k.To()}, nil
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
	if c := k.Columns[0]; len(k.Columns) == 1 && c.References != nil {
		return nil, fmt.Errorf("the column %q is a reference already, by the type of field %s", c.Name, c.Field)
	}
	if r.to != "" {
		for name := range strings.SplitSeq(r.to, ",") {
			k.unique = append(k.unique, strings.TrimSpace(name))
		}
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
	to := target.Key
	if k.unique != nil {
		if to, err = target.uniqueColumns(k.unique); err != nil {
			return nil, fmt.Errorf("to: %w", err)
		}
	}
	switch {
	case k.unique != nil && len(to) != len(k.Columns):
		return nil, fmt.Errorf("on names %d columns, and to names %d (%s)", len(k.Columns), len(to),
			strings.Join(k.unique, ", "))
	case len(to) != len(k.Columns):
		return nil, fmt.Errorf("on names %d columns, and the primary key of %s has %d (%s)", len(k.Columns), k.Model.Name(),
			len(to), strings.Join(ColumnNames(to), ", "))
	case k.unique == nil && len(to) == 1 && to[0].References == nil:
		return nil, errors.New("on names one column; for a reference of one column to the primary key use a field of type " +
			"prom.RefBy")
	}
	for i, c := range k.Columns {
		if want := to[i]; Unwrap(c.Type) != Unwrap(want.Type) || c.Kind != want.Kind {
			return nil, fmt.Errorf("the column %q is a %s, and the column %q of %s, which it refers to, is a %s", c.Name,
				Unwrap(c.Type), want.Name, k.Model.Name(), Unwrap(want.Type))
		}
	}
	return target, nil
}

// uniqueColumns returns columns of a table that a foreign key can refer to without being the primary key: exactly those
// of a unique index that has all rows and no expression.
func (t *Table) uniqueColumns(names []string) ([]*Column, error) {
	cols := make([]*Column, len(names))
	for i, name := range names {
		switch cols[i] = t.byName[name]; {
		case cols[i] == nil:
			return nil, fmt.Errorf("%s has no column %q; its columns are %s", t.Model.Name(), name,
				strings.Join(ColumnNames(t.Columns), ", "))
		case cols[i].Folded:
			return nil, fmt.Errorf("the column %q of %s ignores case (nocase), so no foreign key can refer to it", name,
				t.Model.Name())
		case slices.Contains(cols[:i], cols[i]):
			return nil, fmt.Errorf("the column %q appears twice", name)
		}
	}
	if slices.Equal(cols, t.Key) {
		return nil, fmt.Errorf("the columns are the primary key of %s; leave to out", t.Model.Name())
	}
	live := false
	for _, ix := range t.Indexes {
		of := ix.OnColumns()
		if !ix.Unique || ix.Where != "" || len(of) != len(cols) ||
			slices.ContainsFunc(cols, func(c *Column) bool { return !slices.Contains(of, c) }) {
			continue
		}
		if !ix.Partial() {
			return cols, nil
		}
		live = true
	}
	if live {
		return nil, fmt.Errorf("the unique index of %s on (%s) leaves out the soft-deleted rows, so no foreign key can refer "+
			"to it", t.Model.Name(), strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("%s has no unique index on (%s), which a foreign key needs; give the columns the tag option "+
		"unique", t.Model.Name(), strings.Join(names, ", "))
}
