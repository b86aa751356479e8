package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Cond is a condition on the rows of T. Fields make conditions; [And], [Or] and [Not] combine them. A Cond is an immutable
// value. The zero value is true for every row, so that a condition can be left out: it counts as no condition where one is
// demanded, and [And], [Or] and [Not] pass over it as if it had not been written.
type Cond[T any] struct {
	_ [0]func(*T) // keeps the conditions of two models from being converted into each other
	n *node       // nil for the zero Cond
}

// And is true when all conditions are. Of no conditions it is the zero Cond.
func And[T any](conds ...Cond[T]) Cond[T] {
	n := chain(opAnd, conds)
	if len(n.kids) == 0 {
		return Cond[T]{}
	}
	return Cond[T]{n: &n}
}

// Or is true when one of the conditions is; it is false for every row when there are none.
func Or[T any](conds ...Cond[T]) Cond[T] {
	n := chain(opOr, conds)
	return Cond[T]{n: &n}
}

// Not is true when the condition is false. As everywhere in SQL, a condition that compares NULL is neither true nor false, and
// so is its negation.
func Not[T any](cond Cond[T]) Cond[T] {
	if cond.absent() {
		return cond
	}
	return Cond[T]{n: &node{op: opNot, kids: []node{*cond.n}}}
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

// nodes returns the node of c, or none when it is the zero Cond.
func (c Cond[T]) nodes() []node {
	if c.n == nil {
		return nil
	}
	return []node{*c.n}
}

// chain joins the conditions that are there. One that is left out of an Or must not make it true for every row.
func chain[T any](o op, conds []Cond[T]) node {
	kids := make([]node, 0, len(conds))
	for _, c := range conds {
		if !c.absent() {
			kids = append(kids, *c.n)
		}
	}
	return node{op: o, kids: kids}
}

// op is what a node does.
type op uint8

const (
	opTrue op = iota // the zero condition
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opSame    // NULL-safe equality
	opNotSame // and its negation
	opIn
	opNotIn
	opNull
	opNotNull
	opMatch
	opAnd
	opOr
	opNot
	opKeysIn // the columns of kids together are one of the keys whose parts are their lists
	opExists // the subquery of the left side has a row
	opTruth  // the left side, a boolean, is true
)

var opText = [...]string{
	opEq: " = ", opNe: " <> ", opLt: " < ", opLe: " <= ", opGt: " > ", opGe: " >= ",
	opSame: " IS NOT DISTINCT FROM ", opNotSame: " IS DISTINCT FROM ",
}

// node is a condition without its model's type.
type node struct {
	op    op
	not   bool // of opMatch
	fold  bool // of opMatch
	match dialect.Match
	part  dialect.DatePart
	col   *schema.Column
	val   schema.Value // the operand; the list of opIn
	kids  []node       // of opAnd, opOr and opNot
	x     *expr        // the left side in place of col
	rhs   *expr        // the right side in place of val
	err   error        // why the condition cannot be used
}

// left returns the column that tells the kind of the left side.
func (n *node) left() *schema.Column {
	switch {
	case n.x != nil:
		return n.x.like
	case n.part != dialect.NoPart:
		return partColumn
	}
	return n.col
}

// trivial reports whether a node is true for every row by its form.
func (n *node) trivial() bool {
	if n.op == opAnd {
		for i := range n.kids {
			if !n.kids[i].trivial() {
				return false
			}
		}
		return true
	}
	return n.op == opTrue
}

// firstErr returns the first error among the nodes.
func firstErr(nodes []node) error {
	for i := range nodes {
		n := &nodes[i]
		if n.err != nil {
			return n.err
		}
		if err := firstErr(n.kids); err != nil {
			return err
		}
		if err := n.x.firstErr(); err != nil {
			return err
		}
		if err := n.rhs.firstErr(); err != nil {
			return err
		}
	}
	return nil
}
