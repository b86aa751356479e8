package ast

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"sync"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// withList makes the call of a function on a list and another. The slice in the field is one of the same form as es.
//
//go:noinline
func withList[E any](fn dialect.Func, c *scan.Codec, like *schema.Column, es []E) *Expr {
	col := c.Column()
	val, err := scan.Encode(c, es)
	other := &Expr{Op: ExprValue, Like: col, Val: val, Err: err}
	if fn == dialect.FuncListAppend && err == nil && len(es) > 0 {
		other.Err = c.Check(val)
	}
	return Call(fn, like, ColumnExpr(col, dialect.NoPart), other)
}

// CompareList makes the comparison of a list with another.
//
//go:noinline
func CompareList[E any](fn dialect.Func, c *scan.Codec, es []E) *Cond {
	return TestExpr(OpTruth, withList(fn, c, KindColumns[schema.Bool], es))
}

// AssignList makes an assignment of a list that is changed by another.
//
//go:noinline
func AssignList[E any](fn dialect.Func, c *scan.Codec, es []E) *Assign {
	return AssignTerm(new(Assign), c, withList(fn, c, c.Column(), es))
}

// ListLen is the number of a list's elements.
//
//go:noinline
func ListLen(c *scan.Codec) *Expr {
	return Call(dialect.FuncListLen, KindColumns[schema.Int64], ColumnExpr(c.Column(), dialect.NoPart))
}

// ListAt is the element of a list at an index, from the end when that is negative.
//
//go:noinline
func ListAt(list *Expr, index int) *Expr {
	if index < 0 {
		return Call(dialect.FuncListFromEnd, elemLike(list.Like), list, Int32Arg(-max(index, -math.MaxInt32)))
	}
	return Call(dialect.FuncListAt, elemLike(list.Like), list, Int32Arg(min(index, math.MaxInt32-1)))
}

// ListSlice is the part of a list between two indexes.
//
//go:noinline
func ListSlice(list *Expr, from, to int) *Expr {
	clip := func(i int) *Expr { return Int32Arg(max(min(i, math.MaxInt32-1), -math.MaxInt32)) }
	return Call(dialect.FuncListSlice, list.Like, list, clip(from), clip(to))
}

// ListIndex is the index of an element in a list.
//
//go:noinline
func ListIndex[E any](list *Expr, e E) *Expr {
	one := &Expr{Op: ExprValue, Like: list.Like}
	c, err := scan.CodecFor(reflect.TypeFor[[]E](), list.Like)
	if err == nil {
		one.Val, err = scan.Encode(c, []E{e})
	}
	one.Err = err
	return Call(dialect.FuncListIndex, KindColumns[schema.Int64], list, one)
}

// ListConcat is two lists, one behind the other, of which a constant is of the kind that the other has.
//
//go:noinline
func ListConcat[E any](a, b *Expr) *Expr {
	like := a.Like
	if a.Op == ExprValue {
		like = b.Like
	}
	return Call(dialect.FuncListConcat, like, Beside[[]E](a, like), Beside[[]E](b, like))
}

// Unnest is each element of a list.
//
//go:noinline
func Unnest(list *Expr) *Expr {
	e := &Expr{Op: ExprUnnest, Like: elemLike(list.Like), Args: []*Expr{list}}
	if !list.IsColumn() {
		e.Err = errors.New("Unnest needs a column: select the list with Select, and unnest its field in the rows of From")
	}
	return e
}

var errUnnest = errors.New("Unnest must be selected by Pluck or Select, and cannot stand in Where: " +
	"put conditions on elements on the rows of From, or use Has of the field")

// Unnests reports whether an expression is one of each element of a list itself.
func (e *Expr) Unnests() bool { return e.Op == ExprUnnest }

// ofRows reports whether an expression itself is of more rows than one, or makes more of one.
func (e *Expr) ofRows() bool { return e.ManyRows() || e.Unnests() }

// Unnests reports whether a row of the query has a result for each element of a list.
func (m *More) Unnests() bool {
	return slices.ContainsFunc(m.Cols, func(e *Expr) bool { return e.Some((*Expr).Unnests) })
}

// unnestErr returns an error when the query would have a row once for each element where only rows are asked for, its
// conditions apart.
func (s *Spec) unnestErr() error {
	m := s.Extra()
	if m.Rows != nil && someOrdered(m.Rows.Orders, (*Expr).Unnests) ||
		slices.ContainsFunc(m.Computed, func(c Computed) bool { return c.Expr.Some((*Expr).Unnests) }) {
		return errUnnest
	}
	if !m.Unnests() && (someOrdered(s.Orders, (*Expr).Unnests) || someOf(m.Having, (*Expr).Unnests) ||
		slices.ContainsFunc(m.Groups, func(e *Expr) bool { return e.Some((*Expr).Unnests) })) {
		return errUnnest
	}
	return nil
}

// These are the columns that stand for elements, by those of their lists, and for lists, by those of their elements.
// Both are columns of models, or stand for others themselves, so that there are no more with time.
var elemLikes, listLikes sync.Map // *schema.Column → *schema.Column

// elemLike returns a column that holds an element of a list.
func elemLike(c *schema.Column) *schema.Column {
	if e, ok := elemLikes.Load(c); ok {
		return e.(*schema.Column)
	}
	elem := &schema.Column{Kind: c.Kind.Elem(), Precision: c.Precision, Scale: c.Scale, Codec: c.Codec, Null: true}
	if c.Type != nil {
		elem.Type = schema.Unwrap(c.Type).Elem()
	}
	e, _ := elemLikes.LoadOrStore(c, elem)
	return e.(*schema.Column)
}

// listLike returns a column that holds lists of what another one holds.
func listLike(c *schema.Column) *schema.Column {
	if l, ok := listLikes.Load(c); ok {
		return l.(*schema.Column)
	}
	list := &schema.Column{Kind: c.Kind.List(), Precision: c.Precision, Scale: c.Scale, Codec: c.Codec, Null: true}
	l, _ := listLikes.LoadOrStore(c, list)
	return l.(*schema.Column)
}
