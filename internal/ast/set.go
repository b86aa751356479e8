package ast

import (
	"fmt"
	"slices"
)

// Member is one of the queries whose rows are put together.
type Member struct {
	Op  SetKind
	Sub *Subquery
}

// SetKind is how a member's rows come to those before it.
type SetKind uint8

// The kinds of sets.
const (
	_ SetKind = iota // of the first member
	Union
	UnionAll
	Intersect
	Except
)

// Combine returns a query of the rows of several put together.
func Combine(kind SetKind, first *Subquery, others ...*Subquery) Spec {
	list := members(kind, first)
	for _, s := range others {
		list = append(list, Member{Op: kind, Sub: s})
	}
	var q Spec
	for _, m := range list[1:] {
		if a, b := len(list[0].Sub.Spec.Extra().Cols), len(m.Sub.Spec.Extra().Cols); a != b {
			q.fail(fmt.Errorf("the members of a union, intersection or difference have %d and %d columns; they need the same number", a, b))
		}
	}
	return q.With(func(m *More) { m.Source = list })
}

// members returns the queries with which a set begins: the first, or, when that is a set of the same kind and nothing
// else, those of the set. One that was made query by query would be as deep as it is long.
func members(kind SetKind, first *Subquery) []Member {
	q := &first.Spec
	plain := len(q.Conds) == 0 && len(q.Orders) == 0 && q.Flags == 0 && q.LockMode == 0 && q.err == nil
	if m := q.More; m != nil && plain && len(m.Source) > 1 && m.Cols == nil && m.Names == nil {
		if !slices.ContainsFunc(m.Source[1:], func(s Member) bool { return s.Op != kind }) {
			return slices.Clip(m.Source)
		}
	}
	return []Member{{Sub: first}}
}
