package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
)

// ManyField is a one-to-many relation: the rows of R that refer to a row of P. It is a [Relation] of P. Its methods
// filter, order and limit the rows. Like the methods of a [Query], they return new values.
type ManyField[P, R any] struct {
	_    [0]func(P)
	_    [0]func(R)
	core core.Many
}

// ManyOf returns the relation of a field of type [Many]. It panics if R has no reference to the model of the field, or
// if it has several and the tag option via names none of them.
func ManyOf[P, R any](of P, field *Many[R]) *ManyField[P, *R] {
	at := place[R](of, field)
	r := relationAt[R](at)
	give := func(row unsafe.Pointer, rows *scan.List) {
		(*Many[R])(unsafe.Add(row, r.Offset)).rows = scan.SliceAt[R](rows)
	}
	return &ManyField[P, *R]{core: core.Many{Relation: r, Of: at.Model, Give: give}}
}

// Where adds conditions on the rows of R. All of them must be true.
func (f *ManyField[P, R]) Where(conds ...Cond[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the end of the order of the rows of R.
func (f *ManyField[P, R]) OrderBy(orders ...Order[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit limits the relation to at most n rows for each row of P. Rows that are equal in the order are in the order of
// the primary key.
func (f *ManyField[P, R]) Limit(n int) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Limit(n)}
}

// Offset skips the first n rows of each row of P.
func (f *ManyField[P, R]) Offset(n int) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Offset(n)}
}

// With adds relations of the rows of R, which are loaded with them.
func (f *ManyField[P, R]) With(relations ...Relation[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the rows of R; see [Query.Compute]. The terms cannot be window functions, because
// one statement reads the rows for all rows of P.
//
//	authors.With(authorBooks.OrderBy(bookID.Desc()).Limit(3).Compute(prom.Col(&book.Readers, bookLoans.Count())))
func (f *ManyField[P, R]) Compute(cols ...Column[R]) *ManyField[P, R] {
	return &ManyField[P, R]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

// Has is true for a row of P if at least one row of the relation exists for which the conditions are true.
func (f *ManyField[P, R]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

// Count is the number of rows of the relation for which the conditions are true.
func (f *ManyField[P, R]) Count(conds ...Cond[R]) Expr[P, int64] {
	return typed[P, int64](f.core.Related(condsAt(unsafe.Pointer(&conds))).Scalar(ast.CountRows()))
}

func (f *ManyField[P, R]) relation(P) core.Relation { return &f.core }

func (f *ManyField[P, R]) toMany(R) {}

func (f *ManyField[P, R]) rows(P, R) *core.Many { return &f.core }

// RelatedRows is a relation from a row of P to any number of rows of R: a [ManyField] or a [ManyToManyField].
type RelatedRows[P, R any] interface {
	Relation[P]
	rows(P, R) *core.Many
}

// AggregateOf is an aggregate over the related rows of each row of P, such as the sum of a column. If there are none,
// it is NULL, except counts. In a many-to-many relation, a row counts once for each link.
//
//	views := prom.AggregateOf(authorPosts, prom.Sum(postViews))
func AggregateOf[P, R, V any](rows RelatedRows[P, R], aggregate Expr[R, V]) Expr[P, V] {
	return typed[P, V](rows.rows(*new(P), *new(R)).Aggregate(aggregate.e))
}

// AggregateThrough is an aggregate over the rows of the join model that link each row of P to the rows of the relation,
// such as the sum of a column of the join table. If there are none, it is NULL, except counts. [Via] reads columns of R
// through the reference to it:
//
//	amount := prom.AggregateThrough(orderProducts, prom.Sum(prom.Times(lineQuantity, prom.Via(lineProduct, productPrice))))
func AggregateThrough[P, R, L, V any](rows *ManyToManyField[P, R, L], aggregate Expr[L, V]) Expr[P, V] {
	return typed[P, V](rows.core.Related(nil).Scalar(aggregate.e))
}

// ManyToManyField is a many-to-many relation: the rows of R that rows of the join model L link to a row of P. It is a
// [Relation] of P, and works like a [ManyField].
type ManyToManyField[P, R, L any] struct {
	_    [0]func(P)
	_    [0]func(R)
	_    [0]func(L)
	core core.Many
}

// ManyToManyOf returns the relation of a field of type [ManyToMany]. It panics if L does not refer to both models, or
// if it has several references to one of them and no tag option names the one to use: via for the model of the field,
// to for R.
func ManyToManyOf[P, R, L any](of P, field *ManyToMany[R, L]) *ManyToManyField[P, *R, *L] {
	at := place[R](of, field)
	knowRelated[L](at.Model)
	r := relationAt[R](at)
	give := func(row unsafe.Pointer, rows *scan.List) {
		(*ManyToMany[R, L])(unsafe.Add(row, r.Offset)).rows = scan.SliceAt[R](rows)
	}
	return &ManyToManyField[P, *R, *L]{core: core.Many{Relation: r, Of: at.Model, Give: give}}
}

// Where adds conditions on the rows of R. All of them must be true.
func (f *ManyToManyField[P, R, L]) Where(conds ...Cond[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// WhereThrough adds conditions on the rows of the join model. All of them must be true.
func (f *ManyToManyField[P, R, L]) WhereThrough(conds ...Cond[L]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.WhereLink(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the end of the order of the rows of R.
func (f *ManyToManyField[P, R, L]) OrderBy(orders ...Order[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// OrderByThrough adds terms over the join model, such as a position in a list, to the order. They come before the terms
// of OrderBy.
func (f *ManyToManyField[P, R, L]) OrderByThrough(orders ...Order[L]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.OrderByLink(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit limits the relation to at most n rows for each row of P; see [ManyField.Limit].
func (f *ManyToManyField[P, R, L]) Limit(n int) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Limit(n)}
}

// Offset skips the first n rows of each row of P.
func (f *ManyToManyField[P, R, L]) Offset(n int) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Offset(n)}
}

// With adds relations of the rows of R, which are loaded with them.
func (f *ManyToManyField[P, R, L]) With(relations ...Relation[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the rows of R; see [ManyField.Compute].
func (f *ManyToManyField[P, R, L]) Compute(cols ...Column[R]) *ManyToManyField[P, R, L] {
	return &ManyToManyField[P, R, L]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

// Has is true for a row of P if it is linked to at least one row of the relation for which the conditions are true.
func (f *ManyToManyField[P, R, L]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

// Count is the number of links to rows of the relation for which the conditions are true.
func (f *ManyToManyField[P, R, L]) Count(conds ...Cond[R]) Expr[P, int64] {
	return typed[P, int64](f.core.Related(condsAt(unsafe.Pointer(&conds))).Scalar(ast.CountRows()))
}

func (f *ManyToManyField[P, R, L]) relation(P) core.Relation { return &f.core }

func (f *ManyToManyField[P, R, L]) rows(P, R) *core.Many { return &f.core }

func (f *ManyToManyField[P, R, L]) toMany(R) {}
