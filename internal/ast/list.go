package ast

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// withList makes the call of a function on a list and another. The slice in the field is one of the same form as es.
//
//go:noinline
func withList[E any](fn dialect.Func, c *scan.Codec, like *schema.Column, es []E) *Expr {
	col := c.Column()
	val, err := scan.Encode(c, es)
	other := &Expr{Op: ExprValue, Like: col, Val: val, Err: err}
	if fn == dialect.FuncListAppend && err == nil && len(es) > 0 {
		other.Err = c.Check(val)
	}
	return &Expr{Op: ExprCall, Fn: fn, Like: like, Args: []*Expr{ColumnExpr(col, dialect.NoPart), other}}
}

// CompareList makes the node of a comparison of two lists.
//
//go:noinline
func CompareList[E any](fn dialect.Func, c *scan.Codec, es []E) *Cond {
	return TestExpr(OpTruth, withList(fn, c, KindColumns[schema.Bool], es))
}

//go:noinline
func AssignList[E any](fn dialect.Func, c *scan.Codec, es []E) *Assign {
	return AssignTerm(c, withList(fn, c, c.Column(), es))
}

//go:noinline
func ListLen(c *scan.Codec) *Expr {
	return &Expr{Op: ExprCall, Fn: dialect.FuncListLen, Like: KindColumns[schema.Int64], Args: []*Expr{ColumnExpr(c.Column(), dialect.NoPart)}}
}
