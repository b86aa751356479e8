package query

import (
	"errors"
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Spec is a query without its model's type: conditions, order and page. It is an immutable value; every change returns a new
// one and slices are never shared with room to grow.
type Spec struct {
	where []node
	page
	all  bool
	rows rows
	lock dialect.Lock
	wait dialect.LockWait
	more *specMore // nil for most queries; never changed in place
	err  error
}

// Where adds conditions to s: all of them must hold.
func Where[T any](s Spec, conds []Cond[T]) Spec {
	if len(conds) == 0 {
		return s
	}
	where := make([]node, len(s.where), len(s.where)+len(conds))
	copy(where, s.where)
	for i := range conds {
		if n := conds[i].n; n != nil {
			where = append(where, *n)
		}
	}
	s.where = where
	return s
}

// OrderBy adds terms to the order of s, behind those that it has.
func OrderBy[T any](s Spec, orders []Order[T]) Spec {
	list := make([]orderTerm, len(s.orders), len(s.orders)+len(orders))
	copy(list, s.orders)
	for _, o := range orders {
		if o.o != nil {
			list = append(list, *o.o)
		}
	}
	s.orders = list
	return s
}

// Limit returns s with at most n rows.
func (s Spec) Limit(n int) Spec {
	s.limit, s.limits = int64(n), s.limits|hasLimit
	if n < 0 {
		s.fail(errors.New("a limit cannot be negative"))
	}
	return s
}

// Offset returns s without its first n rows.
func (s Spec) Offset(n int) Spec {
	s.offset, s.limits = int64(n), s.limits|hasOffset
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
	s.limits |= hasLimit | hasOffset
	s.limit, s.offset = int64(size), int64(n-1)*int64(size)
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
func (s Spec) Limited() (n int, ok bool) { return int(s.limit), s.limits&hasLimit != 0 }

// HasOrder reports whether s has an order of its own.
func (s Spec) HasOrder() bool { return len(s.orders) > 0 }

// Unpaged returns s without limit and offset.
func (s Spec) Unpaged() Spec { s.limits, s.limit, s.offset = 0, 0, 0; return s }

// Unordered returns s without its order.
func (s Spec) Unordered() Spec { s.orders = nil; return s }

// IsZero reports whether s says nothing: no condition, no order and no page.
func (s Spec) IsZero() bool {
	return len(s.where) == 0 && len(s.orders) == 0 && s.limits == 0 && !s.all && s.rows == liveRows && s.lock == dialect.NoLock && s.err == nil
}

// Err returns why the query cannot run: a bad limit, or a value that does not fit its column.
func (s Spec) Err() error {
	if s.err != nil {
		return s.err
	}
	if err := ordersErr(s.orders); err != nil {
		return err
	}
	if someOf(s.where, (*expr).manyRows) {
		return errManyRows
	}
	if s.more != nil {
		if err := s.more.firstErr(); err != nil {
			return err
		}
		if s.lock != dialect.NoLock && !s.more.lockable() {
			return errUnlockable
		}
		for i := range s.orders {
			if s.more.distinct && s.position(&s.orders[i]) == 0 {
				return errDistinctOrder
			}
		}
	}
	if err := s.orderErr(); err != nil {
		return err
	}
	return firstErr(s.where)
}

var errDistinctOrder = errors.New("distinct rows can be ordered by what is selected only")

func ordersErr(orders []orderTerm) error {
	for i := range orders {
		if orders[i].err != nil {
			return orders[i].err
		}
		if err := orders[i].x.firstErr(); err != nil {
			return err
		}
	}
	return nil
}

// Guard returns an error when s has neither a condition nor the leave to go without.
func (s Spec) Guard(verb string) error {
	if s.all {
		return nil
	}
	for i := range s.where {
		if !s.where[i].trivial() {
			return nil
		}
	}
	return fmt.Errorf("%s without a condition would reach every row of the table; if that is meant, say AllRows() first", verb)
}

// ByKeys returns s ordered by the columns alone, for walking a table in pages.
func (s Spec) ByKeys(cols []*schema.Column) Spec {
	s.orders = make([]orderTerm, len(cols))
	for i, c := range cols {
		s.orders[i] = orderTerm{col: c}
	}
	return s
}

// ByKeysDesc returns s ordered by the columns backwards.
func (s Spec) ByKeysDesc(cols []*schema.Column) Spec {
	s = s.ByKeys(cols)
	for i := range s.orders {
		s.orders[i].desc = true
	}
	return s
}

// KeyIs returns s with the condition that each of the columns has its value.
func (s Spec) KeyIs(cols []*schema.Column, vals []schema.Value) Spec {
	where := make([]node, len(s.where), len(s.where)+len(cols))
	copy(where, s.where)
	for i, c := range cols {
		where = append(where, node{op: opEq, col: c, val: vals[i]})
	}
	s.where = where
	return s
}

// KeyIn returns s with the condition that the column is one of the values.
func (s Spec) KeyIn(col *schema.Column, vals []schema.Value) Spec {
	return s.KeyInEach(col, len(vals), func(i int) schema.Value { return vals[i] })
}

// KeyInEach returns s with the condition that the column is one of n values.
func (s Spec) KeyInEach(col *schema.Column, n int, at func(i int) schema.Value) Spec {
	v, err := schema.NewList(col.Kind, n, func(i int) (schema.Value, error) { return at(i), nil })
	return s.and(node{op: opIn, col: col, val: v, err: err})
}

// KeysIn returns s with the condition that the columns together are one of n keys, of which at gives the parts.
func (s Spec) KeysIn(cols []*schema.Column, n int, at func(i, part int) schema.Value) Spec {
	if len(cols) == 1 {
		return s.KeyInEach(cols[0], n, func(i int) schema.Value { return at(i, 0) })
	}
	kids := make([]node, len(cols))
	for part, c := range cols {
		v, err := schema.NewList(c.Kind, n, func(i int) (schema.Value, error) { return at(i, part), nil })
		kids[part] = node{op: opIn, col: c, val: v, err: err}
	}
	return s.and(node{op: opKeysIn, kids: kids})
}

// After returns s with the condition that a row's key comes after another key. Of several columns the first is bounded by itself as
// well, which an index can use.
func (s Spec) After(cols []*schema.Column, vals []schema.Value) Spec {
	if len(cols) > 1 {
		s = s.and(beyond(opGe, cols[:1], vals))
	}
	return s.and(beyond(opGt, cols, vals))
}

// UpTo returns s with the condition that a row's key is another key or comes before it.
func (s Spec) UpTo(cols []*schema.Column, vals []schema.Value) Spec {
	if len(cols) == 1 {
		return s.and(beyond(opLe, cols, vals))
	}
	after := beyond(opGt, cols, vals)
	return s.and(beyond(opLe, cols[:1], vals)).and(node{op: opNot, kids: []node{after}})
}

// beyond compares keys of several columns one after the other.
func beyond(o op, cols []*schema.Column, vals []schema.Value) node {
	first := node{op: o, col: cols[0], val: vals[0]}
	if len(cols) == 1 {
		return first
	}
	rest := node{op: opAnd, kids: []node{{op: opEq, col: cols[0], val: vals[0]}, beyond(o, cols[1:], vals[1:])}}
	return node{op: opOr, kids: []node{first, rest}}
}

func (s Spec) and(n node) Spec {
	where := make([]node, len(s.where), len(s.where)+1)
	copy(where, s.where)
	s.where = append(where, n)
	return s
}
