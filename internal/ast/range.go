package ast

import (
	"errors"
	"reflect"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// CompareRange makes the condition that a function is true of a column and another range.
//
//go:noinline
func CompareRange[V any](fn dialect.Func, c *scan.Codec, v V) *Cond {
	return RangeTest(fn, ColumnOf(c), rangeValue(c, v))
}

// RangeIn makes the condition that a function is true of another range and a column.
//
//go:noinline
func RangeIn[V any](fn dialect.Func, c *scan.Codec, v V) *Cond {
	return RangeTest(fn, rangeValue(c, v), ColumnOf(c))
}

func rangeValue[V any](c *scan.Codec, v V) *Expr {
	val, err := scan.Encode(c, v)
	return &Expr{Op: ExprValue, Like: c.Column(), Val: val, Err: err}
}

// RangeHas makes the condition that a range has a value.
//
//go:noinline
func RangeHas[T any](c *scan.Codec, v T) *Cond {
	e := &Expr{Op: ExprValue, Like: KindColumns[c.Column().Range]}
	elem, err := scan.CodecFor(reflect.TypeFor[T](), e.Like)
	if err == nil {
		e.Val, err = scan.EncodeField(elem, v)
	}
	e.Err = err
	return RangeTest(dialect.FuncRangeContainsElem, ColumnOf(c), e)
}

// RangeTest makes the condition that a function of ranges is true.
//
//go:noinline
func RangeTest(fn dialect.Func, args ...*Expr) *Cond {
	return TestExpr(OpTruth, RangeCall(fn, KindColumns[schema.Bool], args...))
}

// RangeBound is a bound of a range.
//
//go:noinline
func RangeBound(fn dialect.Func, r *Expr) *Expr { return RangeCall(fn, BoundLike(r), r) }

// BoundLike returns the column whose kind the bounds of a range have.
func BoundLike(r *Expr) *schema.Column { return KindColumns[r.Like.Range] }

// BesideRange returns a constant as one with bounds of the kind that another range has: days, say, in place of instants.
func BesideRange[V any](e, other *Expr) *Expr {
	if like := rangeLikes[Bit(e.Like.Multi)][other.Like.Range]; like != nil {
		return Beside[V](e, like)
	}
	return e
}

// rangeLikes are columns of ranges, and of multiranges, by the kind of their bounds.
var rangeLikes = func() (likes [2]map[schema.Kind]*schema.Column) {
	for i, name := range []string{"range", "multirange"} {
		likes[i] = map[schema.Kind]*schema.Column{}
		for of, k := range map[string]schema.Kind{"int4": schema.Int32, "int8": schema.Int64, "num": schema.Decimal,
			"tstz": schema.Time, "date": schema.Date} {
			likes[i][k] = &schema.Column{Kind: schema.Text, Range: k, Multi: i == 1, SQLType: of + name, Null: true}
		}
	}
	return likes
}()

// RangePair makes the condition that a function is true of two ranges.
//
//go:noinline
func RangePair[A, B any](fn dialect.Func, a, b *Expr) *Cond {
	return RangeTest(fn, BesideRange[A](a, b), BesideRange[B](b, a))
}

// RangeCall makes the call of a function of ranges. A value goes in as one of the kind that the bounds have.
func RangeCall(fn dialect.Func, like *schema.Column, args ...*Expr) *Expr {
	e := Call(fn, like, args...)
	switch {
	case args[0].Like.Range == schema.Null:
		e.Err = errors.New("the term is not a column or an expression of ranges")
	case fn == dialect.FuncRangeContainsElem:
		args[1] = Moment(args[1], args[0].Like.Range)
	}
	return e
}
