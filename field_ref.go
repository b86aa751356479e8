package prom

import (
	"database/sql"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// RefField is a reference from the model P to the model R, whose key has the type K. As a field its values are keys of
// R. As a [Relation] it is the row that is referred to.
type RefField[P, R any, K comparable] struct {
	_  [0]func(P)
	_  [0]func(R)
	c  *scan.Codec
	to *core.Ref
}

// RefOf returns the [RefField] of a reference; its values are keys of R. Like all constructors of relations, it panics
// if the models do not match.
func RefOf[P, R any, K comparable](of P, field *RefBy[R, K]) *RefField[P, *R, K] {
	at := place[K](of, field)
	c := columnAt(at)
	knowRelated[R](at.Model)
	to := refTo(c.Column(), func(row unsafe.Pointer) *RefBy[R, K] {
		return (*RefBy[R, K])(unsafe.Add(row, c.Column().Offset))
	})
	return &RefField[P, *R, K]{c: c, to: to}
}

// Column returns the column's schema.
func (f *RefField[P, R, K]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *RefField[P, R, K]) Eq(v K) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *RefField[P, R, K]) Ne(v K) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *RefField[P, R, K]) In(vs ...K) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *RefField[P, R, K]) NotIn(vs ...K) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Has is true when the reference refers to a row for which the conditions are true.
func (f *RefField[P, R, K]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(targets(f.c.Column(), conds), false)}
}

// Asc sorts by the key in ascending order. To sort by a column of the row that is referred to, use [Via].
func (f *RefField[P, R, K]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the key in descending order; see RefField.Asc.
func (f *RefField[P, R, K]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *RefField[P, R, K]) Set(v K) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *RefField[P, R, K]) SetTo(t Term[P, K]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *RefField[P, R, K]) term(P, *K) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *RefField[P, R, K]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *RefField[P, R, K]) reference(P, R) *ast.Reference { return ast.ReferenceBy(f.c.Column()) }

// NullRefField is a [RefField] that may be NULL.
type NullRefField[P, R any, K comparable] struct {
	_  [0]func(P)
	_  [0]func(R)
	c  *scan.Codec
	to *core.Ref
}

// NullRefOf returns the [RefField] of a pointer, an optional reference. The column may be NULL.
func NullRefOf[P, R any, K comparable](of P, field **RefBy[R, K]) *NullRefField[P, *R, K] {
	at := place[K](of, field)
	c := columnAt(at)
	knowRelated[R](at.Model)
	to := refTo(c.Column(), func(row unsafe.Pointer) *RefBy[R, K] {
		return *(**RefBy[R, K])(unsafe.Add(row, c.Column().Offset))
	})
	return &NullRefField[P, *R, K]{c: c, to: to}
}

// SQLNullRefOf returns the [RefField] of a sql.Null, an optional reference. The column may be NULL.
func SQLNullRefOf[P, R any, K comparable](of P, field *sql.Null[RefBy[R, K]]) *NullRefField[P, *R, K] {
	at := place[K](of, field)
	c := columnAt(at)
	knowRelated[R](at.Model)
	to := refTo(c.Column(), func(row unsafe.Pointer) *RefBy[R, K] {
		if ref := (*sql.Null[RefBy[R, K]])(unsafe.Add(row, c.Column().Offset)); ref.Valid {
			return &ref.V
		}
		return nil
	})
	return &NullRefField[P, *R, K]{c: c, to: to}
}

// Column returns the column's schema.
func (f *NullRefField[P, R, K]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullRefField[P, R, K]) Eq(v K) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NullRefField[P, R, K]) Ne(v K) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NullRefField[P, R, K]) In(vs ...K) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NullRefField[P, R, K]) NotIn(vs ...K) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or when the column is NULL and v is nil (IS NOT DISTINCT FROM).
func (f *NullRefField[P, R, K]) Is(v *K) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v (IS DISTINCT FROM). NULL differs from every value, but not from nil.
func (f *NullRefField[P, R, K]) IsNot(v *K) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullRefField[P, R, K]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullRefField[P, R, K]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Has is true when the reference refers to a row for which the conditions are true.
func (f *NullRefField[P, R, K]) Has(conds ...Cond[R]) Cond[P] {
	return Cond[P]{n: ast.ExistsCond(targets(f.c.Column(), conds), false)}
}

