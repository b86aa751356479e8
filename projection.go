package prom

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Projection is a query whose results are of type R: a single value, a pair, or a struct of the caller's own. [Pluck], [Pluck2],
// [Pluck3], [Select] and [Into] make projections of a query. Like a [Query] it never changes, and it can be a [Subquery] of others.
//
// When some of its columns are aggregates, the others say what the groups are: each result is one group. Conditions are
// on rows. The limit and offset of the query are of its rows, in its order, and those that are said of the projection
// are of its results. Functions of windows are about groups then. A condition on the result of one is put on the rows
// of [From].
type Projection[T, R any] struct {
	repo *Repo[T]
	spec query.Spec
	plan *scan.Plan // of R
	err  error
}

// newProjection makes a projection of spec, whose columns go to the given places.
func newProjection[T, R any](r *Repo[T], spec query.Spec, places []target) Projection[T, R] {
	plan, err := resultPlan[R](spec.Kinds(), places)
	return Projection[T, R]{repo: r, spec: spec, plan: plan, err: err}
}

// with returns p with another spec.
func (p Projection[T, R]) with(spec query.Spec) Projection[T, R] {
	p.spec = spec
	return p
}

// query is the query of p without what its results are.
func (p Projection[T, R]) query() *Query[T] { return &Query[T]{repo: p.repo, spec: p.spec} }

// Nested makes p a [Subquery].
func (p Projection[T, R]) Nested() query.Nested[R] {
	if p.err != nil {
		p.spec = p.spec.Fail(p.err)
	}
	return query.Nest[R](p.repo.owner(), p.repo.table, p.spec)
}

// target is where a column of a result goes.
type target struct {
	offset uintptr
	typ    reflect.Type
	name   string // of the field, for messages
}

// planKey tells plans of results apart: kinds are columns, which live as long as the program.
type planKey struct {
	model reflect.Type
	key   string
}

var resultPlans sync.Map // planKey → *scan.Plan

// resultPlan returns the plan that reads columns of the given kinds into an R.
func resultPlan[R any](kinds []*schema.Column, places []target) (*scan.Plan, error) {
	b := make([]byte, 0, 64)
	for i, k := range kinds {
		b = fmt.Appendf(b, "%p %d %p,", k, places[i].offset, places[i].typ)
	}
	key := planKey{reflect.TypeFor[R](), string(b)}
	if p, ok := resultPlans.Load(key); ok {
		return p.(*scan.Plan), nil
	}
	cols := make([]*schema.Column, len(kinds))
	for i, k := range kinds {
		c, err := scan.ColumnFor(places[i].typ, k)
		if err != nil {
			return nil, err
		}
		own := *c
		own.Offset, own.Name = places[i].offset, places[i].name
		if own.Field == "" || places[i].name != "" {
			own.Field = places[i].name
		}
		cols[i] = &own
	}
	p, err := scan.PlanOf(key.model, cols)
	if err != nil {
		return nil, err
	}
	known, _ := resultPlans.LoadOrStore(key, p)
	return known.(*scan.Plan), nil
}

// Pluck returns one value of each row. NULL is an error of a type that cannot hold it; see [OrNull].
func Pluck[T, V any](q *Query[T], t Term[T, V]) Projection[T, V] {
	return newProjection[T, V](q.repo, query.Project(q.spec, query.Any(t)), []target{{typ: reflect.TypeFor[V](), name: "value"}})
}

// Pair is two values of a row.
type Pair[A, B any] struct {
	A A
	B B
}

// Triple is three values of a row.
type Triple[A, B, C any] struct {
	A A
	B B
	C C
}

// Pluck2 returns two values of each row.
func Pluck2[T, A, B any](q *Query[T], a Term[T, A], b Term[T, B]) Projection[T, Pair[A, B]] {
	return Select(q, Col(func(r *Pair[A, B]) *A { return &r.A }, a), Col(func(r *Pair[A, B]) *B { return &r.B }, b))
}

