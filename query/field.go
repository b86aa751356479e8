package query

import (
	"database/sql"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Field is a column of T whose values are of type V. It is the most general family: values can be told apart and
// nothing else. Fields are made once, in package variables, by constructors such as [FieldOf]; they are immutable and
// safe for concurrent use. The zero Field belongs to no column and panics when used.
//
// The families repeat the methods that they have in common: one that embedded another would have both of them compiled
// for each model.
type Field[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// FieldOf returns the field that the accessor points to. Like all constructors of fields it panics when the accessor
// points to no column of that type; they are meant for package variables, where this shows at start-up.
func FieldOf[T, V any](accessor func(*T) *V) *Field[*T, V] {
	return &Field[*T, V]{c: codec[T, V, V](accessor)}
}

// codec finds the codec of the field that an accessor points to.
func codec[T, F, V any](accessor func(*T) *F) *scan.Codec {
	return fieldCodec(scan.At[T, F, V](accessor))
}

func fieldCodec(at scan.Access) *scan.Codec {
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
	case col.Kind.IsList():
		panic(fmt.Sprintf("prom: %s.%s is a list; use ListOf", model, col.Field))
	case inner != values:
		panic(fmt.Sprintf("prom: %s.%s holds values of type %s; use the constructor for its form: …Of for a value, Null…Of for a pointer, SQLNull…Of for a sql.Null, RefOf for a reference",
			model, col.Field, inner))
	}
	return c
}

// Name returns the column's name.
func (f *Field[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *Field[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *Field[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *Field[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *Field[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *Field[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *Field[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *Field[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *Field[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *Field[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *Field[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *Field[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *Field[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullField is a [Field] that may be NULL.
type NullField[T, V any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullOf returns the field that the accessor points to, a pointer.
func NullOf[T, V any](accessor func(*T) **V) *NullField[*T, V] {
	return &NullField[*T, V]{c: codec[T, *V, V](accessor)}
}

// SQLNullOf returns the field that the accessor points to, a sql.Null.
func SQLNullOf[T, V any](accessor func(*T) *sql.Null[V]) *NullField[*T, V] {
	return &NullField[*T, V]{c: codec[T, sql.Null[V], V](accessor)}
}

// Name returns the column's name.
func (f *NullField[T, V]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullField[T, V]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullField[T, V]) Eq(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullField[T, V]) Ne(v V) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullField[T, V]) In(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullField[T, V]) NotIn(vs ...V) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullField[T, V]) InQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullField[T, V]) NotInQuery(sub Subquery[V]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullField[T, V]) Is(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullField[T, V]) IsNot(v *V) Cond[T] { return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)} }

// IsNull is true when the column is NULL.
func (f *NullField[T, V]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullField[T, V]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullField[T, V]) ByList(vs ...V) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *NullField[T, V]) Set(v V) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullField[T, V]) SetTo(t Term[T, V]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullField[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullField[T, V]) term() value[T, V] { return value[T, V]{e: ast.ColumnOf(f.c)} }

func (f *NullField[T, V]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }
