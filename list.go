package prom

import "github.com/prom-go/prom/internal/ast"

// ListAt is the element of a list at an index. Indexes begin at 0; a negative index counts from the end, and -1 is the
// last element. If there is no such element, or the list is NULL, it is NULL. The list is a [ListField] or another
// term, such as [ArrayAgg].
func ListAt[P, E any](list Term[P, []E], index int) Expr[P, E] {
	return typed[P, E](ast.ListAt(exprOf(list), index))
}

// ListSlice is the part of a list from index from up to, but not including, index to, as in Go. Negative indexes count
// from the end: ListSlice(list, -2, math.MaxInt) has the last two elements. Indexes beyond the list are not an error;
// the result may be an empty list. If the list is NULL, it is NULL.
func ListSlice[P, E any](list Term[P, []E], from, to int) Expr[P, []E] {
	return typed[P, []E](ast.ListSlice(exprOf(list), from, to))
}

// ListIndex is the index of the first element of a list that equals e, from 0. If there is none, it is NULL.
func ListIndex[P, E any](list Term[P, []E], e E) Expr[P, int64] {
	return typed[P, int64](ast.ListIndex(exprOf(list), e))
}

// ListConcat is the concatenation of two lists. A list that is NULL is ignored; if both are NULL, it is NULL. With
// [ListField.SetTo] it can prepend elements to a column.
func ListConcat[P, E any](a, b Term[P, []E]) Expr[P, []E] {
	return typed[P, []E](ast.ListConcat[E](exprOf(a), exprOf(b)))
}

// Unnest is each element of a list column, for projections: a row has one result for each element of its list, and none
// if the list is empty or NULL. An element that occurs twice has two results. With aggregates, the results are grouped
// by the elements:
//
//	tags := prom.Pluck2(posts.Query(), prom.Unnest(PostTags), prom.Count(post)) // how often each tag is there
//
// Two lists give all pairs of their elements. The limit and offset of the query apply to rows, and those of the
// projection to results. For conditions on elements, use Having of groups, or the rows of [From].
func Unnest[P, E any](list Term[P, []E]) Expr[P, E] { return typed[P, E](ast.Unnest(exprOf(list))) }
