package prom

import (
	"github.com/prom-go/prom/query"
)

// Term is a value of type V that each row of T has: a field of any family, a part of a date, or an [Expr].
type Term[T, V any] = query.Term[*T, V]

// AnyTerm is a [Term] of any type.
type AnyTerm[T any] = query.AnyTerm[*T]

// Expr is a value of type V that is computed from a row of T, or from a group of rows when it is an aggregate. It has
// the conditions of a field, and is made by the functions of this package, such as [Plus], [Via], [Sum] or [Over].
type Expr[T, V any] = query.Expr[*T, V]

// Subquery is a query as part of another statement, with rows of type R: a [Query], a [Projection].
type Subquery[R any] = query.Subquery[R]

// Reference is a reference from T to R: a [RefField] or a [NullRefField].
type Reference[T, R any, K comparable] = query.Reference[*T, *R, K]

// Window says which rows a function such as [RowNumber] sees for each row: of all rows for which the query's conditions
// hold, also of those that are not on its page. [PartitionBy] and [OrderWindow] make windows.
type Window[T any] = query.Window[*T]

// When is one branch of a [Case]; [Then] makes it.
type When[T, V any] = query.When[*T, V]

// Correlation says which rows of a subquery belong to a row of the query around it; [Match] makes it.
type Correlation[S, T any] = query.Correlation[*S, *T]

// TextExpr is an [Expr] that is a text, with the conditions of a [TextField]; [AsText] makes it.
type TextExpr[T any, V Texts] = query.TextExpr[*T, V]

// AsText is a text term with the conditions of texts: Like, Contains, HasPrefix and so on.
func AsText[T any, V Texts](t Term[T, V]) TextExpr[T, V] { return query.AsText(t) }

// JSONColumn is a column of T that holds a JSON document: a [JSONField] or a [NullJSONField].
type JSONColumn[T any] = query.JSONColumn[*T]

// JSONPath is the value of type V at a path of a document, NULL where there is none of the type. A segment of the path
// is the key of an object, a string, or the index of a list, an int. V is a text, a number, a boolean, or what is
// stored as JSON, such as a struct.
func JSONPath[V, T any](f JSONColumn[T], path ...any) Expr[T, V] {
	return query.JSONPath[V](f, path...)
}

// JSONText is the text at a path of a document, see [JSONPath].
func JSONText[T any](f JSONColumn[T], path ...any) TextExpr[T, string] {
	return query.JSONText(f, path...)
}

// JSONInt is the whole number at a path of a document, see [JSONPath].
func JSONInt[T any](f JSONColumn[T], path ...any) Expr[T, int64] { return query.JSONInt(f, path...) }

// JSONNumber is the number at a path of a document, see [JSONPath].
func JSONNumber[T any](f JSONColumn[T], path ...any) Expr[T, float64] {
	return query.JSONNumber(f, path...)
}

// JSONBool is the boolean at a path of a document, see [JSONPath].
func JSONBool[T any](f JSONColumn[T], path ...any) Expr[T, bool] { return query.JSONBool(f, path...) }

// Integer is what [Mod] takes.
type Integer = query.Integer

// Val is a constant.
func Val[T, V any](v V) Expr[T, V] { return query.Val[*T](v) }

// RawExpr is a value in SQL, with a question mark for each argument, or term of T, as in [Raw]. V says how it is read
// and what it is compared with.
func RawExpr[T, V any](sql string, args ...any) Expr[T, V] { return query.RawExpr[*T, V](sql, args...) }

// OrNull is the same value, read as nil when it is NULL.
func OrNull[T, V any](t Term[T, V]) Expr[T, *V] { return query.OrNull(t) }

// Truth is the condition that a boolean term is true.
func Truth[T any](t Term[T, bool]) Cond[T] { return query.Truth(t) }

// Eq is true when the two terms are equal. It is not true when one is NULL.
func Eq[T, V any](a, b Term[T, V]) Cond[T] { return query.Eq(a, b) }

// Ne is true when the two terms are different values. It is not true when one is NULL.
func Ne[T, V any](a, b Term[T, V]) Cond[T] { return query.Ne(a, b) }

// Lt is true when a is less than b.
func Lt[T, V any](a, b Term[T, V]) Cond[T] { return query.Lt(a, b) }

// Lte is true when a is less than b or equal.
func Lte[T, V any](a, b Term[T, V]) Cond[T] { return query.Lte(a, b) }

// Gt is true when a is greater than b.
func Gt[T, V any](a, b Term[T, V]) Cond[T] { return query.Gt(a, b) }

// Gte is true when a is greater than b or equal.
func Gte[T, V any](a, b Term[T, V]) Cond[T] { return query.Gte(a, b) }

