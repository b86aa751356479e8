package query

import (
	"github.com/prom-go/prom/internal/ast"
)

// Cond is a condition on the rows of T. Fields make conditions; [And], [Or] and [Not] combine them. A Cond is an
// immutable value. The zero value is true for every row, so that a condition can be left out: it counts as no condition
// where one is demanded, and [And], [Or] and [Not] pass over it as if it had not been written.
type Cond[T any] struct {
	_ [0]func(*T) // keeps the conditions of two models from being converted into each other
	n *ast.Cond   // nil for the zero Cond
}

// And is true when all conditions are. Of no conditions it is the zero Cond.
func And[T any](conds ...Cond[T]) Cond[T] {
	n := chain(ast.OpAnd, conds)
	if len(n.Kids) == 0 {
		return Cond[T]{}
	}
	return Cond[T]{n: &n}
}

// Or is true when one of the conditions is; it is false for every row when there are none.
func Or[T any](conds ...Cond[T]) Cond[T] {
	n := chain(ast.OpOr, conds)
	return Cond[T]{n: &n}
}

// Not is true when the condition is false. As everywhere in SQL, a condition that compares NULL is neither true nor
// false, and so is its negation.
func Not[T any](cond Cond[T]) Cond[T] {
	if cond.absent() {
		return cond
	}
	return Cond[T]{n: &ast.Cond{Op: ast.OpNot, Kids: []ast.Cond{*cond.n}}}
}

// If is the condition when on is true, and else the zero Cond, which is left out.
func If[T any](on bool, cond Cond[T]) Cond[T] {
	if !on {
		return Cond[T]{}
	}
	return cond
}

// absent reports whether c is the zero Cond.
func (c Cond[T]) absent() bool { return c.n == nil }

// chain joins the conditions that are there. One that is left out of an Or must not make it true for every row.
func chain[T any](o ast.Op, conds []Cond[T]) ast.Cond { return ast.Cond{Op: o, Kids: present(conds)} }

// present returns the conditions that are there.
func present[T any](conds []Cond[T]) []ast.Cond {
	list := make([]ast.Cond, 0, len(conds))
	for _, c := range conds {
		if !c.absent() {
			list = append(list, *c.n)
		}
	}
	return list
}
