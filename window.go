package prom

import (
	"errors"
	"slices"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Window says which rows a function such as [RowNumber] sees for each row: of all rows for which the query's conditions
// hold, also of those that are not on its page. [PartitionBy] and [OrderWindow] make windows.
type Window[P any] struct {
	_ [0]func(P)
	w ast.Window
}

// PartitionBy returns a window over the rows with the same values of the terms.
func PartitionBy[P any](terms ...AnyTerm[P]) Window[P] {
	return Window[P]{w: ast.Window{Partition: exprsOf(terms)}}
}

// OrderWindow returns a window over all rows in an order.
func OrderWindow[P any](orders ...Order[P]) Window[P] { return Window[P]{}.OrderBy(orders...) }

// OrderBy returns the window with an order. Sums and other aggregates over it see the rows up to the present one and
// those equal to it in this order.
func (w Window[P]) OrderBy(orders ...Order[P]) Window[P] {
	w.w.Orders = appendOrders(slices.Clip(w.w.Orders), orders)
	return w
}

// appendOrders appends terms of an order, those that are none left out.
func appendOrders[P any](list []ast.Order, orders []Order[P]) []ast.Order {
	for _, o := range orders {
		if o.o != nil {
			list = append(list, *o.o)
		}
	}
	return list
}

// FrameBound is where the frame of a window begins or ends: so many rows, groups or units before the present row when
// it is negative, behind it when it is positive. -2 is SQL's 2 PRECEDING, and 2 is 2 FOLLOWING.
type FrameBound int64

// The bounds of frames that are no numbers of rows.
const (
	UnboundedPreceding = FrameBound(ast.UnboundedPreceding) // the beginning of the partition
	CurrentRow         = FrameBound(0)
	UnboundedFollowing = FrameBound(ast.UnboundedFollowing) // the end of the partition
)

// FrameExclusion says which rows of a frame are left out; see [Window.Exclude].
type FrameExclusion uint8

// The exclusions.
const (
	ExcludeNothing    = FrameExclusion(ast.ExcludeNothing)    // the zero value
	ExcludeCurrentRow = FrameExclusion(ast.ExcludeCurrentRow) // the present row
	// the present row and those equal to it in the window's order
	ExcludeGroup = FrameExclusion(ast.ExcludeGroup)
	ExcludeTies  = FrameExclusion(ast.ExcludeTies) // those equal to the present row, and not itself
)

// Rows returns the window with a frame that is counted in rows: Rows(-2, CurrentRow) shows a row itself and the two
// before it, SQL's ROWS BETWEEN 2 PRECEDING AND CURRENT ROW. A frame whose beginning is behind its end is an error.
// Functions that number rows, such as [Rank] and [Lag], do not heed frames.
func (w Window[P]) Rows(from, to FrameBound) Window[P] { return w.frame(ast.FrameRows, from, to) }

// Range returns the window with a frame that is counted in what the rows are ordered by, which must be one number then:
// Range(-10, 10) shows the rows whose number differs by 10 at most. With CurrentRow and the unbounded ones alone any
// order will do; CurrentRow means all rows that are equal to the present one. Where the number is NULL, such are the
// rows in which it is NULL.
func (w Window[P]) Range(from, to FrameBound) Window[P] { return w.frame(ast.FrameRange, from, to) }

// RangeTime returns the window with a frame that is counted in time, by the instant or the day that the rows are
// ordered by, alone: RangeTime(-7*24*time.Hour, 0) shows the rows of the seven days before each row. Days begin in UTC.
// A bound that is time.Duration(UnboundedPreceding) is that one. What is less than a microsecond does not count.
func (w Window[P]) RangeTime(from, to time.Duration) Window[P] {
	return w.frame(ast.FrameTime, FrameBound(ast.Microseconds(from)), FrameBound(ast.Microseconds(to)))
}

// Groups returns the window with a frame that is counted in groups of rows that are equal in the window's order, which
// it must have.
func (w Window[P]) Groups(from, to FrameBound) Window[P] { return w.frame(ast.FrameGroups, from, to) }

func (w Window[P]) frame(unit ast.FrameUnit, from, to FrameBound) Window[P] {
	w.w.Frame.Unit, w.w.Frame.From, w.w.Frame.To = unit, int64(from), int64(to)
	return w
}

// Exclude returns the window with some rows left out of its frame.
func (w Window[P]) Exclude(what FrameExclusion) Window[P] {
	w.w.Frame.Exclude = ast.FrameExclusion(what)
	return w
}

func windowed[P, V any](fn dialect.Func, like *schema.Column, w Window[P], args ...*ast.Expr) Expr[P, V] {
	return typed[P, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Args: args, Win: &w.w})
}

