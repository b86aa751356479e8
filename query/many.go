package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Related is the rows that belong to each row of a table: those of a relation.
type Related struct {
	Table *schema.Table    // of the rows
	Owner []*schema.Column // of Table, or of the linking table: refers to the row that they belong to
	Key   []*schema.Column // of that row: what Owner refers to, or what refers to Owner when the rows are referred to
	Spec  Spec             // which of the rows are meant
	Link  *Link            // nil without a linking table; its own owner is not used
}

var errRelatedPage = errors.New("a condition on the rows of a relation, and a count of them, take no limit or offset")

// rows is the subquery of the rows that belong to the row of the query around. Through a linking table it is about the rows that
// connect, of which each leads to one.
func (r Related) rows() *subselect {
	spec, table := r.Spec.Unordered(), r.Table
	if spec.limits != 0 {
		spec = spec.Unpaged().Fail(errRelatedPage)
	}
	if l := r.Link; l != nil {
		target := spec.and(matchNode(columnExpr(l.Target.References.TargetColumn(), dialect.NoPart), columnExpr(l.Target, dialect.NoPart)))
		spec, table = l.Spec.Unordered().and(*existsNode(&subselect{table: r.Table, related: true, spec: target}, false)), l.Table
	}
	for i, c := range r.Owner {
		spec = spec.and(matchNode(columnExpr(c, dialect.NoPart), columnExpr(r.Key[i], dialect.NoPart)))
	}
	return &subselect{table: table, related: true, spec: spec}
}

// HasRelated is true for the rows of T that have a row of the relation, and its negation for those that have none.
func HasRelated[T any](r Related, not bool) Cond[T] {
	return Cond[T]{n: existsNode(r.rows(), not)}
}

// CountRelated is the number of rows of the relation.
func CountRelated[T any](r Related) Expr[T, int64] {
	return typed[T, int64](r.scalar(CountRows[T]().e))
}

// AggregateRelated is an aggregate over the rows of the relation, which has no linking table.
func AggregateRelated[T, R, V any](r Related, of Expr[R, V]) Expr[T, V] {
	return typed[T, V](r.scalar(of.e))
}

func (r Related) scalar(e *expr) *expr {
	s := r.rows()
	s.spec = s.spec.with(func(m *specMore) { m.cols = []*expr{e} })
	return &expr{op: exprQuery, like: e.like, sub: s}
}
