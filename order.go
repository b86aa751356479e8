package prom

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Order is one term of an ORDER BY of the model P: a column or an expression, and a direction. The zero value is
// ignored.
type Order[P any] struct {
	_ [0]func(P)
	o *ast.Order // nil for the zero Order
}

// NullsFirst returns o with NULLs before all values (NULLS FIRST).
func (o Order[P]) NullsFirst() Order[P] { return Order[P]{o: o.o.With(ast.NullsFirst)} }

// NullsLast returns o with NULLs after all values (NULLS LAST).
func (o Order[P]) NullsLast() Order[P] { return Order[P]{o: o.o.With(ast.NullsLast)} }

// Assign is the assignment of a new value to a column of the model P. The zero value assigns nothing.
type Assign[P any] struct {
	_ [0]func(P)
	a *ast.Assign // nil for the zero Assign
}

// Column returns the column that is assigned, or nil for the zero Assign.
func (a Assign[P]) Column() *schema.Column { return a.a.Column() }

// Excluded is the value of a column in the row that could not be inserted because of a conflict (EXCLUDED in SQL). Use
// it in the assignments and conditions of an upsert.
func Excluded[P, V any](f interface {
	Term[P, V]
	Column() *schema.Column
}) Expr[P, V] {
	col := f.Column()
	return typed[P, V](&ast.Expr{Op: ast.ExprExcluded, Like: col, Col: col})
}

// ByList sorts by the position of the term's value in the list. Values that are not in the list come after those that
// are, and NULLs come last; see [Order.NullsFirst].
func ByList[P, V any](t Term[P, V], vs ...V) Order[P] {
	x := typed[P, V](exprOf(t))
	return Order[P]{o: ast.OrderByList(x.e, x.c, vs)}
}
