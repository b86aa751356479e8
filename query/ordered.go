package query

import (
	"database/sql"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// OrderedField is a [Field] whose values have an order.
type OrderedField[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// OrderedOf returns the ordered field that the accessor points to: a UUID, a decimal, bytes, or any type of its own.
func OrderedOf[T, V any](accessor func(*T) *V) *OrderedField[*T, V] {
	return &OrderedField[*T, V]{c: codec[T, V, V](accessor)}
}

// Name returns the column's name.
func (f *OrderedField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *OrderedField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *OrderedField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *OrderedField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *OrderedField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *OrderedField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *OrderedField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *OrderedField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Gt is true when the column is greater than v.
func (f *OrderedField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *OrderedField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *OrderedField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *OrderedField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *OrderedField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *OrderedField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *OrderedField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *OrderedField[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *OrderedField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *OrderedField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *OrderedField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *OrderedField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullOrderedField is an [OrderedField] that may be NULL.
type NullOrderedField[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullOrderedOf returns the ordered field that the accessor points to, a pointer.
func NullOrderedOf[T, V any](accessor func(*T) **V) *NullOrderedField[*T, V] {
	return &NullOrderedField[*T, V]{c: codec[T, *V, V](accessor)}
}

// SQLNullOrderedOf returns the ordered field that the accessor points to, a sql.Null.
func SQLNullOrderedOf[T, V any](accessor func(*T) *sql.Null[V]) *NullOrderedField[*T, V] {
	return &NullOrderedField[*T, V]{c: codec[T, sql.Null[V], V](accessor)}
}

// Name returns the column's name.
func (f *NullOrderedField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullOrderedField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullOrderedField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullOrderedField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullOrderedField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullOrderedField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullOrderedField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullOrderedField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullOrderedField[T, V]) Is(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullOrderedField[T, V]) IsNot(v *V) Cond[T] {
	return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullOrderedField[T, V]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullOrderedField[T, V]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullOrderedField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullOrderedField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullOrderedField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullOrderedField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullOrderedField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullOrderedField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullOrderedField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullOrderedField[T, V]) ByList(vs ...V) Order[T] {
	return Order[T]{o: ast.OrderByList(f.c, vs)}
}

// Set assigns v.
func (f *NullOrderedField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullOrderedField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullOrderedField[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullOrderedField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NullOrderedField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }
