package ast

import (
	"github.com/prom-go/prom/schema"
)

// Rows says which rows a query is about in a table that marks rows as deleted. Other tables have no such rows.
type Rows uint8

const (
	liveRows Rows = iota
	anyRows
	deletedRows
)

// WithDeleted returns s with the soft-deleted rows.
func (s Spec) WithDeleted() Spec { s.Rows = anyRows; return s }

// OnlyDeleted returns s with the soft-deleted rows and no others.
func (s Spec) OnlyDeleted() Spec { s.Rows = deletedRows; return s }

// Live returns s without the soft-deleted rows, as it is at first.
func (s Spec) Live() Spec { s.Rows = liveRows; return s }

// Everything returns the query of all rows that s could be about, without its conditions, order and page.
func (s Spec) Everything() Spec { return Spec{Rows: s.Rows} }

// CondsOn returns the conditions of a query on a table: its own, and the one that leaves deleted rows out. Whatever
// writes the conditions of a query asks here, so that no statement can forget it. The rows of other queries have been
// chosen by these.
func (q *Spec) CondsOn(t *schema.Table) []Cond {
	if t.Deleted == nil || q.Rows == anyRows || q.HasSource() {
		return q.Conds
	}
	n := live(t)
	if q.Rows == deletedRows {
		n.Op = OpNotNull
	}
	return append(q.Conds[:len(q.Conds):len(q.Conds)], n)
}

// live is the condition that a row is not soft-deleted.
func live(t *schema.Table) Cond { return Cond{Op: OpNull, Col: t.Deleted} }
