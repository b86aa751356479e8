package query

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/schema"
)

// Keyset is an order in which no two rows are equal, by columns: that of a query, and behind it the key.
type Keyset struct{ terms []orderTerm }

var errKeysetPaged = errors.New("pages that begin at rows have a size of their own; leave limit and offset out")

var errKeysetOrder = errors.New("pages that begin at rows are ordered by fields, not by expressions or parts of dates")

// Keyset returns the order of s as a keyset. The key goes the way of the last term.
func (s Spec) Keyset(key []*schema.Column) (Keyset, error) {
	if err := s.Err(); err != nil {
		return Keyset{}, err
	}
	if s.limits != 0 {
		return Keyset{}, errKeysetPaged
	}
	if s.HasSource() {
		return Keyset{}, errors.New("pages that begin at rows are those of a table, not of a union or another query")
	}
	var k Keyset
	add := func(o orderTerm) {
		if !slices.ContainsFunc(k.terms, func(t orderTerm) bool { return t.col == o.col }) {
			k.terms = append(k.terms, o)
		}
	}
	for _, o := range s.orders {
		if o.x != nil || o.part != 0 {
			return Keyset{}, errKeysetOrder
		}
		add(o)
	}
	desc := len(k.terms) > 0 && k.terms[len(k.terms)-1].desc
	for _, c := range key {
		add(orderTerm{col: c, desc: desc})
	}
	return k, nil
}

// Columns returns the columns of the terms.
func (k Keyset) Columns() []*schema.Column {
	cols := make([]*schema.Column, len(k.terms))
	for i := range k.terms {
		cols[i] = k.terms[i].col
	}
	return cols
}

// Terms returns a text for each term, which tells orders apart.
func (k Keyset) Terms() []string {
	list := make([]string, len(k.terms))
	for i := range k.terms {
		o := &k.terms[i]
		list[i] = fmt.Sprintf("%s %t %t", o.col.Name, o.desc, o.nullsFirst())
	}
	return list
}

// In returns s in the order of k, or backwards.
func (k Keyset) In(s Spec, backwards bool) Spec {
	s.orders = k.directed(backwards)
	return s
}

func (k Keyset) directed(backwards bool) []orderTerm {
	terms := slices.Clone(k.terms)
	if backwards {
		for i := range terms {
			o := &terms[i]
			o.desc = !o.desc
			switch o.nulls {
			case nullsFirst:
				o.nulls = nullsLast
			case nullsLast:
				o.nulls = nullsFirst
			}
		}
	}
	return terms
}

// Beyond returns s with the condition that a row comes behind the one with those values, in the order of k or backwards, or is that
// one itself.
func (k Keyset) Beyond(s Spec, vals []schema.Value, backwards, itself bool) Spec {
	terms := k.directed(backwards)
	either := node{op: opOr}
	for i := range terms {
		if n, possible := terms[i].beyond(vals[i]); possible {
			either.kids = append(either.kids, equalUpTo(terms, vals, i, n))
		}
	}
	if itself {
		all := equalUpTo(terms, vals, len(terms)-1, terms[len(terms)-1].equal(vals[len(terms)-1]))
		either.kids = append(either.kids, all)
	}
	if first := &terms[0]; len(terms) > 1 && !first.col.Null {
		// It follows from the rest, and an index can use it.
		o := opGe
		if first.desc {
			o = opLe
		}
		s = s.and(node{op: o, col: first.col, val: vals[0]})
	}
	return s.and(either)
}

// equalUpTo returns the condition that the terms before number n have those values, and the given one.
func equalUpTo(terms []orderTerm, vals []schema.Value, n int, last node) node {
	all := node{op: opAnd}
	for i := range n {
		all.kids = append(all.kids, terms[i].equal(vals[i]))
	}
	all.kids = append(all.kids, last)
	return all
}

// equal returns the condition that a row has that value.
func (o *orderTerm) equal(v schema.Value) node {
	if v.IsNull() {
		return node{op: opNull, col: o.col}
	}
	return node{op: opEq, col: o.col, val: v}
}

// beyond returns the condition that a row's value comes behind that one, or that this is not possible.
func (o *orderTerm) beyond(v schema.Value) (n node, possible bool) {
	if v.IsNull() {
		return node{op: opNotNull, col: o.col}, o.nullsFirst()
	}
	n = node{op: opGt, col: o.col, val: v}
	if o.desc {
		n.op = opLt
	}
	if o.col.Null && !o.nullsFirst() {
		n = node{op: opOr, kids: []node{n, {op: opNull, col: o.col}}}
	}
	return n, true
}
