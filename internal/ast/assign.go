package ast

import (
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Assign is an assignment without its model's type.
type Assign struct {
	Col  *schema.Column
	Kind AssignKind
	Val  schema.Value
	Expr *Expr // of AssignExpr
	Err  error
}

// Column returns the column that is assigned, nil for a nil Assign.
func (a *Assign) Column() *schema.Column {
	if a == nil {
		return nil
	}
	return a.Col
}

// AssignKind is what an assignment does.
type AssignKind uint8

// The assignments.
const (
	AssignSet  AssignKind = iota // Val
	AssignAdd                    // the column and Val
	AssignSub                    // the column without Val
	AssignExpr                   // Expr
)

// AssignValue makes an assignment of a value, or of what is computed with it.
//
//go:noinline
func AssignValue[V any](a *Assign, c *scan.Codec, kind AssignKind, v V) *Assign {
	a.Col, a.Kind = c.Column(), kind
	if a.Val, a.Err = scan.Encode(c, v); a.Err == nil && kind == AssignSet {
		a.Err = c.Check(a.Val)
	}
	return a
}

// AssignNull makes an assignment of NULL.
//
//go:noinline
func AssignNull(a *Assign, c *scan.Codec) *Assign {
	a.Col, a.Kind = c.Column(), AssignSet
	return a
}

// AssignTerm makes an assignment of an expression.
//
//go:noinline
func AssignTerm(a *Assign, c *scan.Codec, e *Expr) *Assign {
	a.Col, a.Kind, a.Expr = c.Column(), AssignExpr, Moment(e, c.Column().Kind)
	if a.Expr.Op == ExprNull && a.Expr.Err == nil {
		a.Expr = &Expr{Op: ExprNull, Like: a.Col}
	}
	a.Expr = ConstantOf(c, a.Expr)
	if e = a.Expr; e.Op == ExprValue && e.Err == nil && e.Like.Kind == a.Col.Kind {
		a.Err = c.Check(e.Val)
	}
	return a
}

// ConstantOf returns a constant that goes into a column as a value of that column, where it would be one of another
// kind by itself: a text for a decimal or a UUID, a duration for a time of day. Other expressions are returned as they
// are.
func ConstantOf(c *scan.Codec, e *Expr) *Expr {
	if e == nil || e.Op != ExprValue || e.Err != nil || e.Like.Kind == c.Column().Kind {
		return e
	}
	v, err := c.Convert(e.Given)
	return &Expr{Op: ExprValue, Like: c.Column(), Given: e.Given, Val: v, Err: err}
}
