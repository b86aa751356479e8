package install

import (
	"slices"

	"github.com/prom-go/prom/schema"
)

// closure lists the tables with those that they refer to, these first. Circles are cut where they are met.
func closure(tables []*schema.Table) []*schema.Table {
	var list []*schema.Table
	seen := map[*schema.Table]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if seen[t] {
			return
		}
		seen[t] = true
		for _, target := range t.Targets() {
			visit(target)
		}
		list = append(list, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return list
}

// Order returns tables in an order in which each comes after those that it refers to, each once. Circles are cut where
// they are met.
func Order(tables []*schema.Table) []*schema.Table {
	return slices.DeleteFunc(closure(tables), func(t *schema.Table) bool { return !slices.Contains(tables, t) })
}

func refersTo(t, target *schema.Table) bool {
	return slices.Contains(t.Targets(), target)
}
