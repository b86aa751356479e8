package ast

import (
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
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

//go:noinline
func AssignNull(c *scan.Codec) *Assign { return &Assign{Col: c.Column(), Kind: AssignSet} }

//go:noinline
func AssignTerm(c *scan.Codec, e *Expr) *Assign {
	a := &Assign{Col: c.Column(), Kind: AssignExpr, Expr: Moment(e, c.Column().Kind)}
	if e = a.Expr; e.Op == ExprValue && e.Err == nil && e.Like.Kind == a.Col.Kind {
		a.Err = c.Check(e.Val)
	}
	return a
}

// AssignKind is what an assignment does.
type AssignKind uint8

const (
	AssignSet AssignKind = iota
	AssignAdd
	AssignSub
	AssignExpr
)

// Assign is an assignment without its model's type.
type Assign struct {
	Col  *schema.Column
	Kind AssignKind
	Val  schema.Value
	Expr *Expr // of assignExpr
	Err  error
}
