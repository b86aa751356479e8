package query

import (
	"errors"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// subselect is a query inside a statement. Its columns are those of its spec; without them it selects the constant 1 for [Exists].
type subselect struct {
	table   *schema.Table
	related bool // table is the target of a reference: the outer table itself, whatever its name, when it is of the same model
	owner   *Owner
	spec    Spec
}

// Nested is a query to be put into another statement. Queries give it; it is opaque to everybody else.
type Nested[R any] struct {
	_ [0]func(*R)
	s *subselect
}

// Nest returns a query of an owner's table as one to be put into another statement.
func Nest[R any](owner *Owner, t *schema.Table, spec Spec) Nested[R] {
	return Nested[R]{s: &subselect{table: t, owner: owner, spec: spec}}
}

// Subquery is a query as part of another statement, with rows of type R.
type Subquery[R any] interface {
	Nested() Nested[R]
}

func (k shape) subselect(s *subselect) shape {
	k = k.pointer(s.table).pointer(s.owner)
	return k.spec(&s.spec)
}

// one returns the subquery when it has one column, whose kind its values have.
func (s *subselect) one() (*subselect, *schema.Column, error) {
	cols := s.spec.extra().cols
	if len(cols) != 1 {
		return s, kindColumns[schema.Null], errors.New("the subquery must have one column, as Pluck gives it")
	}
	return s, cols[0].like, nil
}

func scalar[R any](sub Subquery[R]) *expr { return sub.Nested().s.scalar() }

func (s *subselect) scalar() *expr {
	s, like, err := s.one()
	return &expr{op: exprQuery, like: like, sub: s, err: err}
}

// Sub is the value of a subquery with one row and one column; NULL when it has no row. More rows than one are an error of PostgreSQL, and
// SQLite takes the first: give the subquery a limit, or let it select an aggregate.
func Sub[T, V any](sub Subquery[V]) Expr[T, V] { return typed[T, V](scalar(sub)) }

// LinkedSub is [Sub] of a subquery about the rows of S that are linked to the row, so that each row has its own.
func LinkedSub[S, T, V any](sub Subquery[V], links ...Correlation[S, T]) Expr[T, V] {
	return typed[T, V](linked(sub, links).scalar())
}

//go:noinline
func inQuery[V any](o op, c *scan.Codec, sub Subquery[V]) *node {
	return inNode(o, c.Column(), nil, scalar(sub))
}

//go:noinline
func exprInQuery[V any](o op, e *expr, sub Subquery[V]) *node {
	return inNode(o, nil, e, scalar(sub))
}

// InQuery is true when the expression is one of the subquery's values.
func (x Expr[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: exprInQuery(opIn, x.e, sub)}
}

// NotInQuery is true when the expression is none of the subquery's values.
func (x Expr[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: exprInQuery(opNotIn, x.e, sub)}
}

// Correlation says which rows of S, of a subquery, belong to a row of T, of the query around it.
type Correlation[S, T any] struct {
	_ [0]func(*S)
	_ [0]func(*T)
	n node
}

// Match links rows in which two terms are equal.
func Match[S, T, V any](inner Term[S, V], outer Term[T, V]) Correlation[S, T] {
	return Correlation[S, T]{n: matchNode(inner.term().e, outer.term().e)}
}

func matchNode(inner, outer *expr) node {
	sides := moments(inner, &expr{op: exprOuter, like: outer.like, args: []*expr{outer}})
	return node{op: opEq, x: sides[0], rhs: sides[1]}
}

// Exists is true when the subquery has a row that is linked to the row. Without links it is the same for all rows.
func Exists[T, S, R any](sub Subquery[R], links ...Correlation[S, T]) Cond[T] {
	return Cond[T]{n: existsNode(linked(sub, links), false)}
}

func linked[S, T, R any](sub Subquery[R], links []Correlation[S, T]) *subselect {
	s := *sub.Nested().s
	for _, l := range links {
		s.spec = s.spec.and(l.n)
	}
	return &s
}

func existsNode(s *subselect, not bool) *node {
	return &node{op: opExists, not: not, x: &expr{op: exprQuery, like: kindColumns[schema.Bool], sub: s}}
}

// specMore is what few queries have.
type specMore struct {
	cols     []*expr          // what is selected; nil for the model's columns
	only     []*schema.Column // cols, when they are columns of the model
	names    []string         // of cols, when the query is the source of another
	given    page             // of the rows, when they are projected
	rows     *page            // given, when it is that of the rows which groups or distinct results are made of
	distinct bool
	groups   []*expr
	having   []node
	source   []member       // whose rows the query is about, in place of its table
	tree     *schema.Column // the reference to the parent, when the query is of the keys below its rows
	up       bool           // or above them
}

var noMore specMore

func (q *Spec) extra() *specMore {
	if q.more == nil {
		return &noMore
	}
	return q.more
}

// with returns q with a changed copy of what few queries have.
func (q Spec) with(change func(m *specMore)) Spec {
	m := *q.extra()
	change(&m)
	q.more = &m
	return q
}

// joins reports whether the query itself, or with a depth one around it, goes through a reference.
func (q *Spec) joins(depth int) bool {
	m := q.extra()
	if nodesJoin(q.where, depth) || ordersJoin(q.orders, depth) || m.rows != nil && ordersJoin(m.rows.orders, depth) {
		return true
	}
	for _, list := range [][]*expr{m.cols, m.groups} {
		for _, e := range list {
			if e.joins(depth) {
				return true
			}
		}
	}
	if nodesJoin(m.having, depth) {
		return true
	}
	for _, s := range m.source {
		if s.sub.spec.joins(depth + 1) {
			return true
		}
	}
	return false
}

func (k shape) spec(q *Spec) shape {
	k = k.byte(byte(q.limits)|byte(q.rows)<<4, bit(q.more != nil)|byte(q.lock)<<1|byte(q.wait)<<4)
	if m := q.more; m != nil {
		k = k.byte(bit(m.distinct), bit(m.cols == nil)).exprs(m.cols).exprs(m.groups).nodes(m.having).int(len(m.names)).byte(bit(m.tree != nil) | bit(m.up)<<1)
		if m.tree != nil {
			k = k.int(m.tree.Ordinal)
		}
		for _, name := range m.names {
			k = k.text(name)
		}
		// Whether two expressions are the same depends on their arguments, and the text on whether they are.
		for _, e := range m.groups {
			k = k.int(m.column(e))
		}
		for i := range q.orders {
			k = k.int(q.position(&q.orders[i]))
		}
		k = k.byte(bit(m.rows != nil))
		if m.rows != nil {
			k = k.byte(byte(m.rows.limits)).orders(m.rows.orders)
		}
		k = k.int(len(m.source))
		for _, s := range m.source {
			k = k.byte(byte(s.op)).subselect(s.sub)
		}
	}
	return k.nodes(q.where).orders(q.orders)
}

// values appends the arguments of a query in the order in which they are written.
func (q *Spec) values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	m := q.more
	if m == nil {
		return q.args(orderValues(values(dst, d, q.where), d, q.orders))
	}
	for _, s := range m.source {
		dst = s.sub.spec.values(dst, d)
	}
	for _, e := range m.cols {
		dst = exprValues(dst, d, e)
	}
	dst = values(dst, d, q.where)
	if m.rows != nil {
		dst = m.rows.args(orderValues(dst, d, m.rows.orders))
	}
	dst = values(dst, d, m.having) // what is grouped by has no arguments of its own
	for i := range q.orders {
		if o := &q.orders[i]; o.x != nil && q.position(o) == 0 && !m.single() {
			dst = exprValues(dst, d, o.x)
		}
	}
	return q.args(dst)
}

