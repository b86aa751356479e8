package ast

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/dialect"
)

// Spec is a query without its model's type: conditions, order and page. It is an immutable value; every change returns
// a new one and slices are never shared with room to grow.
type Spec struct {
	Conds []Cond
	Paging
	all      bool
	Rows     Rows
	LockMode dialect.Lock
	LockWait dialect.LockWait
	More     *More // nil for most queries; never changed in place
	err      error
}

// Where returns s with more conditions: all of them must hold. Those that are nil are left out.
func (s Spec) Where(conds []*Cond) Spec {
	if len(conds) == 0 {
		return s
	}
	return s.WhereIn(make([]Cond, 0, len(s.Conds)+len(conds)), conds)
}

// WhereIn is Where that puts the conditions into a slice of the caller's own, if it has room for them.
func (s Spec) WhereIn(room []Cond, conds []*Cond) Spec {
	where := append(room, s.Conds...)
	for i := range conds {
		if n := conds[i]; n != nil {
			where = append(where, *n)
		}
	}
	s.Conds = slices.Clip(where)
	return s
}

// And returns s with one more condition.
func (s Spec) And(n Cond) Spec {
	where := make([]Cond, len(s.Conds), len(s.Conds)+1)
	copy(where, s.Conds)
	s.Conds = append(where, n)
	return s
}

// OrderBy returns s with more terms in its order, behind those that it has. Those that are nil are left out.
func (s Spec) OrderBy(orders []*Order) Spec {
	list := make([]Order, len(s.Orders), len(s.Orders)+len(orders))
	copy(list, s.Orders)
	for _, o := range orders {
		if o != nil {
			list = append(list, *o)
		}
	}
	s.Orders = list
	return s
}

// HasOrder reports whether s has an order of its own.
func (s Spec) HasOrder() bool { return len(s.Orders) > 0 }

// Unordered returns s without its order.
func (s Spec) Unordered() Spec { s.Orders = nil; return s }

// WithoutWhere returns s with the leave to update or delete without a condition.
func (s Spec) WithoutWhere() Spec { s.all = true; return s }

// Guard returns an error when s has neither a condition nor the leave to go without.
func (s Spec) Guard(verb string) error {
	if s.all {
		return nil
	}
	for i := range s.Conds {
		if !s.Conds[i].trivial() {
			return nil
		}
	}
	return fmt.Errorf("%s without a condition would affect every row of the table; add a condition, or WithoutWhere() if this is intended", verb)
}

// Writable returns why an update or delete cannot be of the rows of q, as far as q tells.
func (q *Spec) Writable(verb string) error {
	if err := q.Err(); err != nil {
		return err
	}
	if q.Flags != 0 || len(q.Orders) > 0 {
		return errPaged
	}
	if q.Uncomputed().More != nil { // no row is read, so that nothing is computed
		return ErrProjected
	}
	return q.Guard(verb)
}

// ErrProjected says that what is written to is no table.
var ErrProjected = errors.New("UPDATE and DELETE need a query of a table: they cannot be used with a union, GROUP BY or a query made by From")

// Marks returns an error when the rows of q are those that a soft delete has marked already.
func (q *Spec) Marks() error {
	if q.Rows == deletedRows {
		return errMarked
	}
	return nil
}

var errMarked = errors.New("the query selects soft-deleted rows: use HardDelete to delete them, or Undelete to restore them")

var errPaged = errors.New("UPDATE and DELETE take no OrderBy, Limit or Offset; select the rows by conditions")

// Fail returns s, which cannot run because of err.
func (s Spec) Fail(err error) Spec { s.fail(err); return s }

func (s *Spec) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// IsZero reports whether s says nothing: no condition, no order, no page, and nothing that is selected.
func (s Spec) IsZero() bool {
	return s.More == nil && len(s.Conds) == 0 && len(s.Orders) == 0 && s.Flags == 0 && !s.all && s.Rows == liveRows &&
		s.LockMode == dialect.NoLock && s.err == nil
}

// Err returns why the query cannot run: a bad limit, or a value that does not fit its column.
func (s Spec) Err() error {
	if s.err != nil {
		return s.err
	}
	if err := ordersErr(s.Orders); err != nil {
		return err
	}
	if someOf(s.Conds, (*Expr).ofRows) {
		if someOf(s.Conds, (*Expr).Unnests) {
			return errUnnest
		}
		return errManyRows
	}
	if err := s.unnestErr(); err != nil {
		return err
	}
	if s.More != nil {
		if err := s.More.firstErr(); err != nil {
			return err
		}
		if err := s.lockErr(); err != nil {
			return err
		}
		for i := range s.Orders {
			if s.More.Distinct && s.Position(&s.Orders[i]) == 0 {
				return errDistinctOrder
			}
		}
	}
	if err := s.orderErr(); err != nil {
		return err
	}
	return firstErr(s.Conds)
}

var errDistinctOrder = errors.New("DISTINCT rows can be ordered only by the columns that are selected; to order by another term, group by these " +
	"and order by its least or greatest: GroupBy(column).OrderBy(prom.Max(term).Desc())")
