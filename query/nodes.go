package query

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// The functions of this file make the nodes of conditions, orders and assignments for the methods of fields. A field is a generic type,
// and each of its methods is compiled once for each model and type of value, with wrappers for each family that embeds it, whether it
// is used or not. So the methods are one call and return one pointer, and what they do is here, kept from being inlined.

// compare makes the node of a comparison with one value.
//
//go:noinline
func compare[V any](o op, c *scan.Codec, v V) *node {
	val, err := scan.Encode(c, v)
	return &node{op: o, col: c.Column(), val: val, err: err}
}

// within makes the node of opIn or opNotIn.
//
//go:noinline
func within[V any](o op, c *scan.Codec, vs []V) *node {
	val, err := schema.NewList(c.Column().Kind, len(vs), func(i int) (schema.Value, error) { return scan.Encode(c, vs[i]) })
	return &node{op: o, col: c.Column(), val: val, err: err}
}

// range makes the node of a value between two.
//
//go:noinline
func inRange[V any](c *scan.Codec, low, high V) *node {
	return both(compare(opGe, c, low), compare(opLe, c, high))
}

// both joins two nodes by AND.
func both(a, b *node) *node { return &node{op: opAnd, kids: []node{*a, *b}} }

// test makes the node of opNull or opNotNull.
//
//go:noinline
func test(o op, c *scan.Codec) *node { return &node{op: o, col: c.Column()} }

// same makes the node of an equality that knows NULL: opSame or opNotSame.
//
//go:noinline
func same[V any](o op, c *scan.Codec, v *V) *node {
	switch {
	case v != nil:
		return compare(o, c, *v)
	case o == opSame:
		return test(opNull, c)
	}
	return test(opNotNull, c)
}

// matching makes the node of a text that matches another.
//
//go:noinline
func matching(c *scan.Codec, m dialect.Match, s string, fold, not bool) *node {
	return &node{op: opMatch, col: c.Column(), match: m, fold: fold, not: not, val: schema.TextValue(schema.Text, s), err: checkText(s)}
}

// comparePart makes the node of a comparison of a part of a date.
//
//go:noinline
func comparePart(o op, c *scan.Codec, part dialect.DatePart, v int) *node {
	return &node{op: o, col: c.Column(), part: part, val: schema.IntValue(schema.Int64, int64(v))}
}

// partWithin makes the node of opIn or opNotIn of a part of a date.
//
//go:noinline
func partWithin(o op, c *scan.Codec, part dialect.DatePart, vs []int) *node {
	val, err := schema.NewList(schema.Int64, len(vs), func(i int) (schema.Value, error) {
		return schema.IntValue(schema.Int64, int64(vs[i])), nil
	})
	return &node{op: o, col: c.Column(), part: part, val: val, err: err}
}

// compareExpr makes the node of a comparison of an expression with a value of the codec's type.
//
//go:noinline
func compareExpr[V any](o op, e *expr, c *scan.Codec, v V) *node {
	val, err := operand(e, c, v)
	n := &node{op: o, x: e, val: val, err: err}
	if err == nil && val.IsNull() { // a nil pointer
		switch o {
		case opEq:
			n.op = opNull
		case opNe:
			n.op = opNotNull
		default:
			n.err = errNullOrder
		}
	}
	return n
}

var errNullOrder = errors.New("nothing is greater or less than NULL")

// operand encodes a value that an expression is compared with.
func operand[V any](e *expr, c *scan.Codec, v V) (schema.Value, error) {
	if c == nil {
		return schema.Value{}, e.err
	}
	return scan.EncodeField(c, v)
}

// exprWithin makes the node of opIn or opNotIn of an expression.
//
//go:noinline
func exprWithin[V any](o op, e *expr, c *scan.Codec, vs []V) *node {
	val, err := schema.NewList(e.like.Kind, len(vs), func(i int) (schema.Value, error) { return operand(e, c, vs[i]) })
	return &node{op: o, x: e, val: val, err: err}
}

// exprRange makes the node of an expression between two values.
//
//go:noinline
func exprRange[V any](e *expr, c *scan.Codec, low, high V) *node {
	return both(compareExpr(opGe, e, c, low), compareExpr(opLe, e, c, high))
}

// testExpr makes the node of a condition on an expression alone.
//
//go:noinline
func testExpr(o op, e *expr) *node { return &node{op: o, x: e} }

// orderBy makes a term of an order.
//
//go:noinline
func orderBy(c *scan.Codec, part dialect.DatePart, desc bool) *orderTerm {
	return &orderTerm{col: c.Column(), part: part, desc: desc}
}

//go:noinline
func orderByExpr(e *expr, desc bool) *orderTerm { return &orderTerm{x: e, col: e.like, desc: desc} }

// assign makes an assignment of a value, or of what is computed with it.
//
//go:noinline
func assign[V any](c *scan.Codec, kind assignKind, v V) *assignment {
	val, err := scan.Encode(c, v)
	if err == nil && kind == assignSet {
		err = c.Check(val)
	}
	return &assignment{col: c.Column(), kind: kind, val: val, err: err}
}

//go:noinline
func assignNull(c *scan.Codec) *assignment { return &assignment{col: c.Column(), kind: assignSet} }

//go:noinline
func assignTerm(c *scan.Codec, e *expr) *assignment {
	a := &assignment{col: c.Column(), kind: assignExpr, x: moment(e, c.Column().Kind)}
	if e = a.x; e.op == exprValue && e.err == nil && e.like.Kind == a.col.Kind {
		a.err = c.Check(e.val)
	}
	return a
}
