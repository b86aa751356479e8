package prom

import (
	"database/sql"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/query"
)

// Cond is a condition on the rows of T. Fields make conditions; [And], [Or] and [Not] combine them. The zero Cond is
// true for every row and counts as no condition where one is demanded, so that a condition may be left out; [And], [Or]
// and [Not] pass over it as if it had not been written.
type Cond[T any] = query.Cond[*T]

// Order is one term of an order of the rows of T.
type Order[T any] = query.Order[*T]

// Assign is the assignment of a new value to a column of T.
type Assign[T any] = query.Assign[*T]

// Number is what a [NumberField] may hold, and Texts what a [TextField] may.
type (
	Number = query.Number
	Texts  = query.Texts
)

// The families of fields. Each is a column of T whose values are of type V, and embeds the next general one; those with
// Null in their names may be NULL. Fields are made once, in package variables, by the constructors below, from an
// accessor:
//
//	var PostViews = prom.NumberOf(func(p *Post) *int { return &p.Views })
//
// The constructors panic when the accessor points to no column of that type. Those that begin with Null take a field
// that is a pointer, those with SQLNull one that is a sql.Null, and the others one that is the value itself.
type (
	Field[T, V any]                  = *query.Field[*T, V]
	NullField[T, V any]              = *query.NullField[*T, V]
	OrderedField[T, V any]           = *query.OrderedField[*T, V]
	NullOrderedField[T, V any]       = *query.NullOrderedField[*T, V]
	NumberField[T any, V Number]     = *query.NumberField[*T, V]
	NullNumberField[T any, V Number] = *query.NullNumberField[*T, V]
	TextField[T any, V Texts]        = *query.TextField[*T, V]
	NullTextField[T any, V Texts]    = *query.NullTextField[*T, V]
	TimeField[T any]                 = *query.TimeField[*T]
	NullTimeField[T any]             = *query.NullTimeField[*T]
	PartField[T any]                 = *query.PartField[*T]
	JSONField[T, V any]              = *query.JSONField[*T, V]
	NullJSONField[T, V any]          = *query.NullJSONField[*T, V]
	ListField[T, E any]              = *query.ListField[*T, E]
	NullListField[T, E any]          = *query.NullListField[*T, E]
	AnyField[T any]                  = *query.AnyField[*T]
	Parsed[T any]                    = query.Parsed[*T]
)

// And is true when all conditions are. Of no conditions it is the zero Cond.
func And[T any](conds ...Cond[T]) Cond[T] { return query.And(conds...) }

// Or is true when one of the conditions is; it is false for every row when there are none.
func Or[T any](conds ...Cond[T]) Cond[T] { return query.Or(conds...) }

// Not is true when the condition is false. A condition that compares NULL is neither, and so is its negation.
func Not[T any](cond Cond[T]) Cond[T] { return query.Not(cond) }

// If is the condition when on is true, and else the zero Cond, which is left out: of a list of conditions, of an And,
// and of an Or too, which is false for every row when nothing is left of it.
func If[T any](on bool, cond Cond[T]) Cond[T] { return query.If(on, cond) }

// Raw is a condition in SQL, with a question mark for each argument; ?? is a question mark itself. Arguments are
// booleans, numbers, texts, bytes, times, UUIDs, pointers to them, slices of them as one list argument, and
// driver.Valuers. They are never written into the text. Fields and other terms of T are arguments, too, and stand there
// as what they are in the statement:
//
//	prom.Raw[Post]("length(?) > ?", PostTitle, 80)
//
// A column that is named so is found wherever the condition is used, also in a query that reads several tables, and
// through [Via].
//
// The text opens and closes its own parentheses, quotes and comments. A semicolon, the comment -- and placeholders of
// an engine, such as $1 and :name, are refused.
func Raw[T any](sql string, args ...any) Cond[T] { return query.Raw[*T](sql, args...) }

// Sqlizer is a condition made by squirrel, or by anything else that gives SQL with question marks and arguments.
func Sqlizer[T any](sql squirrel.Sqlizer) Cond[T] { return query.Sqlizer[*T](sql) }

