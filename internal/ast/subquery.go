package ast

import (
	"errors"

	"github.com/prom-go/prom/schema"
)

// Owner is whom a subquery belongs to: a repo. It tells the connection, so that no query reads from another one by mistake.
type Owner struct{ DB func() (any, error) }

// Subquery is a query inside a statement. Its columns are those of its spec; without them it selects the constant 1 for [Exists].
type Subquery struct {
	Table   *schema.Table
	Related bool // table is the target of a reference: the outer table itself, whatever its name, when it is of the same model
	Owner   *Owner
	Spec    Spec
}

// one returns the subquery when it has one column, whose kind its values have.
func (s *Subquery) one() (*Subquery, *schema.Column, error) {
	cols := s.Spec.Extra().Cols
	if len(cols) != 1 {
		return s, KindColumns[schema.Null], errors.New("the subquery must have one column, as Pluck gives it")
	}
	return s, cols[0].Like, nil
}

func (s *Subquery) Scalar() *Expr {
	s, like, err := s.one()
	return &Expr{Op: ExprQuery, Like: like, Sub: s, Err: err}
}
