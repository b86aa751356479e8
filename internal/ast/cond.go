package ast

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Op is what a node does.
type Op uint8

const (
	OpTrue Op = iota // the zero condition
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpSame    // NULL-safe equality
	OpNotSame // and its negation
	OpIn
	OpNotIn
	OpNull
	OpNotNull
	OpMatch
	OpAnd
	OpOr
	OpNot
	OpKeysIn // the columns of kids together are one of the keys whose parts are their lists
	OpExists // the subquery of the left side has a row
	OpTruth  // the left side, a boolean, is true
)

// Cond is a condition without its model's type.
type Cond struct {
	Op    Op
	Not   bool // of opMatch
	Fold  bool // of opMatch
	Match dialect.Match
	Part  dialect.DatePart
	Col   *schema.Column
	Val   schema.Value // the operand; the list of opIn
	Kids  []Cond       // of opAnd, opOr and opNot
	Expr  *Expr        // the left side in place of col
	Right *Expr        // the right side in place of val
	Err   error        // why the condition cannot be used
}

// Like returns the column that tells the kind of the left side.
func (n *Cond) Like() *schema.Column {
	switch {
	case n.Expr != nil:
		return n.Expr.Like
	case n.Part != dialect.NoPart:
		return partColumn
	}
	return n.Col
}

// trivial reports whether a node is true for every row by its form.
func (n *Cond) trivial() bool {
	if n.Op == OpAnd {
		for i := range n.Kids {
			if !n.Kids[i].trivial() {
				return false
			}
		}
		return true
	}
	return n.Op == OpTrue
}

// firstErr returns the first error among the nodes.
func firstErr(nodes []Cond) error {
	for i := range nodes {
		n := &nodes[i]
		if n.Err != nil {
			return n.Err
		}
		if err := firstErr(n.Kids); err != nil {
			return err
		}
		if err := n.Expr.FirstErr(); err != nil {
			return err
		}
		if err := n.Right.FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func (n *Cond) Some(f func(*Expr) bool) bool {
	return n.Expr != nil && n.Expr.Some(f) || n.Right != nil && n.Right.Some(f) || someOf(n.Kids, f)
}

// The functions of this file make the nodes of conditions, orders and assignments for the methods of fields. A field is a generic type,
// and each of its methods is compiled once for each model and type of value, with wrappers for each family that embeds it, whether it
// is used or not. So the methods are one call and return one pointer, and what they do is here, kept from being inlined.

// Compare makes the node of a comparison with one value.
//
//go:noinline
func Compare[V any](o Op, c *scan.Codec, v V) *Cond {
	val, err := scan.Encode(c, v)
	return &Cond{Op: o, Col: c.Column(), Val: val, Err: err}
}

// In makes the node of opIn or opNotIn.
//
//go:noinline
func In[V any](o Op, c *scan.Codec, vs []V) *Cond {
	val, err := schema.NewList(c.Column().Kind, len(vs), func(i int) (schema.Value, error) { return scan.Encode(c, vs[i]) })
	return &Cond{Op: o, Col: c.Column(), Val: val, Err: err}
}

// range makes the node of a value between two.
//
//go:noinline
func InRange[V any](c *scan.Codec, low, high V) *Cond {
	return Both(Compare(OpGe, c, low), Compare(OpLe, c, high))
}

// Both joins two nodes by AND.
func Both(a, b *Cond) *Cond { return &Cond{Op: OpAnd, Kids: []Cond{*a, *b}} }

// Test makes the node of opNull or opNotNull.
//
//go:noinline
func Test(o Op, c *scan.Codec) *Cond { return &Cond{Op: o, Col: c.Column()} }

// Same makes the node of an equality that knows NULL: opSame or opNotSame.
//
//go:noinline
func Same[V any](o Op, c *scan.Codec, v *V) *Cond {
	switch {
	case v != nil:
		return Compare(o, c, *v)
	case o == OpSame:
		return Test(OpNull, c)
	}
	return Test(OpNotNull, c)
}

// Matches makes the node of a text that matches another.
//
//go:noinline
func Matches(c *scan.Codec, m dialect.Match, s string, fold, not bool) *Cond {
	return &Cond{Op: OpMatch, Col: c.Column(), Match: m, Fold: fold, Not: not, Val: schema.TextValue(schema.Text, s), Err: checkText(s)}
}

// ComparePart makes the node of a comparison of a part of a date.
//
//go:noinline
func ComparePart(o Op, c *scan.Codec, part dialect.DatePart, v int) *Cond {
	return &Cond{Op: o, Col: c.Column(), Part: part, Val: schema.IntValue(schema.Int64, int64(v))}
}

// PartIn makes the node of opIn or opNotIn of a part of a date.
//
//go:noinline
func PartIn(o Op, c *scan.Codec, part dialect.DatePart, vs []int) *Cond {
	val, err := schema.NewList(schema.Int64, len(vs), func(i int) (schema.Value, error) {
		return schema.IntValue(schema.Int64, int64(vs[i])), nil
	})
	return &Cond{Op: o, Col: c.Column(), Part: part, Val: val, Err: err}
}

// checkText refuses what no text column can hold.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return errors.New("a text argument must be valid UTF-8 without NUL")
	}
	return nil
}

func ExistsCond(s *Subquery, not bool) *Cond {
	return &Cond{Op: OpExists, Not: not, Expr: &Expr{Op: ExprQuery, Like: KindColumns[schema.Bool], Sub: s}}
}

// EscapeLike makes the special characters of a pattern ordinary ones.
func EscapeLike(s string) string {
	escaped := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		if s[i] == '%' || s[i] == '_' || s[i] == '\\' {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, s[i])
	}
	return string(escaped)
}