// Pluck3 returns three values of each row.
func Pluck3[T, A, B, C any](q *Query[T], a Term[T, A], b Term[T, B], c Term[T, C]) Projection[T, Triple[A, B, C]] {
	return Select(q, Col(func(r *Triple[A, B, C]) *A { return &r.A }, a), Col(func(r *Triple[A, B, C]) *B { return &r.B }, b),
		Col(func(r *Triple[A, B, C]) *C { return &r.C }, c))
}

// Column says which term of a row of T goes into which field of R.
type Column[T, R any] struct {
	_    [0]*T
	_    [0]*R
	term query.AnyTerm[*T]
	to   target
	err  error
}

// Col puts a term into the field that the accessor points to, as in func(r *Row) *int { return &r.Views }.
func Col[T, R, V any](to func(*R) *V, t Term[T, V]) Column[T, R] {
	return column[T, R, V](to, query.Any(t))
}

// NullCol puts a term that may be NULL into a pointer; it is nil for NULL.
func NullCol[T, R, V any](to func(*R) **V, t Term[T, V]) Column[T, R] {
	return column[T, R, *V](to, query.Any(t))
}

func column[T, R, F any](to func(*R) *F, t query.AnyTerm[*T]) Column[T, R] {
	offset, name, err := scan.FieldAt(to)
	return Column[T, R]{term: t, to: target{offset, reflect.TypeFor[F](), name}, err: err}
}

// Select returns a struct of the caller's own for each row, whose fields are filled by the columns. The fields that no column goes to
// are zero.
func Select[T, R any](q *Query[T], cols ...Column[T, R]) Projection[T, R] {
	terms, places := make([]query.AnyTerm[*T], len(cols)), make([]target, len(cols))
	var err error
	if len(cols) == 0 {
		err = errors.New("a selection needs a column")
	}
	for i, c := range cols {
		terms[i], places[i] = c.term, c.to
		if c.err != nil {
			err = c.err
		}
	}
	p := newProjection[T, R](q.repo, query.Project(q.spec, terms...), places)
	if err != nil {
		p.err = err
	}
	return p
}

// Into returns a struct R for each row, whose columns, named as those of a model are, are columns of T of the same kind. A column of R that T
// does not have is an error when the query runs.
func Into[R, T any](q *Query[T]) Projection[T, R] {
	t, err := schema.Of(reflect.TypeFor[R]())
	if err != nil {
		return Projection[T, R]{repo: q.repo, spec: q.spec, err: err}
	}
	terms, places := make([]query.AnyTerm[*T], len(t.Columns)), make([]target, len(t.Columns))
	for i, c := range t.Columns {
		f, err := query.FieldByName[*T](q.repo.plan, c.Name)
		if err != nil {
			return Projection[T, R]{repo: q.repo, spec: q.spec, err: err}
		}
		terms[i], places[i] = f, target{c.Offset, c.Type, c.Field}
	}
	return newProjection[T, R](q.repo, query.Project(q.spec, terms...), places)
}

// Where adds conditions on the rows of T, before they are grouped.
func (p Projection[T, R]) Where(conds ...Cond[T]) Projection[T, R] {
	return p.with(query.Where(p.spec, conds))
}

// OrderBy adds terms to the order. Groups are ordered by what is selected, by aggregates, or by what they are grouped by.
func (p Projection[T, R]) OrderBy(orders ...Order[T]) Projection[T, R] {
	return p.with(query.OrderBy(p.spec, orders))
}

// Limit takes at most n results.
func (p Projection[T, R]) Limit(n int) Projection[T, R] { return p.with(p.spec.Limit(n)) }

// Offset leaves the first n results out.
func (p Projection[T, R]) Offset(n int) Projection[T, R] { return p.with(p.spec.Offset(n)) }

// Distinct takes equal results once.
func (p Projection[T, R]) Distinct() Projection[T, R] { return p.with(p.spec.Distinct()) }

// GroupBy tells groups apart by more terms than those that are selected.
func (p Projection[T, R]) GroupBy(terms ...AnyTerm[T]) Projection[T, R] {
	return p.with(query.GroupBy(p.spec, terms...))
}

