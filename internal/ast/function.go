package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Call makes the call of a function whose result is like a column.
func Call(fn dialect.Func, like *schema.Column, args ...*Expr) *Expr {
	return &Expr{Op: ExprCall, Fn: fn, Like: like, Args: args}
}

// Arithmetic makes the call of an operator on two numbers, of which the one that is a column or an expression tells the
// kind.
func Arithmetic(fn dialect.Func, x, y *Expr) *Expr {
	like := x.Like
	if x.constant() {
		like = y.Like
	}
	return Call(fn, Wider(like), x, y)
}

// Case makes the expression that is the first of the values whose condition holds, and else the last one. A constant is
// of the kind that the others have.
func Case[V any](conds []Cond, values []*Expr) *Expr {
	if len(conds) == 0 {
		return values[0]
	}
	e := &Expr{Op: ExprCase, Like: values[len(conds)].Like, Conds: conds}
	for _, v := range values {
		if !v.constant() {
			e.Like = v.Like
			break
		}
	}
	for i, v := range values {
		values[i] = Beside[V](v, e.Like)
	}
	e.Args = Moments(values...)
	for _, v := range e.Args {
		if v.Op == ExprMoment {
			e.Like = v.Like
		}
	}
	return e
}

// Wider returns what numbers like those of a column become when they are computed with: both engines compute with 64
// bits.
func Wider(c *schema.Column) *schema.Column {
	switch c.Kind {
	case schema.Int16, schema.Int32, schema.Int64:
		return KindColumns[schema.Int64]
	case schema.Float32, schema.Float64:
		return KindColumns[schema.Float64]
	}
	return c
}

// PlainText returns the kind of a text that a function made of one.
func PlainText(c *schema.Column) *schema.Column {
	if c.NoCase {
		return c
	}
	return KindColumns[schema.Text]
}

// TextArg is a text as an argument of a function.
func TextArg(s string) *Expr {
	return &Expr{Op: ExprValue, Like: KindColumns[schema.Text], Val: schema.TextValue(schema.Text, s), Err: checkText(s)}
}

// Int32Arg is a number as an argument of a function.
func Int32Arg(n int) *Expr {
	e := &Expr{Op: ExprValue, Like: KindColumns[schema.Int32], Val: schema.IntValue(schema.Int32, int64(n))}
	if n != int(int32(n)) {
		e.Err = errors.New("the number does not fit a 32-bit integer")
	}
	return e
}
