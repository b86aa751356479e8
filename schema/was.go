package schema

import (
	"fmt"
	"strings"
)

// checkWas returns why a column cannot have had the name that its tag tells: another one has it now, so that the old
// column is that one's, and nothing could be renamed.
func (t *Table) checkWas() error {
	for _, c := range t.Columns {
		for _, other := range t.Columns {
			switch {
			case c.Was == "" || c == other:
			case FoldName(other.Name) == FoldName(c.Was):
				return fmt.Errorf("field %s: was=%s: the column of field %s has that name now, so its values would be taken for the old ones; give that field another "+
					"column name, or take the option was out when no database has the old column any more", c.Field, c.Was, other.Field)
			case FoldName(other.Was) == FoldName(c.Was):
				return fmt.Errorf("field %s: was=%s: field %s has the same old name", c.Field, c.Was, other.Field)
			}
		}
	}
	return nil
}

// Unknown returns the names of the columns of the table that may be the given column under an old name: the model has
// no field for them, and they have its kind.
func (f *Found) Unknown(t *Table, c *Column) (names []string) {
	for _, h := range f.Columns {
		if h.Kind == c.Kind && !h.Key && !h.Generated && t.columnOf(f, h.Name) == nil {
			names = append(names, h.Name)
		}
	}
	return names
}

func (t *Table) columnOf(f *Found, name string) *Column {
	for _, c := range t.Columns {
		if f.same(c.Name, name) {
			return c
		}
	}
	return nil
}

// WasAdvice returns the advice to set the tag option was, if the column may have been renamed: it names the columns of
// the table that no field has. It is "" if there is none of the column's kind.
func WasAdvice(t *Table, c *Column, f *Found) string {
	names := f.Unknown(t, c)
	if names == nil {
		return ""
	}
	options := make([]string, len(names))
	for i, name := range names {
		options[i] = "was=" + name
	}
	return fmt.Sprintf("if the column of field %s was renamed, add the tag option %s, which keeps its values", c.Field,
		strings.Join(options, " or "))
}