// Having takes the groups for which all conditions hold.
func (p Projection[T, R]) Having(conds ...Cond[T]) Projection[T, R] {
	return p.with(query.Having(p.spec, conds))
}

// All returns the results.
func (p Projection[T, R]) All(ctx context.Context) ([]R, error) {
	to := &results[R]{loader: scan.NewLoader[R](p.plan)}
	err := p.run(ctx, to)
	return to.list, err
}

// One returns the first result, or ErrNotFound when there is none.
func (p Projection[T, R]) One(ctx context.Context) (R, error) {
	if n, ok := p.spec.Limited(); !ok || n > 1 {
		p = p.Limit(1)
	}
	list, err := p.All(ctx)
	var none R
	switch {
	case err != nil:
		return none, err
	case len(list) == 0:
		return none, p.repo.notFound("query")
	}
	return list[0], nil
}

// Count returns the number of results.
func (p Projection[T, R]) Count(ctx context.Context) (int, error) {
	if p.err != nil {
		return 0, errorOf("count", p.repo.table, p.err)
	}
	return p.query().Count(ctx)
}

// Has reports whether there is a result.
func (p Projection[T, R]) Has(ctx context.Context) (bool, error) {
	n, err := p.Limit(1).Count(ctx)
	return n > 0, err
}

// Stream ranges over the results as the database sends them; see [Query.Stream].
func (p Projection[T, R]) Stream(ctx context.Context) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		to := &results[R]{loader: scan.NewLoader[R](p.plan), yield: yield}
		if err := p.run(ctx, to); err != nil && !to.stopped {
			var none R
			yield(none, err)
		}
	}
}

// SQL returns the statement of All and its arguments without running it.
func (p Projection[T, R]) SQL() (sql string, args []any, err error) {
	if p.err != nil {
		return "", nil, errorOf("query", p.repo.table, p.err)
	}
	return p.query().SQL()
}

func (p Projection[T, R]) run(ctx context.Context, to *results[R]) error {
	if p.err != nil {
		return errorOf("query", p.repo.table, p.err)
	}
	b, err := p.repo.bind()
	if err != nil {
		return err
	}
	w := p.repo.take()
	defer p.repo.give(w)
	text, args, err := b.stmts.Select(w.args, p.spec)
	if err != nil {
		return errorOf("query", p.repo.table, err)
	}
	w.args = args
	w.setText("query", text)
	if to.yield != nil {
		var end context.CancelFunc
		ctx, end = to.start(ctx, b, &w.call)
		defer end()
	} else if to.hint = text.Rows(); to.hint == 0 {
		to.hint = firstList
	}
	if err := b.query(ctx, &w.call, to); err != nil {
		return err
	}
	if to.yield == nil {
		text.SawRows(len(to.list))
	}
	return nil
}

// results reads the results of a projection into a list, or hands them to a loop.
type results[R any] struct {
	loop
	loader scan.Loader[R]
	hint   int
	list   []R
	yield  func(R, error) bool // nil for a list
}

// ReadRows implements [conn.RowReader].
func (s *results[R]) ReadRows(rows conn.Rows) (err error) {
	s.loader.Reset()
	if s.yield == nil {
		s.list, err = s.loader.LoadAll(rows, min(s.hint, max(firstList, maxList/max(1, int(reflect.TypeFor[R]().Size())))))
		return err
	}
	ended := false
	defer s.left(&ended)
	for rows.Next() {
		var v R
		err := s.row()
		if err == nil {
			err = s.loader.Load(rows, &v)
		}
		if err != nil {
			ended = true
			return err
		}
		if err := s.lend(&ended); err != nil {
			return err
		}
		if err := s.over(s.yield(v, nil), &ended); err != nil {
			return err
		}
	}
	ended = true
	return nil
}

// Scalar returns one aggregate over the rows of a query, those of its page if it has one, nil when it is NULL: when
// there are no rows, but for counts.
func Scalar[T, V any](ctx context.Context, q *Query[T], t Term[T, V]) (*V, error) {
	return Pluck(q, OrNull(t)).One(ctx)
}
