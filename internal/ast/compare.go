package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// InCond is the condition that a column, or an expression in its place, is one of a subquery's values.
func InCond(o Op, col *schema.Column, x, sub *Expr) *Cond {
	side := x
	if side == nil {
		side = ColumnExpr(col, dialect.NoPart)
	}
	if moved, rhs := momentIn(side, sub); moved != side || rhs != sub {
		return &Cond{Op: o, Expr: moved, Right: rhs}
	}
	return &Cond{Op: o, Col: col, Expr: x, Right: sub}
}

// CompareExpr makes the node of a comparison of an expression with a value of the codec's type.
//
//go:noinline
func CompareExpr[V any](o Op, e *Expr, c *scan.Codec, v V) *Cond {
	val, err := Operand(e, c, v)
	n := &Cond{Op: o, Expr: e, Val: val, Err: err}
	if err == nil && val.IsNull() { // a nil pointer
		switch o {
		case OpEq:
			n.Op = OpNull
		case OpNe:
			n.Op = OpNotNull
		default:
			n.Err = ErrNullOrder
		}
	}
	return n
}

var ErrNullOrder = errors.New("nothing is greater or less than NULL")

// Operand encodes a value that an expression is compared with.
func Operand[V any](e *Expr, c *scan.Codec, v V) (schema.Value, error) {
	if c == nil {
		return schema.Value{}, e.Err
	}
	return scan.EncodeField(c, v)
}

// InExpr makes the node of opIn or opNotIn of an expression.
//
//go:noinline
func InExpr[V any](o Op, e *Expr, c *scan.Codec, vs []V) *Cond {
	val, err := schema.NewList(e.Like.Kind, len(vs), func(i int) (schema.Value, error) { return Operand(e, c, vs[i]) })
	return &Cond{Op: o, Expr: e, Val: val, Err: err}
}

// ExprRange makes the node of an expression between two values.
//
//go:noinline
func ExprRange[V any](e *Expr, c *scan.Codec, low, high V) *Cond {
	return Both(CompareExpr(OpGe, e, c, low), CompareExpr(OpLe, e, c, high))
}

// TestExpr makes the node of a condition on an expression alone.
//
//go:noinline
func TestExpr(o Op, e *Expr) *Cond { return &Cond{Op: o, Expr: e} }

// beyond compares keys of several columns one after the other.
func beyond(o Op, cols []*schema.Column, vals []schema.Value) Cond {
	first := Cond{Op: o, Col: cols[0], Val: vals[0]}
	if len(cols) == 1 {
		return first
	}
	rest := Cond{Op: OpAnd, Kids: []Cond{{Op: OpEq, Col: cols[0], Val: vals[0]}, beyond(o, cols[1:], vals[1:])}}
	return Cond{Op: OpOr, Kids: []Cond{first, rest}}
}

func MatchCond(inner, outer *Expr) Cond {
	sides := Moments(inner, &Expr{Op: ExprOuter, Like: outer.Like, Args: []*Expr{outer}})
	return Cond{Op: OpEq, Expr: sides[0], Right: sides[1]}
}

//go:noinline
func MatchesExpr(e *Expr, m dialect.Match, s string, fold, not bool) *Cond {
	return &Cond{Op: OpMatch, Expr: e, Match: m, Fold: fold, Not: not, Val: schema.TextValue(schema.Text, s), Err: checkText(s)}
}