// Asc sorts by the key in ascending order; NULLs come last, on both engines. To sort by a column of the row that is
// referred to, use [Via].
func (f *NullRefField[P, R, K]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc sorts by the key in descending order; NULLs come first, on both engines; see NullRefField.Asc.
func (f *NullRefField[P, R, K]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// Set assigns v to the column.
func (f *NullRefField[P, R, K]) Set(v K) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NullRefField[P, R, K]) SetTo(t Term[P, K]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullRefField[P, R, K]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullRefField[P, R, K]) term(P, *K) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullRefField[P, R, K]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullRefField[P, R, K]) reference(P, R) *ast.Reference { return ast.ReferenceBy(f.c.Column()) }

// With returns the relation that loads the row referred to, and the given relations of that row. Rows of one result
// that refer to the same row share its value.
func (f *RefField[P, R, K]) With(relations ...Relation[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: f.to.Load(relationsOf(relations))}
}

// Compute returns the relation that loads the row referred to and fills its computed fields; see [Query.Compute].
func (f *RefField[P, R, K]) Compute(cols ...Column[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: f.to.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

func (f *RefField[P, R, K]) relation(P) core.Relation { return f.to }

func (f *RefField[P, R, K]) toOne(R) {}

// With returns the relation that loads the row referred to, and the given relations of that row. Rows of one result
// that refer to the same row share its value.
func (f *NullRefField[P, R, K]) With(relations ...Relation[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: f.to.Load(relationsOf(relations))}
}

// Compute returns the relation that loads the row referred to and fills its computed fields; see [Query.Compute].
func (f *NullRefField[P, R, K]) Compute(cols ...Column[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: f.to.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

func (f *NullRefField[P, R, K]) relation(P) core.Relation { return f.to }

func (f *NullRefField[P, R, K]) toOne(R) {}

// RelatedRow is the row that a reference of P refers to, with the relations and the computed fields to load with it. It
// is a [Relation]. The methods With and Compute of references return a RelatedRow. Its own methods return new ones.
type RelatedRow[P, R any] struct {
	_    [0]func(P)
	_    [0]func(R)
	core *core.Ref
}

// With adds relations of the row referred to, which are loaded with it.
func (r *RelatedRow[P, R]) With(relations ...Relation[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: r.core.Load(relationsOf(relations))}
}

// Compute fills computed fields of the row referred to; see [Query.Compute].
func (r *RelatedRow[P, R]) Compute(cols ...Column[R]) *RelatedRow[P, R] {
	return &RelatedRow[P, R]{core: r.core.Compute(columnsAt(unsafe.Pointer(&cols)))}
}

func (r *RelatedRow[P, R]) relation(P) core.Relation { return r.core }

func (r *RelatedRow[P, R]) toOne(R) {}

// refTo returns the relation of a reference.
func refTo[R any, K comparable](column *schema.Column, at func(row unsafe.Pointer) *RefBy[R, K]) *core.Ref {
	return &core.Ref{Column: column, To: reflect.TypeFor[R](),
		Give: func(rows []unsafe.Pointer, places []int, found []unsafe.Pointer) { giveRefs(at, rows, places, found) }}
}

// giveRefs gives the references of rows what was found for their keys. At tells where a row has it; nil for NULL.
func giveRefs[R any, K comparable](at func(row unsafe.Pointer) *RefBy[R, K], rows []unsafe.Pointer, places []int,
	found []unsafe.Pointer) {
	targets := make([]target[R, K], len(found))
	given := make([]bool, len(found))
	for i, row := range rows {
		ref, place := at(row), places[i]
		if ref == nil || place < 0 {
			continue
		}
		to := &targets[place]
		switch {
		case !given[place]:
			to.key, to.row, given[place] = ref.key, (*R)(found[place]), true
		case to.key != ref.key: // equal for the database alone, such as names that ignore case
			to = &target[R, K]{key: ref.key, row: (*R)(found[place])}
		}
		ref.to = to
	}
}