// Same is true when the two terms are equal, or both NULL.
func Same[T, V any](a, b Term[T, V]) Cond[T] { return query.Same(a, b) }

// NotSame is true when the two terms differ; NULL differs from every value and not from NULL.
func NotSame[T, V any](a, b Term[T, V]) Cond[T] { return query.NotSame(a, b) }

// Plus is a + b. Numbers are computed with 64 bits, and a result that does not fit is an error, wherever the term is
// used; what is no number, such as infinity minus infinity, is NULL. So it is with the other operations.
func Plus[T any, V Number](a, b Term[T, V]) Expr[T, V] { return query.Plus(a, b) }

// Minus is a - b.
func Minus[T any, V Number](a, b Term[T, V]) Expr[T, V] { return query.Minus(a, b) }

// Times is a * b.
func Times[T any, V Number](a, b Term[T, V]) Expr[T, V] { return query.Times(a, b) }

// Div is a / b; of integers, cut towards zero. A division by zero is NULL.
func Div[T any, V Number](a, b Term[T, V]) Expr[T, V] { return query.Div(a, b) }

// Mod is the rest of a / b, with the sign of a. A division by zero is NULL.
func Mod[T any, V Integer](a, b Term[T, V]) Expr[T, V] { return query.Mod(a, b) }

// Neg is -a.
func Neg[T any, V Number](a Term[T, V]) Expr[T, V] { return query.Neg(a) }

// Abs is a without its sign.
func Abs[T any, V Number](a Term[T, V]) Expr[T, V] { return query.Abs(a) }

// Float is a number as a float64, so that a division of integers keeps its fraction.
func Float[T any, V Number](a Term[T, V]) Expr[T, float64] { return query.Float(a) }

// Concat is the texts one behind the other. It is NULL when one of them is.
func Concat[T any, V Texts](texts ...Term[T, V]) Expr[T, V] { return query.Concat(texts...) }

// Lower is the text with small letters for A to Z.
func Lower[T any, V Texts](t Term[T, V]) Expr[T, V] { return query.Lower(t) }

// Upper is the text with capital letters for a to z.
func Upper[T any, V Texts](t Term[T, V]) Expr[T, V] { return query.Upper(t) }

// Trim is the text without spaces at its ends.
func Trim[T any, V Texts](t Term[T, V]) Expr[T, V] { return query.Trim(t) }

// Replace is the text with a replacement for each occurrence of another text in it.
func Replace[T any, V Texts](t Term[T, V], old, replacement string) Expr[T, V] {
	return query.Replace(t, old, replacement)
}

// Substr is at most n characters of the text from a position, which begins at 1.
func Substr[T any, V Texts](t Term[T, V], from, n int) Expr[T, V] { return query.Substr(t, from, n) }

// Length is the number of characters of a text, or of bytes of a []byte.
func Length[T any, V ~string | ~[]byte](t Term[T, V]) Expr[T, int64] { return query.Length(t) }

// Coalesce is the first of the terms that is not NULL.
func Coalesce[T, V any](first Term[T, V], others ...Term[T, V]) Expr[T, V] {
	return query.Coalesce(first, others...)
}

// OrValue is the term, or v when it is NULL.
func OrValue[T, V any](t Term[T, V], v V) Expr[T, V] { return query.OrValue(t, v) }

// Case is the value of the first branch whose condition is true, or otherwise when there is none.
func Case[T, V any](otherwise Term[T, V], branches ...When[T, V]) Expr[T, V] {
	return query.Case(otherwise, branches...)
}

// Then is the branch of a [Case] that is taken when the condition is true.
func Then[T, V any](cond Cond[T], value Term[T, V]) When[T, V] { return query.Then(cond, value) }

// Random orders rows at random.
func Random[T any]() Order[T] { return query.Random[*T]() }

// CountRows is the number of rows.
func CountRows[T any]() Expr[T, int64] { return query.CountRows[*T]() }

// CountOf is the number of rows in which the term is not NULL.
func CountOf[T, V any](t Term[T, V]) Expr[T, int64] { return query.CountOf(t) }

// CountDistinct is the number of different values of the term, NULL left out.
func CountDistinct[T, V any](t Term[T, V]) Expr[T, int64] { return query.CountDistinct(t) }

// Sum is the sum of the term's values, NULL left out, and NULL when there are none. Integers are summed with 64 bits: a
// sum beyond them, or beyond V, is an error.
func Sum[T any, V Number](t Term[T, V]) Expr[T, V] { return query.Sum(t) }

// SumDecimal is [Sum] of decimal numbers, exact on every engine.
func SumDecimal[T, V any](t Term[T, V]) Expr[T, V] { return query.SumDecimal(t) }

