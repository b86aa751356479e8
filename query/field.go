package query

import (
	"database/sql"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Field is a column of T whose values are of type V. It is the most general family: values can be told apart and nothing
// else. Fields are made once, in package variables, by constructors such as [FieldOf]; they are immutable and safe for
// concurrent use. The zero Field belongs to no column and panics when used.
type Field[T, V any] struct {
	_ [0]*T
	c *scan.Codec
}

// FieldOf returns the field that the accessor points to. Like all constructors of fields it panics when the accessor points to
// no column of that type; they are meant for package variables, where this shows at start-up.
func FieldOf[T, V any](accessor func(*T) *V) *Field[*T, V] {
	return &Field[*T, V]{c: codec[T, V, V](accessor)}
}

// codec finds the codec of an accessor's field F, whose values must be of type V.
func codec[T, F, V any](accessor func(*T) *F) *scan.Codec {
	c, err := scan.CodecAt(accessor)
	return checked(c, err, reflect.TypeFor[T](), reflect.TypeFor[V]())
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
func (f *Field[T, V]) Eq(v V) Cond[T] { return Cond[T]{n: compare(opEq, f.c, v)} }

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *Field[T, V]) Ne(v V) Cond[T] { return Cond[T]{n: compare(opNe, f.c, v)} }

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number has
// no limit.
func (f *Field[T, V]) In(vs ...V) Cond[T] { return Cond[T]{n: within(opIn, f.c, vs)} }

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *Field[T, V]) NotIn(vs ...V) Cond[T] { return Cond[T]{n: within(opNotIn, f.c, vs)} }

// Set assigns v.
func (f *Field[T, V]) Set(v V) Assign[T] { return Assign[T]{a: assign(f.c, assignSet, v)} }

// OrderedField is a [Field] whose values have an order.
type OrderedField[T, V any] struct{ Field[T, V] }

// OrderedOf returns the ordered field that the accessor points to: a UUID, a decimal, bytes, or any type of its own.
func OrderedOf[T, V any](accessor func(*T) *V) *OrderedField[*T, V] {
	return &OrderedField[*T, V]{*FieldOf(accessor)}
}

func ordered[T, V any](c *scan.Codec) OrderedField[T, V] {
	return OrderedField[T, V]{Field[T, V]{c: c}}
}

// Gt is true when the column is greater than v.
func (f *OrderedField[T, V]) Gt(v V) Cond[T] { return Cond[T]{n: compare(opGt, f.c, v)} }

// Gte is true when the column is greater than v or equal.
func (f *OrderedField[T, V]) Gte(v V) Cond[T] { return Cond[T]{n: compare(opGe, f.c, v)} }

// Lt is true when the column is less than v.
func (f *OrderedField[T, V]) Lt(v V) Cond[T] { return Cond[T]{n: compare(opLt, f.c, v)} }

// Lte is true when the column is less than v or equal.
func (f *OrderedField[T, V]) Lte(v V) Cond[T] { return Cond[T]{n: compare(opLe, f.c, v)} }

// Between is true when the column is from low to high, both included.
func (f *OrderedField[T, V]) Between(low, high V) Cond[T] {
	return Cond[T]{n: inRange(f.c, low, high)}
}

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *OrderedField[T, V]) Asc() Order[T] { return Order[T]{o: orderBy(f.c, 0, false)} }

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *OrderedField[T, V]) Desc() Order[T] {
	return Order[T]{o: orderBy(f.c, 0, true)}
}

// Number is what a [NumberField] may hold.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// NumberField is an [OrderedField] of numbers.
type NumberField[T any, V Number] struct{ OrderedField[T, V] }

// NumberOf returns the number field that the accessor points to.
func NumberOf[T any, V Number](accessor func(*T) *V) *NumberField[*T, V] {
	return &NumberField[*T, V]{*OrderedOf(accessor)}
}

// Add assigns the column's value plus v, in the database, so that concurrent additions all count. NULL stays NULL.
func (f *NumberField[T, V]) Add(v V) Assign[T] { return Assign[T]{a: assign(f.c, assignAdd, v)} }

// Sub assigns the column's value less v, in the database.
func (f *NumberField[T, V]) Sub(v V) Assign[T] { return Assign[T]{a: assign(f.c, assignSub, v)} }

// nullable is what a field that may be NULL adds to its family.
type nullable[T, V any] struct{ c *scan.Codec }

// IsNull is true when the column is NULL.
func (f *nullable[T, V]) IsNull() Cond[T] { return Cond[T]{n: test(opNull, f.c)} }

// NotNull is true when the column is not NULL.
func (f *nullable[T, V]) NotNull() Cond[T] { return Cond[T]{n: test(opNotNull, f.c)} }

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *nullable[T, V]) Is(v *V) Cond[T] { return Cond[T]{n: same(opSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *nullable[T, V]) IsNot(v *V) Cond[T] { return Cond[T]{n: same(opNotSame, f.c, v)} }

// SetNull assigns NULL.
func (f *nullable[T, V]) SetNull() Assign[T] {
	return Assign[T]{a: assignNull(f.c)}
}

// NullField is a [Field] that may be NULL.
type NullField[T, V any] struct {
	Field[T, V]
	nullable[T, V]
}

// NullOf returns the field that the accessor points to, a pointer.
func NullOf[T, V any](accessor func(*T) **V) *NullField[*T, V] {
	c := codec[T, *V, V](accessor)
	return &NullField[*T, V]{Field[*T, V]{c: c}, nullable[*T, V]{c}}
}

// SQLNullOf returns the field that the accessor points to, a sql.Null.
func SQLNullOf[T, V any](accessor func(*T) *sql.Null[V]) *NullField[*T, V] {
	c := codec[T, sql.Null[V], V](accessor)
	return &NullField[*T, V]{Field[*T, V]{c: c}, nullable[*T, V]{c}}
}

// NullOrderedField is an [OrderedField] that may be NULL.
type NullOrderedField[T, V any] struct {
	OrderedField[T, V]
	nullable[T, V]
}

// NullOrderedOf returns the ordered field that the accessor points to, a pointer.
func NullOrderedOf[T, V any](accessor func(*T) **V) *NullOrderedField[*T, V] {
	c := codec[T, *V, V](accessor)
	return &NullOrderedField[*T, V]{ordered[*T, V](c), nullable[*T, V]{c}}
}

// SQLNullOrderedOf returns the ordered field that the accessor points to, a sql.Null.
func SQLNullOrderedOf[T, V any](accessor func(*T) *sql.Null[V]) *NullOrderedField[*T, V] {
	c := codec[T, sql.Null[V], V](accessor)
	return &NullOrderedField[*T, V]{ordered[*T, V](c), nullable[*T, V]{c}}
}

// NullNumberField is a [NumberField] that may be NULL.
type NullNumberField[T any, V Number] struct {
	NumberField[T, V]
	nullable[T, V]
}

// NullNumberOf returns the number field that the accessor points to, a pointer.
func NullNumberOf[T any, V Number](accessor func(*T) **V) *NullNumberField[*T, V] {
	c := codec[T, *V, V](accessor)
	return &NullNumberField[*T, V]{NumberField[*T, V]{ordered[*T, V](c)}, nullable[*T, V]{c}}
}

// SQLNullNumberOf returns the number field that the accessor points to, a sql.Null.
func SQLNullNumberOf[T any, V Number](accessor func(*T) *sql.Null[V]) *NullNumberField[*T, V] {
	c := codec[T, sql.Null[V], V](accessor)
	return &NullNumberField[*T, V]{NumberField[*T, V]{ordered[*T, V](c)}, nullable[*T, V]{c}}
}
