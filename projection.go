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

// Projection is a query whose results have the type R: a single value, a pair, or a struct of your own. Results are
// values, whereas a [Query] returns pointers to rows. [Pluck], [Pluck2], [Pluck3], [Select] and [Into] make projections
// of a query. Like a [Query], a Projection never changes, and it may be a [Subquery] of other queries.
//
// If some of the columns are aggregates, the results are grouped by the others: each result is one group. Conditions
// apply to rows. The limit and offset of the query apply to its rows, in its order; the limit and offset of the
// projection apply to its results. In a grouped projection, window functions compute over groups. For conditions on the
// result of a window function, use the rows of [From].
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

// Pluck returns one value of each row. NULL is an error if the type cannot hold it; see [OrNull].
func Pluck[T, V any](q *Query[T], t Term[*T, V]) Projection[T, V] {
	to := []core.Target{{Type: reflect.TypeFor[V](), Name: "value"}}
	return Projection[T, V]{core: project[V](&q.core, q.core.Spec().Project([]*ast.Expr{exprOf(t)}), to)}
}

// Pair holds the values of two terms for one row, in the order of the terms; see [Pluck2] and [Row2].
type Pair[A, B any] struct {
	A A // the value of the first term
	B B // the value of the second term
}

// Triple holds the values of three terms for one row, in the order of the terms; see [Pluck3] and [Row3].
type Triple[A, B, C any] struct {
	A A // the value of the first term
	B B // the value of the second term
	C C // the value of the third term
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

// Column pairs a term of a row with the field of a result that it fills. [Col] and [NullCol] return columns.
type Column[P any] struct {
	_    [0]func(P)
	core core.Column
}

// Col fills a field of a result with the value of a term. The field is given by its address in the prototype:
// &total.Count. It may be a field of a nested struct.
func Col[P, V any](to *V, t Term[P, V]) Column[P] { return columnTo[P](to, exprOf(t)) }

// NullCol fills a pointer field of a result with the value of a term that may be NULL. NULL is nil.
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

// ToOne is a relation from P to at most one row of R: a [RefField], a [NullRefField], a [RelatedRow] (the result of
// their methods With and Compute), or a [CompositeRefField].
type ToOne[P, R any] interface {
	Relation[P]
	toOne(R)
}

// ToMany is a relation from P to any number of rows of R: a [ManyField] or a [ManyToManyField].
type ToMany[P, R any] interface {
	Relation[P]
	toMany(R)
}

// RefCol fills a field of a result of [Select] with the row that a reference refers to, or nil if there is none. It
// takes one more statement for all results, as With does. The column of the reference is selected too, so it is part of
// GROUP BY and DISTINCT.
//
//	totals := prom.Select(crews.Query(), total, prom.RefCol(&total.Captain, crewCaptain), prom.Col(&total.Hands, prom.Count(crew)))
func RefCol[P, R any](to **R, rel ToOne[P, *R]) Column[P] {
	return Column[P]{core: columnAtField(to, nil, rel.relation(*new(P)))}
}

// ManyCol fills a field of a result of [Select] with the rows of a relation; no rows are an empty slice. The
// conditions, order, limit, relations and computed fields of the relation apply to each result. ManyCol takes one more
// statement for all results, as With does. The key of the rows of P is selected too, so a result cannot be a group of
// several rows.
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

// Select returns a struct of your own for each row. The columns fill its fields; a field without a column is zero. The
// argument result is the prototype of the struct.
//
//	total := prom.Proto[Total]()
//	totals := prom.Select(crews.Query(), total, prom.Col(&total.Captain, crewCaptain), prom.Col(&total.Hands, prom.Count(crew)))
func Select[T, R any](q *Query[T], result *R, cols ...Column[*T]) Projection[T, R] {
	p := selected[T, R](q, cols)
	if !scan.IsProto(unsafe.Pointer(result)) {
		p.core = p.core.Fail(fmt.Errorf("the result of a selection needs its prototype: pass what prom.Proto[%s]() returns",
			reflect.TypeFor[R]().Name()))
	}
	return p
}

func selected[T, R any](q *Query[T], cols []Column[*T]) Projection[T, R] {
	scan.Know[R]()
	return Projection[T, R]{core: q.core.Select(reflect.TypeFor[R](), columnsAt(unsafe.Pointer(&cols)))}
}

// Into returns a struct R for each row. The columns of R, which have names by the same rules as those of a model, are
// columns of T of the same kind. A column of R that T does not have is an error when the query runs.
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

// Where adds conditions on the rows of T. They apply before the rows are grouped.
func (p Projection[T, R]) Where(conds ...Cond[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order of the results. Groups can be ordered by selected terms, by aggregates, and by the
// terms of GroupBy.
func (p Projection[T, R]) OrderBy(orders ...Order[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit limits the projection to at most n results.
func (p Projection[T, R]) Limit(n int) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Limit(n))}
}

// Offset skips the first n results.
func (p Projection[T, R]) Offset(n int) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Offset(n))}
}

