package prom

import (
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// ManyField is the rows of R that refer to a row of T: a [Relation] of T. Its methods choose, order and limit the rows;
// like those of a [Query] they return new ones.
type ManyField[T, R any] struct {
	_    [0]func(*T)
	_    [0]func(*R)
	core core.Many
}

// ManyOf returns the relation that the accessor points to, a field of type [Many]. It panics when R has no reference to
// T, or several of which the tag option via names none.
func ManyOf[T, R any](accessor func(*T) *Many[R]) ManyField[T, R] {
	give := func(row unsafe.Pointer, rows *scan.List) { schema.LoadMany(accessor((*T)(row)), scan.SliceAt[R](rows)) }
	return ManyField[T, R]{core: core.Many{Relation: relationAt[R](accessor), Of: reflect.TypeFor[T](), Give: give}}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f ManyField[T, R]) Where(conds ...Cond[R]) ManyField[T, R] {
	return ManyField[T, R]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f ManyField[T, R]) OrderBy(orders ...Order[R]) ManyField[T, R] {
	return ManyField[T, R]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit takes at most n rows for each row of T: the first in their order, of which those that it leaves equal come in
// the order of the primary key.
func (f ManyField[T, R]) Limit(n int) ManyField[T, R] { return ManyField[T, R]{core: f.core.Limit(n)} }

// Offset leaves the first n rows of each row of T out.
func (f ManyField[T, R]) Offset(n int) ManyField[T, R] {
	return ManyField[T, R]{core: f.core.Offset(n)}
}

// With adds relations of the rows, which are loaded with them.
func (f ManyField[T, R]) With(relations ...Relation[R]) ManyField[T, R] {
	return ManyField[T, R]{core: f.core.Load(relationsOf(relations))}
}

// Has is true for the rows of T that have a row of the relation for which the conditions hold.
func (f ManyField[T, R]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), false)
}

// HasNot is true for the rows of T that have no row of the relation for which the conditions hold.
func (f ManyField[T, R]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), true)
}

// Count is the number of rows of the relation for which the conditions hold.
func (f ManyField[T, R]) Count(conds ...Cond[R]) Expr[T, int64] {
	return query.CountRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))))
}

func (f ManyField[T, R]) relation(*T) core.Relation { return &f.core }

// AggregateOf is an aggregate over the rows of the relation that each row of T has, such as the sum of a field; NULL
// when it has none, but for counts.
//
//	views := prom.AggregateOf(AuthorPosts, prom.Sum(PostViews))
func AggregateOf[T, R, V any](rows ManyField[T, R], aggregate Expr[R, V]) Expr[T, V] {
	return query.AggregateRelated[*T](rows.core.Related(nil), aggregate)
}

// ManyViaField is the rows of R that rows of the join model L connect with a row of T: a [Relation] of T. It is
// otherwise as a [ManyField].
type ManyViaField[T, R, L any] struct {
	_    [0]func(*T)
	_    [0]func(*R)
	_    [0]func(*L)
	core core.Many
}

// ManyViaOf returns the relation that the accessor points to, a field of type [ManyVia]. It panics when L does not
// refer to T and to R, or has several references to one of them of which the tag options via, for T, and to, for R,
// name none.
func ManyViaOf[T, R, L any](accessor func(*T) *ManyVia[R, L]) ManyViaField[T, R, L] {
	knowRelated[T, L]()
	give := func(row unsafe.Pointer, rows *scan.List) {
		schema.LoadMany(&accessor((*T)(row)).Many, scan.SliceAt[R](rows))
	}
	return ManyViaField[T, R, L]{core: core.Many{Relation: relationAt[R](accessor), Of: reflect.TypeFor[T](), Give: give}}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f ManyViaField[T, R, L]) Where(conds ...Cond[R]) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.Where(condsAt(unsafe.Pointer(&conds)))}
}

// WhereLink adds conditions on the rows that connect.
func (f ManyViaField[T, R, L]) WhereLink(conds ...Cond[L]) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.WhereLink(condsAt(unsafe.Pointer(&conds)))}
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f ManyViaField[T, R, L]) OrderBy(orders ...Order[R]) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.OrderBy(ordersAt(unsafe.Pointer(&orders)))}
}

// OrderByLink adds terms to the order that go by the rows that connect, such as a place in a list. They go before those
// of OrderBy.
func (f ManyViaField[T, R, L]) OrderByLink(orders ...Order[L]) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.OrderByLink(ordersAt(unsafe.Pointer(&orders)))}
}

// Limit takes at most n rows for each row of T, the first in their order; see [ManyField.Limit].
func (f ManyViaField[T, R, L]) Limit(n int) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.Limit(n)}
}

// Offset leaves the first n rows of each row of T out.
func (f ManyViaField[T, R, L]) Offset(n int) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.Offset(n)}
}

// With adds relations of the rows, which are loaded with them.
func (f ManyViaField[T, R, L]) With(relations ...Relation[R]) ManyViaField[T, R, L] {
	return ManyViaField[T, R, L]{core: f.core.Load(relationsOf(relations))}
}

// Has is true for the rows of T that are connected with a row of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), false)
}

// HasNot is true for the rows of T that are connected with no row of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), true)
}

// Count is the number of connections with rows of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) Count(conds ...Cond[R]) Expr[T, int64] {
	return query.CountRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))))
}

func (f ManyViaField[T, R, L]) relation(*T) core.Relation { return &f.core }
