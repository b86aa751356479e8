package prom

import (
	"database/sql"
	"time"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// TimeField is an [OrderedField] with values that are instants or days. Its parts are those in UTC, on both engines.
type TimeField[P any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// TimeOf returns the [TimeField] of a time.Time.
func TimeOf[P any](of P, field *time.Time) *TimeField[P] {
	return &TimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// Column returns the column's schema.
func (f *TimeField[P]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *TimeField[P]) Eq(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *TimeField[P]) Ne(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *TimeField[P]) In(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *TimeField[P]) NotIn(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Gt is true when the column is greater than v.
func (f *TimeField[P]) Gt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *TimeField[P]) Gte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *TimeField[P]) Lt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *TimeField[P]) Lte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *TimeField[P]) Between(low, high time.Time) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *TimeField[P]) Asc() Order[P] { return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)} }

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *TimeField[P]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *TimeField[P]) Set(v time.Time) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *TimeField[P]) SetTo(t Term[P, time.Time]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *TimeField[P]) term(P, *time.Time) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *TimeField[P]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullTimeField is a [TimeField] that may be NULL.
type NullTimeField[P any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullTimeOf returns the [TimeField] of a pointer. The column may be NULL.
func NullTimeOf[P any](of P, field **time.Time) *NullTimeField[P] {
	return &NullTimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// SQLNullTimeOf returns the [TimeField] of a sql.Null. The column may be NULL.
func SQLNullTimeOf[P any](of P, field *sql.Null[time.Time]) *NullTimeField[P] {
	return &NullTimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// Column returns the column's schema.
func (f *NullTimeField[P]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullTimeField[P]) Eq(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NullTimeField[P]) Ne(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NullTimeField[P]) In(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NullTimeField[P]) NotIn(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or when the column is NULL and v is nil (IS NOT DISTINCT FROM).
func (f *NullTimeField[P]) Is(v *time.Time) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v (IS DISTINCT FROM). NULL differs from every value, but not from nil.
func (f *NullTimeField[P]) IsNot(v *time.Time) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullTimeField[P]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullTimeField[P]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullTimeField[P]) Gt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *NullTimeField[P]) Gte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullTimeField[P]) Lt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *NullTimeField[P]) Lte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *NullTimeField[P]) Between(low, high time.Time) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *NullTimeField[P]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *NullTimeField[P]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *NullTimeField[P]) Set(v time.Time) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NullTimeField[P]) SetTo(t Term[P, time.Time]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullTimeField[P]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullTimeField[P]) term(P, *time.Time) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullTimeField[P]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
