package prom

import (
	"github.com/prom-go/prom/internal/ast"
)

// RowValue is a row constructor, such as (a, b) in SQL: several terms of a row of P that are compared together. V is a
// [Pair] or a [Triple]. [Row2] and [Row3] return one.
type RowValue[P, V any] struct {
	_     [0]func(P)
	parts []*ast.Expr
	lists func(vs []V) []*ast.Cond // for each part, that it is one of those of the values
}

// Row2 is a row constructor of two terms.
func Row2[P, A, B any](a Term[P, A], b Term[P, B]) RowValue[P, Pair[A, B]] {
	x, y := typed[P, A](exprOf(a)), typed[P, B](exprOf(b))
	return RowValue[P, Pair[A, B]]{parts: []*ast.Expr{x.e, y.e}, lists: func(vs []Pair[A, B]) []*ast.Cond {
		return []*ast.Cond{
			listed(x, vs, func(v *Pair[A, B]) A { return v.A }),
			listed(y, vs, func(v *Pair[A, B]) B { return v.B }),
		}
	}}
}

// Row3 is a row constructor of three terms.
func Row3[P, A, B, C any](a Term[P, A], b Term[P, B], c Term[P, C]) RowValue[P, Triple[A, B, C]] {
	x, y, z := typed[P, A](exprOf(a)), typed[P, B](exprOf(b)), typed[P, C](exprOf(c))
	return RowValue[P, Triple[A, B, C]]{parts: []*ast.Expr{x.e, y.e, z.e}, lists: func(vs []Triple[A, B, C]) []*ast.Cond {
		return []*ast.Cond{
			listed(x, vs, func(v *Triple[A, B, C]) A { return v.A }),
			listed(y, vs, func(v *Triple[A, B, C]) B { return v.B }),
			listed(z, vs, func(v *Triple[A, B, C]) C { return v.C }),
		}
	}}
}

// listed is the condition that a term is one of the parts of values.
func listed[P, V, R any](x Expr[P, V], vs []R, part func(*R) V) *ast.Cond {
	parts := make([]V, len(vs))
	for i := range vs {
		parts[i] = part(&vs[i])
	}
	return ast.InExpr(ast.OpIn, x.e, x.c, parts)
}

// In is true when the terms together equal one of the values. Without values it is always false. Each term's values are
// sent as one argument, so the number of values has no limit. If a term is NULL, the condition is not true. Its
// negation is then true if none of the values has the other terms.
//
//	prom.Row2(seatRow, seatNumber).In(prom.Pair[string, int]{A: "C", B: 7})
func (r RowValue[P, V]) In(vs ...V) Cond[P] { return Cond[P]{n: ast.RowInLists(false, r.lists(vs)...)} }

// NotIn is true when the terms together equal none of the values. Without values it is true for every row.
func (r RowValue[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.RowInLists(true, r.lists(vs)...)}
}

// InQuery is true when the terms together equal one of the rows of the subquery, a projection of [Pluck2] or [Pluck3].
// See [InQuery] for NULL.
func (r RowValue[P, V]) InQuery(sub Subquery[V]) Cond[P] {
	return Cond[P]{n: ast.RowInQuery(r.parts, sub.subquery(nil))}
}
