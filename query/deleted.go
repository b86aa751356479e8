package query

import "github.com/prom-go/prom/schema"

// rows says which rows a query is about in a table that marks rows as deleted. Other tables have no such rows.
type rows uint8

const (
	liveRows rows = iota
	anyRows
	deletedRows
)

// WithDeleted returns s with the rows that are marked as deleted.
func (s Spec) WithDeleted() Spec { s.rows = anyRows; return s }

// OnlyDeleted returns s with the rows that are marked as deleted and no others.
func (s Spec) OnlyDeleted() Spec { s.rows = deletedRows; return s }

// Live returns s without the rows that are marked as deleted, as it is at first.
func (s Spec) Live() Spec { s.rows = liveRows; return s }

// Everything returns the query of all rows that s could be about, without its conditions, order and page.
func (s Spec) Everything() Spec { return Spec{rows: s.rows} }

// conds returns the conditions of a query on a table: its own, and the one that leaves deleted rows out. Whatever writes the
// conditions of a query asks here, so that no statement can forget it. The rows of other queries have been chosen by these.
func (q *Spec) conds(t *schema.Table) []node {
	if t.Deleted == nil || q.rows == anyRows || q.HasSource() {
		return q.where
	}
	n := live(t)
	if q.rows == deletedRows {
		n.op = opNotNull
	}
	return append(q.where[:len(q.where):len(q.where)], n)
}

// live is the condition that a row is not marked as deleted.
func live(t *schema.Table) node { return node{op: opNull, col: t.Deleted} }

// andLive returns what limits a join to rows of the table that are not marked as deleted. Rows are called by a quoted name.
func (r *renderer) andLive(t *schema.Table, name string) string {
	if t.Deleted == nil {
		return ""
	}
	return " AND " + name + "." + r.d.Quote(t.Deleted.Name) + " IS NULL"
}
