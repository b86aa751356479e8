package prom

import (
	"database/sql"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// RangeField is a column of the model P that holds a [Range]. On PostgreSQL a GiST index serves its conditions:
// declare the field with the tag option index,using=gist. If the column is NULL, its conditions are neither true nor
// false.
type RangeField[P any, T RangeValue] struct {
	_ [0]func(P)
	c *scan.Codec
}

// RangeOf returns the [RangeField] of a range.
func RangeOf[P any, T RangeValue](of P, field *Range[T]) *RangeField[P, T] {
	return &RangeField[P, T]{c: columnAt(place[Range[T]](of, field))}
}

// Column returns the column's schema.
func (f *RangeField[P, T]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column has the same values as r.
func (f *RangeField[P, T]) Eq(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, r)}
}

// Ne is true when the column is not NULL and has other values than r.
func (f *RangeField[P, T]) Ne(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, r)}
}

// In is true when the column equals one of the ranges. Without ranges it is always false.
func (f *RangeField[P, T]) In(rs ...Range[T]) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, rs)}
}

// NotIn is true when the column is not NULL and equals none of the ranges. Without ranges it is true for every row,
// also if the column is NULL.
func (f *RangeField[P, T]) NotIn(rs ...Range[T]) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, rs)}
}

// Contains is true when v is in the column's range.
func (f *RangeField[P, T]) Contains(v T) Cond[P] { return Cond[P]{n: ast.RangeHas(f.c, v)} }

// ContainsRange is true when all values of r are in the column's range.
func (f *RangeField[P, T]) ContainsRange(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeContains, f.c, r)}
}

// ContainedBy is true when all values of the column's range are in r. It is true if the column's range is empty.
func (f *RangeField[P, T]) ContainedBy(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.RangeIn(dialect.FuncRangeContains, f.c, r)}
}

// Overlaps is true when a value is in the column's range and in r.
func (f *RangeField[P, T]) Overlaps(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeOverlaps, f.c, r)}
}

// Adjacent is true when one of the column's range and r begins where the other one ends.
func (f *RangeField[P, T]) Adjacent(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeAdjacent, f.c, r)}
}

// Before is true when all values of the column's range are less than all values of r. It is false if one is empty.
func (f *RangeField[P, T]) Before(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeBefore, f.c, r)}
}

// After is true when all values of the column's range are greater than all values of r. It is false if one is empty.
func (f *RangeField[P, T]) After(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.RangeIn(dialect.FuncRangeBefore, f.c, r)}
}

// Asc sorts by the column in ascending order: empty ranges, then by the lower bounds, then by the upper bounds. NULLs
// come last, on both engines.
func (f *RangeField[P, T]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *RangeField[P, T]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns r to the column.
func (f *RangeField[P, T]) Set(r Range[T]) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, r)}
}

// SetTo assigns the value of a term to the column.
func (f *RangeField[P, T]) SetTo(t Term[P, Range[T]]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *RangeField[P, T]) term(P, *Range[T]) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *RangeField[P, T]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullRangeField is a [RangeField] that may be NULL.
type NullRangeField[P any, T RangeValue] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullRangeOf returns the [RangeField] of a pointer. The column may be NULL.
func NullRangeOf[P any, T RangeValue](of P, field **Range[T]) *NullRangeField[P, T] {
	return &NullRangeField[P, T]{c: columnAt(place[Range[T]](of, field))}
}

// SQLNullRangeOf returns the [RangeField] of a sql.Null. The column may be NULL.
func SQLNullRangeOf[P any, T RangeValue](of P, field *sql.Null[Range[T]]) *NullRangeField[P, T] {
	return &NullRangeField[P, T]{c: columnAt(place[Range[T]](of, field))}
}

// Column returns the column's schema.
func (f *NullRangeField[P, T]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column has the same values as r.
func (f *NullRangeField[P, T]) Eq(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, r)}
}

// Ne is true when the column is not NULL and has other values than r.
func (f *NullRangeField[P, T]) Ne(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, r)}
}

// In is true when the column equals one of the ranges. Without ranges it is always false.
func (f *NullRangeField[P, T]) In(rs ...Range[T]) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, rs)}
}

// NotIn is true when the column is not NULL and equals none of the ranges. Without ranges it is true for every row,
// also if the column is NULL.
func (f *NullRangeField[P, T]) NotIn(rs ...Range[T]) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, rs)}
}

// Is is true when the column equals *r, or when the column is NULL and r is nil (IS NOT DISTINCT FROM).
func (f *NullRangeField[P, T]) Is(r *Range[T]) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpSame, f.c, r)}
}

// IsNot is true when the column differs from *r (IS DISTINCT FROM). NULL differs from every range, but not from nil.
func (f *NullRangeField[P, T]) IsNot(r *Range[T]) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, r)}
}

// IsNull is true when the column is NULL.
func (f *NullRangeField[P, T]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullRangeField[P, T]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Contains is true when v is in the column's range.
func (f *NullRangeField[P, T]) Contains(v T) Cond[P] { return Cond[P]{n: ast.RangeHas(f.c, v)} }

// ContainsRange is true when all values of r are in the column's range.
func (f *NullRangeField[P, T]) ContainsRange(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeContains, f.c, r)}
}

// ContainedBy is true when all values of the column's range are in r. It is true if the column's range is empty.
func (f *NullRangeField[P, T]) ContainedBy(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.RangeIn(dialect.FuncRangeContains, f.c, r)}
}

// Overlaps is true when a value is in the column's range and in r.
func (f *NullRangeField[P, T]) Overlaps(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeOverlaps, f.c, r)}
}

// Adjacent is true when one of the column's range and r begins where the other one ends.
func (f *NullRangeField[P, T]) Adjacent(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeAdjacent, f.c, r)}
}

// Before is true when all values of the column's range are less than all values of r. It is false if one is empty.
func (f *NullRangeField[P, T]) Before(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.CompareRange(dialect.FuncRangeBefore, f.c, r)}
}

// After is true when all values of the column's range are greater than all values of r. It is false if one is empty.
func (f *NullRangeField[P, T]) After(r Range[T]) Cond[P] {
	return Cond[P]{n: ast.RangeIn(dialect.FuncRangeBefore, f.c, r)}
}

// Asc sorts by the column in ascending order: empty ranges, then by the lower bounds, then by the upper bounds. NULLs
// come last, on both engines.
func (f *NullRangeField[P, T]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *NullRangeField[P, T]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns r to the column.
func (f *NullRangeField[P, T]) Set(r Range[T]) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, r)}
}

// SetTo assigns the value of a term to the column.
func (f *NullRangeField[P, T]) SetTo(t Term[P, Range[T]]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullRangeField[P, T]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullRangeField[P, T]) term(P, *Range[T]) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullRangeField[P, T]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
