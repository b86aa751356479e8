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
func AssignValue[V any](c *scan.Codec, kind AssignKind, v V) *Assign {
	val, err := scan.Encode(c, v)
	if err == nil && kind == AssignSet {
		err = c.Check(val)
	}
	return &Assign{Col: c.Column(), Kind: kind, Val: val, Err: err}
}

// AssignNull makes an assignment of NULL.
//
//go:noinline
func AssignNull(c *scan.Codec) *Assign { return &Assign{Col: c.Column(), Kind: AssignSet} }

// AssignTerm makes an assignment of an expression.
//
//go:noinline
func AssignTerm(c *scan.Codec, e *Expr) *Assign {
	a := &Assign{Col: c.Column(), Kind: AssignExpr, Expr: Moment(e, c.Column().Kind)}
	if e = a.Expr; e.Op == ExprValue && e.Err == nil && e.Like.Kind == a.Col.Kind {
		a.Err = c.Check(e.Val)
	}
	return a
}
