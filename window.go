package prom

import (
	"errors"
	"slices"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Window is a window definition: it says which rows a window function, such as [RowNumber], sees for each row. The rows
// are all those for which the query's conditions are true, also those outside its limit and offset. [PartitionBy] and
// [OrderWindow] return windows.
type Window[P any] struct {
	_ [0]func(P)
	w ast.Window
}

// PartitionBy returns a window over the rows with equal values of the terms (PARTITION BY).
func PartitionBy[P any](terms ...AnyTerm[P]) Window[P] {
	return Window[P]{w: ast.Window{Partition: exprsOf(terms)}}
}

// OrderWindow returns a window over all rows in the given order.
func OrderWindow[P any](orders ...Order[P]) Window[P] { return Window[P]{}.OrderBy(orders...) }

// OrderBy returns the window with an order. Aggregates over it see the rows up to the current row and its peers, the
// rows that are equal to it in this order.
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

// FrameBound is the beginning or the end of a window frame: a number of rows, groups or units, negative before the
// current row and positive after it. -2 is SQL's 2 PRECEDING, and 2 is 2 FOLLOWING.
type FrameBound int64

// The bounds of window frames that are not numbers of rows.
const (
	UnboundedPreceding = FrameBound(ast.UnboundedPreceding) // the beginning of the partition
	CurrentRow         = FrameBound(0)                      // the current row, with its peers in Range and Groups
	UnboundedFollowing = FrameBound(ast.UnboundedFollowing) // the end of the partition
)

// FrameExclusion says which rows of a frame are excluded; see [Window.Exclude].
type FrameExclusion uint8

// The exclusions of window frames.
const (
	ExcludeNothing    = FrameExclusion(ast.ExcludeNothing)    // the zero value
	ExcludeCurrentRow = FrameExclusion(ast.ExcludeCurrentRow) // the current row
	// the current row and its peers, the rows that are equal to it in the window's order
	ExcludeGroup = FrameExclusion(ast.ExcludeGroup)
	ExcludeTies  = FrameExclusion(ast.ExcludeTies) // the peers of the current row, but not the current row
)

// Rows returns the window with a frame of rows: Rows(-2, CurrentRow) is the row and the two rows before it, SQL's ROWS
// BETWEEN 2 PRECEDING AND CURRENT ROW. A frame that begins after its end is an error. Functions that number rows, and
// [Lag] and [Lead], ignore the frame.
func (w Window[P]) Rows(from, to FrameBound) Window[P] { return w.frame(ast.FrameRows, from, to) }

// Range returns the window with a frame of values: Range(-10, 10) is the rows whose number in the order differs by at
// most 10. The order must then be one number. With only CurrentRow and the unbounded bounds, any order is allowed.
// CurrentRow includes all peers of the current row. If the number is NULL, the frame is the rows in which it is NULL.
func (w Window[P]) Range(from, to FrameBound) Window[P] { return w.frame(ast.FrameRange, from, to) }

// RangeTime returns the window with a frame of time: RangeTime(-7*24*time.Hour, 0) is the rows of the seven days before
// each row. The order must be one instant or one day. Days begin in UTC. The bounds time.Duration(UnboundedPreceding)
// and time.Duration(UnboundedFollowing) are unbounded. Durations are truncated to microseconds.
func (w Window[P]) RangeTime(from, to time.Duration) Window[P] {
	return w.frame(ast.FrameTime, FrameBound(ast.Microseconds(from)), FrameBound(ast.Microseconds(to)))
}

// Groups returns the window with a frame of groups of peers, rows that are equal in the window's order. The window must
// have an order.
func (w Window[P]) Groups(from, to FrameBound) Window[P] { return w.frame(ast.FrameGroups, from, to) }

func (w Window[P]) frame(unit ast.FrameUnit, from, to FrameBound) Window[P] {
	w.w.Frame.Unit, w.w.Frame.From, w.w.Frame.To = unit, int64(from), int64(to)
	return w
}

// Exclude returns the window without some of the rows of its frame.
func (w Window[P]) Exclude(what FrameExclusion) Window[P] {
	w.w.Frame.Exclude = ast.FrameExclusion(what)
	return w
}

func windowed[P, V any](fn dialect.Func, like *schema.Column, w Window[P], args ...*ast.Expr) Expr[P, V] {
	return typed[P, V](&ast.Expr{Op: ast.ExprAggregate, Fn: fn, Like: like, Args: args, Win: &w.w})
}

// Over is an aggregate as a window function: its value for each row is computed from the rows of the window.
func Over[P, V any](x Expr[P, V], w Window[P]) Expr[P, V] {
	return Expr[P, V]{c: x.c, e: x.e.Over(&w.w)}
}

// RowNumber is the number of the row in the order of the window, from 1.
func RowNumber[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRowNumber, ast.KindColumns[schema.Int64], w)
}

