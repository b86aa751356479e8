package query

import "github.com/prom-go/prom/internal/scan"

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *Field[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetTo assigns the value of a term.
func (f *JSONField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

func setTo[T any](c *scan.Codec, e *expr) Assign[T] {
	return Assign[T]{a: assignTerm(c, e)}
}
