package schema

import (
	"fmt"
	"slices"
	"strings"
)

// UnknownColumn returns a text about a column that the table has and the model does not: which other model of the
// program has it, if any.
func UnknownColumn(t *Table, column string) string {
	var names []string
	add := func(other *Table) {
		if other.Name == t.Name && other.Model != t.Model && other.byName[column] != nil &&
			!slices.Contains(names, other.Model.String()) {
			names = append(names, other.Model.String())
		}
	}
	tables.Range(func(_, known any) bool {
		if other, err := tableOrError(known); err == nil {
			add(other)
		}
		return true
	})
	renamed.each(add)
	slices.Sort(names)
	text := fmt.Sprintf("the model %s has no field for it", t.Model)
	if names == nil {
		return text
	}
	return text + fmt.Sprintf("; it is a column of %s, whose table has the same name; give one of the models a method TableName", strings.Join(names, " and "))
}