// Distinct removes duplicate results.
func (p Projection[T, R]) Distinct() Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().Distinct())}
}

// GroupBy groups the rows by more terms than those that are selected.
func (p Projection[T, R]) GroupBy(terms ...AnyTerm[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.With(p.core.Spec().GroupBy(exprsOf(terms)))}
}

// Having selects the groups for which all conditions are true.
func (p Projection[T, R]) Having(conds ...Cond[*T]) Projection[T, R] {
	return Projection[T, R]{core: p.core.Having(condsAt(unsafe.Pointer(&conds)))}
}

// All returns the results.
func (p Projection[T, R]) All(ctx context.Context) ([]R, error) {
	list, err := p.core.All(ctx)
	return *(*[]R)(unsafe.Pointer(&list)), err
}

// First returns the first result. If there is none, the error is ErrNotFound.
func (p Projection[T, R]) First(ctx context.Context) (R, error) {
	return valueOf[R](p.core.First(ctx))
}

// One returns the only result. No result is [ErrNotFound], and several results are [ErrTooManyRows].
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

// Page reads page n of the results; the first page is 1. See [Query.Page]. The total is the number of results; if the
// results are groups, it is the number of groups.
func (p Projection[T, R]) Page(ctx context.Context, n, size int, options ...PageOption) (Page[R], error) {
	page, err := p.core.Page(ctx, n, size, wantsTotal(options))
	return pageOf[R](page), err
}

// PageAt is [Projection.Page] by limit and offset; see [Query.PageAt].
func (p Projection[T, R]) PageAt(ctx context.Context, limit, offset int, options ...PageOption) (Page[R], error) {
	page, err := p.core.PageAt(ctx, limit, offset, wantsTotal(options))
	return pageOf[R](page), err
}

// KeysetPage reads size results of the page of a token; "" is the first page. See [Query.KeysetPage]. The order is that
// of the projection, by any terms, followed by the columns that make it unique: the primary key of the rows, the terms
// that the rows are grouped by, or all columns of distinct results.
func (p Projection[T, R]) KeysetPage(ctx context.Context, token string, size int) (KeysetPage[R], error) {
	page, err := p.core.Keyset(ctx, token, size)
	return keysetPageOf[R](page), err
}

// Scalar returns one aggregate over the rows of a query, within its limit and offset. An aggregate over no rows is
// NULL, except counts. If the type cannot hold NULL, that is [ErrType]: [OrNull] reads NULL as nil, [OrValue] as
// another value.
//
//	pages, err := prom.Scalar(ctx, books.Query(), prom.OrValue(prom.Sum(bookPages), 0))
func Scalar[T, V any](ctx context.Context, q *Query[T], t Term[*T, V]) (V, error) {
	return Pluck(q, t).First(ctx)
}

// InsertSelect inserts a row of D for each row of a query, in one statement (INSERT … SELECT), and returns the number
// of rows. A column of D without a mapping has the value of a new row: the time, the version, the default, NULL, or the
// generated key. A column that needs a value and has none of these is an error before any SQL. Rules that only Go
// checks are not checked, because the values do not pass through Go.
func InsertSelect[D, S any](ctx context.Context, to *Repo[D], from *Query[S], maps ...Mapping[*D, *S]) (int, error) {
	return to.core.Copy(ctx, &from.core, mappingsAt(unsafe.Pointer(&maps)))
}

// Mapping pairs a term of a row of S with the field of D that [InsertSelect] writes it to. [To] returns it.
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
