package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Subquery is a query inside a statement. Its columns are those of its spec; without them it selects the constant 1,
// for [ExistsCond].
type Subquery struct {
	Table *schema.Table
	// Table is the target of a reference: the outer table itself, whatever its name, when it is of the same model
	Related bool
	Owner   *Owner
	Spec    Spec
	Places  []uintptr // of the columns in a result, where it has several
}

// Owner is whom a subquery belongs to: a repo. It tells the connection, so that no query reads from another one by
// mistake.
type Owner struct{ DB func() (any, error) }

// Scalar returns the value of a subquery with one column.
func (s *Subquery) Scalar() *Expr {
	s, like, err := s.one()
	return &Expr{Op: ExprQuery, Like: like, Sub: s, Err: err}
}

// one returns the subquery when it has one column, whose kind its values have.
func (s *Subquery) one() (*Subquery, *schema.Column, error) {
	cols := s.Spec.Extra().Cols
	if s.Spec.err != nil {
		return s, KindColumns[schema.Null], s.Spec.err
	}
	if len(cols) != 1 {
		return s, KindColumns[schema.Null], errors.New("the subquery must select one column, as Pluck does")
	}
	return s, cols[0].Like, nil
}

// InCond is the condition that a column, or an expression in its place, is one of a subquery's values.
func InCond(o Op, col *schema.Column, x, sub *Expr) *Cond {
	side := x
	if side == nil {
		side = ColumnExpr(col, dialect.NoPart)
	}
	if moved, rhs := momentIn(side, sub); moved != side || rhs != sub {
		return &Cond{Op: o, Expr: moved, Right: rhs}
	}
	return &Cond{Op: o, Col: col, Expr: x, Right: sub}
}

// ExistsCond is the condition that a subquery has a row, or none.
func ExistsCond(s *Subquery, not bool) *Cond {
	return &Cond{Op: OpExists, Not: not, Expr: &Expr{Op: ExprQuery, Like: KindColumns[schema.Bool], Sub: s}}
}

// MatchCond is the condition that a term of the subquery's row equals one of the row of the query around it.
func MatchCond(inner, outer *Expr) Cond {
	sides := Moments(inner, Outer(outer))
	return Cond{Op: OpEq, Expr: sides[0], Right: sides[1]}
}

// Outer is a term of the row of the query around a subquery, where it is written inside this.
func Outer(e *Expr) *Expr {
	outer := &Expr{Op: ExprOuter, Like: e.Like, Args: []*Expr{e}}
	if e.Some((*Expr).ManyRows) {
		outer.Err = errOuterMany
	}
	return outer
}

var errOuterMany = errors.New("a subquery is linked to single rows of the query around it: an aggregate or a window function of that " +
	"query has no place in it; select it with Select, and give the condition to From")
