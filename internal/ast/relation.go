package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Related is the rows that belong to each row of a table: those of a relation.
type Related struct {
	Table *schema.Table    // of the rows
	Owner []*schema.Column // of Table, or of the join table: refers to the row that they belong to
	Key   []*schema.Column // of that row: what Owner refers to, or what refers to Owner when the rows are referred to
	Spec  Spec             // which of the rows are meant
	Link  *Link            // nil without a join table; its own owner is not used
}

// Link is how the rows of a join table connect those of two others.
type Link struct {
	Table  *schema.Table
	Owner  []*schema.Column // refer to the rows that have the relation
	Target []*schema.Column // refer to the rows that it leads to
	To     []*schema.Column // of those rows: what Target refers to
	Spec   Spec             // which rows of the join table count, and their order
}

// Subquery is the subquery of the rows that belong to the row of the query around. Through a join table it is about
// the rows that connect, of which each leads to one.
func (r Related) Subquery() *Subquery {
	spec, table := r.Spec.Unordered().Uncomputed(), r.Table
	if spec.Flags != 0 {
		spec = spec.Unpaged().Fail(errRelatedPage)
	}
	if l := r.Link; l != nil {
		for i, c := range l.Target {
			spec = spec.And(MatchCond(ColumnExpr(l.To[i], dialect.NoPart), ColumnExpr(c, dialect.NoPart)))
		}
		spec, table = l.Spec.Unordered().And(*ExistsCond(&Subquery{Table: r.Table, Related: true, Spec: spec},
			false)), l.Table
	}
	for i, c := range r.Owner {
		spec = spec.And(MatchCond(ColumnExpr(c, dialect.NoPart), ColumnExpr(r.Key[i], dialect.NoPart)))
	}
	return &Subquery{Table: table, Related: true, Spec: spec}
}

// Scalar returns an aggregate over the rows of [Related.Subquery].
func (r Related) Scalar(e *Expr) *Expr {
	s, e := r.Subquery(), Given(e)
	s.Spec = s.Spec.With(func(m *More) { m.Cols = []*Expr{e} })
	return &Expr{Op: ExprQuery, Like: e.Like, Sub: s}
}

var errRelatedPage = errors.New("conditions on relations and counts of related rows take no Limit or Offset")
