package prom

import (
	"database/sql"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Field is a column of the model P with values of type V. It is the most general kind of field: its values can be
// compared for equality only. Create fields once, in package variables, by constructors such as [FieldOf]. Fields are
// immutable and safe for concurrent use. The zero Field belongs to no column; its methods panic.
type Field[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// FieldOf returns the field with the given address in the prototype of a model; see [Proto]. Like all constructors of
// fields, it panics if the address is not that of a column of this type. The message names the field and says what to
// do. Call it in package variables, so that such mistakes show when the program starts.
func FieldOf[P, V any](of P, field *V) *Field[P, V] {
	return &Field[P, V]{c: columnAt(place[V](of, field))}
}

// place returns what constructors are given, a prototype and the address of a field of it that holds values of type V.
func place[V, P, F any](of P, field *F) scan.Place {
	return scan.PlaceIn(unsafe.Pointer(&of), unsafe.Pointer(field), reflect.TypeFor[P](), reflect.TypeFor[F](),
		reflect.TypeFor[V]())
}

// columnAt returns the codec of a field.
func columnAt(at scan.Place) *scan.Codec {
	c, err := at.Codec()
	return checked(c, err, at.Model, at.Values)
}

// checked panics when a field of the model is none that has values of the given type.
func checked(c *scan.Codec, err error, model, values reflect.Type) *scan.Codec {
	if err != nil {
		panic(err)
	}
	col := c.Column()
	switch inner := schema.Unwrap(col.Type); {
	case col.Kind == schema.JSON:
		panic(fmt.Sprintf("prom: %s.%s is stored as JSON, which has no order and no equality that holds on every engine; use JSONOf", model, col.Field))
	case col.Dims > 1:
		panic(fmt.Sprintf("prom: %s.%s is an array of several dimensions, which no field compares or changes; "+
			"read it and write it with its row", model, col.Field))
	case col.Kind.IsList():
		panic(fmt.Sprintf("prom: %s.%s is a list; use ListOf", model, col.Field))
	case inner != values:
		panic(fmt.Sprintf("prom: %s.%s holds values of type %s; use the constructor for its form: …Of for a value, Null…Of for a pointer, SQLNull…Of for a sql.Null, RefOf for a reference",
			model, col.Field, inner))
	}
	return c
}

// Column returns the column's schema.
func (f *Field[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *Field[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *Field[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *Field[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *Field[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Set assigns v to the column.
func (f *Field[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *Field[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

func (f *Field[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *Field[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }

// NullField is a [Field] that may be NULL.
type NullField[P, V any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullOf returns the [Field] of a pointer. The column may be NULL.
func NullOf[P, V any](of P, field **V) *NullField[P, V] {
	return &NullField[P, V]{c: columnAt(place[V](of, field))}
}

// SQLNullOf returns the [Field] of a sql.Null. The column may be NULL.
func SQLNullOf[P, V any](of P, field *sql.Null[V]) *NullField[P, V] {
	return &NullField[P, V]{c: columnAt(place[V](of, field))}
}

// Column returns the column's schema.
func (f *NullField[P, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullField[P, V]) Eq(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is not NULL and differs from v.
func (f *NullField[P, V]) Ne(v V) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column equals one of the values. Without values it is always false. The values are sent as one
// argument, so their number has no limit.
func (f *NullField[P, V]) In(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is not NULL and equals none of the values. Without values it is true for every row,
// also if the column is NULL.
func (f *NullField[P, V]) NotIn(vs ...V) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// Is is true when the column equals *v, or when the column is NULL and v is nil (IS NOT DISTINCT FROM).
func (f *NullField[P, V]) Is(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v (IS DISTINCT FROM). NULL differs from every value, but not from nil.
func (f *NullField[P, V]) IsNot(v *V) Cond[P] { return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)} }

// IsNull is true when the column is NULL.
func (f *NullField[P, V]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullField[P, V]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Set assigns v to the column.
func (f *NullField[P, V]) Set(v V) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term to the column: another column, an expression, or a subquery by [ScalarSubquery].
func (f *NullField[P, V]) SetTo(t Term[P, V]) Assign[P] {
	return Assign[P]{a: ast.AssignTerm(new(ast.Assign), f.c, t.term(*new(P), nil))}
}

// SetNull assigns NULL to the column.
func (f *NullField[P, V]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullField[P, V]) term(P, *V) *ast.Expr { return ast.ColumnOf(f.c) }

func (f *NullField[P, V]) anyTerm(P) *ast.Expr { return ast.ColumnOf(f.c) }
