package prom

import "github.com/prom-go/prom/internal/ast"

// ListAt is the element of a list at an index, which begins at 0; a negative one counts from the end, where -1 is the
// last element. It is NULL where there is no element, and of NULL. The list is a [ListField] or another term, such as
// what [ArrayAgg] gives.
func ListAt[P, E any](list Term[P, []E], index int) Expr[P, E] {
	return typed[P, E](ast.ListAt(exprOf(list), index))
}

// ListSlice is the part of a list from one index up to another and without that, as in Go. Negative ones count from the
// end: ListSlice(list, -2, math.MaxInt) has the last two elements. It has the elements that are there, be they none,
// and is NULL of NULL.
func ListSlice[P, E any](list Term[P, []E], from, to int) Expr[P, []E] {
	return typed[P, []E](ast.ListSlice(exprOf(list), from, to))
}

// ListIndex is the index of the first element of a list that equals e, from 0, and NULL when there is none.
func ListIndex[P, E any](list Term[P, []E], e E) Expr[P, int64] {
	return typed[P, int64](ast.ListIndex(exprOf(list), e))
}

// ListConcat is the elements of a list and those of another behind them. A list that is NULL is left out; it is NULL
// when both are. With [ListField.SetTo] it puts elements before those of a column.
func ListConcat[P, E any](a, b Term[P, []E]) Expr[P, []E] {
	return typed[P, []E](ast.ListConcat[E](exprOf(a), exprOf(b)))
}

// Unnest is each element of a list column, for projections: a row has a result for each element of its list, and none
// when that is empty or NULL. An element that is there twice has two. With aggregates the elements are groups:
//
//	tags := prom.Pluck2(posts.Query(), prom.Unnest(PostTags), prom.Count(post)) // how often each tag is there
//
// Two lists make all pairs of their elements. A page of the query is of its rows, and that of the projection of
// results. Conditions on elements go into Having of groups, or on the rows of [From].
func Unnest[P, E any](list Term[P, []E]) Expr[P, E] { return typed[P, E](ast.Unnest(exprOf(list))) }
