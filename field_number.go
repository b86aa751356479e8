package prom

import (
	"database/sql"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Number is the constraint of the values of a [NumberField].
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// NumberField is an [OrderedField] with values that are numbers.
type NumberField[P any, V Number] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NumberOf returns the [NumberField] of a number.
func NumberOf[P any, V Number](of P, field *V) *NumberField[P, V] {
	return &NumberField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NumberField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NumberField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NumberField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NumberField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NumberField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Gt is true when the column is greater than v.
func (f *NumberField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *NumberField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NumberField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *NumberField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *NumberField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *NumberField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *NumberField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *NumberField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NumberField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// Add adds v to the column, in the database, so that concurrent additions all take effect. NULL stays NULL.
func (f *NumberField[P, V]) Add(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub subtracts v from the column, in the database. NULL stays NULL.
func (f *NumberField[P, V]) Sub(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSub, v)}
}

func (f *NumberField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NumberField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullNumberField is a [NumberField] that may be NULL.
type NullNumberField[P any, V Number] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullNumberOf returns the [NumberField] of a pointer. The column may be NULL.
func NullNumberOf[P any, V Number](of P, field **V) *NullNumberField[P, V] {
	return &NullNumberField[P, V]{c: columnAt(place[V](of, field))}
}

// SQLNullNumberOf returns the [NumberField] of a sql.Null. The column may be NULL.
func SQLNullNumberOf[P any, V Number](of P, field *sql.Null[V]) *NullNumberField[P, V] {
	return &NullNumberField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullNumberField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullNumberField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NullNumberField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NullNumberField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NullNumberField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or when the column is NULL and v is nil (IS NOT DISTINCT FROM).
func (f *NullNumberField[P, V]) Is(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v (IS DISTINCT FROM). NULL differs from every value, but not from nil.
func (f *NullNumberField[P, V]) IsNot(v *V) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullNumberField[P, V]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullNumberField[P, V]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullNumberField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *NullNumberField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullNumberField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *NullNumberField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *NullNumberField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *NullNumberField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *NullNumberField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *NullNumberField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NullNumberField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullNumberField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

// Add adds v to the column, in the database, so that concurrent additions all take effect. NULL stays NULL.
func (f *NullNumberField[P, V]) Add(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub subtracts v from the column, in the database. NULL stays NULL.
func (f *NullNumberField[P, V]) Sub(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSub, v)}
}

func (f *NullNumberField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullNumberField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
