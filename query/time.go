package query

import (
	"database/sql"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// TimeField is an [OrderedField] of instants or days. Its parts are those of the time in UTC, the same on both engines.
type TimeField[T any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// TimeOf returns the time field that the accessor points to.
func TimeOf[T any](accessor func(*T) *time.Time) *TimeField[*T] {
	return &TimeField[*T]{c: codec[T, time.Time, time.Time](accessor)}
}

// Name returns the column's name.
func (f *TimeField[T]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *TimeField[T]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *TimeField[T]) Eq(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *TimeField[T]) Ne(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *TimeField[T]) In(vs ...time.Time) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *TimeField[T]) NotIn(vs ...time.Time) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *TimeField[T]) InQuery(sub Subquery[time.Time]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *TimeField[T]) NotInQuery(sub Subquery[time.Time]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Gt is true when the column is greater than v.
func (f *TimeField[T]) Gt(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *TimeField[T]) Gte(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *TimeField[T]) Lt(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *TimeField[T]) Lte(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *TimeField[T]) Between(low, high time.Time) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
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

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *TimeField[T]) Asc() Order[T] { return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)} }

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *TimeField[T]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *TimeField[T]) ByList(vs ...time.Time) Order[T] { return Order[T]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *TimeField[T]) Set(v time.Time) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *TimeField[T]) SetTo(t Term[T, time.Time]) Assign[T] { return setTo[T](f.c, t.term().e) }

func (f *TimeField[T]) term() value[T, time.Time] { return value[T, time.Time]{e: ast.ColumnOf(f.c)} }

func (f *TimeField[T]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// NullTimeField is a [TimeField] that may be NULL.
type NullTimeField[T any] struct {
	_ [0]func(*T)
	c *scan.Codec
}

// NullTimeOf returns the time field that the accessor points to, a pointer.
func NullTimeOf[T any](accessor func(*T) **time.Time) *NullTimeField[*T] {
	return &NullTimeField[*T]{c: codec[T, *time.Time, time.Time](accessor)}
}

// SQLNullTimeOf returns the time field that the accessor points to, a sql.Null.
func SQLNullTimeOf[T any](accessor func(*T) *sql.Null[time.Time]) *NullTimeField[*T] {
	return &NullTimeField[*T]{c: codec[T, sql.Null[time.Time], time.Time](accessor)}
}

// Name returns the column's name.
func (f *NullTimeField[T]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullTimeField[T]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullTimeField[T]) Eq(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullTimeField[T]) Ne(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullTimeField[T]) In(vs ...time.Time) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullTimeField[T]) NotIn(vs ...time.Time) Cond[T] {
	return Cond[T]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullTimeField[T]) InQuery(sub Subquery[time.Time]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullTimeField[T]) NotInQuery(sub Subquery[time.Time]) Cond[T] {
	return Cond[T]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullTimeField[T]) Is(v *time.Time) Cond[T] { return Cond[T]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullTimeField[T]) IsNot(v *time.Time) Cond[T] {
	return Cond[T]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullTimeField[T]) IsNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullTimeField[T]) NotNull() Cond[T] {
	return Cond[T]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullTimeField[T]) Gt(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullTimeField[T]) Gte(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullTimeField[T]) Lt(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullTimeField[T]) Lte(v time.Time) Cond[T] {
	return Cond[T]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullTimeField[T]) Between(low, high time.Time) Cond[T] {
	return Cond[T]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Year returns the year.
func (f *NullTimeField[T]) Year() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Year} }

// Quarter returns the quarter of the year, 1 to 4.
func (f *NullTimeField[T]) Quarter() *PartField[T] {
	return &PartField[T]{c: f.c, part: dialect.Quarter}
}

// Month returns the month, 1 to 12.
func (f *NullTimeField[T]) Month() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Month} }

// Week returns the week of ISO 8601, 1 to 53.
func (f *NullTimeField[T]) Week() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Week} }

// Day returns the day of the month, 1 to 31.
func (f *NullTimeField[T]) Day() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Day} }

// DayOfWeek returns the day of the week of ISO 8601: Monday is 1, Sunday 7.
func (f *NullTimeField[T]) DayOfWeek() *PartField[T] {
	return &PartField[T]{c: f.c, part: dialect.DayOfWeek}
}

// DayOfYear returns the day of the year, 1 to 366.
func (f *NullTimeField[T]) DayOfYear() *PartField[T] {
	return &PartField[T]{c: f.c, part: dialect.DayOfYear}
}

// Hour returns the hour, 0 to 23.
func (f *NullTimeField[T]) Hour() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Hour} }

// Minute returns the minute, 0 to 59.
func (f *NullTimeField[T]) Minute() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Minute} }

// Second returns the second, 0 to 59, without its fraction.
func (f *NullTimeField[T]) Second() *PartField[T] { return &PartField[T]{c: f.c, part: dialect.Second} }

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullTimeField[T]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullTimeField[T]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullTimeField[T]) ByList(vs ...time.Time) Order[T] {
	return Order[T]{o: ast.OrderByList(f.c, vs)}
}

// Set assigns v.
func (f *NullTimeField[T]) Set(v time.Time) Assign[T] {
	return Assign[T]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullTimeField[T]) SetTo(t Term[T, time.Time]) Assign[T] { return setTo[T](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullTimeField[T]) SetNull() Assign[T] {
	return Assign[T]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullTimeField[T]) term() value[T, time.Time] {
	return value[T, time.Time]{e: ast.ColumnOf(f.c)}
}

func (f *NullTimeField[T]) anyTerm() (*ast.Expr, *T) { return ast.ColumnOf(f.c), nil }

// PartField is a part of a date or time, an integer.
type PartField[T any] struct {
	_    [0]func(*T)
	c    *scan.Codec
	part dialect.DatePart
}

// Eq is true when the part equals v.
func (f *PartField[T]) Eq(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpEq, f.c, f.part, v)}
}

// Ne is true when the part differs from v.
func (f *PartField[T]) Ne(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpNe, f.c, f.part, v)}
}

// Gt is true when the part is greater than v.
func (f *PartField[T]) Gt(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpGt, f.c, f.part, v)}
}

// Gte is true when the part is greater than v or equal.
func (f *PartField[T]) Gte(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpGe, f.c, f.part, v)}
}

// Lt is true when the part is less than v.
func (f *PartField[T]) Lt(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpLt, f.c, f.part, v)}
}

// Lte is true when the part is less than v or equal.
func (f *PartField[T]) Lte(v int) Cond[T] {
	return Cond[T]{n: ast.ComparePart(new(ast.Cond), ast.OpLe, f.c, f.part, v)}
}

// Between is true when the part is from low to high, both included.
func (f *PartField[T]) Between(low, high int) Cond[T] {
	return Cond[T]{n: ast.PartInRange(new(ast.Cond), f.c, f.part, low, high)}
}

// In is true when the part is one of the values; none matches nothing.
func (f *PartField[T]) In(vs ...int) Cond[T] {
	return Cond[T]{n: ast.PartIn(new(ast.Cond), ast.OpIn, f.c, f.part, vs)}
}

// NotIn is true when the part is none of the values; none matches every row.
func (f *PartField[T]) NotIn(vs ...int) Cond[T] {
	return Cond[T]{n: ast.PartIn(new(ast.Cond), ast.OpNotIn, f.c, f.part, vs)}
}

// Asc orders by the part, the least first.
func (f *PartField[T]) Asc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, f.part, false)}
}

// Desc orders by the part, the greatest first.
func (f *PartField[T]) Desc() Order[T] {
	return Order[T]{o: ast.OrderBy(new(ast.Order), f.c, f.part, true)}
}
