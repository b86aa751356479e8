package query

import (
	"github.com/prom-go/prom/internal/ast"
)

// Eq is true when the two terms are equal. It is not true when one is NULL.
func Eq[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpEq, a, b) }

// Ne is true when the two terms are different values. It is not true when one is NULL.
func Ne[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpNe, a, b) }

// Lt is true when a is less than b.
func Lt[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpLt, a, b) }

// Lte is true when a is less than b or equal.
func Lte[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpLe, a, b) }

// Gt is true when a is greater than b.
func Gt[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpGt, a, b) }

// Gte is true when a is greater than b or equal.
func Gte[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpGe, a, b) }

// Same is true when the two terms are equal, or both NULL.
func Same[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpSame, a, b) }

// NotSame is true when the two terms differ; NULL differs from every value and not from NULL.
func NotSame[T, V any](a, b Term[T, V]) Cond[T] { return between(ast.OpNotSame, a, b) }

func between[T, V any](o ast.Op, a, b Term[T, V]) Cond[T] {
	return Cond[T]{n: ast.CompareTerms[V](o, a.term().e, b.term().e)}
}
