package schema

import (
	"slices"
	"strings"
)

// Dependent is something that lies on a table or uses it, besides what models declare: a view, a trigger, a policy, a
// comment. One that is about several columns is told once for each.
type Dependent struct {
	Sort   DriftOf
	Name   string // with the table that it lies on, if that is another one; "" for what has none, such as row security
	Column string // which it uses; "" for the table; of [HoldsIndex] the index
	Text   string // what it says, as the engine writes it; "" for nothing more
	Listed bool   // it is not told elsewhere, as the columns and indexes of the table are
	Holds  string // of the Holds constants: what the engine refuses because of it
}

// What an engine refuses while something depends on a column. Several stand behind each other.
const (
	HoldsType    = "t" // another type
	HoldsKind    = "k" // a type whose values are compared in another way
	HoldsRewrite = "w" // another type for which the rows are written anew
	HoldsDrop    = "d" // that the column is dropped
	HoldsName    = "r" // that it is renamed
	HoldsIndex   = "x" // that an index is dropped
)

// Holding lists those that keep an engine from something that is done to a column, or an index: one of the Holds
// constants, or several.
func (f *Found) Holding(name, what string) (list []Dependent) {
	for _, d := range f.Dependents {
		if strings.ContainsAny(d.Holds, what) && (d.Column == "" || f.same(d.Column, name)) {
			list = append(list, d)
		}
	}
	return list
}

// Texts returns what each of the dependents is, as people call it: view actor_info. Each is told once.
func Texts(list []Dependent) (texts []string) {
	for _, d := range list {
		if text := strings.TrimSpace(string(d.Sort) + " " + d.Name); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// Others returns as drifts what lies on a table or uses it and is told nowhere else. No model says anything of it.
func (f *Found) Others(table string) (drifts []*Drift) {
	for i, d := range f.Dependents {
		if d.Listed && !slices.ContainsFunc(f.Dependents[:i],
			func(o Dependent) bool { return o.Listed && o.Sort == d.Sort && o.Name == d.Name }) {
			drifts = append(drifts, &Drift{Sort: Extra, Object: d.Sort, Table: table, Name: d.Name, Have: d.Text})
		}
	}
	return drifts
}

// WithDependents adds what depends on a table, which was found with the names of before: a renamed column is known by
// its new one.
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
