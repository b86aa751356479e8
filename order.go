package prom

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Order is one term of an order of rows of T, by a column or an expression. The zero value orders by nothing.
type Order[P any] struct {
	_ [0]func(P)
	o *ast.Order // nil for the zero Order
}

// NullsFirst returns o with the NULLs before all values.
func (o Order[P]) NullsFirst() Order[P] { return Order[P]{o: o.o.With(ast.NullsFirst)} }

// NullsLast returns o with the NULLs behind all values.
func (o Order[P]) NullsLast() Order[P] { return Order[P]{o: o.o.With(ast.NullsLast)} }

// Assign is the assignment of a new value to a column of T. The zero value assigns nothing.
type Assign[P any] struct {
	_ [0]func(P)
	a *ast.Assign // nil for the zero Assign
}

// Column returns the column that is assigned, nil for the zero Assign.
func (a Assign[P]) Column() *schema.Column { return a.a.Column() }

// Excluded is the column's value in the row that could not be inserted because of a conflict; for the assignments of an
// upsert.
func Excluded[P, V any](f interface {
	Term[P, V]
	Column() *schema.Column
}) Expr[P, V] {
	col := f.Column()
	return typed[P, V](&ast.Expr{Op: ast.ExprExcluded, Like: col, Col: col})
}

// ByList orders by the place of a term's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func ByList[P, V any](t Term[P, V], vs ...V) Order[P] {
	x := typed[P, V](exprOf(t))
	return Order[P]{o: ast.OrderByList(x.e, x.c, vs)}
}