// Over is an aggregate over a window: a value for each row, computed from the rows that the window shows it.
func Over[P, V any](x Expr[P, V], w Window[P]) Expr[P, V] {
	return Expr[P, V]{c: x.c, e: x.e.Over(&w.w)}
}

// RowNumber is the number of the row in the window's order, from 1.
func RowNumber[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRowNumber, ast.KindColumns[schema.Int64], w)
}

// Rank is the number of the first row that is equal to this one in the window's order.
func Rank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRank, ast.KindColumns[schema.Int64], w)
}

// DenseRank is [Rank] without gaps.
func DenseRank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncDenseRank, ast.KindColumns[schema.Int64], w)
}

// Ntile is the number of the row's part, from 1, when the rows of the window are cut into n parts in its order, of
// which the first have one row more where they cannot all be of the same size.
func Ntile[P any](n int, w Window[P]) Expr[P, int64] {
	parts := ast.Int32Arg(n)
	if n < 1 {
		parts.Err = errors.New("Ntile needs at least one bucket")
	}
	return windowed[P, int64](dialect.FuncNtile, ast.KindColumns[schema.Int64], w, parts)
}

// PercentRank is the part of the other rows that come before the row in the window's order, from 0 to 1: (Rank - 1) /
// (rows - 1), and 0 in a partition of one row.
func PercentRank[P any](w Window[P]) Expr[P, float64] {
	return windowed[P, float64](dialect.FuncPercentRank, ast.KindColumns[schema.Float64], w)
}

// CumeDist is the part of the rows that come before the row in the window's order, or are equal to it, itself included:
// greater than 0, and 1 for the last one.
func CumeDist[P any](w Window[P]) Expr[P, float64] {
	return windowed[P, float64](dialect.FuncCumeDist, ast.KindColumns[schema.Float64], w)
}

// Lag is the term in the row that stands n rows before in the window's order, or NULL.
func Lag[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLag, x.Like, w, x, ast.Int32Arg(n))
}

// Lead is the term in the row that stands n rows behind in the window's order, or NULL.
func Lead[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLead, x.Like, w, x, ast.Int32Arg(n))
}

// LagOr is [Lag] with another term, that of the row itself, where there is no such row. A row that is there and holds
// NULL gives NULL.
func LagOr[P, V any](t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	return neighbour(dialect.FuncLag, t, n, otherwise, w)
}

// LeadOr is [Lead] with another term, that of the row itself, where there is no such row.
func LeadOr[P, V any](t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	return neighbour(dialect.FuncLead, t, n, otherwise, w)
}

func neighbour[P, V any](fn dialect.Func, t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	terms := ast.Moments(x, ast.Beside[V](exprOf(otherwise), x.Like))
	return windowed[P, V](fn, terms[0].Like, w, terms[0], ast.Int32Arg(n), terms[1])
}

// FirstValue is the term in the first row that the window shows.
func FirstValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncFirstValue, x.Like, w, x)
}

// LastValue is the term in the last row that the window shows; which is the present one unless a frame
// says otherwise: Rows(UnboundedPreceding, UnboundedFollowing) shows all rows.
func LastValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLastValue, x.Like, w, x)
}

// NthValue is the term in the row that is the nth that the window shows, from 1, or NULL when it shows fewer.
func NthValue[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x, nth := exprOf(t), ast.Int32Arg(n)
	if n < 1 {
		nth.Err = errors.New("NthValue counts rows from 1")
	}
	return windowed[P, V](dialect.FuncNthValue, x.Like, w, x, nth)
}
