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
	return Call(fn, like, ColumnExpr(col, dialect.NoPart), other)
}

// CompareList makes the comparison of a list with another.
//
//go:noinline
func CompareList[E any](fn dialect.Func, c *scan.Codec, es []E) *Cond {
	return TestExpr(OpTruth, withList(fn, c, KindColumns[schema.Bool], es))
}

// AssignList makes an assignment of a list that is changed by another.
//
//go:noinline
func AssignList[E any](fn dialect.Func, c *scan.Codec, es []E) *Assign {
	return AssignTerm(new(Assign), c, withList(fn, c, c.Column(), es))
}

// ListLen is the number of a list's elements.
//
//go:noinline
func ListLen(c *scan.Codec) *Expr {
	return Call(dialect.FuncListLen, KindColumns[schema.Int64], ColumnExpr(c.Column(), dialect.NoPart))
}
