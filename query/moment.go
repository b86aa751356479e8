package query

import (
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// A day and an instant are both a time.Time in Go, and stored differently. Where they meet, in a comparison or an
// assignment, a day is the instant at which it begins in UTC, and an instant goes into a column of days as its day in
// UTC.

// moment returns a day or an instant as the kind wants it. Other expressions stay as they are.
func moment(e *expr, k schema.Kind) *expr {
	other := k == schema.Time && e.like.Kind == schema.Date || k == schema.Date && e.like.Kind == schema.Time
	if !other || e.op == exprNull {
		return e
	}
	return &expr{op: exprMoment, like: kindColumns[k], args: []*expr{e}}
}

// moments returns days among instants as instants.
func moments(list ...*expr) []*expr {
	if !slices.ContainsFunc(list, func(e *expr) bool { return e.like.Kind == schema.Time }) {
		return list
	}
	for i, e := range list {
		list[i] = moment(e, schema.Time)
	}
	return list
}

// momentIn returns the two sides of the condition that a value is one of a subquery's.
func momentIn(e, sub *expr) (*expr, *expr) {
	if e.like.Kind == schema.Time && sub.like.Kind == schema.Date && sub.op == exprQuery && sub.err == nil {
		s := *sub.sub
		s.spec = s.spec.with(func(m *specMore) { m.cols = []*expr{moment(m.cols[0], schema.Time)} })
		return e, &expr{op: exprQuery, like: kindColumns[schema.Time], sub: &s}
	}
	return moment(e, sub.like.Kind), sub
}

// inNode is the condition that a column, or an expression in its place, is one of a subquery's values.
func inNode(o op, col *schema.Column, x, sub *expr) *node {
	side := x
	if side == nil {
		side = columnExpr(col, dialect.NoPart)
	}
	if moved, rhs := momentIn(side, sub); moved != side || rhs != sub {
		return &node{op: o, x: moved, rhs: rhs}
	}
	return &node{op: o, col: col, x: x, rhs: sub}
}
