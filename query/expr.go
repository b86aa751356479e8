package query

import (
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Term is a value of type V that each row of T has: a field of any family, a part of a date, or an [Expr]. Fields that may be NULL
// are terms of the type that they hold otherwise; what NULL does to a comparison or a result is SQL's rule.
type Term[T, V any] interface {
	term() value[T, V]
}

// Expr is a value of type V that is computed from a row of T, or from a group of rows when it is an aggregate. Functions of this
// package make expressions; they are immutable values. The zero Expr is of no use.
type Expr[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec // of V
	e *expr
}

// value is what a term is, an Expr without its methods: these are compiled for each type of value of which a program has an expression, and
// not for each of which it has a field.
type value[T, V any] struct {
	_ [0]func(*T)
	_ [0]func(*V)
	e *expr
}

func (x Expr[T, V]) term() value[T, V] { return value[T, V]{e: x.e} }

// exprOp is what an expression does.
type exprOp uint8

const (
	exprColumn    exprOp = iota
	exprValue            // a constant, an argument
	exprNull             // NULL
	exprInt              // a constant of the library's own, written into the text
	exprCall             // fn on args
	exprAggregate        // fn on args, at most one; conds filter its rows, win makes it one of a window
	exprCase             // args[i] when conds[i]; the last of args when none
	exprCond             // conds[0] as a boolean
	exprRaw
	exprQuery    // sub, a subquery
	exprVia      // args[0] in the row that path leads to
	exprOuter    // args[0] in the row of the query around
	exprExcluded // col of the row that could not be inserted
	exprFit      // args[0], made to fail when col cannot hold it, as col stores it
	exprStored   // args[0] as col stores it
	exprMoment   // args[0], a day or an instant, as the other one, that of like
)

// expr is an expression without its Go types. It is immutable.
type expr struct {
	op       exprOp
	part     dialect.DatePart // of exprColumn
	fn       dialect.Func
	distinct bool
	like     *schema.Column // whose kind the result has
	col      *schema.Column
	args     []*expr
	conds    []node
	val      schema.Value
	given    any // of exprValue: the value in Go, for when it stands beside another kind
	n        int // of exprInt
	raw      *rawSQL
	sub      *subselect
	path     []*schema.Column // references, the first one in the row itself
	win      *window
	err      error
}

// kindColumns stand for results that are no column, by their kind.
var kindColumns = func() (list [schema.JSON + 1]*schema.Column) {
	for k := range list {
		list[k] = &schema.Column{Kind: schema.Kind(k), Null: true}
	}
	return list
}()

// columnOf is the column of a field.
//
//go:noinline
func columnOf(c *scan.Codec) *expr { return columnExpr(c.Column(), dialect.NoPart) }

// columnExpr is a column, or a part of one.
func columnExpr(col *schema.Column, part dialect.DatePart) *expr {
	e := &expr{op: exprColumn, col: col, part: part, like: col}
	if part != dialect.NoPart {
		e.like = partColumn
	}
	return e
}

// typed makes an Expr of an untyped one, whose values are of type V.
func typed[T, V any](e *expr) Expr[T, V] {
	c, e := read[V](e)
	return Expr[T, V]{c: c, e: e}
}

// read returns the codec that reads an expression into a V, and the expression, which fails when there is none.
//
//go:noinline
func read[V any](e *expr) (*scan.Codec, *expr) {
	c, err := scan.CodecFor(reflect.TypeFor[V](), e.like)
	if err != nil && e.err == nil {
		failed := *e
		failed.err = err
		e = &failed
	}
	return c, e
}

// likeOf returns the column whose kind a Go type has by itself.
func likeOf[V any]() (*schema.Column, error) {
	c, err := scan.CodecFor(reflect.TypeFor[V](), nil)
	if err != nil {
		return kindColumns[schema.Null], err
	}
	return c.Column(), nil
}

func (f *PartField[T]) term() value[T, int] {
	return value[T, int]{e: columnExpr(f.c.Column(), f.part)}
}

// Val is a constant, for expressions of which a part is one.
func Val[T, V any](v V) Expr[T, V] {
	like, err := likeOf[V]()
	e := &expr{op: exprValue, like: like, given: v, err: err}
	x := typed[T, V](e)
	if err == nil {
		if e.val, e.err = scan.EncodeField(x.c, v); e.err == nil {
			e.err = x.c.Readable(e.val)
		}
	}
	return x
}

// beside returns a constant as one of the kind of a column, in which the values that it stands beside are: the text of a decimal, say, as a
// decimal. Other expressions stay as they are.
func beside[V any](e *expr, like *schema.Column) *expr {
	if e.op != exprValue || e.given == nil || e.like.Kind == like.Kind || e.err != nil {
		return e
	}
	c, err := scan.CodecFor(reflect.TypeFor[V](), like)
	if err != nil {
		return e
	}
	same := *e
	same.like = c.Column()
	same.val, same.err = scan.EncodeField(c, e.given.(V))
	return &same
}

// RawExpr is a value in SQL, with a question mark for each argument, or term of T, as in [Raw]. V says how it is read,
// and what it is compared with.
func RawExpr[T, V any](sql string, args ...any) Expr[T, V] {
	like, err := likeOf[V]()
	e := newRaw(like, sql, args, termOf[T])
	if err != nil {
		e.err = err
	}
	return typed[T, V](e)
}

// OrNull is the same value, read as nil when it is NULL.
func OrNull[T, V any](t Term[T, V]) Expr[T, *V] { return typed[T, *V](t.term().e) }

// If is the condition as a value: true or false, or NULL.
func (c Cond[T]) term() value[T, bool] {
	return value[T, bool]{e: &expr{op: exprCond, like: kindColumns[schema.Bool], conds: []node{chain(opAnd, []Cond[T]{c})}}}
}

// Eq is true when the expression equals v.
func (x Expr[T, V]) Eq(v V) Cond[T] { return Cond[T]{n: compareExpr(opEq, x.e, x.c, v)} }

// Ne is true when the expression is a value other than v. It is not true for NULL.
func (x Expr[T, V]) Ne(v V) Cond[T] { return Cond[T]{n: compareExpr(opNe, x.e, x.c, v)} }

// Gt is true when the expression is greater than v.
func (x Expr[T, V]) Gt(v V) Cond[T] { return Cond[T]{n: compareExpr(opGt, x.e, x.c, v)} }

// Gte is true when the expression is greater than v or equal.
func (x Expr[T, V]) Gte(v V) Cond[T] { return Cond[T]{n: compareExpr(opGe, x.e, x.c, v)} }

// Lt is true when the expression is less than v.
func (x Expr[T, V]) Lt(v V) Cond[T] { return Cond[T]{n: compareExpr(opLt, x.e, x.c, v)} }

// Lte is true when the expression is less than v or equal.
func (x Expr[T, V]) Lte(v V) Cond[T] { return Cond[T]{n: compareExpr(opLe, x.e, x.c, v)} }

// Between is true when the expression is from low to high, both included.
func (x Expr[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: exprRange(x.e, x.c, low, high)}
}

// In is true when the expression is one of the values; none matches nothing.
func (x Expr[T, V]) In(vs ...V) Cond[T] { return Cond[T]{n: exprWithin(opIn, x.e, x.c, vs)} }

// NotIn is true when the expression is none of the values; none matches every row.
func (x Expr[T, V]) NotIn(vs ...V) Cond[T] { return Cond[T]{n: exprWithin(opNotIn, x.e, x.c, vs)} }

// IsNull is true when the expression is NULL.
func (x Expr[T, V]) IsNull() Cond[T] { return Cond[T]{n: testExpr(opNull, x.e)} }

// NotNull is true when the expression is not NULL.
func (x Expr[T, V]) NotNull() Cond[T] { return Cond[T]{n: testExpr(opNotNull, x.e)} }

// Asc orders by the expression, the least first, NULLs last.
func (x Expr[T, V]) Asc() Order[T] { return Order[T]{o: orderByExpr(x.e, false)} }

// Desc orders by the expression, the greatest first, NULLs first.
func (x Expr[T, V]) Desc() Order[T] { return Order[T]{o: orderByExpr(x.e, true)} }

// Truth is the condition that a boolean is true.
func Truth[T any](t Term[T, bool]) Cond[T] {
	return Cond[T]{n: testExpr(opTruth, t.term().e)}
}

// firstErr returns the first error of an expression; it may be nil.
func (e *expr) firstErr() error {
	if e == nil {
		return nil
	}
	if e.err != nil {
		return e.err
	}
	if err := e.nestedErr(); err != nil {
		return err
	}
	for _, a := range e.args {
		if err := a.firstErr(); err != nil {
			return err
		}
	}
	if err := firstErr(e.conds); err != nil {
		return err
	}
	if e.win != nil {
		if err := e.win.firstErr(); err != nil {
			return err
		}
	}
	if e.sub != nil {
		return e.sub.spec.Err()
	}
	return nil
}

// joins reports whether an expression goes through a reference of the query that is depth levels further out.
func (e *expr) joins(depth int) bool {
	if e == nil {
		return false
	}
	switch e.op {
	case exprVia:
		if depth == 0 {
			return true
		}
	case exprOuter:
		depth--
	case exprQuery:
		return e.sub.spec.joins(depth + 1)
	}
	for _, a := range e.args {
		if a.joins(depth) {
			return true
		}
	}
	return nodesJoin(e.conds, depth) || e.win != nil && e.win.joins(depth)
}

func nodesJoin(nodes []node, depth int) bool {
	for i := range nodes {
		n := &nodes[i]
		if n.x.joins(depth) || n.rhs.joins(depth) || nodesJoin(n.kids, depth) {
			return true
		}
	}
	return false
}

// readsRows reports whether an expression reads rows of a table by a subquery; a reference is followed by one where
// there are no joins.
func (e *expr) readsRows() bool {
	return e.op == exprQuery || e.op == exprVia || e.op == exprRaw && strings.Contains(strings.ToLower(e.raw.text), "select")
}

// strict reports whether an expression is certainly NULL when all columns of its row are.
func (e *expr) strict() bool {
	switch e.op {
	case exprColumn, exprVia:
		return true
	case exprMoment:
		return e.args[0].strict()
	case exprCall:
		return e.fn != dialect.FuncCoalesce && slices.ContainsFunc(e.args, (*expr).strict)
	}
	return false
}

func (k shape) exprs(list []*expr) shape {
	k = k.int(len(list))
	for _, e := range list {
		k = k.expr(e)
	}
	return k
}

// expr is everything of an expression that its text depends on.
func (k shape) expr(e *expr) shape {
	k = append(k, byte(e.op), byte(e.part), byte(e.fn), bit(e.distinct)|bit(e.win != nil)<<1, byte(e.like.Kind), bit(e.like.NoCase)|bit(e.like.Folded)<<1)
	switch e.op {
	case exprColumn, exprExcluded:
		k = k.int(e.col.Ordinal)
	case exprInt:
		k = k.int(e.n + 1)
	case exprRaw:
		k = k.raw(e.raw)
	case exprQuery:
		k = k.subselect(e.sub)
	case exprVia:
		k = k.columns(e.path)
	}
	k = k.exprs(e.args).nodes(e.conds)
	if e.win != nil {
		k = k.exprs(e.win.partition).orders(e.win.orders).byte(byte(e.win.frame))
	}
	return k
}

// exprValues appends the arguments of an expression in the order in which they are written.
func exprValues(dst []schema.Value, d dialect.Dialect, e *expr) []schema.Value {
	switch e.op {
	case exprValue:
		return append(dst, e.val)
	case exprRaw:
		return e.raw.values(dst, d)
	case exprQuery:
		return e.sub.spec.values(dst, d)
	case exprCase:
		for i := range e.conds {
			dst = values(dst, d, e.conds[i:i+1])
			dst = exprValues(dst, d, e.args[i])
		}
		return exprValues(dst, d, e.args[len(e.conds)])
	}
	for _, a := range e.args {
		dst = exprValues(dst, d, a)
	}
	dst = values(dst, d, e.conds)
	if e.win != nil {
		for _, p := range e.win.partition {
			dst = exprValues(dst, d, p)
		}
		dst = orderValues(dst, d, e.win.orders)
	}
	return dst
}

func orderValues(dst []schema.Value, d dialect.Dialect, orders []orderTerm) []schema.Value {
	for i := range orders {
		if orders[i].x != nil {
			dst = exprValues(dst, d, orders[i].x)
		}
	}
	return dst
}

// constant reports whether an expression is the same for all rows by its form, so that it needs no group.
func (e *expr) constant() bool { return e.op == exprValue || e.op == exprNull || e.op == exprInt }
