package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
)

// CompositeRefField is the relation of a composite foreign key: the row of R that several columns of a row of P refer
// to together. It is a [Relation] of P. It never changes.
type CompositeRefField[P, R any] struct {
	_    [0]func(P)
	_    [0]func(R)
	core core.One
}

// CompositeRefOf returns the relation of a field of type [CompositeRef]. It panics if the columns that the field's tag
// names do not match the columns of R that they refer to in number and types.
func CompositeRefOf[P, R any](of P, field *CompositeRef[R]) *CompositeRefField[P, *R] {
	at := place[R](of, field)
	r := relationAt[R](at)
	give := func(row, found unsafe.Pointer) {
		*(*CompositeRef[R])(unsafe.Add(row, r.Offset)) = CompositeRef[R]{row: (*R)(found), loaded: true}
	}
	return &CompositeRefField[P, *R]{core: core.One{Relation: r, Of: at.Model, Give: give}}
}

// With returns the relation that loads the row referred to, and the given relations of that row. Rows of one result
// that refer to the same row share its value.
func (f *CompositeRefField[P, R]) With(relations ...Relation[R]) *CompositeRefField[P, R] {
	return &CompositeRefField[P, R]{core: f.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the row referred to; see [Query.Compute].
func (f *CompositeRefField[P, R]) Compute(cols ...Column[R]) *CompositeRefField[P, R] {
	return &CompositeRefField[P, R]{core: f.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

func (f *CompositeRefField[P, R]) relation(P) core.Relation { return &f.core }

func (f *CompositeRefField[P, R]) toOne(R) {}

// Has is true if the columns refer to a row for which the conditions are true.
func (f *CompositeRefField[P, R]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(f.core.Related(condsAt(unsafe.Pointer(&conds))).Subquery(), false)}
}

func (f *CompositeRefField[P, R]) reference(P, R) *ast.Reference { return f.core.Reference() }

// Set makes v refer to the given row: it sets the columns to the row's key, or to the unique columns that they refer to,
// and the row counts as loaded. It stores nothing in the database. If a generated key is zero, because the row has not
// been saved, or one of the columns is NULL, Set returns an error.
func (f *CompositeRefField[P, R]) Set(v P, row R) error {
	return f.core.Set(*(*unsafe.Pointer)(unsafe.Pointer(&v)), *(*unsafe.Pointer)(unsafe.Pointer(&row)))
}
