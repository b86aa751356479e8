package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Tree says how a subquery walks the tree that a reference to the parent of a row makes of a table.
type Tree struct {
	Parent *Reference
	Walk   Walk
	Levels *Expr // how many levels at most; nil for all
}

// Walk is a way through a tree, and what is taken from it.
type Walk uint8

// The ways.
const (
	WalkDown Walk = iota // the keys of the rows below those of the query
	WalkUp               // or above them
	// how many levels the row of the query around is below the nearest of those rows, or below no row
	WalkDepth
	WalkPath // a term of each row on that way, from the top
)

// maxLevels is how many levels a walk may be limited to: in a circle it goes on until there.
const maxLevels = 10_000

// Below is the condition that a row is below those for which conditions hold, or above them. Of levels that are not 0
// there are no more.
func Below(parent *Reference, conds []Cond, up bool, levels int) *Cond {
	t := &Tree{Parent: parent}
	if up {
		t.Walk = WalkUp
	}
	referred := parent.Referred(parent.own())
	keys := make([]*Expr, len(referred))
	for i, c := range referred {
		keys[i] = ColumnExpr(c, dialect.NoPart)
	}
	var err error
	if levels != 0 {
		t.Levels = &Expr{Op: ExprValue, Like: KindColumns[schema.Int64], Val: schema.IntValue(schema.Int64, int64(levels))}
		if levels < 0 || levels > maxLevels {
			err = errLevels
		}
	}
	sub := t.subquery(conds, keys)
	sub.Err = err
	if len(keys) == 1 {
		return &Cond{Op: OpIn, Col: referred[0], Right: sub}
	}
	n := &Cond{Op: OpRowIn, Kids: make([]Cond, len(keys)), Right: sub}
	for i, e := range keys {
		n.Kids[i] = Cond{Op: OpIn, Expr: e}
	}
	return n
}

var errLevels = errors.New("a tree is walked 1 level or more, and 10000 at most; " +
	"without a limit, it is by DescendantsOf or AncestorsOf")

// Depth is how many levels a row is below the nearest one above for which conditions hold, NULL when there is none; and
// without conditions how many rows are above it.
func Depth(parent *Reference, conds []Cond) *Expr {
	t := &Tree{Parent: parent, Walk: WalkDepth}
	return t.subquery(conds, []*Expr{{Op: ExprInt, Like: KindColumns[schema.Int64]}})
}

// Path is the list of a term of the rows from the nearest one above a row for which conditions hold, or from the top,
// to the row itself.
func Path(parent *Reference, term *Expr, conds []Cond) *Expr {
	t := &Tree{Parent: parent, Walk: WalkPath}
	x := t.subquery(conds, []*Expr{term})
	kind := term.Like.Kind
	switch {
	case kind.IsList() || kind == schema.JSON || kind == schema.Null:
		x.Err = errPathKind
	case term.Some((*Expr).ManyRows):
		x.Err = errPathMany
	default:
		x.Like = listColumns[kind]
	}
	return x
}

var (
	errPathKind = errors.New("a path is a list of single values, and not of lists or documents")
	errPathMany = errors.New("a path is a list of a term of each row: an aggregate or a window function is none")
)

// listColumns stand for lists that are no column, by the kind of their elements.
var listColumns = func() (list [schema.JSON + 1]*schema.Column) {
	for k := range list {
		list[k] = &schema.Column{Kind: schema.Kind(k).List(), Null: true}
	}
	return list
}()

// subquery returns the walk as an expression.
func (t *Tree) subquery(conds []Cond, cols []*Expr) *Expr {
	s := &Subquery{Table: t.Parent.own(), Related: true, Spec: Spec{Conds: conds}}
	s.Spec = s.Spec.With(func(m *More) { m.Cols, m.Tree = cols, t })
	return &Expr{Op: ExprQuery, Like: cols[0].Like, Sub: s}
}

// own returns the table of a reference to rows of the model itself.
func (r *Reference) own() *schema.Table {
	if r.Table != nil {
		return r.Table
	}
	return r.Columns[0].References.Target()
}

// values appends the arguments of the query in the order in which they are written.
func (t *Tree) values(dst []schema.Value, d dialect.Dialect, q *Spec) []schema.Value {
	if t.Levels != nil {
		dst = exprValues(dst, d, t.Levels)
	}
	dst = CondValues(dst, d, q.Conds)
	for _, e := range q.More.Cols {
		dst = exprValues(dst, d, e)
	}
	return dst
}
