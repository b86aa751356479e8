package query

import (
	"database/sql"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Texts is what a [TextField] may hold.
type Texts interface{ ~string }

// TextField is an [OrderedField] of texts. Its conditions tell capital from small letters; those whose names end in
// Fold ignore the case of the letters A to Z, on both engines alike.
type TextField[T any, V Texts] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// TextOf returns the text field that the accessor points to.
func TextOf[T any, V Texts](accessor func(*T) *V) *TextField[*T, V] {
	return &TextField[*T, V]{c: codec[T, V, V](accessor)}
}

// Name returns the column's name.
func (f *TextField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *TextField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *TextField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *TextField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *TextField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *TextField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *TextField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *TextField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Gt is true when the column is greater than v.
func (f *TextField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *TextField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *TextField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *TextField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *TextField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Like is true when the text matches the pattern, in which % stands for any text, _ for any character, and \ makes the
// next character an ordinary one.
func (f *TextField[T, V]) Like(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, false)}
}

// NotLike is true when the text does not match the pattern.
func (f *TextField[T, V]) NotLike(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, true)}
}

// LikeFold is [TextField.Like] ignoring case.
func (f *TextField[T, V]) LikeFold(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, true, false)}
}

// NotLikeFold is [TextField.NotLike] ignoring case.
func (f *TextField[T, V]) NotLikeFold(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, true, true)}
}

// Contains is true when s stands in the text. Nothing in s is special.
func (f *TextField[T, V]) Contains(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, false, false)}
}

// ContainsFold is [TextField.Contains] ignoring case.
func (f *TextField[T, V]) ContainsFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, true, false)}
}

// HasPrefix is true when the text begins with s. Nothing in s is special.
func (f *TextField[T, V]) HasPrefix(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, false, false)}
}

// HasPrefixFold is [TextField.HasPrefix] ignoring case.
func (f *TextField[T, V]) HasPrefixFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, true, false)}
}

// HasSuffix is true when the text ends with s. Nothing in s is special.
func (f *TextField[T, V]) HasSuffix(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, false, false)}
}

// HasSuffixFold is [TextField.HasSuffix] ignoring case.
func (f *TextField[T, V]) HasSuffixFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, true, false)}
}

// EqFold is true when the text equals s ignoring case.
func (f *TextField[T, V]) EqFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, ast.EscapeLike(s), true, false)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *TextField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *TextField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *TextField[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *TextField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *TextField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *TextField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *TextField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullTextField is a [TextField] that may be NULL.
type NullTextField[T any, V Texts] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullTextOf returns the text field that the accessor points to, a pointer.
func NullTextOf[T any, V Texts](accessor func(*T) **V) *NullTextField[*T, V] {
	return &NullTextField[*T, V]{c: codec[T, *V, V](accessor)}
}

// SQLNullTextOf returns the text field that the accessor points to, a sql.Null.
func SQLNullTextOf[T any, V Texts](accessor func(*T) *sql.Null[V]) *NullTextField[*T, V] {
	return &NullTextField[*T, V]{c: codec[T, sql.Null[V], V](accessor)}
}

// Name returns the column's name.
func (f *NullTextField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullTextField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullTextField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullTextField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullTextField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullTextField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullTextField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullTextField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullTextField[T, V]) Is(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullTextField[T, V]) IsNot(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)} }

// IsNull is true when the column is NULL.
func (f *NullTextField[T, V]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullTextField[T, V]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullTextField[T, V]) Gt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullTextField[T, V]) Gte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullTextField[T, V]) Lt(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullTextField[T, V]) Lte(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullTextField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Like is true when the text matches the pattern, in which % stands for any text, _ for any character, and \ makes the
// next character an ordinary one.
func (f *NullTextField[T, V]) Like(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, false)}
}

// NotLike is true when the text does not match the pattern.
func (f *NullTextField[T, V]) NotLike(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, true)}
}

// LikeFold is [TextField.Like] ignoring case.
func (f *NullTextField[T, V]) LikeFold(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, true, false)}
}

// NotLikeFold is [TextField.NotLike] ignoring case.
func (f *NullTextField[T, V]) NotLikeFold(pattern string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, true, true)}
}

// Contains is true when s stands in the text. Nothing in s is special.
func (f *NullTextField[T, V]) Contains(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, false, false)}
}

// ContainsFold is [TextField.Contains] ignoring case.
func (f *NullTextField[T, V]) ContainsFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, true, false)}
}

// HasPrefix is true when the text begins with s. Nothing in s is special.
func (f *NullTextField[T, V]) HasPrefix(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, false, false)}
}

// HasPrefixFold is [TextField.HasPrefix] ignoring case.
func (f *NullTextField[T, V]) HasPrefixFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, true, false)}
}

// HasSuffix is true when the text ends with s. Nothing in s is special.
func (f *NullTextField[T, V]) HasSuffix(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, false, false)}
}

// HasSuffixFold is [TextField.HasSuffix] ignoring case.
func (f *NullTextField[T, V]) HasSuffixFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, true, false)}
}

// EqFold is true when the text equals s ignoring case.
func (f *NullTextField[T, V]) EqFold(s string) Cond[T] {
	return Cond[T]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, ast.EscapeLike(s), true, false)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullTextField[T, V]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullTextField[T, V]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullTextField[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *NullTextField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullTextField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullTextField[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullTextField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NullTextField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }
