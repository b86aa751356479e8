package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Distribution is how Citus spreads a table over the servers of a cluster, as the tag option distribute tells.
// Elsewhere it has no effect, but that keys and foreign keys are such as Citus can have.
type Distribution struct {
	Column *Column // by whose value a row has its place; nil for a reference table, of which each server has all rows
}

// Everywhere is the value of the tag option distribute for a reference table.
const Everywhere = "everywhere"

// String returns the value of the tag option.
func (d *Distribution) String() string {
	if d.Column == nil {
		return Everywhere
	}
	return d.Column.Name
}

// DistributedBy returns the distribution column, nil for a table without one.
func (t *Table) DistributedBy() *Column {
	if t.Distribution == nil {
		return nil
	}
	return t.Distribution.Column
}

// distributeTag is the tag option distribute, before all columns are known.
type distributeTag struct{ how, prefix string }

// setDistribution reads the tag of a blank field that has the table distributed.
func (b *builder) setDistribution(tg *tag, in place) error {
	how, _ := tg.value("distribute")
	switch {
	case tg.name != "" || len(tg.items) > 1:
		return errors.New("distribute stands alone on a blank field _")
	case b.distributed.how != "":
		return errors.New("the model has the option distribute already")
	}
	b.distributed = distributeTag{how, in.column}
	return nil
}

// makeDistribution checks and keeps how the table is distributed, once its columns and indexes are known.
func (b *builder) makeDistribution() error {
	t, how := b.table, b.distributed.how
	if how == "" {
		return nil
	}
	fault := func(err error) error { return fmt.Errorf("field _: distribute=%s: %w", how, err) }
	if t.View {
		return fault(errors.New("the model is one of a view; distribute the tables behind it"))
	}
	if t.Distribution = new(Distribution); how == Everywhere {
		return nil
	}
	c := b.named(how, b.distributed.prefix)
	switch {
	case c == nil:
		return fault(fmt.Errorf("there is no column %q; write %s for a reference table, or one of the columns %s",
			how, Everywhere, strings.Join(ColumnNames(t.Columns), ", ")))
	case c.Null:
		return fault(fmt.Errorf("the column %s takes NULL, with which a row has no place; "+
			"its field must not be a pointer", c.Name))
	case c.Generated != "" || c.Kind == JSON || c.Kind == Any || c.Kind.IsList():
		return fault(fmt.Errorf("the column %s cannot be the distribution column: it is generated, "+
			"or of a type that has no hash", c.Name))
	}
	t.Distribution.Column = c
	if err := t.checkHolds(c, "distributed table", "distribution column"); err != nil {
		return fault(err)
	}
	return nil
}

// checkDistribution returns an error when a foreign key cannot be one on Citus.
func (t *Table) checkDistribution() error {
	for _, c := range t.References() {
		if t.Enforces(c) {
			target := t.TargetOf(c)
			if err := t.checkDistributed(c.Field, []*Column{c}, target, target.Key, c.References.Actions); err != nil {
				return err
			}
		}
	}
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) {
			if err := t.checkDistributed(k.Field, k.Columns, t.TargetOfKey(k), k.To(), k.Actions); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Table) checkDistributed(field string, columns []*Column, target *Table, to []*Column, a Actions) error {
	fault := func(format string, args ...any) error {
		return fmt.Errorf("prom: model %s: field %s: "+format, append([]any{t.Model, field}, args...)...)
	}
	own, other := t.DistributedBy(), target.DistributedBy()
	switch place := slices.Index(columns, own); {
	case own == nil && other != nil:
		return fault("%s is distributed by %s, and Citus has foreign keys to it only from tables that are distributed "+
			"by the same; add _ struct{} `prom:\"distribute=…\"` with the column that refers to %s, or refer without "+
			"a foreign key", target.Name, other.Name, other.Name)
	case own == nil:
		return nil
	case target.Distribution == nil:
		return fault("%s is not distributed, and Citus has no foreign keys from a distributed table to it; add _ struct{} "+
			"`prom:\"distribute=%s\"` to its model, or a column by which it is distributed", target.Name, Everywhere)
	case other != nil && (place < 0 || to[place] != other):
		return fault("%s is distributed by %s, and Citus has foreign keys between distributed tables only if the "+
			"columns by which they are distributed refer to each other: %s is to refer to %s; "+
			"declare a prom.CompositeRef with on of both columns", target.Name, other.Name, own.Name, other.Name)
	case place >= 0 && (a.OnUpdate == cascade || a.OnUpdate == setNull || a.OnUpdate == setDefault):
		return fault("onupdate=%s would change the distribution column %s, which Citus refuses; leave it out",
			strings.ToLower(a.OnUpdate), own.Name)
	case place >= 0 && (a.OnDelete == setNull || a.OnDelete == setDefault):
		return fault("ondelete=%s of a reference with the distribution column %s is refused by Citus; "+
			"write ondelete=cascade, restrict or no action", strings.ToLower(a.OnDelete), own.Name)
	}
	return nil
}

// placed returns a foreign key without the rules by which rows would change their places, which Citus refuses.
func (t *Table) placed(k *FoundForeignKey, columns []*Column) *FoundForeignKey {
	if c := t.DistributedBy(); c != nil && slices.Contains(columns, c) {
		if k.OnUpdate = noAction; k.OnDelete == setNull {
			k.OnDelete, k.SetColumns = noAction, nil
		}
	}
	return k
}
