package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
)

// CompositeRefField is the row of R that several columns of a row of T refer to together: a [Relation] of T. Like a
// [Query] it never changes.
type CompositeRefField[P, R any] struct {
	_    [0]func(P)
	_    [0]func(R)
	core core.One
}

// CompositeRefOf returns the relation, a field of type [CompositeRef]. It panics when the columns that the
// field's tag names are not as many as those of the primary key of R, or not of the same types.
func CompositeRefOf[P, R any](of P, field *CompositeRef[R]) *CompositeRefField[P, *R] {
	at := place[R](of, field)
	r := relationAt[R](at)
	give := func(row, found unsafe.Pointer) {
		*(*CompositeRef[R])(unsafe.Add(row, r.Offset)) = CompositeRef[R]{row: (*R)(found), loaded: true}
	}
	return &CompositeRefField[P, *R]{core: core.One{Relation: r, Of: at.Model, Give: give}}
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to
// the same row share its value.
func (f *CompositeRefField[P, R]) With(relations ...Relation[R]) *CompositeRefField[P, R] {
	return &CompositeRefField[P, R]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the row; see [Query.Compute].
func (f *CompositeRefField[P, R]) Compute(cols ...Column[R]) *CompositeRefField[P, R] {
	return &CompositeRefField[P, R]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

func (f *CompositeRefField[P, R]) relation(P) core.Relation { return &f.core }

func (f *CompositeRefField[P, R]) toOne(R) {}

// Has is true when the columns refer to a row for which the conditions hold.
func (f *CompositeRefField[P, R]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

func (f *CompositeRefField[P, R]) reference(P, R) *ast.Reference { return f.core.Reference() }

// Set makes v refer to a row: its columns get the row's key, and the row counts as loaded. It stores nothing. A row
// whose key has a zero part is an error, since it has not been saved.
func (f *CompositeRefField[P, R]) Set(v P, row R) error {
	return f.core.Set(*(*unsafe.Pointer)(unsafe.Pointer(&v)), *(*unsafe.Pointer)(unsafe.Pointer(&row)))
}
