package prom

import (
	"database/sql"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// OrderedField is a [Field] whose values have an order.
type OrderedField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// OrderedOf returns the ordered field whose address is given: a UUID, a decimal, bytes, or any type of its own.
func OrderedOf[P, V any](of P, field *V) *OrderedField[P, V] {
	return &OrderedField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *OrderedField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *OrderedField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *OrderedField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *OrderedField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *OrderedField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Gt is true when the column is greater than v.
func (f *OrderedField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *OrderedField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *OrderedField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *OrderedField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *OrderedField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *OrderedField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *OrderedField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v.
func (f *OrderedField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *OrderedField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *OrderedField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *OrderedField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullOrderedField is an [OrderedField] that may be NULL.
type NullOrderedField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullOrderedOf returns the field of a type with an order: UUIDs, decimals, bytes, and types of its own, a pointer.
func NullOrderedOf[P, V any](of P, field **V) *NullOrderedField[P, V] {
	return &NullOrderedField[P, V]{c: columnAt(place[V](of, field))}
}

// SQLNullOrderedOf returns the field of a type with an order: UUIDs, decimals, bytes, and types of its own, a sql.Null.
func SQLNullOrderedOf[P, V any](of P, field *sql.Null[V]) *NullOrderedField[P, V] {
	return &NullOrderedField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullOrderedField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullOrderedField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullOrderedField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullOrderedField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullOrderedField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullOrderedField[P, V]) Is(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullOrderedField[P, V]) IsNot(v *V) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullOrderedField[P, V]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullOrderedField[P, V]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullOrderedField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullOrderedField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullOrderedField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullOrderedField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullOrderedField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullOrderedField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullOrderedField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v.
func (f *NullOrderedField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullOrderedField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL.
func (f *NullOrderedField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullOrderedField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullOrderedField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
