package ast

import (
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

// Via is a term of the row that a reference leads to.
func Via(ref *schema.Column, term *Expr) *Expr {
	return &Expr{Op: ExprVia, Like: term.Like, Path: []*schema.Column{ref}, Args: []*Expr{term}}
}

// Tree is the condition that a row is below those for which conditions hold, or above them, where a reference leads to
// the parent of a row.
func Tree(ref *schema.Column, conds []Cond, up bool) *Cond {
	target := ref.References.Target()
	key := target.Key[0]
	s := &Subquery{Table: target, Related: true, Spec: Spec{Conds: conds}}
	s.Spec = s.Spec.With(func(m *More) {
		m.Cols = []*Expr{ColumnExpr(key, dialect.NoPart)}
		m.Tree, m.Up = ref, up
	})
	return &Cond{Op: OpIn, Col: key, Right: &Expr{Op: ExprQuery, Like: key, Sub: s}}
}
