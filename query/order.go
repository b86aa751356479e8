package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Order is one term of an order of rows of T. The zero value orders by nothing.
type Order[T any] struct {
	_ [0]*T
	o orderTerm
}

type orderTerm struct {
	col  *schema.Column
	part dialect.DatePart
	desc bool
	err  error
}

// Assign is the assignment of a new value to a column of T. The zero value assigns nothing.
type Assign[T any] struct {
	_ [0]*T
	a assignment
}

type assignKind uint8

const (
	assignSet assignKind = iota
	assignAdd
	assignSub
)

type assignment struct {
	col  *schema.Column
	kind assignKind
	val  schema.Value
	err  error
}

func assign[T, V any](c *scan.Codec, kind assignKind, v V) Assign[T] {
	val, err := scan.Encode(c, v)
	if err == nil && kind == assignSet {
		err = c.Check(val)
	}
	return Assign[T]{a: assignment{col: c.Column(), kind: kind, val: val, err: err}}
}