// FieldOf returns the field of any type that can be told apart from others.
func FieldOf[T, V any](accessor func(*T) *V) Field[T, V] {
	return query.FieldOf(accessor)
}

// NullOf returns the field of any type that can be told apart from others, a pointer.
func NullOf[T, V any](accessor func(*T) **V) NullField[T, V] {
	return query.NullOf(accessor)
}

// SQLNullOf returns the field of any type that can be told apart from others, a sql.Null.
func SQLNullOf[T, V any](accessor func(*T) *sql.Null[V]) NullField[T, V] {
	return query.SQLNullOf(accessor)
}

// OrderedOf returns the field of a type with an order: UUIDs, decimals, bytes, and types of its own.
func OrderedOf[T, V any](accessor func(*T) *V) OrderedField[T, V] {
	return query.OrderedOf(accessor)
}

// NullOrderedOf returns the field of a type with an order: UUIDs, decimals, bytes, and types of its own, a pointer.
func NullOrderedOf[T, V any](accessor func(*T) **V) NullOrderedField[T, V] {
	return query.NullOrderedOf(accessor)
}

// SQLNullOrderedOf returns the field of a type with an order: UUIDs, decimals, bytes, and types of its own, a sql.Null.
func SQLNullOrderedOf[T, V any](accessor func(*T) *sql.Null[V]) NullOrderedField[T, V] {
	return query.SQLNullOrderedOf(accessor)
}

// NumberOf returns the field that is a number.
func NumberOf[T any, V Number](accessor func(*T) *V) NumberField[T, V] {
	return query.NumberOf(accessor)
}

// NullNumberOf returns the field that is a number, a pointer.
func NullNumberOf[T any, V Number](accessor func(*T) **V) NullNumberField[T, V] {
	return query.NullNumberOf(accessor)
}

// SQLNullNumberOf returns the field that is a number, a sql.Null.
func SQLNullNumberOf[T any, V Number](accessor func(*T) *sql.Null[V]) NullNumberField[T, V] {
	return query.SQLNullNumberOf(accessor)
}

// TextOf returns the field that is a text.
func TextOf[T any, V Texts](accessor func(*T) *V) TextField[T, V] {
	return query.TextOf(accessor)
}

// NullTextOf returns the field that is a text, a pointer.
func NullTextOf[T any, V Texts](accessor func(*T) **V) NullTextField[T, V] {
	return query.NullTextOf(accessor)
}

// SQLNullTextOf returns the field that is a text, a sql.Null.
func SQLNullTextOf[T any, V Texts](accessor func(*T) *sql.Null[V]) NullTextField[T, V] {
	return query.SQLNullTextOf(accessor)
}

// TimeOf returns the field that is an instant or a day.
func TimeOf[T any](accessor func(*T) *time.Time) TimeField[T] {
	return query.TimeOf(accessor)
}

// NullTimeOf returns the field that is an instant or a day, a pointer.
func NullTimeOf[T any](accessor func(*T) **time.Time) NullTimeField[T] {
	return query.NullTimeOf(accessor)
}

// SQLNullTimeOf returns the field that is an instant or a day, a sql.Null.
func SQLNullTimeOf[T any](accessor func(*T) *sql.Null[time.Time]) NullTimeField[T] {
	return query.SQLNullTimeOf(accessor)
}

// ListOf returns the field that is a list, such as a []string.
func ListOf[T any, S ~[]E, E any](accessor func(*T) *S) ListField[T, E] {
	return query.ListOf(accessor)
}

// NullListOf returns the field that is a list, a pointer.
func NullListOf[T any, S ~[]E, E any](accessor func(*T) **S) NullListField[T, E] {
	return query.NullListOf(accessor)
}

// JSONOf returns the field that is stored as JSON.
func JSONOf[T, V any](accessor func(*T) *V) JSONField[T, V] {
	return query.JSONOf(accessor)
}

// NullJSONOf returns the field that is stored as JSON, a pointer.
func NullJSONOf[T, V any](accessor func(*T) **V) NullJSONField[T, V] {
	return query.NullJSONOf(accessor)
}
