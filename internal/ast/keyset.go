package ast

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/schema"
)

// Keyset is an order in which no two rows are equal, by columns: that of a query, and behind it the key.
type Keyset struct{ terms []Order }

// Keyset returns the order of s as a keyset. The key goes the way of the last term.
func (s Spec) Keyset(key []*schema.Column) (Keyset, error) {
	if err := s.Err(); err != nil {
		return Keyset{}, err
	}
	if s.Flags != 0 {
		return Keyset{}, errKeysetPaged
	}
	if s.HasSource() {
		return Keyset{}, errors.New("keyset pagination needs a query of a table, not a union or a query made by From")
	}
	var k Keyset
	add := func(o Order) {
		if !slices.ContainsFunc(k.terms, func(t Order) bool { return t.Col == o.Col }) {
			k.terms = append(k.terms, o)
		}
	}
	for _, o := range s.Orders {
		if o.Expr != nil || o.Part != 0 {
			return Keyset{}, errKeysetOrder
		}
		add(o)
	}
	desc := len(k.terms) > 0 && k.terms[len(k.terms)-1].Desc
	for _, c := range key {
		add(Order{Col: c, Desc: desc})
	}
	return k, nil
}

var errKeysetPaged = errors.New("KeysetPage sets the limit itself; remove Limit and Offset")

var errKeysetOrder = errors.New("keyset pages are ordered by fields, not by expressions or parts of dates")

// Columns returns the columns of the terms.
func (k Keyset) Columns() []*schema.Column {
	cols := make([]*schema.Column, len(k.terms))
	for i := range k.terms {
		cols[i] = k.terms[i].Col
	}
	return cols
}

// Terms returns a text for each term, which tells orders apart.
func (k Keyset) Terms() []string {
	list := make([]string, len(k.terms))
	for i := range k.terms {
		o := &k.terms[i]
		list[i] = fmt.Sprintf("%s %t %t", o.Col.Name, o.Desc, o.NullsFirst())
	}
	return list
}

// In returns s in the order of k, or backwards.
func (k Keyset) In(s Spec, backwards bool) Spec {
	s.Orders = k.directed(backwards)
	return s
}

func (k Keyset) directed(backwards bool) []Order {
	terms := slices.Clone(k.terms)
	if backwards {
		for i := range terms {
			o := &terms[i]
			o.Desc = !o.Desc
			switch o.Nulls {
			case NullsFirst:
				o.Nulls = NullsLast
			case NullsLast:
				o.Nulls = NullsFirst
			}
		}
	}
	return terms
}

// Beyond returns s with the condition that a row comes behind the one with those values, in the order of k or
// backwards, or is that one itself.
func (k Keyset) Beyond(s Spec, vals []schema.Value, backwards, itself bool) Spec {
	terms := k.directed(backwards)
	if oneWay(terms, vals) {
		return s.And(compareRow(beyondOp(terms[0].Desc, itself), k.Columns(), vals))
	}
	either := Cond{Op: OpOr}
	for i := range terms {
		if n, possible := terms[i].beyond(vals[i]); possible {
			either.Kids = append(either.Kids, equalUpTo(terms, vals, i, n))
		}
	}
	if itself {
		all := equalUpTo(terms, vals, len(terms)-1, terms[len(terms)-1].equal(vals[len(terms)-1]))
		either.Kids = append(either.Kids, all)
	}
	if first := &terms[0]; len(terms) > 1 && !first.Col.Null {
		// It follows from the rest, and an index can use it.
		s = s.And(Cond{Op: beyondOp(first.Desc, true), Col: first.Col, Val: vals[0]})
	}
	return s.And(either)
}

// oneWay reports whether rows in the order of the terms compare as rows of values do: all terms go the same way, and
// nothing is NULL.
func oneWay(terms []Order, vals []schema.Value) bool {
	for i := range terms {
		if terms[i].Desc != terms[0].Desc || terms[i].Col.Null || vals[i].IsNull() {
			return false
		}
	}
	return true
}

// beyondOp returns the comparison with which values come behind another one, or are that one itself.
func beyondOp(desc, itself bool) Op {
	switch {
	case desc && itself:
		return OpLe
	case desc:
		return OpLt
	case itself:
		return OpGe
	}
	return OpGt
}

// equalUpTo returns the condition that the terms before number n have those values, and the given one.
func equalUpTo(terms []Order, vals []schema.Value, n int, last Cond) Cond {
	all := Cond{Op: OpAnd}
	for i := range n {
		all.Kids = append(all.Kids, terms[i].equal(vals[i]))
	}
	all.Kids = append(all.Kids, last)
	return all
}

// equal returns the condition that a row has that value.
func (o *Order) equal(v schema.Value) Cond {
	if v.IsNull() {
		return Cond{Op: OpNull, Col: o.Col}
	}
	return Cond{Op: OpEq, Col: o.Col, Val: v}
}

// beyond returns the condition that a row's value comes behind that one, or that this is not possible.
func (o *Order) beyond(v schema.Value) (n Cond, possible bool) {
	if v.IsNull() {
		return Cond{Op: OpNotNull, Col: o.Col}, o.NullsFirst()
	}
	n = Cond{Op: beyondOp(o.Desc, false), Col: o.Col, Val: v}
	if o.Col.Null && !o.NullsFirst() {
		n = Cond{Op: OpOr, Kids: []Cond{n, {Op: OpNull, Col: o.Col}}}
	}
	return n, true
}
