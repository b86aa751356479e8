package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
)

// Nested is a query to be put into another statement. Queries give it; it is opaque to everybody else.
type Nested[R any] struct {
	_ [0]func(*R)
	s *ast.Subquery
}

// Nest returns a query with rows of type R as one to be put into another statement.
func Nest[R any](sub *ast.Subquery) Nested[R] { return Nested[R]{s: sub} }

// Subquery is a query as part of another statement, with rows of type R.
type Subquery[R any] interface {
	Nested() Nested[R]
}

func scalar[R any](sub Subquery[R]) *ast.Expr { return sub.Nested().s.Scalar() }

// Sub is the value of a subquery with one row and one column; NULL when it has no row. More rows than one are an error
// of PostgreSQL, and SQLite takes the first: give the subquery a limit, or let it select an aggregate.
func Sub[T, V any](sub Subquery[V]) Expr[T, V] { return typed[T, V](scalar(sub)) }

// LinkedSub is [Sub] of a subquery about the rows of S that are linked to the row, so that each row has its own.
func LinkedSub[S, T, V any](sub Subquery[V], links ...Correlation[S, T]) Expr[T, V] {
	return typed[T, V](linked(sub, links).Scalar())
}

//go:noinline
func inQuery[V any](o ast.Op, c *scan.Codec, sub Subquery[V]) *ast.Cond {
	return ast.InCond(o, c.Column(), nil, scalar(sub))
}

//go:noinline
func exprInQuery[V any](o ast.Op, e *ast.Expr, sub Subquery[V]) *ast.Cond {
	return ast.InCond(o, nil, e, scalar(sub))
}

// InQuery is true when the expression is one of the subquery's values.
func (x Expr[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: exprInQuery(ast.OpIn, x.e, sub)}
}

// NotInQuery is true when the expression is none of the subquery's values.
func (x Expr[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: exprInQuery(ast.OpNotIn, x.e, sub)}
}

// Correlation says which rows of S, of a subquery, belong to a row of T, of the query around it.
type Correlation[S, T any] struct {
	_ [0]func(*S)
	_ [0]func(*T)
	n ast.Cond
}

// Match links rows in which two terms are equal.
func Match[S, T, V any](inner Term[S, V], outer Term[T, V]) Correlation[S, T] {
	return Correlation[S, T]{n: ast.MatchCond(inner.term().e, outer.term().e)}
}

// Exists is true when the subquery has a row that is linked to the row. Without links it is the same for all rows.
func Exists[T, S, R any](sub Subquery[R], links ...Correlation[S, T]) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(linked(sub, links), false)}
}

func linked[S, T, R any](sub Subquery[R], links []Correlation[S, T]) *ast.Subquery {
	s := *sub.Nested().s
	for _, l := range links {
		s.Spec = s.Spec.And(l.n)
	}
	return &s
}
