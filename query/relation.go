package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// HasRelated is true for the rows of T that have a row of the relation, and its negation for those that have none.
func HasRelated[T any](r ast.Related, not bool) Cond[T] {
	return Cond[T]{n: ast.ExistsCond(r.Subquery(), not)}
}

// CountRelated is the number of rows of the relation.
func CountRelated[T any](r ast.Related) Expr[T, int64] {
	return typed[T, int64](r.Scalar(CountRows[T]().e))
}

// AggregateRelated is an aggregate over the rows of the relation, which has no join table.
func AggregateRelated[T, R, V any](r ast.Related, of Expr[R, V]) Expr[T, V] {
	return typed[T, V](r.Scalar(of.e))
}

// Reference is a reference from T to R, required or optional.
type Reference[T, R any, K comparable] interface {
	Term[T, K]
	reference(*R) *schema.Column
}

// targets is the subquery of the row that a reference leads to.
func targets[R any](ref *schema.Column, conds []Cond[R]) *ast.Subquery {
	return ast.TargetOf(ref, present(conds))
}

// Via is a term of the row that a reference leads to; NULL when it leads to none. References in a row, through several
// models, nest. A query reads it by a join, and an update or delete by a subquery.
func Via[T, R any, K comparable, V any](ref Reference[T, R, K], t Term[R, V]) Expr[T, V] {
	return typed[T, V](ast.Via(ref.reference(nil), t.term().e))
}

// DescendantsOf is true for the rows below those for which the conditions hold, in a tree where a reference of a row
// leads to its parent: their children, the children of these and so on. A circle ends where it began.
func DescendantsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return Cond[T]{n: ast.Tree(parent.reference(nil), present(conds), false)}
}

// AncestorsOf is true for the rows above those for which the conditions hold: their parents, the parents of these and
// so on.
func AncestorsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return Cond[T]{n: ast.Tree(parent.reference(nil), present(conds), true)}
}
