package prom

import (
	"database/sql"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Number is what a [NumberField] may hold.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// NumberField is an [OrderedField] of numbers.
type NumberField[P any, V Number] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NumberOf returns the number field whose address is given.
func NumberOf[P any, V Number](of P, field *V) *NumberField[P, V] {
	return &NumberField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NumberField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NumberField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NumberField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NumberField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NumberField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Gt is true when the column is greater than v.
func (f *NumberField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NumberField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NumberField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NumberField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NumberField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NumberField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NumberField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v.
func (f *NumberField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NumberField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// Add assigns the column's value plus v, in the database, so that concurrent additions all count. NULL stays NULL.
func (f *NumberField[P, V]) Add(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub assigns the column's value less v, in the database.
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

// NullNumberOf returns the number field whose address is given, a pointer.
func NullNumberOf[P any, V Number](of P, field **V) *NullNumberField[P, V] {
	return &NullNumberField[P, V]{c: columnAt(place[V](of, field))}
}

// SQLNullNumberOf returns the number field whose address is given, a sql.Null.
func SQLNullNumberOf[P any, V Number](of P, field *sql.Null[V]) *NullNumberField[P, V] {
	return &NullNumberField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullNumberField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullNumberField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullNumberField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullNumberField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullNumberField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullNumberField[P, V]) Is(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
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

// Gte is true when the column is greater than v or equal.
func (f *NullNumberField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullNumberField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullNumberField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullNumberField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullNumberField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullNumberField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v.
func (f *NullNumberField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullNumberField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL.
func (f *NullNumberField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

// Add assigns the column's value plus v, in the database, so that concurrent additions all count. NULL stays NULL.
func (f *NullNumberField[P, V]) Add(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub assigns the column's value less v, in the database.
func (f *NullNumberField[P, V]) Sub(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSub, v)}
}

func (f *NullNumberField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullNumberField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
