package query

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
type NumberField[T any, V Number] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NumberOf returns the number field that the accessor points to.
func NumberOf[T any, V Number](accessor func(*T) *V) *NumberField[*T, V] {
	return &NumberField[*T, V]{c: codec[T, V, V](accessor)}
}

// Name returns the column's name.
func (f *NumberField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NumberField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NumberField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NumberField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NumberField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NumberField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NumberField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NumberField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Gt is true when the column is greater than v.
func (f *NumberField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NumberField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NumberField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NumberField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NumberField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NumberField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NumberField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NumberField[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *NumberField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NumberField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// Add assigns the column's value plus v, in the database, so that concurrent additions all count. NULL stays NULL.
func (f *NumberField[T, V]) Add(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub assigns the column's value less v, in the database.
func (f *NumberField[T, V]) Sub(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSub, v)}
}

func (f *NumberField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NumberField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullNumberField is a [NumberField] that may be NULL.
type NullNumberField[T any, V Number] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullNumberOf returns the number field that the accessor points to, a pointer.
func NullNumberOf[T any, V Number](accessor func(*T) **V) *NullNumberField[*T, V] {
	return &NullNumberField[*T, V]{c: codec[T, *V, V](accessor)}
}

// SQLNullNumberOf returns the number field that the accessor points to, a sql.Null.
func SQLNullNumberOf[T any, V Number](accessor func(*T) *sql.Null[V]) *NullNumberField[*T, V] {
	return &NullNumberField[*T, V]{c: codec[T, sql.Null[V], V](accessor)}
}

// Name returns the column's name.
func (f *NullNumberField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullNumberField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullNumberField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullNumberField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullNumberField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullNumberField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullNumberField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullNumberField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullNumberField[T, V]) Is(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullNumberField[T, V]) IsNot(v *V) Cond[T] {
	return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullNumberField[T, V]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullNumberField[T, V]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullNumberField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullNumberField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullNumberField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullNumberField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullNumberField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullNumberField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullNumberField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullNumberField[T, V]) ByList(vs ...V) Order[T] {
	return Order[T]{o: ast.OrderByList(f.c, vs)}
}

// Set assigns v.
func (f *NullNumberField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullNumberField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullNumberField[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

// Add assigns the column's value plus v, in the database, so that concurrent additions all count. NULL stays NULL.
func (f *NullNumberField[T, V]) Add(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignAdd, v)}
}

// Sub assigns the column's value less v, in the database.
func (f *NullNumberField[T, V]) Sub(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSub, v)}
}

func (f *NullNumberField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NullNumberField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }
