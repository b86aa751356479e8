package query

import (
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

func setTo[T any](c *scan.Codec, e *ast.Expr) Assign[T] {
	return Assign[T]{a: ast.AssignTerm(new(ast.Assign), c, e)}
}

// Assign is the assignment of a new value to a column of T. The zero value assigns nothing.
type Assign[T any] struct {
	_ [0]func(*T)
	a *ast.Assign // nil for the zero Assign
}

// Column returns the column that is assigned, nil for the zero Assign.
func (a Assign[T]) Column() *schema.Column { return a.a.Column() }

// Excluded is the column's value in the row that could not be inserted because of a conflict; for the assignments of an
// upsert.
func Excluded[T, V any](f interface {
	Term[T, V]
	Column() *schema.Column
}) Expr[T, V] {
	col := f.Column()
	return typed[T, V](&ast.Expr{Op: ast.ExprExcluded, Like: col, Col: col})
}
