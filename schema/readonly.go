package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prom-go/prom/internal/sqltext"
)

// setReadOnly reads the options readonly and generated.
func (c *Column) setReadOnly(tg *tag) error {
	expr, generated := tg.value("generated")
	if c.ReadOnly = generated || tg.has("readonly"); !c.ReadOnly {
		return nil
	}
	what := "a readonly column is written by the database alone"
	switch {
	case generated && tg.has("readonly"):
		return errors.New("a generated column is readonly by itself; leave readonly out")
	case c.Auto:
		return errors.New(what + "; an auto key is generated only if it is not set; leave auto or readonly out")
	case c.Created || c.Updated || c.Version || c.Deleted:
		return errors.New(what + "; leave created, updated, version and deleted out")
	case c.Default != nil && c.Default.Func != "":
		return fmt.Errorf("%s, and default=%s is made in Go; leave it out", what, c.Default.Func)
	}
	if !generated {
		return nil
	}
	switch {
	case c.Key:
		return errors.New("a generated column cannot be part of the primary key")
	case c.Default != nil:
		return errors.New("a generated column has no default; leave default out")
	case c.References != nil:
		return errors.New("a generated column cannot be a reference; say readonly if the database has such a column")
	}
	if c.Generated = strings.TrimSpace(expr); c.Generated == "" {
		return errors.New("generated needs an expression: generated='price * quantity'")
	}
	if err := sqltext.Closed(c.Generated); err != nil {
		return fmt.Errorf("generated: %w", err)
	}
	return nil
}

// setView reads the tag of a blank field that says that the model is one of a view.
func (b *builder) setView(tg *tag) error {
	switch {
	case tg.name != "" || len(tg.items) > 1:
		return errors.New("view and materialized stand alone on a blank field _")
	case b.table.View:
		return errors.New("the model is said to be one of a view twice")
	}
	b.table.View, b.table.Materialized = true, tg.has("materialized")
	return nil
}

// checkView returns an error when a model of a view says what only a table has.
func (b *builder) checkView() error {
	t := b.table
	if !t.View {
		return nil
	}
	const only = "the model is one of a view, which is only read; "
	switch {
	case t.Was != "":
		return errors.New(only + "leave the old name of the table out")
	case len(b.indexes) > 0:
		return errors.New(only + "leave unique, index and fulltext out; the tables behind the view have the indexes")
	}
	for _, c := range t.Columns {
		if c.Was != "" || c.Generated != "" {
			return fmt.Errorf("field %s: %sleave was and generated out", c.Field, only)
		}
	}
	return nil
}

// Enforces reports whether the database is to make sure that a reference leads to a row: not one of a view, nor one to
// a view, which have no foreign keys.
func (t *Table) Enforces(c *Column) bool {
	return c.References != nil && !t.View && !t.TargetOf(c).View
}

// EnforcesKey does the same for a foreign key of several columns.
func (t *Table) EnforcesKey(k *ForeignKey) bool { return !t.View && !t.TargetOfKey(k).View }
