package ast

import (
	"cmp"
	"errors"
	"slices"

	"github.com/prom-go/prom/schema"
)

// RowInLists is the condition that expressions together are one of the rows of which each part is one of a list: those
// of conditions that [InExpr] made, of one length. Not negates it.
func RowInLists(not bool, parts ...*Cond) *Cond {
	n := &Cond{Op: OpRowIn, Not: not, Kids: make([]Cond, len(parts))}
	for i, p := range parts {
		n.Kids[i] = *p
	}
	return n
}

// RowInQuery is the condition that expressions together are one of the rows of a subquery.
func RowInQuery(row []*Expr, s *Subquery) *Cond {
	n := &Cond{Op: OpRowIn, Kids: make([]Cond, len(row))}
	for i, e := range row {
		n.Kids[i] = Cond{Op: OpIn, Expr: e}
	}
	cols := s.inPlaces()
	n.Right = &Expr{Op: ExprQuery, Like: KindColumns[schema.Null], Sub: s}
	if len(cols) != len(row) {
		n.Right.Err = errRowColumns
		return n
	}
	for i, e := range row { // a day among instants is one, as in InCond
		if e.Like.Kind == schema.Time {
			cols[i] = Moment(cols[i], schema.Time)
		} else {
			n.Kids[i].Expr = Moment(e, cols[i].Like.Kind)
		}
	}
	sorted := *s
	sorted.Spec = sorted.Spec.With(func(m *More) { m.Cols = cols })
	n.Right.Sub = &sorted
	return n
}

var errRowColumns = errors.New("the subquery must have a column for each part of the row, as Pluck2 and Pluck3 give them")

// inPlaces returns the columns of a subquery in the order of the fields that they go to; nil when that is not known.
func (s *Subquery) inPlaces() []*Expr {
	cols := s.Spec.Extra().Cols
	if len(s.Places) != len(cols) {
		return nil
	}
	order := make([]int, len(cols))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.Places[a], s.Places[b]) })
	sorted := make([]*Expr, len(cols))
	for i, at := range order {
		sorted[i] = cols[at]
	}
	return sorted
}
