package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// required is a reference without which a row cannot be inserted.
type required struct {
	field  string // the model's name and the field's
	target *Table
	timed  bool // its tag says when it is checked
}

// requiredReferences lists those of a table but the ones to itself: a row may refer to itself.
func (t *Table) requiredReferences() (list []required, err error) {
	if t.View {
		return nil, nil // no row is inserted
	}
	add := func(field string, weak bool, a Actions, model reflect.Type, resolve func() (*Table, error)) {
		if weak || model == t.Model || err != nil {
			return
		}
		var target *Table
		target, err = resolve()
		list = append(list, required{t.Model.Name() + "." + field, target, a.Deferrable || a.NotDeferrable})
	}
	for _, c := range t.References() {
		add(c.Field, c.References.Weak, c.References.Actions, c.References.Model, c.References.target)
	}
	for _, k := range t.ForeignKeys {
		add(k.Field, len(k.Null) > 0, k.Actions, k.Model, k.target)
	}
	return list, err
}

// checkCircles returns why no row can be inserted into a table: required references lead from it, or from one that it
// needs, back again, so that each row would have to be there before the other. A tag that says when one of them is
// checked shows that the circle is meant.
func (t *Table) checkCircles() error {
	done := map[*Table]bool{}
	var way []required
	var on []*Table
	var visit func(t *Table) error
	visit = func(t *Table) error {
		if i := slices.Index(on, t); i >= 0 {
			if slices.ContainsFunc(way[i:], func(r required) bool { return r.timed }) {
				return nil
			}
			fields := make([]string, 0, len(way)-i)
			for _, r := range way[i:] {
				fields = append(fields, r.field)
			}
			return fmt.Errorf("prom: model %s: the required references %s form a circle, so no row can be inserted first; "+
				"make one of these fields a pointer, or give it the tag option deferrable=deferred, so that it is checked when "+
				"a transaction ends", t.Model, strings.Join(fields, " and "))
		}
		if done[t] {
			return nil
		}
		needs, err := t.requiredReferences()
		if err != nil {
			return err
		}
		on = append(on, t)
		for _, r := range needs {
			way = append(way, r)
			if err := visit(r.target); err != nil {
				return err
			}
			way = way[:len(way)-1]
		}
		on, done[t] = on[:len(on)-1], true
		return nil
	}
	return visit(t)
}
