package prom

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Projection is a query whose results are of type R: a single value, a pair, or a struct of the caller's own. [Pluck],
// [Pluck2], [Pluck3], [Select] and [Into] make projections of a query. Like a [Query] it never changes, and it can be a
// [Subquery] of others.
//
// When some of its columns are aggregates, the others say what the groups are: each result is one group. Conditions are
// on rows. The limit and offset of the query are of its rows, in its order, and those that are said of the projection
// are of its results. Functions of windows are about groups then. A condition on the result of one is put on the rows
// of [From].
type Projection[T, R any] struct {
	_    [0]func(*T)
	_    [0]func(*R)
	core core.Projection
}

// Nested makes p a [Subquery].
func (p Projection[T, R]) Nested() query.Nested[R] { return query.Nest[R](p.core.Nest()) }

// project returns a projection of q with the spec of what it selects, which goes to the given places.
func project[R any](q *core.Query, spec ast.Spec, places []core.Target) core.Projection {
	scan.Know[R]()
	return q.Project(reflect.TypeFor[R](), spec, places)
}

// Pluck returns one value of each row. NULL is an error of a type that cannot hold it; see [OrNull].
func Pluck[T, V any](q *Query[T], t Term[T, V]) Projection[T, V] {
	to := []core.Target{{Type: reflect.TypeFor[V](), Name: "value"}}
	return Projection[T, V]{core: project[V](&q.core, query.Project(q.core.Spec(), query.Any(t)), to)}
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
	_    [0]func(*T)
	_    [0]func(*R)
	term query.AnyTerm[*T]
	to   core.Target
	err  error
}

// Col puts a term into the field that the accessor points to, as in func(r *Row) *int { return &r.Views }.
func Col[T, R, V any](to func(*R) *V, t Term[T, V]) Column[T, R] {
	return columnOf[T, R, V](to, query.Any(t))
}

// NullCol puts a term that may be NULL into a pointer; it is nil for NULL.
func NullCol[T, R, V any](to func(*R) **V, t Term[T, V]) Column[T, R] {
	return columnOf[T, R, *V](to, query.Any(t))
}

func columnOf[T, R, F any](to func(*R) *F, t query.AnyTerm[*T]) Column[T, R] {
	offset, name, err := scan.At[R, F, F](to).Field()
	return Column[T, R]{term: t, to: core.Target{Offset: offset, Type: reflect.TypeFor[F](), Name: name}, err: err}
}

// Select returns a struct of the caller's own for each row, whose fields are filled by the columns. The fields that no
// column goes to are zero.
func Select[T, R any](q *Query[T], cols ...Column[T, R]) Projection[T, R] {
	terms, places := make([]query.AnyTerm[*T], len(cols)), make([]core.Target, len(cols))
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
	p := project[R](&q.core, query.Project(q.core.Spec(), terms...), places)
	if err != nil {
		p = p.Fail(err)
	}
	return Projection[T, R]{core: p}
}

// Into returns a struct R for each row, whose columns, named as those of a model are, are columns of T of the same
// kind. A column of R that T does not have is an error when the query runs.
func Into[R, T any](q *Query[T]) Projection[T, R] {
	terms, places, err := columnsInto[*T](&q.core, reflect.TypeFor[R]())
	p := project[R](&q.core, query.Project(q.core.Spec(), terms...), places)
	if err != nil {
		p = p.Fail(err)
	}
	return Projection[T, R]{core: p}
}

// columnsInto returns the columns of a query by which a struct is filled, and their places there.
func columnsInto[P any](q *core.Query, result reflect.Type) (terms []query.AnyTerm[P], places []core.Target, err error) {
	t, err := schema.Of(result)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range t.Columns {
		f, err := query.FieldByName[P](q.Repo().Plan(), c.Name)
		if err != nil {
			return nil, nil, err
		}
		terms, places = append(terms, f), append(places, core.Target{Offset: c.Offset, Type: c.Type, Name: c.Field})
	}
	return terms, places, nil
}

// Where adds conditions on the rows of T, before they are grouped.
func (p Projection[T, R]) Where(conds ...Cond[T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order. Groups are ordered by what is selected, by aggregates, or by what they are grouped
// by.
func (p Projection[T, R]) OrderBy(orders ...Order[T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit takes at most n results.
func (p Projection[T, R]) Limit(n int) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Limit(n))}
}

// Offset leaves the first n results out.
func (p Projection[T, R]) Offset(n int) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Offset(n))}
}

// Distinct takes equal results once.
func (p Projection[T, R]) Distinct() Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Distinct())}
}

// GroupBy tells groups apart by more terms than those that are selected.
func (p Projection[T, R]) GroupBy(terms ...AnyTerm[T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(query.GroupBy(p.core.Spec(), terms...))}
}

// Having takes the groups for which all conditions hold.
func (p Projection[T, R]) Having(conds ...Cond[T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Having(condsAt(unsafe.Pointer(&conds)))}
}

// All returns the results.
func (p Projection[T, R]) All(ctx context.Context) ([]R, error) {
	list, err := p.core.All(ctx)
	return *(*[]R)(unsafe.Pointer(&list)), err
}

// One returns the first result, or ErrNotFound when there is none.
func (p Projection[T, R]) One(ctx context.Context) (R, error) { return valueOf[R](p.core.One(ctx)) }

// Count returns the number of results.
func (p Projection[T, R]) Count(ctx context.Context) (int, error) { return p.core.Count(ctx) }

// Has reports whether there is a result.
func (p Projection[T, R]) Has(ctx context.Context) (bool, error) { return p.core.Has(ctx) }

// Stream ranges over the results as the database sends them; see [Query.Stream].
func (p Projection[T, R]) Stream(ctx context.Context) iter.Seq2[R, error] {
	return valuesOf[R](p.core.Stream(ctx))
}

// SQL returns the statement of All and its arguments without running it.
func (p Projection[T, R]) SQL() (sql string, args []any, err error) { return p.core.SQL() }

// Scalar returns one aggregate over the rows of a query, those of its page if it has one, nil when it is NULL: when
// there are no rows, but for counts.
func Scalar[T, V any](ctx context.Context, q *Query[T], t Term[T, V]) (*V, error) {
	return Pluck(q, OrNull(t)).One(ctx)
}

// Mapping says which term of a row of S [Copy] puts into which field of D; [To] makes it.
type Mapping[D, S any] = query.Mapping[*D, *S]

// To maps a term of the rows of S to a field of D.
func To[D, S, V any](field interface {
	Term[D, V]
	Columner
}, t Term[S, V]) Mapping[D, S] {
	return query.To(field, t)
}

// Copy inserts a row of D for each row of a query, in one statement, and returns how many they were. Columns of D that
// nothing is mapped to have what a new row has: their times, version and default, NULL, or the key that the database
// makes. One that needs a value and has none of these is an error before any SQL. Rules that hold in Go alone are not
// checked, since the values do not come there.
func Copy[D, S any](ctx context.Context, to *Repo[D], from *Query[S], maps ...Mapping[D, S]) (int, error) {
	return to.core.Copy(ctx, &from.core, mappingsAt(unsafe.Pointer(&maps)))
}
