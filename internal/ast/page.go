package ast

// HasOffset reports whether s leaves rows out.
func (s Spec) HasOffset() bool { return s.Flags&HasOffset != 0 }

// Paging is an order, and a part of the rows in it.
type Paging struct {
	Orders []Order
	Take   int64
	Skip   int64
	Flags  PageFlags
}

type PageFlags uint8

const (
	HasLimit PageFlags = 1 << iota
	HasOffset
)