// Avg is the average of the term's values, NULL left out, and NULL when there are none.
func Avg[T any, V Number](t Term[T, V]) Expr[T, float64] { return query.Avg(t) }

// Min is the least of the term's values, NULL left out, and NULL when there are none.
func Min[T, V any](t Term[T, V]) Expr[T, V] { return query.Min(t) }

// Max is the greatest of the term's values, NULL left out, and NULL when there are none.
func Max[T, V any](t Term[T, V]) Expr[T, V] { return query.Max(t) }

// PartitionBy returns a window over the rows with the same values of the terms.
func PartitionBy[T any](terms ...AnyTerm[T]) Window[T] { return query.PartitionBy(terms...) }

// OrderWindow returns a window over all rows in an order.
func OrderWindow[T any](orders ...Order[T]) Window[T] { return query.OrderWindow(orders...) }

// Over is an aggregate over a window: a value for each row, computed from the rows that the window shows it.
func Over[T, V any](x Expr[T, V], w Window[T]) Expr[T, V] { return query.Over(x, w) }

// RowNumber is the number of the row in the window's order, from 1.
func RowNumber[T any](w Window[T]) Expr[T, int64] { return query.RowNumber(w) }

// Rank is the number of the first row that is equal to this one in the window's order.
func Rank[T any](w Window[T]) Expr[T, int64] { return query.Rank(w) }

// DenseRank is [Rank] without gaps.
func DenseRank[T any](w Window[T]) Expr[T, int64] { return query.DenseRank(w) }

// Ntile is the number of the row's part, from 1, when the rows of the window are cut into n parts in its order, of
// which the first have one row more where they cannot all be of the same size.
func Ntile[T any](n int, w Window[T]) Expr[T, int64] { return query.Ntile(n, w) }

// Lag is the term in the row that stands n rows before in the window's order, or NULL.
func Lag[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] { return query.Lag(t, n, w) }

// Lead is the term in the row that stands n rows behind in the window's order, or NULL.
func Lead[T, V any](t Term[T, V], n int, w Window[T]) Expr[T, V] { return query.Lead(t, n, w) }

// FirstValue is the term in the first row that the window shows.
func FirstValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] { return query.FirstValue(t, w) }

// LastValue is the term in the last row that the window shows; see [Window].
func LastValue[T, V any](t Term[T, V], w Window[T]) Expr[T, V] { return query.LastValue(t, w) }

// Sub is the value of a subquery with one row and one column; NULL when it has no row. More rows than one are an error
// of PostgreSQL, and SQLite takes the first: give the subquery a limit, or let it select an aggregate.
func Sub[T, V any](sub Subquery[V]) Expr[T, V] { return query.Sub[*T](sub) }

// LinkedSub is [Sub] of a projection of the rows of S that are linked to the row, so that each row has its own value:
//
//	average := prom.LinkedSub(prom.Pluck(posts.Query(), prom.Avg(PostViews)), prom.Match(PostTopic, PostTopic)) // of the posts on its topic
func LinkedSub[S, T, V any](sub Projection[S, V], link Correlation[S, T], more ...Correlation[S, T]) Expr[T, V] {
	return query.LinkedSub[*S, *T, V](sub, append([]Correlation[S, T]{link}, more...)...)
}

// Exists is true when the subquery has a row that is linked to the row. Without links it is the same for all rows.
func Exists[T, S any](sub Subquery[S], links ...Correlation[S, T]) Cond[T] {
	return query.Exists(sub, links...)
}

// Match links the rows of a subquery, of S, and of the query around it, of T, in which two terms are equal.
func Match[S, T, V any](inner Term[S, V], outer Term[T, V]) Correlation[S, T] {
	return query.Match(inner, outer)
}

// Via is a term of the row that a reference leads to; NULL when it leads to none. Through several models they nest.
func Via[T, R any, K comparable, V any](ref Reference[T, R, K], t Term[R, V]) Expr[T, V] {
	return query.Via(ref, t)
}

// DescendantsOf is true for the rows below those for which the conditions hold, in a tree where a reference of a row
// leads to its parent: their children, the children of these and so on. A circle ends where it began.
func DescendantsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return query.DescendantsOf(parent, conds...)
}

// AncestorsOf is true for the rows above those for which the conditions hold: their parents, the parents of these and
// so on.
func AncestorsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return query.AncestorsOf(parent, conds...)
}

// Excluded is a field's value in the row that could not be inserted because of a conflict; for the assignments of an
// upsert.
func Excluded[T, V any](f interface {
	Term[T, V]
	Columner
}) Expr[T, V] {
	return query.Excluded[*T, V](f)
}
