package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Compare makes the comparison of a column with one value.
//
//go:noinline
func Compare[V any](o Op, c *scan.Codec, v V) *Cond {
	val, err := scan.Encode(c, v)
	return &Cond{Op: o, Col: c.Column(), Val: val, Err: err}
}

// In makes an OpIn or OpNotIn of a column.
//
//go:noinline
func In[V any](o Op, c *scan.Codec, vs []V) *Cond {
	val, err := schema.NewList(c.Column().Kind, len(vs), func(i int) (schema.Value, error) { return scan.Encode(c, vs[i]) })
	return &Cond{Op: o, Col: c.Column(), Val: val, Err: err}
}

// InRange makes the condition that a column is from low to high.
//
//go:noinline
func InRange[V any](c *scan.Codec, low, high V) *Cond {
	return Both(Compare(OpGe, c, low), Compare(OpLe, c, high))
}

// Test makes an OpNull or OpNotNull of a column.
//
//go:noinline
func Test(o Op, c *scan.Codec) *Cond { return &Cond{Op: o, Col: c.Column()} }

// Same makes an equality that knows NULL: an OpSame or OpNotSame.
//
//go:noinline
func Same[V any](o Op, c *scan.Codec, v *V) *Cond {
	switch {
	case v != nil:
		return Compare(o, c, *v)
	case o == OpSame:
		return Test(OpNull, c)
	}
	return Test(OpNotNull, c)
}

// ComparePart makes the comparison of a part of a date.
//
//go:noinline
func ComparePart(o Op, c *scan.Codec, part dialect.DatePart, v int) *Cond {
	return &Cond{Op: o, Col: c.Column(), Part: part, Val: schema.IntValue(schema.Int64, int64(v))}
}

// PartIn makes an OpIn or OpNotIn of a part of a date.
//
//go:noinline
func PartIn(o Op, c *scan.Codec, part dialect.DatePart, vs []int) *Cond {
	val, err := schema.NewList(schema.Int64, len(vs), func(i int) (schema.Value, error) {
		return schema.IntValue(schema.Int64, int64(vs[i])), nil
	})
	return &Cond{Op: o, Col: c.Column(), Part: part, Val: val, Err: err}
}

// PartInRange makes the condition that a part of a date is from low to high.
//
//go:noinline
func PartInRange(c *scan.Codec, part dialect.DatePart, low, high int) *Cond {
	return Both(ComparePart(OpGe, c, part, low), ComparePart(OpLe, c, part, high))
}

// CompareExpr makes the comparison of an expression with a value of the codec's type.
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
	val, err := schema.NewList(e.Like.Kind, len(vs), func(i int) (schema.Value, error) { return Operand(e, c, vs[i]) })
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
func TestExpr(o Op, e *Expr) *Cond { return &Cond{Op: o, Expr: e} }

// Operand encodes a value that an expression is compared with.
func Operand[V any](e *Expr, c *scan.Codec, v V) (schema.Value, error) {
	if c == nil {
		return schema.Value{}, e.Err
	}
	return scan.EncodeField(c, v)
}

// errNullOrder says that a value was compared with NULL by its order.
var errNullOrder = errors.New("nothing is greater or less than NULL")
