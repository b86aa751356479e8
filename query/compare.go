package query

// Eq is true when the two terms are equal. It is not true when one is NULL.
func Eq[T, V any](a, b Term[T, V]) Cond[T] { return between(opEq, a, b) }

// Ne is true when the two terms are different values. It is not true when one is NULL.
func Ne[T, V any](a, b Term[T, V]) Cond[T] { return between(opNe, a, b) }

// Lt is true when a is less than b.
func Lt[T, V any](a, b Term[T, V]) Cond[T] { return between(opLt, a, b) }

// Lte is true when a is less than b or equal.
func Lte[T, V any](a, b Term[T, V]) Cond[T] { return between(opLe, a, b) }

// Gt is true when a is greater than b.
func Gt[T, V any](a, b Term[T, V]) Cond[T] { return between(opGt, a, b) }

// Gte is true when a is greater than b or equal.
func Gte[T, V any](a, b Term[T, V]) Cond[T] { return between(opGe, a, b) }

// Same is true when the two terms are equal, or both NULL.
func Same[T, V any](a, b Term[T, V]) Cond[T] { return between(opSame, a, b) }

// NotSame is true when the two terms differ; NULL differs from every value and not from NULL.
func NotSame[T, V any](a, b Term[T, V]) Cond[T] { return between(opNotSame, a, b) }

func between[T, V any](o op, a, b Term[T, V]) Cond[T] {
	x, y := a.term().e, b.term().e
	sides := moments(beside[V](x, y.like), beside[V](y, x.like))
	return Cond[T]{n: &node{op: o, x: sides[0], rhs: sides[1]}}
}
