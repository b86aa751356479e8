package prom

import (
	"database/sql"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Texts is the constraint of the values of a [TextField].
type Texts interface{ ~string }

// TextField is an [OrderedField] with values that are texts. Its conditions are case-sensitive; [Fold] makes conditions
// that ignore the case of the letters A to Z.
type TextField[P any, V Texts] struct {
	_ [0]func(P)
	c *scan.Codec
}

// TextOf returns the [TextField] of a text.
func TextOf[P any, V Texts](of P, field *V) *TextField[P, V] {
	return &TextField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *TextField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *TextField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *TextField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *TextField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *TextField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Gt is true when the column is greater than v.
func (f *TextField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *TextField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *TextField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *TextField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *TextField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Like is true when the text matches the pattern. In the pattern, % matches any text, _ matches any character, and a
// backslash makes the next character an ordinary one.
func (f *TextField[P, V]) Like(pattern string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, false)}
}

// Contains is true when the text contains s. No character of s is special.
func (f *TextField[P, V]) Contains(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, false, false)}
}

// HasPrefix is true when the text begins with s. No character of s is special.
func (f *TextField[P, V]) HasPrefix(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, false, false)}
}

// HasSuffix is true when the text ends with s. No character of s is special.
func (f *TextField[P, V]) HasSuffix(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, false, false)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *TextField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *TextField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *TextField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *TextField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *TextField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *TextField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullTextField is a [TextField] that may be NULL.
type NullTextField[P any, V Texts] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullTextOf returns the [TextField] of a pointer. The column may be NULL.
func NullTextOf[P any, V Texts](of P, field **V) *NullTextField[P, V] {
	return &NullTextField[P, V]{c: columnAt(place[V](of, field))}
}

// SQLNullTextOf returns the [TextField] of a sql.Null. The column may be NULL.
func SQLNullTextOf[P any, V Texts](of P, field *sql.Null[V]) *NullTextField[P, V] {
	return &NullTextField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullTextField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullTextField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NullTextField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NullTextField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NullTextField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or when the column is NULL and v is nil (IS NOT DISTINCT FROM).
func (f *NullTextField[P, V]) Is(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v (IS DISTINCT FROM). NULL differs from every value, but not from nil.
func (f *NullTextField[P, V]) IsNot(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)} }

// IsNull is true when the column is NULL.
func (f *NullTextField[P, V]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullTextField[P, V]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullTextField[P, V]) Gt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than or equal to v.
func (f *NullTextField[P, V]) Gte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullTextField[P, V]) Lt(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than or equal to v.
func (f *NullTextField[P, V]) Lte(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *NullTextField[P, V]) Between(low, high V) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Like is true when the text matches the pattern. In the pattern, % matches any text, _ matches any character, and a
// backslash makes the next character an ordinary one.
func (f *NullTextField[P, V]) Like(pattern string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchLike, pattern, false, false)}
}

// Contains is true when the text contains s. No character of s is special.
func (f *NullTextField[P, V]) Contains(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchContains, s, false, false)}
}

// HasPrefix is true when the text begins with s. No character of s is special.
func (f *NullTextField[P, V]) HasPrefix(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchPrefix, s, false, false)}
}

// HasSuffix is true when the text ends with s. No character of s is special.
func (f *NullTextField[P, V]) HasSuffix(s string) Cond[P] {
	return Cond[P]{n: ast.Matches(new(ast.Cond), f.c, dialect.MatchSuffix, s, false, false)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *NullTextField[P, V]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *NullTextField[P, V]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *NullTextField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NullTextField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullTextField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullTextField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullTextField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// TextExpr is an [Expr] that is a text. It has the conditions of a [TextField]. [AsText] returns it.
type TextExpr[P any, V Texts] struct{ Expr[P, V] }

// AsText returns a text term with the conditions of texts: Like, Contains, HasPrefix and so on.
func AsText[P any, V Texts](t Term[P, V]) TextExpr[P, V] {
	return TextExpr[P, V]{typed[P, V](exprOf(t))}
}

func (x TextExpr[P, V]) cond(m dialect.Match, s string) Cond[P] {
	return Cond[P]{n: ast.MatchesExpr(x.e, m, s, false)}
}

// Like is true when the text matches the pattern; see [TextField.Like].
func (x TextExpr[P, V]) Like(pattern string) Cond[P] { return x.cond(dialect.MatchLike, pattern) }

// Contains is true when the text contains s.
func (x TextExpr[P, V]) Contains(s string) Cond[P] { return x.cond(dialect.MatchContains, s) }

// HasPrefix is true when the text begins with s.
func (x TextExpr[P, V]) HasPrefix(s string) Cond[P] { return x.cond(dialect.MatchPrefix, s) }

// HasSuffix is true when the text ends with s.
func (x TextExpr[P, V]) HasSuffix(s string) Cond[P] { return x.cond(dialect.MatchSuffix, s) }

// Folded is a text whose conditions ignore the case of the letters A to Z, and of no others, on both engines. [Fold]
// returns it.
type Folded[P any] struct {
	_ [0]func(P)
	e *ast.Expr
}

// Fold returns a text whose conditions ignore the case of the letters A to Z:
//
//	books.Where(prom.Fold(bookTitle).Contains("dune"))
func Fold[P any, V Texts](t Term[P, V]) Folded[P] { return Folded[P]{e: exprOf(t)} }

func (x Folded[P]) cond(m dialect.Match, s string) Cond[P] {
	return Cond[P]{n: ast.MatchesExpr(x.e, m, s, true)}
}

// Eq is true when the text equals s.
func (x Folded[P]) Eq(s string) Cond[P] { return x.cond(dialect.MatchLike, ast.EscapeLike(s)) }

// Like is true when the text matches the pattern; see [TextField.Like].
func (x Folded[P]) Like(pattern string) Cond[P] { return x.cond(dialect.MatchLike, pattern) }

// Contains is true when the text contains s.
func (x Folded[P]) Contains(s string) Cond[P] { return x.cond(dialect.MatchContains, s) }

// HasPrefix is true when the text begins with s.
func (x Folded[P]) HasPrefix(s string) Cond[P] { return x.cond(dialect.MatchPrefix, s) }

// HasSuffix is true when the text ends with s.
func (x Folded[P]) HasSuffix(s string) Cond[P] { return x.cond(dialect.MatchSuffix, s) }
