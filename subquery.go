package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// Subquery is a query as part of another statement, with rows of type R: a [Query], a [Projection].
type Subquery[R any] interface {
	subquery(*R) *ast.Subquery
}

func scalar[R any](sub Subquery[R]) *ast.Expr { return sub.subquery(nil).Scalar() }

// ScalarSubquery is the value of a subquery with one row and one column; NULL when it has no row. More rows than one are an error
// of PostgreSQL, and SQLite takes the first: give the subquery a limit, or let it select an aggregate.
func ScalarSubquery[P, V any](of P, sub Subquery[V]) Expr[P, V] { return typed[P, V](scalar(sub)) }

// CorrelatedSubquery is [ScalarSubquery] of a projection of the rows of S that are linked to the row, so that each row has its own value:
//
//	average := prom.CorrelatedSubquery(prom.Pluck(posts.Query(), prom.Avg(PostViews)), prom.Match(PostTopic, PostTopic)) // of the posts on its topic
func CorrelatedSubquery[S, P, V any](sub Projection[S, V], link Correlation[*S, P], more ...Correlation[*S, P]) Expr[P, V] {
	return typed[P, V](linked(sub, append([]Correlation[*S, P]{link}, more...)).Scalar())
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

// Correlation says which rows of a subquery belong to a row of the query around it; [Match] makes it.
type Correlation[S, P any] struct {
	_ [0]func(*S)
	_ [0]func(P)
	n ast.Cond
}

// Match links the rows of a subquery, of S, and of the query around it, of T, in which two terms are equal.
func Match[S, P, V any](inner Term[S, V], outer Term[P, V]) Correlation[S, P] {
	return Correlation[S, P]{n: ast.MatchCond(exprOf(inner), exprOf(outer))}
}

// Exists is true when the subquery has a row that is linked to the row. Without links it is the same for all rows.
func Exists[P, R any](of P, sub Subquery[R], links ...Correlation[*R, P]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(linked(sub, links), false)}
}

func linked[S, P, R any](sub Subquery[R], links []Correlation[S, P]) *ast.Subquery {
	s := *sub.subquery(nil)
	for _, l := range links {
		s.Spec = s.Spec.And(l.n)
	}
	return &s
}
