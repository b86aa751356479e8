package schema

import (
	"fmt"
	"reflect"
	"strings"
)

// Draft is a table without a struct, such as one that was read from a snapshot. [Assemble] makes a [Table] of it.
type Draft struct {
	Table
	Keys []DraftKey // its foreign keys
}

// DraftKey is a foreign key of a [Draft], by names.
type DraftKey struct {
	Columns []string // the columns of the draft
	Table   string   // the table referred to, one of those that are assembled with it
	To      []string // its columns, as many as Columns
	Actions
}

// Assemble makes tables of drafts, which refer only to each other. A draft has a Name, Columns, Key, Indexes and Keys;
// its columns have what DDL needs, without a Go type. The tables are for DDL and comparison, not for reading and
// writing rows. Errors name the table and what is wrong with it.
func Assemble(drafts []Draft) ([]*Table, error) {
	list, byName := make([]*Table, len(drafts)), map[string]*Table{}
	for i := range drafts {
		t := drafts[i].Table
		if byName[t.Name] != nil {
			return nil, fmt.Errorf("the table %s is there twice", t.Name)
		}
		list[i], byName[t.Name] = &t, &t
		if err := t.assemble(); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for i, t := range list {
		for _, k := range drafts[i].Keys {
			if err := t.assembleKey(k, byName); err != nil {
				return nil, fmt.Errorf("table %s: foreign key of %s: %w", t.Name, strings.Join(k.Columns, ", "), err)
			}
		}
	}
	return list, nil
}

// assemble completes the columns and indexes of a table.
func (t *Table) assemble() error {
	// Each table has a type of its own, by which a reference to the table itself is told from others.
	t.Model = reflect.StructOf([]reflect.StructField{{Name: "Row", Type: reflect.TypeFor[struct{}](),
		Tag: reflect.StructTag(fmt.Sprintf("prom:%q", t.Name))}})
	t.byName = map[string]*Column{}
	t.setQualified()
	for i, c := range t.Columns {
		if t.byName[c.Name] != nil {
			return fmt.Errorf("the column %s is there twice", c.Name)
		}
		t.byName[c.Name], c.Ordinal, c.Field = c, i, c.Name
		c.Type = reflect.TypeFor[string]()
		for range c.Dims {
			c.Type = reflect.SliceOf(c.Type)
		}
		if c.Enum != nil {
			c.Rules.Choices = c.Enum.Labels
		}
		if c.Deleted {
			t.Deleted = c
		}
		t.Filled = t.Filled || c.ReadOnly
	}
	for _, c := range t.Key {
		c.Key, c.KeyLen = true, len(t.Key)
	}
	for _, ix := range t.Indexes {
		ix.short = strings.TrimPrefix(ix.Name, t.Local()+"_")
	}
	return nil
}

// assembleKey adds a foreign key: a reference of its column if it is one column that refers to the whole primary key.
func (t *Table) assembleKey(k DraftKey, byName map[string]*Table) error {
	target := byName[k.Table]
	if target == nil {
		return fmt.Errorf("the table %s, which it refers to, is missing", k.Table)
	}
	if len(k.Columns) != len(k.To) || len(k.To) == 0 {
		return fmt.Errorf("it has %d columns, and refers to %d", len(k.Columns), len(k.To))
	}
	for _, name := range k.To {
		if target.byName[name] == nil {
			return fmt.Errorf("the table %s has no column %s", k.Table, name)
		}
	}
	key := &ForeignKey{Field: strings.Join(k.Columns, ", "), Model: target.Model, Actions: k.Actions,
		target: func() (*Table, error) { return target, nil }}
	for _, name := range k.Columns {
		c := t.byName[name]
		if c == nil {
			return fmt.Errorf("there is no column %s", name)
		}
		if key.Columns = append(key.Columns, c); c.Null {
			key.Null = append(key.Null, c)
		}
	}
	c := key.Columns[0]
	if len(k.To) == 1 && len(target.Key) == 1 && target.Key[0].Name == k.To[0] && c.References == nil {
		c.References = &Reference{Model: target.Model, Weak: c.Null, Actions: k.Actions, target: key.target}
		return nil
	}
	if names := ColumnNames(target.Key); strings.Join(names, "\x00") != strings.Join(k.To, "\x00") {
		key.unique = k.To
	}
	t.ForeignKeys = append(t.ForeignKeys, key)
	return nil
}

// ParseKind returns the kind of a name as [Kind.String] has it, of no list; false when there is none.
func ParseKind(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name && Kind(k) != Null {
			return Kind(k), true
		}
	}
	return Null, false
}

// ToldForm returns the form that a value of the tag option stored tells; false when it tells none.
func ToldForm(option string) (Form, bool) {
	form, ok := toldForms[option]
	return form, ok
}
