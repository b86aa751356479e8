package prom

import (
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// OneField is the row of R that several columns of a row of T refer to together: a [Relation] of T. Like a [Query] it
// never changes.
type OneField[T, R any] struct {
	_    [0]func(*T)
	_    [0]func(*R)
	core core.One
}

// OneOf returns the relation that the accessor points to, a field of type [One]. It panics when the columns that the
// field's tag names are not as many as those of the primary key of R, or not of the same types.
func OneOf[T, R any](accessor func(*T) *One[R]) OneField[T, R] {
	give := func(row, found unsafe.Pointer) { schema.LoadOne(accessor((*T)(row)), (*R)(found)) }
	return OneField[T, R]{core: core.One{Relation: relationAt[R](accessor), Of: reflect.TypeFor[T](), Give: give}}
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to
// the same row share its value.
func (f OneField[T, R]) With(relations ...Relation[R]) Relation[T] {
	return OneField[T, R]{core: f.core.Load(relationsOf(relations))}
}

func (f OneField[T, R]) relation(*T) core.Relation { return &f.core }

// Has is true when the columns refer to a row for which the conditions hold.
func (f OneField[T, R]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), false)
}

// HasNot is true when the columns refer to no row for which the conditions hold: to another one, or, when one of them
// is NULL, to none.
func (f OneField[T, R]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.core.Related(condsAt(unsafe.Pointer(&conds))), true)
}

// Set makes v refer to a row: its columns get the row's key, and the row counts as loaded. It stores nothing. A row
// whose key has a zero part is an error, since it has not been saved.
func (f OneField[T, R]) Set(v *T, row *R) error {
	return f.core.Set(unsafe.Pointer(v), unsafe.Pointer(row))
}
