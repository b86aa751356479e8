package ast

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Op is what a condition does.
type Op uint8

// The conditions.
const (
	OpTrue Op = iota // the zero condition
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpSame    // NULL-safe equality
	OpNotSame // and its negation
	OpIn
	OpNotIn
	OpNull
	OpNotNull
	OpMatch
	OpAnd
	OpOr
	OpNot
	OpKeysIn // the columns of Kids together are one of the keys whose parts are their lists
	OpRow    // the columns of Kids, a row, compare with the row of their values as each Kid's Op says, the same for all
	OpExists // the subquery of the left side has a row
	OpTruth  // the left side, a boolean, is true
	OpRowIn  // the left sides of Kids together are a row of the subquery on the right, or else of the lists of Kids
)

// Cond is a condition without its model's type.
type Cond struct {
	Op    Op
	Not   bool // of OpMatch, OpExists and OpRowIn
	Fold  bool // of OpMatch
	Match dialect.Match
	Part  dialect.DatePart
	Col   *schema.Column
	Val   schema.Value // the operand; the list of OpIn
	Kids  []Cond       // of OpAnd, OpOr, OpNot, OpKeysIn, OpRow and OpRowIn
	Expr  *Expr        // the left side in place of Col
	Right *Expr        // the right side in place of Val
	Err   error        // why the condition cannot be used
}

// Like returns the column that tells the kind of the left side.
func (n *Cond) Like() *schema.Column {
	switch {
	case n.Expr != nil:
		return n.Expr.Like
	case n.Part != dialect.NoPart:
		return partColumn
	}
	return n.Col
}

// trivial reports whether a condition is true for every row by its form.
func (n *Cond) trivial() bool {
	if n.Op == OpAnd {
		for i := range n.Kids {
			if !n.Kids[i].trivial() {
				return false
			}
		}
		return true
	}
	return n.Op == OpTrue
}

// firstErr returns the first error in conditions.
func firstErr(conds []Cond) error {
	for i := range conds {
		n := &conds[i]
		if n.Err != nil {
			return n.Err
		}
		if err := firstErr(n.Kids); err != nil {
			return err
		}
		if err := n.Expr.FirstErr(); err != nil {
			return err
		}
		if err := n.Right.FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

// Both joins two conditions by AND.
func Both(a, b *Cond) *Cond { return &Cond{Op: OpAnd, Kids: []Cond{*a, *b}} }
