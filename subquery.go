package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// Subquery is a query as part of another statement, with rows of type R: a [Query], a [Projection].
type Subquery[R any] interface {
	subquery(*R) *ast.Subquery
}

func scalar[R any](sub Subquery[R]) *ast.Expr { return sub.subquery(nil).Scalar() }

// ScalarSubquery is the value of a subquery with one row and one column; NULL when it has no row. More rows than one
// are an error of PostgreSQL, and SQLite takes the first: give the subquery a limit, or let it select an aggregate.
func ScalarSubquery[P, V any](of P, sub Subquery[V]) Expr[P, V] { return typed[P, V](scalar(sub)) }

// CorrelatedSubquery is [ScalarSubquery] of a projection of the rows of S that are linked to the row, so that each row
// has its own value:
//
//	average := prom.CorrelatedSubquery(prom.Pluck(posts.Query(), prom.Avg(PostViews)), prom.Match(PostTopic, PostTopic)) // of the posts on its topic
func CorrelatedSubquery[S, P, V any](
	sub Projection[S, V], link Cond[*Correlation[*S, P]], more ...Cond[*Correlation[*S, P]],
) Expr[P, V] {
	return typed[P, V](linked(sub, append([]Cond[*Correlation[*S, P]]{link}, more...)).Scalar())
}

// InQuery is true when the term is one of the subquery's values. As everywhere in SQL it is neither true nor false, and
// so is its negation, when it is none of them and NULL is among them.
func InQuery[P, V any](t Term[P, V], sub Subquery[V]) Cond[P] {
	e := exprOf(t)
	if e.Op == ast.ExprColumn && e.Part == 0 && e.Err == nil {
		return Cond[P]{n: ast.InCond(ast.OpIn, e.Col, nil, scalar(sub))}
	}
	return Cond[P]{n: ast.InCond(ast.OpIn, nil, e, scalar(sub))}
}

// Correlation is a row of a subquery, of S, beside the row of the query around it, of P: the model of terms and
// conditions that are about both. It stands where the prototype of a model stands elsewhere, and has no value of its
// own. [Correlate] makes it, and [Inner] and [Outer] say which of the two rows a term is of.
type Correlation[S, P any] struct {
	_ [0]func(S)
	_ [0]func(P)
}

// Correlate returns what stands for a row of a subquery beside the row of the query around it, whose prototypes are
// given. A condition on both, by any of the conditions and functions of this package, links them:
//
//	both := prom.Correlate(booking, booking) // another booking beside this one
//	overlap := prom.Exists(booking, bookings.Query(), prom.Match(bookingRoom, bookingRoom),
//		prom.Ne(prom.Inner(both, bookingID), prom.Outer(both, bookingID)),
//		prom.Lt(prom.Inner(both, bookingFrom), prom.Outer(both, bookingUntil)),
//		prom.Gt(prom.Inner(both, bookingUntil), prom.Outer(both, bookingFrom)))
//
// A subquery inside a subquery is correlated with both of its rows: its own beside what Correlate returned for the
// other. Such conditions go into [Exists] and [CorrelatedSubquery] alone; elsewhere they do not compile.
func Correlate[S, P any](inner S, outer P) *Correlation[S, P] { return &Correlation[S, P]{} }

// Inner is a term of the subquery's row.
func Inner[S, P, V any](of *Correlation[S, P], t Term[S, V]) Expr[*Correlation[S, P], V] {
	return typed[*Correlation[S, P], V](exprOf(t))
}

// Outer is a term of the row of the query around the subquery. It is one of a single row: an aggregate, or a function
// of a window, is an error when the query runs.
func Outer[S, P, V any](of *Correlation[S, P], t Term[P, V]) Expr[*Correlation[S, P], V] {
	return typed[*Correlation[S, P], V](ast.Outer(exprOf(t)))
}

// Match links the rows of a subquery and of the query around it in which two terms are equal. It is the short form of
// [Eq] with [Inner] and [Outer].
func Match[S, P, V any](inner Term[S, V], outer Term[P, V]) Cond[*Correlation[S, P]] {
	return Cond[*Correlation[S, P]]{n: ast.CompareTerms[V](ast.OpEq, exprOf(inner), ast.Outer(exprOf(outer)))}
}

// Exists is true when the subquery has a row that is linked to the row. Without links it is the same for all rows.
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
