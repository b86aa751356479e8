package schema

import (
	"slices"
	"strings"
)

// Dependent is an object that uses a table or a column and that no model declares: a view, a trigger, a policy, a
// comment. An object that uses several columns has one Dependent for each.
type Dependent struct {
	Sort   DriftOf // what it is: a view, a trigger, a policy …
	Name   string  // with its table, if that is another one; "" for what has no name, such as row security
	Column string  // the column that it uses; "" for the table; with [HoldsIndex] the index
	Text   string  // its definition, as the engine writes it; "" for none
	Listed bool    // it is not among the columns and indexes of the table
	Holds  string  // of the Holds constants: what the engine refuses because of it
}

// The values of Holds: what the engine refuses as long as an object depends on a column. Several are concatenated.
const (
	HoldsType    = "t" // a change of the type
	HoldsKind    = "k" // a change to a type whose values are compared in another way
	HoldsRewrite = "w" // a change of the type that rewrites the rows
	HoldsDrop    = "d" // to drop the column
	HoldsName    = "r" // to rename the column
	HoldsIndex   = "x" // to drop the index
)

// Holding returns the dependents that keep the engine from changing the column, or the index, with the given name. The
// argument what is one or several of the Holds constants, concatenated.
func (f *Found) Holding(name, what string) (list []Dependent) {
	for _, d := range f.Dependents {
		if strings.ContainsAny(d.Holds, what) && (d.Column == "" || f.same(d.Column, name)) {
			list = append(list, d)
		}
	}
	return list
}

// Texts returns a description of each dependent, such as "view actor_info", without duplicates.
func Texts(list []Dependent) (texts []string) {
	for _, d := range list {
		if text := strings.TrimSpace(string(d.Sort) + " " + d.Name); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// Others returns, as drifts, the dependents that are not columns or indexes of the table. No model declares them.
func (f *Found) Others(table string) (drifts []*Drift) {
	for i, d := range f.Dependents {
		if d.Listed && !slices.ContainsFunc(f.Dependents[:i],
			func(o Dependent) bool { return o.Listed && o.Sort == d.Sort && o.Name == d.Name }) {
			drifts = append(drifts, &Drift{Sort: Extra, Object: d.Sort, Table: table, Name: d.Name, Have: d.Text})
		}
	}
	return drifts
}

// WithDependents adds the dependents of a table. They were found under the old names of renamed columns, and get the
// new ones.
func (f *Found) WithDependents(list []Dependent, renamed []*Drift) {
	for i := range list {
		for _, r := range renamed {
			if r.Object == OfColumn && f.same(list[i].Column, r.Have) {
				list[i].Column = r.Name
			}
		}
	}
	f.Dependents = slices.DeleteFunc(list, func(d Dependent) bool {
		return d.Sort == OfTrigger && slices.ContainsFunc(f.Indexes, func(ix FoundIndex) bool { return ix.keptBy(d.Name) })
	})
}

// keptBy reports whether a trigger is one of those that keep a full-text index up to date, and so a part of it.
func (ix *FoundIndex) keptBy(trigger string) bool {
	quoted := `"` + strings.ReplaceAll(trigger, `"`, `""`) + `"`
	return strings.Contains(ix.SQL, "CREATE TRIGGER "+quoted+" ") || strings.Contains(ix.SQL, "CREATE TRIGGER "+trigger+" ")
}