// Rank is the number of the first peer of the row in the order of the window, from 1, with gaps.
func Rank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncRank, ast.KindColumns[schema.Int64], w)
}

// DenseRank is [Rank] without gaps.
func DenseRank[P any](w Window[P]) Expr[P, int64] {
	return windowed[P, int64](dialect.FuncDenseRank, ast.KindColumns[schema.Int64], w)
}

// Ntile is the number of the bucket of the row, from 1 to n. The rows of the window are divided in their order into n
// buckets, as equal in size as possible; the first buckets may have one row more.
func Ntile[P any](n int, w Window[P]) Expr[P, int64] {
	parts := ast.Int32Arg(n)
	if n < 1 {
		parts.Err = errors.New("Ntile needs at least one bucket")
	}
	return windowed[P, int64](dialect.FuncNtile, ast.KindColumns[schema.Int64], w, parts)
}

// PercentRank is the relative rank of the row, from 0 to 1: (Rank - 1) / (rows - 1), and 0 in a partition of one row.
func PercentRank[P any](w Window[P]) Expr[P, float64] {
	return windowed[P, float64](dialect.FuncPercentRank, ast.KindColumns[schema.Float64], w)
}

// CumeDist is the cumulative distribution: the number of rows before the row and of its peers, including the row,
// divided by the number of rows. It is greater than 0, and 1 for the last row.
func CumeDist[P any](w Window[P]) Expr[P, float64] {
	return windowed[P, float64](dialect.FuncCumeDist, ast.KindColumns[schema.Float64], w)
}

// Lag is the term in the row that is n rows before the row in the order of the window, or NULL if there is none.
func Lag[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLag, x.Like, w, x, ast.Int32Arg(n))
}

// Lead is the term in the row that is n rows after the row in the order of the window, or NULL if there is none.
func Lead[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLead, x.Like, w, x, ast.Int32Arg(n))
}

// LagOr is [Lag] with a default: if there is no such row, it is the other term, computed from the row itself. If the
// row exists and its term is NULL, it is NULL.
func LagOr[P, V any](t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	return neighbour(dialect.FuncLag, t, n, otherwise, w)
}

// LeadOr is [Lead] with a default: if there is no such row, it is the other term, computed from the row itself.
func LeadOr[P, V any](t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	return neighbour(dialect.FuncLead, t, n, otherwise, w)
}

func neighbour[P, V any](fn dialect.Func, t Term[P, V], n int, otherwise Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	terms := ast.Moments(x, ast.Beside[V](exprOf(otherwise), x.Like))
	return windowed[P, V](fn, terms[0].Like, w, terms[0], ast.Int32Arg(n), terms[1])
}

// FirstValue is the term in the first row of the frame.
func FirstValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncFirstValue, x.Like, w, x)
}

// LastValue is the term in the last row of the frame. Without a frame that is the current row, or its last peer;
// Rows(UnboundedPreceding, UnboundedFollowing) is all rows.
func LastValue[P, V any](t Term[P, V], w Window[P]) Expr[P, V] {
	x := exprOf(t)
	return windowed[P, V](dialect.FuncLastValue, x.Like, w, x)
}

// NthValue is the term in the nth row of the frame, from 1, or NULL if the frame has fewer rows.
func NthValue[P, V any](t Term[P, V], n int, w Window[P]) Expr[P, V] {
	x, nth := exprOf(t), ast.Int32Arg(n)
	if n < 1 {
		nth.Err = errors.New("NthValue counts rows from 1")
	}
	return windowed[P, V](dialect.FuncNthValue, x.Like, w, x, nth)
}
