package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// Subquery is a query that is part of another statement, with rows of type R: a [Query] or a [Projection].
type Subquery[R any] interface {
	subquery(*R) *ast.Subquery
}

func scalar[R any](sub Subquery[R]) *ast.Expr { return sub.subquery(nil).Scalar() }

// ScalarSubquery is the value of a subquery with one column and at most one row. Without a row it is NULL. If the
// subquery returns several rows, PostgreSQL returns an error and SQLite takes the first row: give the subquery a limit,
// or let it select an aggregate.
func ScalarSubquery[P, V any](of P, sub Subquery[V]) Expr[P, V] { return typed[P, V](scalar(sub)) }

// CorrelatedSubquery is a [ScalarSubquery] for each row: the value of a projection of those rows of S that the
// conditions link to the row:
//
//	average := prom.CorrelatedSubquery(prom.Pluck(posts.Query(), prom.Avg(PostViews)), prom.Match(PostTopic, PostTopic)) // of the posts on its topic
func CorrelatedSubquery[S, P, V any](
	sub Projection[S, V], link Cond[*Correlation[*S, P]], more ...Cond[*Correlation[*S, P]],
) Expr[P, V] {
	return typed[P, V](linked(sub, append([]Cond[*Correlation[*S, P]]{link}, more...)).Scalar())
}

// InQuery is true when the term equals one of the values of the subquery. As in SQL, if no value equals the term but
// one of the values is NULL, it is neither true nor false, and so is its negation.
func InQuery[P, V any](t Term[P, V], sub Subquery[V]) Cond[P] {
	e := exprOf(t)
	if e.Op == ast.ExprColumn && e.Part == 0 && e.Err == nil {
		return Cond[P]{n: ast.InCond(ast.OpIn, e.Col, nil, scalar(sub))}
	}
	return Cond[P]{n: ast.InCond(ast.OpIn, nil, e, scalar(sub))}
}

// Correlation is a row of a subquery (S) together with the row of the outer query (P). It is the model of terms and
// conditions that use both rows, in the place of a model's prototype, and has no value. [Correlate] returns one.
// [Inner] and [Outer] say which of the two rows a term belongs to.
type Correlation[S, P any] struct {
	_ [0]func(S)
	_ [0]func(P)
}

// Correlate returns the model of a row of a subquery together with the row of the outer query, from the prototypes of
// both. Conditions on this model correlate the two rows. They may use all conditions and functions of this package:
//
//	both := prom.Correlate(booking, booking) // another booking beside this one
//	overlap := prom.Exists(booking, bookings.Query(), prom.Match(bookingRoom, bookingRoom),
//		prom.Ne(prom.Inner(both, bookingID), prom.Outer(both, bookingID)),
//		prom.Lt(prom.Inner(both, bookingFrom), prom.Outer(both, bookingUntil)),
//		prom.Gt(prom.Inner(both, bookingUntil), prom.Outer(both, bookingFrom)))
//
// To correlate a subquery inside a subquery with the rows of both outer queries, pass the result of the outer Correlate
// as outer. These conditions compile only in [Exists] and [CorrelatedSubquery].
func Correlate[S, P any](inner S, outer P) *Correlation[S, P] { return &Correlation[S, P]{} }

// Inner is a term of the row of the subquery.
func Inner[S, P, V any](of *Correlation[S, P], t Term[S, V]) Expr[*Correlation[S, P], V] {
	return typed[*Correlation[S, P], V](exprOf(t))
}

// Outer is a term of the row of the outer query. It must be a term of a single row: an aggregate or a window function
// is an error when the query runs.
func Outer[S, P, V any](of *Correlation[S, P], t Term[P, V]) Expr[*Correlation[S, P], V] {
	return typed[*Correlation[S, P], V](ast.Outer(exprOf(t)))
}

// Match is true when a term of the row of a subquery equals a term of the row of the outer query. It is short for [Eq]
// with [Inner] and [Outer].
func Match[S, P, V any](inner Term[S, V], outer Term[P, V]) Cond[*Correlation[S, P]] {
	return Cond[*Correlation[S, P]]{n: ast.CompareTerms[V](ast.OpEq, exprOf(inner), ast.Outer(exprOf(outer)))}
}

// Exists is true when the subquery has a row that fulfills the conditions together with the row of the outer query.
// Without conditions it is the same for all rows.
func Exists[P, R any](of P, sub Subquery[R], links ...Cond[*Correlation[*R, P]]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(linked(sub, links), false)}
}

// linked returns a subquery with the conditions that link its rows to the row of the query around it.
func linked[L, R any](sub Subquery[R], links []Cond[L]) *ast.Subquery {
	s := *sub.subquery(nil)
	for _, n := range present(links) {
		s.Spec = s.Spec.And(n)
	}
	return &s
}
