package ast

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Tied returns s, when it has a page, with an order that leaves no rows equal: behind its own come the columns of the key.
func (s Spec) Tied(key []*schema.Column) Spec {
	if s.Flags == 0 {
		return s
	}
	return s.TotalOrder(key)
}

func (s Spec) TotalOrder(key []*schema.Column) Spec {
	orders := slices.Clip(s.Orders)
	for _, c := range key {
		if !slices.ContainsFunc(orders, func(o Order) bool { return o.Col == c && o.Part == 0 }) {
			orders = append(orders, Order{Col: c})
		}
	}
	s.Orders = orders
	return s
}

// Limits reports whether s has a limit or an offset.
func (s Spec) Limits() bool { return s.Flags != 0 }

// Spec is a query without its model's type: conditions, order and page. It is an immutable value; every change returns a new
// one and slices are never shared with room to grow.
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
	where := make([]Cond, len(s.Conds), len(s.Conds)+len(conds))
	copy(where, s.Conds)
	for i := range conds {
		if n := conds[i]; n != nil {
			where = append(where, *n)
		}
	}
	s.Conds = where
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

// Limit returns s with at most n rows.
func (s Spec) Limit(n int) Spec {
	s.Take, s.Flags = int64(n), s.Flags|HasLimit
	if n < 0 {
		s.fail(errors.New("a limit cannot be negative"))
	}
	return s
}

// Offset returns s without its first n rows.
func (s Spec) Offset(n int) Spec {
	s.Skip, s.Flags = int64(n), s.Flags|HasOffset
	if n < 0 {
		s.fail(errors.New("an offset cannot be negative"))
	}
	return s
}

// Page returns s with the rows of page n, the first being 1, of size rows each.
func (s Spec) Page(n, size int) Spec {
	if n < 1 || size < 1 {
		s.fail(errors.New("a page's number and size begin at 1"))
		return s
	}
	if int64(n-1) > (1<<63-1)/int64(size) {
		s.fail(errors.New("the page's number is too large"))
		return s
	}
	s.Flags |= HasLimit | HasOffset
	s.Take, s.Skip = int64(size), int64(n-1)*int64(size)
	return s
}

// AllRows returns s with the leave to update or delete without a condition.
func (s Spec) AllRows() Spec { s.all = true; return s }

// Fail returns s, which cannot run because of err.
func (s Spec) Fail(err error) Spec { s.fail(err); return s }

func (s *Spec) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Limited returns the limit, if there is one.
func (s Spec) Limited() (n int, ok bool) { return int(s.Take), s.Flags&HasLimit != 0 }

// HasOrder reports whether s has an order of its own.
func (s Spec) HasOrder() bool { return len(s.Orders) > 0 }

// Unpaged returns s without limit and offset.
func (s Spec) Unpaged() Spec { s.Flags, s.Take, s.Skip = 0, 0, 0; return s }

// Unordered returns s without its order.
func (s Spec) Unordered() Spec { s.Orders = nil; return s }

// IsZero reports whether s says nothing: no condition, no order and no page.
func (s Spec) IsZero() bool {
	return len(s.Conds) == 0 && len(s.Orders) == 0 && s.Flags == 0 && !s.all && s.Rows == liveRows && s.LockMode == dialect.NoLock && s.err == nil
}

// Err returns why the query cannot run: a bad limit, or a value that does not fit its column.
func (s Spec) Err() error {
	if s.err != nil {
		return s.err
	}
	if err := ordersErr(s.Orders); err != nil {
		return err
	}
	if someOf(s.Conds, (*Expr).ManyRows) {
		return errManyRows
	}
	if s.More != nil {
		if err := s.More.firstErr(); err != nil {
			return err
		}
		if s.LockMode != dialect.NoLock && !s.More.lockable() {
			return errUnlockable
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

var errDistinctOrder = errors.New("distinct rows can be ordered by what is selected only")

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
	return fmt.Errorf("%s without a condition would reach every row of the table; if that is meant, say AllRows() first", verb)
}

func (s Spec) And(n Cond) Spec {
	where := make([]Cond, len(s.Conds), len(s.Conds)+1)
	copy(where, s.Conds)
	s.Conds = append(where, n)
	return s
}

var ErrProjected = errors.New("an update or delete works on the rows of a table, not on those of a union, a group or another query")

var errPaged = errors.New("an update or delete takes no order, limit or offset; choose the rows by conditions")

func (q *Spec) Writable(verb string) error {
	if err := q.Err(); err != nil {
		return err
	}
	if q.Flags != 0 || len(q.Orders) > 0 {
		return errPaged
	}
	if q.More != nil {
		return ErrProjected
	}
	return q.Guard(verb)
}
