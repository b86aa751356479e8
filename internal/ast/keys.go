package ast

import (
	"github.com/prom-go/prom/schema"
)

// KeyIs returns s with the condition that each of the columns has its value.
func (s Spec) KeyIs(cols []*schema.Column, vals []schema.Value) Spec {
	where := make([]Cond, len(s.Conds), len(s.Conds)+len(cols))
	copy(where, s.Conds)
	for i, c := range cols {
		where = append(where, Cond{Op: OpEq, Col: c, Val: vals[i]})
	}
	s.Conds = where
	return s
}

// KeyIn returns s with the condition that the column is one of the values.
func (s Spec) KeyIn(col *schema.Column, vals []schema.Value) Spec {
	return s.KeyInEach(col, len(vals), func(i int) schema.Value { return vals[i] })
}

// KeyInEach returns s with the condition that the column is one of n values.
func (s Spec) KeyInEach(col *schema.Column, n int, at func(i int) schema.Value) Spec {
	v, err := schema.NewList(col.Kind, n, func(i int) (schema.Value, error) { return at(i), nil })
	return s.And(Cond{Op: OpIn, Col: col, Val: v, Err: err})
}

// KeysIn returns s with the condition that the columns together are one of n keys, of which at gives the parts.
func (s Spec) KeysIn(cols []*schema.Column, n int, at func(i, part int) schema.Value) Spec {
	if len(cols) == 1 {
		return s.KeyInEach(cols[0], n, func(i int) schema.Value { return at(i, 0) })
	}
	kids := make([]Cond, len(cols))
	for part, c := range cols {
		v, err := schema.NewList(c.Kind, n, func(i int) (schema.Value, error) { return at(i, part), nil })
		kids[part] = Cond{Op: OpIn, Col: c, Val: v, Err: err}
	}
	return s.And(Cond{Op: OpKeysIn, Kids: kids})
}

// ByKeys returns s ordered by the columns alone, for walking a table in pages.
func (s Spec) ByKeys(cols []*schema.Column) Spec {
	s.Orders = make([]Order, len(cols))
	for i, c := range cols {
		s.Orders[i] = Order{Col: c}
	}
	return s
}

// ByKeysDesc returns s ordered by the columns backwards.
func (s Spec) ByKeysDesc(cols []*schema.Column) Spec {
	s = s.ByKeys(cols)
	for i := range s.Orders {
		s.Orders[i].Desc = true
	}
	return s
}

// After returns s with the condition that a row's key comes after another key.
func (s Spec) After(cols []*schema.Column, vals []schema.Value) Spec {
	return s.And(compareRow(OpGt, cols, vals))
}

// UpTo returns s with the condition that a row's key is another key or comes before it.
func (s Spec) UpTo(cols []*schema.Column, vals []schema.Value) Spec {
	return s.And(compareRow(OpLe, cols, vals))
}

// compareRow compares columns that are never NULL, one after the other, with values.
func compareRow(o Op, cols []*schema.Column, vals []schema.Value) Cond {
	row := Cond{Op: OpRow, Kids: make([]Cond, len(cols))}
	for i, c := range cols {
		row.Kids[i] = Cond{Op: o, Col: c, Val: vals[i]}
	}
	if len(cols) == 1 {
		return row.Kids[0]
	}
	return row
}
