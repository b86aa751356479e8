package ast

import (
	"errors"
	"slices"

	"github.com/prom-go/prom/schema"
)

// Paging is an order, and a part of the rows in it.
type Paging struct {
	Orders []Order
	Take   int64 // of HasLimit: how many rows at most
	Skip   int64 // of HasOffset: how many rows are left out before them
	Flags  PageFlags
}

// PageFlags say which limits there are.
type PageFlags uint8

// The limits.
const (
	HasLimit  PageFlags = 1 << iota // Take
	HasOffset                       // Skip
)

// Limit returns s with at most n rows.
func (s Spec) Limit(n int) Spec {
	s = s.ownPage()
	s.Take, s.Flags = int64(n), s.Flags|HasLimit
	if n < 0 {
		s.fail(errors.New("a limit cannot be negative"))
	}
	return s
}

// AtMost returns s with at most n of its rows, which may have a limit already.
func (s Spec) AtMost(n int) Spec {
	if s.Flags&HasLimit == 0 || s.Take > int64(n) {
		s.Take, s.Flags = int64(n), s.Flags|HasLimit
	}
	return s
}

// Offset returns s without its first n rows.
func (s Spec) Offset(n int) Spec {
	s = s.ownPage()
	s.Skip, s.Flags = int64(n), s.Flags|HasOffset
	if n < 0 {
		s.fail(errors.New("an offset cannot be negative"))
	}
	return s
}

// Page returns s with the rows of page n, the first being 1, of size rows each.
func (s Spec) Page(n, size int) Spec {
	if n < 1 || size < 1 {
		s.fail(errors.New("a page's number and size must be at least 1"))
		return s
	}
	if int64(n-1) > (1<<63-1)/int64(size) {
		s.fail(errors.New("the page's number is too large"))
		return s
	}
	s = s.ownPage()
	s.Flags |= HasLimit | HasOffset
	s.Take, s.Skip = int64(size), int64(n-1)*int64(size)
	return s
}

// Limited returns the limit, if there is one.
func (s Spec) Limited() (n int, ok bool) { return int(s.Take), s.Flags&HasLimit != 0 }

// HasOffset reports whether s leaves rows out.
func (s Spec) HasOffset() bool { return s.Flags&HasOffset != 0 }

// Limits reports whether s has a limit or an offset.
func (s Spec) Limits() bool { return s.Flags != 0 }

// Unpaged returns s without limit and offset.
func (s Spec) Unpaged() Spec { s.Flags, s.Take, s.Skip = 0, 0, 0; return s }

// Tied returns s, when it has a page, with an order that leaves no rows equal: behind its own come the columns of the
// key.
func (s Spec) Tied(key []*schema.Column) Spec {
	if s.Flags == 0 {
		return s
	}
	return s.TotalOrder(key)
}

// TotalOrder returns s with the columns of a key behind its order, so that no rows are equal in it.
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
