package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
)

// ManyField is the rows of R that refer to a row of T: a [Relation] of T. Its methods choose, order and limit the rows;
// like those of a [Query] they return new ones.
type ManyField[P, R any] struct {
	_    [0]func(P)
	_    [0]func(R)
	core core.Many
}

// ManyOf returns the relation, a field of type [Many]. It panics when R has no reference to
// T, or several of which the tag option via names none.
func ManyOf[P, R any](of P, field *Many[R]) *ManyField[P, *R] {
	at := place[R](of, field)
	r := relationAt[R](at)
	give := func(row unsafe.Pointer, rows *scan.List) {
		(*Many[R])(unsafe.Add(row, r.Offset)).rows = scan.SliceAt[R](rows)
	}
	return &ManyField[P, *R]{core: core.Many{Relation: r, Of: at.Model, Give: give}}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f *ManyField[P, R]) Where(conds ...Cond[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f *ManyField[P, R]) OrderBy(orders ...Order[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit takes at most n rows for each row of T: the first in their order, of which those that it leaves equal come in
// the order of the primary key.
func (f *ManyField[P, R]) Limit(n int) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Limit(n)}
}

// Offset leaves the first n rows of each row of T out.
func (f *ManyField[P, R]) Offset(n int) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Offset(n)}
}

// With adds relations of the rows, which are loaded with them.
func (f *ManyField[P, R]) With(relations ...Relation[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the rows, each by a term of them; see [Query.Compute]. A term is no window function,
// since the rows are read for all rows of T together.
//
//	authors.With(authorBooks.OrderBy(bookID.Desc()).Limit(3).Compute(prom.Col(&book.Readers, bookLoans.Count())))
func (f *ManyField[P, R]) Compute(cols ...Column[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

// Has is true for the rows of T that have a row of the relation for which the conditions hold.
func (f *ManyField[P, R]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

// Count is the number of rows of the relation for which the conditions hold.
func (f *ManyField[P, R]) Count(conds ...Cond[R]) Expr[P, int64] {
	return typed[P, int64](f.core.Related(condsAt(unsafe.Pointer(&conds))).Scalar(ast.CountRows()))
}

func (f *ManyField[P, R]) relation(P) core.Relation { return &f.core }

func (f *ManyField[P, R]) toMany(R) {}

func (f *ManyField[P, R]) rows(P, R) *core.Many { return &f.core }

// RelatedRows is the rows of R that a row of P has: a [ManyField] or a [ManyToManyField].
type RelatedRows[P, R any] interface {
	Relation[P]
	rows(P, R) *core.Many
}

// AggregateOf is an aggregate over the rows of the relation that each row of P has, such as the sum of a field; NULL
// when it has none, but for counts. Through a join model each row counts once for each connection.
//
//	views := prom.AggregateOf(authorPosts, prom.Sum(postViews))
func AggregateOf[P, R, V any](rows RelatedRows[P, R], aggregate Expr[R, V]) Expr[P, V] {
	return typed[P, V](rows.rows(*new(P), *new(R)).Aggregate(aggregate.e))
}

// AggregateThrough is an aggregate over the rows of the join model that connect each row of P with those of the
// relation, such as the sum of one of their columns; NULL when there are none, but for counts. What the rows of R say
// is there through the reference to them:
//
//	amount := prom.AggregateThrough(orderProducts, prom.Sum(prom.Times(lineQuantity, prom.Via(lineProduct, productPrice))))
func AggregateThrough[P, R, L, V any](rows *ManyToManyField[P, R, L], aggregate Expr[L, V]) Expr[P, V] {
	return typed[P, V](rows.core.Related(nil).Scalar(aggregate.e))
}

// ManyToManyField is the rows of R that rows of the join model L connect with a row of T: a [Relation] of T. It is
// otherwise as a [ManyField].
type ManyToManyField[P, R, L any] struct {
	_    [0]func(P)
	_    [0]func(R)
	_    [0]func(L)
	core core.Many
}

// ManyToManyOf returns the relation, a field of type [ManyToMany]. It panics when L does not
// refer to T and to R, or has several references to one of them of which the tag options via, for T, and to, for R,
// name none.
func ManyToManyOf[P, R, L any](of P, field *ManyToMany[R, L]) *ManyToManyField[P, *R, *L] {
	at := place[R](of, field)
	knowRelated[L](at.Model)
	r := relationAt[R](at)
	give := func(row unsafe.Pointer, rows *scan.List) {
		(*ManyToMany[R, L])(unsafe.Add(row, r.Offset)).rows = scan.SliceAt[R](rows)
	}
	return &ManyToManyField[P, *R, *L]{core: core.Many{Relation: r, Of: at.Model, Give: give}}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f *ManyToManyField[P, R, L]) Where(conds ...Cond[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// WhereThrough adds conditions on the rows that connect.
func (f *ManyToManyField[P, R, L]) WhereThrough(conds ...Cond[L]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.WhereLink(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f *ManyToManyField[P, R, L]) OrderBy(orders ...Order[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// OrderByThrough adds terms to the order that go by the rows that connect, such as a place in a list. They go before
// those of OrderBy.
func (f *ManyToManyField[P, R, L]) OrderByThrough(orders ...Order[L]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.OrderByLink(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit takes at most n rows for each row of T, the first in their order; see [ManyField.Limit].
func (f *ManyToManyField[P, R, L]) Limit(n int) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Limit(n)}
}

// Offset leaves the first n rows of each row of T out.
func (f *ManyToManyField[P, R, L]) Offset(n int) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Offset(n)}
}

// With adds relations of the rows, which are loaded with them.
func (f *ManyToManyField[P, R, L]) With(relations ...Relation[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the rows; see [ManyField.Compute].
func (f *ManyToManyField[P, R, L]) Compute(cols ...Column[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

// Has is true for the rows of T that are connected with a row of the relation for which the conditions hold.
func (f *ManyToManyField[P, R, L]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

// Count is the number of connections with rows of the relation for which the conditions hold.
func (f *ManyToManyField[P, R, L]) Count(conds ...Cond[R]) Expr[P, int64] {
	return typed[P, int64](f.core.Related(condsAt(unsafe.Pointer(&conds))).Scalar(ast.CountRows()))
}

func (f *ManyToManyField[P, R, L]) relation(P) core.Relation { return &f.core }

func (f *ManyToManyField[P, R, L]) rows(P, R) *core.Many { return &f.core }

func (f *ManyToManyField[P, R, L]) toMany(R) {}
