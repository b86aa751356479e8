package prom

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Projection is a query whose results are of type R: a single value, a pair, or a struct of the caller's own. They are
// values, where a [Query] returns pointers to rows. [Pluck], [Pluck2], [Pluck3], [Select] and [Into] make projections
// of a query. Like a [Query] it never changes, and it can be a [Subquery] of others.
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

func (p Projection[T, R]) subquery(*R) *ast.Subquery { return p.core.Nest() }

// project returns a projection of q with the spec of what it selects, which goes to the given places.
func project[R any](q *core.Query, spec ast.Spec, places []core.Target) core.Projection {
	scan.Know[R]()
	return q.Project(reflect.TypeFor[R](), spec, places)
}

// Pluck returns one value of each row. NULL is an error of a type that cannot hold it; see [OrNull].
func Pluck[T, V any](q *Query[T], t Term[*T, V]) Projection[T, V] {
	to := []core.Target{{Type: reflect.TypeFor[V](), Name: "value"}}
	return Projection[T, V]{core: project[V](&q.core, q.core.Spec().Project([]*ast.Expr{exprOf(t)}), to)}
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
func Pluck2[T, A, B any](q *Query[T], a Term[*T, A], b Term[*T, B]) Projection[T, Pair[A, B]] {
	to := new(Pair[A, B])
	cols := []Column[*T]{column(a, to, &to.A, "A"), column(b, to, &to.B, "B")}
	return selected[T, Pair[A, B]](q, cols)
}

// Pluck3 returns three values of each row.
func Pluck3[T, A, B, C any](q *Query[T], a Term[*T, A], b Term[*T, B], c Term[*T, C]) Projection[T, Triple[A, B, C]] {
	to := new(Triple[A, B, C])
	cols := []Column[*T]{column(a, to, &to.A, "A"), column(b, to, &to.B, "B"), column(c, to, &to.C, "C")}
	return selected[T, Triple[A, B, C]](q, cols)
}

// Column says which term of a row goes into which field of a result; [Col] and [NullCol] make it.
type Column[P any] struct {
	_    [0]func(P)
	core core.Column
}

// Col puts a term into a field of a result, of which the address in the prototype is given: &total.Count. The field may
// be one of a struct in the struct.
func Col[P, V any](to *V, t Term[P, V]) Column[P] { return columnTo[P](to, exprOf(t)) }

// NullCol puts a term that may be NULL into a pointer; it is nil for NULL.
func NullCol[P, V any](to **V, t Term[P, V]) Column[P] { return columnTo[P](to, exprOf(t)) }

func columnTo[P, F any](to *F, e *ast.Expr) Column[P] {
	return Column[P]{core: columnAtField(to, e, nil)}
}

func columnAtField[F any](to *F, e *ast.Expr, rows core.Relation) core.Column {
	typ := reflect.TypeFor[F]()
	offset, name, result, err := scan.Place{At: unsafe.Pointer(to), Type: typ}.Field()
	return core.Column{Term: e, Rows: rows, To: core.Target{Offset: offset, Type: typ, Name: name}, Result: result,
		Err: err}
}

// ToOne is a relation of P that leads to one row of R, or to none: a [RefField], a [NullRefField], what their methods
// With and Compute return, or a [CompositeRefField].
type ToOne[P, R any] interface {
	Relation[P]
	toOne(R)
}

// ToMany is a relation of P that leads to any number of rows of R: a [ManyField] or a [ManyToManyField].
type ToMany[P, R any] interface {
	Relation[P]
	toMany(R)
}

// RefCol puts the row that a reference leads to into a field of a result of [Select]: nil when there is none. All
// results take one statement more, as by With. The column of the reference is selected: results that are grouped or
// distinct are so by it as well.
//
//	totals := prom.Select(crews.Query(), total, prom.RefCol(&total.Captain, crewCaptain), prom.Col(&total.Hands, prom.Count(crew)))
func RefCol[P, R any](to **R, rel ToOne[P, *R]) Column[P] {
	return Column[P]{core: columnAtField(to, nil, rel.relation(*new(P)))}
}

// ManyCol puts the rows of a relation into a field of a result of [Select]; none are an empty slice. What is said of
// the relation, its conditions, order, limit, relations and computed fields, holds for each result. All results take
// one statement more, as by With. The key of the rows of P is selected, so that results cannot be groups of several.
//
//	prom.Select(posts.Query(), line, prom.Col(&line.Title, postTitle), prom.ManyCol(&line.Tags, postTags.OrderBy(tagName.Asc())))
func ManyCol[P, R any](to *[]R, rel ToMany[P, *R]) Column[P] {
	return Column[P]{core: columnAtField(to, nil, rel.relation(*new(P)))}
}

// column is what goes to a field of a value of R.
func column[T, R, V any](t Term[*T, V], r *R, field *V, name string) Column[*T] {
	offset := uintptr(unsafe.Pointer(field)) - uintptr(unsafe.Pointer(r))
	to := core.Target{Offset: offset, Type: reflect.TypeFor[V](), Name: name}
	return Column[*T]{core: core.Column{Term: exprOf(t), To: to, Result: reflect.TypeFor[R]()}}
}

// Select returns a struct of the caller's own for each row, whose fields are filled by the columns. Its prototype tells
// the struct; the fields that no column goes to are zero.
//
//	total := prom.Proto[Total]()
//	totals := prom.Select(crews.Query(), total, prom.Col(&total.Captain, crewCaptain), prom.Col(&total.Hands, prom.Count(crew)))
func Select[T, R any](q *Query[T], result *R, cols ...Column[*T]) Projection[T, R] {
	p := selected[T, R](q, cols)
	if !scan.IsProto(unsafe.Pointer(result)) {
		p.core = p.core.Fail(fmt.Errorf("the result of a selection is told by its prototype: give what prom.Proto[%s]() returns", reflect.TypeFor[R]().Name()))
	}
	return p
}

func selected[T, R any](q *Query[T], cols []Column[*T]) Projection[T, R] {
	scan.Know[R]()
	return Projection[T, R]{core: q.core.Select(reflect.TypeFor[R](), columnsAt(unsafe.Pointer(&cols)))}
}

// Into returns a struct R for each row, whose columns, named as those of a model are, are columns of T of the same
// kind. A column of R that T does not have is an error when the query runs.
func Into[R, T any](q *Query[T]) Projection[T, R] {
	terms, places, err := columnsInto(&q.core, reflect.TypeFor[R]())
	p := project[R](&q.core, q.core.Spec().Project(terms), places)
	if err != nil {
		p = p.Fail(err)
	}
	return Projection[T, R]{core: p}
}

// columnsInto returns the columns of a query by which a struct is filled, and their places there.
func columnsInto(q *core.Query, result reflect.Type) (terms []*ast.Expr, places []core.Target, err error) {
	t, err := schema.Of(result)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range t.Columns {
		f, err := ast.FieldByName(q.Repo().Plan(), c.Name)
		if err != nil {
			return nil, nil, err
		}
		terms, places = append(terms, ast.ColumnOf(f.Codec())), append(places,
			core.Target{Offset: c.Offset, Type: c.Type, Name: c.Field})
	}
	return terms, places, nil
}

// Where adds conditions on the rows of T, before they are grouped.
func (p Projection[T, R]) Where(conds ...Cond[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order. Groups are ordered by what is selected, by aggregates, or by what they are grouped
// by.
func (p Projection[T, R]) OrderBy(orders ...Order[*T]) Projection[T, R] {
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
func (p Projection[T, R]) GroupBy(terms ...AnyTerm[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().GroupBy(exprsOf(terms)))}
}

// Having takes the groups for which all conditions hold.
func (p Projection[T, R]) Having(conds ...Cond[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Having(condsAt(unsafe.Pointer(&conds)))}
}

// All returns the results.
func (p Projection[T, R]) All(ctx context.Context) ([]R, error) {
	list, err := p.core.All(ctx)
	return *(*[]R)(unsafe.Pointer(&list)), err
}

// First returns the first result, or ErrNotFound when there is none.
func (p Projection[T, R]) First(ctx context.Context) (R, error) {
	return valueOf[R](p.core.First(ctx))
}

// One returns the one result that there is. None is [ErrNotFound], and several are [ErrTooManyRows].
func (p Projection[T, R]) One(ctx context.Context) (R, error) { return valueOf[R](p.core.One(ctx)) }

// Count returns the number of results.
func (p Projection[T, R]) Count(ctx context.Context) (int, error) { return p.core.Count(ctx) }

// Exists reports whether there is a result.
func (p Projection[T, R]) Exists(ctx context.Context) (bool, error) { return p.core.Has(ctx) }

// Stream ranges over the results as the database sends them; see [Query.Stream].
func (p Projection[T, R]) Stream(ctx context.Context) iter.Seq2[R, error] {
	return valuesOf[R](p.core.Stream(ctx))
}

// SQL returns the statement of All and its arguments without running it.
func (p Projection[T, R]) SQL() (sql string, args []any, err error) { return p.core.SQL() }

// Page reads page n of the results, the first being 1; see [Query.Page]. The total is the number of results: of a
// projection whose results are groups, the number of groups.
func (p Projection[T, R]) Page(ctx context.Context, n, size int, options ...PageOption) (Page[R], error) {
	page, err := p.core.Page(ctx, n, size, wantsTotal(options))
	return pageOf[R](page), err
}

// PageAt is [Projection.Page] by limit and offset; see [Query.PageAt].
func (p Projection[T, R]) PageAt(ctx context.Context, limit, offset int, options ...PageOption) (Page[R], error) {
	page, err := p.core.PageAt(ctx, limit, offset, wantsTotal(options))
	return pageOf[R](page), err
}

// KeysetPage reads the page of size results to which a token leads, "" to the first one; see [Query.KeysetPage]. The
// order is that of the projection, by any terms, and behind it what tells results apart: the key of their rows, what
// groups are grouped by, or all columns of distinct results.
func (p Projection[T, R]) KeysetPage(ctx context.Context, token string, size int) (KeysetPage[R], error) {
	page, err := p.core.Keyset(ctx, token, size)
	return keysetPageOf[R](page), err
}

// Scalar returns one aggregate over the rows of a query, those of its page if it has one. But for counts, an aggregate
// over no rows is NULL, which is [ErrType] of a type that cannot hold it: [OrNull] reads it as nil, [OrValue] as
// another value.
//
//	pages, err := prom.Scalar(ctx, books.Query(), prom.OrValue(prom.Sum(bookPages), 0))
func Scalar[T, V any](ctx context.Context, q *Query[T], t Term[*T, V]) (V, error) {
	return Pluck(q, t).First(ctx)
}

// InsertSelect inserts a row of D for each row of a query, in one statement, and returns how many they were. Columns of
// D that nothing is mapped to have what a new row has: their times, version and default, NULL, or the key that the
// database makes. One that needs a value and has none of these is an error before any SQL. Rules that hold in Go alone
// are not checked, since the values do not come there.
func InsertSelect[D, S any](ctx context.Context, to *Repo[D], from *Query[S], maps ...Mapping[*D, *S]) (int, error) {
	return to.core.Copy(ctx, &from.core, mappingsAt(unsafe.Pointer(&maps)))
}

// Mapping says which term of a row of S [InsertSelect] puts into which field of D; [To] makes it.
type Mapping[D, S any] struct {
	_ [0]func(*D)
	_ [0]func(*S)
	m ast.Mapping
}

// To maps a term of the rows of S to a column of D.
func To[D, S, V any](field interface {
	Term[*D, V]
	Column() *schema.Column
}, t Term[*S, V]) Mapping[*D, *S] {
	return Mapping[*D, *S]{m: ast.Mapping{Col: field.Column(), Term: exprOf(t)}}
}
