package ast

import (
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// TargetOf is the subquery of the row that a reference leads to, if conditions hold for it.
func TargetOf(ref *schema.Column, conds []Cond) *Subquery {
	target := ref.References.Target()
	key := ColumnExpr(target.Key[0], dialect.NoPart)
	spec := Spec{Conds: conds}.And(MatchCond(key, ColumnExpr(ref, dialect.NoPart)))
	return &Subquery{Table: target, Related: true, Spec: spec}
}

// Reference is the columns of a row that refer to another one together.
type Reference struct {
	Columns []*schema.Column
	Table   *schema.Table // referred to; nil for that of the one column, which may be known later
	// what the columns refer to, if it is not the key of the table
	To []*schema.Column
}

// Referred returns the columns of the table referred to that those of the reference hold.
func (r *Reference) Referred(target *schema.Table) []*schema.Column {
	if r.To != nil {
		return r.To
	}
	return target.Key
}

// ReferenceBy is the reference that a column is.
func ReferenceBy(c *schema.Column) *Reference { return &Reference{Columns: []*schema.Column{c}} }

// Target returns the table that a reference of rows of from leads to: from itself when the model refers to itself.
func (r *Reference) Target(from *schema.Table) *schema.Table {
	switch {
	case r.Table == nil:
		return from.TargetOf(r.Columns[0])
	case r.Table.Model == from.Model:
		return from
	}
	return r.Table
}

// Via is a term of the row that a reference leads to.
func Via(ref *Reference, term *Expr) *Expr {
	return &Expr{Op: ExprVia, Like: term.Like, Ref: ref, Args: []*Expr{term}}
}

// AggregateVia is an aggregate over the rows that a reference leads to, as one over the rows that have the reference.
func AggregateVia(ref *Reference, e *Expr) *Expr {
	if !e.aggregates() {
		if e.constant() {
			return e
		}
		return Via(ref, e)
	}
	through := *e
	through.Args = make([]*Expr, len(e.Args))
	for i, a := range e.Args {
		if e.aggregate() {
			through.Args[i] = Via(ref, a)
		} else {
			through.Args[i] = AggregateVia(ref, a)
		}
	}
	switch {
	case len(e.Conds) == 0:
	case e.aggregate(): // its filter
		through.Conds = []Cond{{Op: OpTruth, Expr: Via(ref, CondExpr(&Cond{Op: OpAnd, Kids: e.Conds}))}}
	default:
		through.Conds = condsVia(ref, e.Conds)
	}
	return &through
}

// condsVia is [AggregateVia] of conditions.
func condsVia(ref *Reference, conds []Cond) []Cond {
	list := slices.Clone(conds)
	for i := range list {
		n := &list[i]
		if n.Expr == nil && n.Col != nil {
			n.Expr, n.Col = ColumnExpr(n.Col, n.Part), nil
		}
		if n.Expr != nil {
			n.Expr = AggregateVia(ref, n.Expr)
		}
		if n.Right != nil {
			n.Right = AggregateVia(ref, n.Right)
		}
		n.Kids = condsVia(ref, n.Kids)
	}
	return list
}