// position returns the number of the column that an order is by, from 1, where the order must be told by it: in a query of distinct or
// grouped rows. It is 0 elsewhere.
func (q *Spec) position(o *orderTerm) int {
	m := q.extra()
	if !m.distinct && !m.grouped() {
		return 0
	}
	return m.column(o.term())
}

// column returns the number of the column that is an expression, from 1, or 0.
func (m *specMore) column(x *expr) int {
	for i, e := range m.cols {
		if sameExpr(e, x) {
			return i + 1
		}
	}
	return 0
}

// sameExpr reports whether two expressions have the same text and the same arguments.
func sameExpr(a, b *expr) bool {
	if a == b {
		return true
	}
	if a.op != b.op || string(shape(nil).expr(a)) != string(shape(nil).expr(b)) {
		return false
	}
	x, y := exprValues(nil, nil, a), exprValues(nil, nil, b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !x[i].Equal(y[i]) {
			return false
		}
	}
	return true
}

func (m *specMore) firstErr() error {
	if m.rows != nil {
		if err := ordersErr(m.rows.orders); err != nil {
			return err
		}
	}
	for _, list := range [][]*expr{m.cols, m.groups} {
		for _, e := range list {
			if err := e.firstErr(); err != nil {
				return err
			}
		}
	}
	for _, s := range m.source {
		if err := s.sub.spec.Err(); err != nil {
			return err
		}
	}
	if err := firstErr(m.having); err != nil {
		return err
	}
	return m.groupErr()
}

