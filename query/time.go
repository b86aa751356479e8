package query

import (
	"database/sql"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
)

// TimeField is an [OrderedField] of instants or days. Its parts are those of the time in UTC, the same on both engines.
type TimeField[T any] struct{ OrderedField[T, time.Time] }

// TimeOf returns the time field that the accessor points to.
func TimeOf[T any](accessor func(*T) *time.Time) *TimeField[*T] {
	return &TimeField[*T]{*OrderedOf(accessor)}
}

// NullTimeField is a [TimeField] that may be NULL.
type NullTimeField[T any] struct {
	TimeField[T]
	nullable[T, time.Time]
}

// NullTimeOf returns the time field that the accessor points to, a pointer.
func NullTimeOf[T any](accessor func(*T) **time.Time) *NullTimeField[*T] {
	c := codec[T, *time.Time, time.Time](accessor)
	return &NullTimeField[*T]{TimeField[*T]{ordered[*T, time.Time](c)}, nullable[*T, time.Time]{c}}
}

// SQLNullTimeOf returns the time field that the accessor points to, a sql.Null.
func SQLNullTimeOf[T any](accessor func(*T) *sql.Null[time.Time]) *NullTimeField[*T] {
	c := codec[T, sql.Null[time.Time], time.Time](accessor)
	return &NullTimeField[*T]{TimeField[*T]{ordered[*T, time.Time](c)}, nullable[*T, time.Time]{c}}
}

// Year returns the year.
func (f *TimeField[T]) Year() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Year} }

// Quarter returns the quarter of the year, 1 to 4.
func (f *TimeField[T]) Quarter() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Quarter} }

// Month returns the month, 1 to 12.
func (f *TimeField[T]) Month() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Month} }

// Week returns the week of ISO 8601, 1 to 53.
func (f *TimeField[T]) Week() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Week} }

// Day returns the day of the month, 1 to 31.
func (f *TimeField[T]) Day() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Day} }

// DayOfWeek returns the day of the week of ISO 8601: Monday is 1, Sunday 7.
func (f *TimeField[T]) DayOfWeek() *PartField[T] {
	return &PartField[T]{c: f.c, part: dialect.DayOfWeek}
}

// DayOfYear returns the day of the year, 1 to 366.
func (f *TimeField[T]) DayOfYear() *PartField[T] {
	return &PartField[T]{c: f.c, part: dialect.DayOfYear}
}

// Hour returns the hour, 0 to 23.
func (f *TimeField[T]) Hour() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Hour} }

// Minute returns the minute, 0 to 59.
func (f *TimeField[T]) Minute() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Minute} }

// Second returns the second, 0 to 59, without its fraction.
func (f *TimeField[T]) Second() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Second} }

// PartField is a part of a date or time, an integer.
type PartField[T any] struct {
	_    [0]*T
	c    *scan.Codec
	part dialect.DatePart
}

// Eq is true when the part equals v.
func (f *PartField[T]) Eq(v int) Cond[T] { return Cond[T]{n: comparePart(opEq, f.c, f.part, v)} }

// Ne is true when the part differs from v.
func (f *PartField[T]) Ne(v int) Cond[T] { return Cond[T]{n: comparePart(opNe, f.c, f.part, v)} }

// Gt is true when the part is greater than v.
func (f *PartField[T]) Gt(v int) Cond[T] { return Cond[T]{n: comparePart(opGt, f.c, f.part, v)} }

// Gte is true when the part is greater than v or equal.
func (f *PartField[T]) Gte(v int) Cond[T] { return Cond[T]{n: comparePart(opGe, f.c, f.part, v)} }

// Lt is true when the part is less than v.
func (f *PartField[T]) Lt(v int) Cond[T] { return Cond[T]{n: comparePart(opLt, f.c, f.part, v)} }

// Lte is true when the part is less than v or equal.
func (f *PartField[T]) Lte(v int) Cond[T] { return Cond[T]{n: comparePart(opLe, f.c, f.part, v)} }

// Between is true when the part is from low to high, both included.
func (f *PartField[T]) Between(low, high int) Cond[T] {
	return Cond[T]{n: both(comparePart(opGe, f.c, f.part, low), comparePart(opLe, f.c, f.part, high))}
}

// In is true when the part is one of the values; none matches nothing.
func (f *PartField[T]) In(vs ...int) Cond[T] { return Cond[T]{n: partWithin(opIn, f.c, f.part, vs)} }

// NotIn is true when the part is none of the values; none matches every row.
func (f *PartField[T]) NotIn(vs ...int) Cond[T] {
	return Cond[T]{n: partWithin(opNotIn, f.c, f.part, vs)}
}

// Asc orders by the part, the least first.
func (f *PartField[T]) Asc() Order[T] { return Order[T]{o: orderBy(f.c, f.part, false)} }

// Desc orders by the part, the greatest first.
func (f *PartField[T]) Desc() Order[T] {
	return Order[T]{o: orderBy(f.c, f.part, true)}
}
