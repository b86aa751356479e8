package ast

import (
	"slices"

	"github.com/prom-go/prom/schema"
)

// Moment returns a day or an instant as the kind wants it. Other expressions stay as they are.
//
// Both are a time.Time in Go, and stored differently. Where they meet, in a comparison or an assignment, a day is the
// instant at which it begins in UTC, and an instant goes into a column of days as its day in UTC, or in the zone that
// it has by [InZone].
func Moment(e *Expr, k schema.Kind) *Expr {
	other := k == schema.Time && e.Like.Kind == schema.Date || k == schema.Date && e.Like.Kind == schema.Time
	if !other || e.Op == ExprNull {
		return e
	}
	if e.Op == ExprZone && k == schema.Date {
		return DateOf(e)
	}
	return &Expr{Op: ExprMoment, Like: KindColumns[k], Args: []*Expr{e}}
}

// Moments returns days among instants as instants.
func Moments(list ...*Expr) []*Expr {
	if !slices.ContainsFunc(list, func(e *Expr) bool { return e.Like.Kind == schema.Time }) {
		return list
	}
	for i, e := range list {
		list[i] = Moment(e, schema.Time)
	}
	return list
}

// momentIn returns the two sides of the condition that a value is one of a subquery's.
func momentIn(e, sub *Expr) (*Expr, *Expr) {
	if e.Like.Kind == schema.Time && sub.Like.Kind == schema.Date && sub.Op == ExprQuery && sub.Err == nil {
		s := *sub.Sub
		s.Spec = s.Spec.With(func(m *More) { m.Cols = []*Expr{Moment(m.Cols[0], schema.Time)} })
		return e, &Expr{Op: ExprQuery, Like: KindColumns[schema.Time], Sub: &s}
	}
	return Moment(e, sub.Like.Kind), sub
}