// Project returns s with the given columns in place of the model's. The page that s has is of its rows, also when the
// results are groups of them; what is said of the page afterwards is about the results.
func Project[T any](s Spec, terms ...AnyTerm[T]) Spec { return s.project(exprsOf(terms)) }

// Only returns s with some columns of the model in place of all.
func (s Spec) Only(cols []*schema.Column) Spec {
	return s.with(func(m *specMore) {
		m.cols = make([]*expr, len(cols))
		for i, c := range cols {
			m.cols[i] = columnExpr(c, dialect.NoPart)
		}
		m.only = cols
	})
}

// Columns returns the columns that [Spec.Only] asked for, or nil.
func (s Spec) Columns() []*schema.Column { return s.extra().only }

// Kinds returns columns that tell the kinds of what is selected.
func (s Spec) Kinds() []*schema.Column {
	cols := s.extra().cols
	kinds := make([]*schema.Column, len(cols))
	for i, e := range cols {
		kinds[i] = e.like
	}
	return kinds
}

// Distinct returns s with equal rows taken once.
func (s Spec) Distinct() Spec { return s.with(func(m *specMore) { m.distinct = true }).ofPage() }

// GroupBy returns s with groups told apart by more than the columns that are no aggregates.
func GroupBy[T any](s Spec, terms ...AnyTerm[T]) Spec {
	return s.with(func(m *specMore) { m.groups = append(m.groups[:len(m.groups):len(m.groups)], exprsOf(terms)...) }).ofPage()
}

// Having returns s with the groups for which the conditions hold.
func Having[T any](s Spec, conds []Cond[T]) Spec {
	return s.with(func(m *specMore) {
		list := m.having[:len(m.having):len(m.having)]
		for _, c := range conds {
			list = append(list, c.nodes()...)
		}
		m.having = list
	}).ofPage()
}

// Named returns s with names for its columns, which are those of columns of t, so that it can be the source of another
// query.
func (s Spec) Named(names []string, t *schema.Table) Spec {
	return s.named(names).with(func(m *specMore) {
		m.cols = slices.Clone(m.cols)
		for i, e := range m.cols {
			m.cols[i] = moment(e, t.Column(names[i]).Kind)
		}
	})
}

func (s Spec) named(names []string) Spec { return s.with(func(m *specMore) { m.names = names }) }

// HasSource reports whether the query is about the rows of other queries.
func (s Spec) HasSource() bool { return len(s.extra().source) > 0 }
