package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// The functions that make a condition, an order or an assignment make it where their callers say, new there, and return
// it. Callers are methods of fields, short enough to be inlined, so that what is copied into a query at once needs no
// memory of its own.

// Compare makes the comparison of a column with one value.
//
//go:noinline
func Compare[V any](n *Cond, o Op, c *scan.Codec, v V) *Cond {
	n.Op, n.Col = o, c.Column()
	n.Val, n.Err = scan.Encode(c, v)
	return n
}

// In makes an OpIn or OpNotIn of a column.
//
//go:noinline
func In[V any](n *Cond, o Op, c *scan.Codec, vs []V) *Cond {
	n.Op, n.Col = o, c.Column()
	n.Val, n.Err = schema.NewList(n.Col.Kind, len(vs), func(i int) (schema.Value, error) { return scan.Encode(c, vs[i]) })
	return n
}

// InRange makes the condition that a column is from low to high.
//
//go:noinline
func InRange[V any](n *Cond, c *scan.Codec, low, high V) *Cond {
	n.Op, n.Kids = OpAnd, make([]Cond, 2)
	Compare(&n.Kids[0], OpGe, c, low)
	Compare(&n.Kids[1], OpLe, c, high)
	return n
}

// Test makes an OpNull or OpNotNull of a column.
//
//go:noinline
func Test(n *Cond, o Op, c *scan.Codec) *Cond {
	n.Op, n.Col = o, c.Column()
	return n
}

// Same makes an equality that knows NULL: an OpSame or OpNotSame.
//
//go:noinline
func Same[V any](o Op, c *scan.Codec, v *V) *Cond {
	switch {
	case v != nil:
		return Compare(new(Cond), o, c, *v)
	case o == OpSame:
		return Test(new(Cond), OpNull, c)
	}
	return Test(new(Cond), OpNotNull, c)
}

// ComparePart makes the comparison of a part of a date.
//
//go:noinline
func ComparePart(n *Cond, o Op, c *scan.Codec, part dialect.DatePart, v int) *Cond {
	n.Op, n.Col, n.Part, n.Val = o, c.Column(), part, schema.IntValue(schema.Int64, int64(v))
	return n
}

// PartIn makes an OpIn or OpNotIn of a part of a date.
//
//go:noinline
func PartIn(n *Cond, o Op, c *scan.Codec, part dialect.DatePart, vs []int) *Cond {
	n.Op, n.Col, n.Part = o, c.Column(), part
	n.Val, n.Err = schema.NewList(schema.Int64, len(vs), func(i int) (schema.Value, error) {
		return schema.IntValue(schema.Int64, int64(vs[i])), nil
	})
	return n
}

// PartInRange makes the condition that a part of a date is from low to high.
//
//go:noinline
func PartInRange(n *Cond, c *scan.Codec, part dialect.DatePart, low, high int) *Cond {
	n.Op, n.Kids = OpAnd, make([]Cond, 2)
	ComparePart(&n.Kids[0], OpGe, c, part, low)
	ComparePart(&n.Kids[1], OpLe, c, part, high)
	return n
}

// CompareExpr makes the comparison of an expression with a value of the codec's type.
//
//go:noinline
func CompareExpr[V any](o Op, e *Expr, c *scan.Codec, v V) *Cond {
	e = Given(e)
	val, err := Operand(e, c, v)
	n := &Cond{Op: o, Expr: e, Val: val, Err: err}
	if err == nil && val.IsNull() { // a nil pointer
		switch o {
		case OpEq:
			n.Op = OpNull
		case OpNe:
			n.Op = OpNotNull
		default:
			n.Err = errNullOrder
		}
	}
	return n
}

// CompareTerms makes the comparison of two expressions whose values are of type V.
//
//go:noinline
func CompareTerms[V any](o Op, x, y *Expr) *Cond {
	sides := Moments(Beside[V](x, y.Like), Beside[V](y, x.Like))
	return &Cond{Op: o, Expr: sides[0], Right: sides[1]}
}

// InExpr makes an OpIn or OpNotIn of an expression.
//
//go:noinline
func InExpr[V any](o Op, e *Expr, c *scan.Codec, vs []V) *Cond {
	e = Given(e)
	val, err := schema.NewList(e.Like.Kind, len(vs), func(i int) (schema.Value, error) {
		v, err := Operand(e, c, vs[i])
		if err == nil && v.IsNull() && c != nil { // a nil pointer
			err = errNullIn
		}
		return v, err
	})
	return &Cond{Op: o, Expr: e, Val: val, Err: err}
}

// ExprRange makes the condition that an expression is from low to high.
//
//go:noinline
func ExprRange[V any](e *Expr, c *scan.Codec, low, high V) *Cond {
	return Both(CompareExpr(OpGe, e, c, low), CompareExpr(OpLe, e, c, high))
}

// TestExpr makes a condition on an expression alone: an OpNull, OpNotNull or OpTruth.
//
//go:noinline
func TestExpr(o Op, e *Expr) *Cond { return &Cond{Op: o, Expr: Given(e)} }

// Operand encodes a value that an expression is compared with.
func Operand[V any](e *Expr, c *scan.Codec, v V) (schema.Value, error) {
	if c == nil {
		return schema.Value{}, e.Err
	}
	return scan.EncodeField(c, v)
}

// errNullIn says that NULL was looked for in a list, or a list for NULL.
var errNullIn = errors.New("NULL is equal to nothing: leave it out of the list, and ask for it by IsNull or NotNull")

// errNullOrder says that a value was compared with NULL by its order.
var errNullOrder = errors.New("a value cannot be compared with NULL by <, <=, > or >=; use IsNull or IsNotNull")
