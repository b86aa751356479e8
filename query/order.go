package query

import (
	"github.com/prom-go/prom/internal/ast"
)

// Order is one term of an order of rows of T, by a column or an expression. The zero value orders by nothing.
type Order[T any] struct {
	_ [0]func(*T)
	o *ast.Order // nil for the zero Order
}

// NullsFirst returns o with the NULLs before all values.
func (o Order[T]) NullsFirst() Order[T] { return Order[T]{o: o.o.With(ast.NullsFirst)} }

// NullsLast returns o with the NULLs behind all values.
func (o Order[T]) NullsLast() Order[T] { return Order[T]{o: o.o.With(ast.NullsLast)} }
