package query

import (
	"database/sql"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// RefField is a reference from T to R, whose key is of type K. Its values are keys.
type RefField[T, R any, K comparable] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// RefOf returns the reference that the accessor points to.
func RefOf[T, R any, K comparable](accessor func(*T) *schema.RefBy[R, K]) *RefField[*T, *R, K] {
	return &RefField[*T, *R, K]{c: codec[T, schema.RefBy[R, K], K](accessor)}
}

// Name returns the column's name.
func (f *RefField[T, R, K]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *RefField[T, R, K]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *RefField[T, R, K]) Eq(v K) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *RefField[T, R, K]) Ne(v K) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *RefField[T, R, K]) In(vs ...K) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *RefField[T, R, K]) NotIn(vs ...K) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *RefField[T, R, K]) InQuery(sub Subquery[K]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *RefField[T, R, K]) NotInQuery(sub Subquery[K]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Has is true when the reference leads to a row for which the conditions hold.
func (f *RefField[T, R, K]) Has(conds ...Cond[R]) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(targets(f.c.Column(), conds), false)}
}

// HasNot is true when the reference leads to no row for which the conditions hold: to another one, or, when it is NULL,
// to none.
func (f *RefField[T, R, K]) HasNot(conds ...Cond[R]) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(targets(f.c.Column(), conds), true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *RefField[T, R, K]) ByList(vs ...K) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *RefField[T, R, K]) Set(v K) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *RefField[T, R, K]) SetTo(t Term[T, K]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *RefField[T, R, K]) term() value[T, K] { return value[T, K]{e: ast.ColumnOf(f.c)} }

func (f *RefField[T, R, K]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

func (f *RefField[T, R, K]) reference(*R) *schema.Column { return f.c.Column() }

// NullRefField is a [RefField] that may be NULL.
type NullRefField[T, R any, K comparable] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullRefOf returns the optional reference that the accessor points to, a pointer.
func NullRefOf[T, R any, K comparable](accessor func(*T) **schema.RefBy[R, K]) *NullRefField[*T, *R, K] {
	return &NullRefField[*T, *R, K]{c: codec[T, *schema.RefBy[R, K], K](accessor)}
}

// SQLNullRefOf returns the optional reference that the accessor points to, a sql.Null.
func SQLNullRefOf[T, R any, K comparable](accessor func(*T) *sql.Null[schema.RefBy[R, K]]) *NullRefField[*T, *R, K] {
	return &NullRefField[*T, *R, K]{c: codec[T, sql.Null[schema.RefBy[R, K]], K](accessor)}
}

// Name returns the column's name.
func (f *NullRefField[T, R, K]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullRefField[T, R, K]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullRefField[T, R, K]) Eq(v K) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullRefField[T, R, K]) Ne(v K) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullRefField[T, R, K]) In(vs ...K) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullRefField[T, R, K]) NotIn(vs ...K) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullRefField[T, R, K]) InQuery(sub Subquery[K]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullRefField[T, R, K]) NotInQuery(sub Subquery[K]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullRefField[T, R, K]) Is(v *K) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullRefField[T, R, K]) IsNot(v *K) Cond[T] {
	return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullRefField[T, R, K]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullRefField[T, R, K]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Has is true when the reference leads to a row for which the conditions hold.
func (f *NullRefField[T, R, K]) Has(conds ...Cond[R]) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(targets(f.c.Column(), conds), false)}
}

// HasNot is true when the reference leads to no row for which the conditions hold: to another one, or, when it is NULL,
// to none.
func (f *NullRefField[T, R, K]) HasNot(conds ...Cond[R]) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(targets(f.c.Column(), conds), true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullRefField[T, R, K]) ByList(vs ...K) Order[T] {
	return Order[T]{o: ast.OrderByList(f.c, vs)}
}

// Set assigns v.
func (f *NullRefField[T, R, K]) Set(v K) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullRefField[T, R, K]) SetTo(t Term[T, K]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullRefField[T, R, K]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullRefField[T, R, K]) term() value[T, K] { return value[T, K]{e: ast.ColumnOf(f.c)} }

func (f *NullRefField[T, R, K]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

func (f *NullRefField[T, R, K]) reference(*R) *schema.Column { return f.c.Column() }
