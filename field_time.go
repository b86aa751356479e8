package prom

import (
	"database/sql"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// TimeField is an [OrderedField] of instants or days. Its parts are those of the time in UTC, the same on both engines.
type TimeField[P any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// TimeOf returns the time field whose address is given.
func TimeOf[P any](of P, field *time.Time) *TimeField[P] {
	return &TimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// Name returns the column's name.
func (f *TimeField[P]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *TimeField[P]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *TimeField[P]) Eq(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *TimeField[P]) Ne(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *TimeField[P]) In(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *TimeField[P]) NotIn(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *TimeField[P]) InQuery(sub Subquery[time.Time]) Cond[P] {
	return Cond[P]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *TimeField[P]) NotInQuery(sub Subquery[time.Time]) Cond[P] {
	return Cond[P]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Gt is true when the column is greater than v.
func (f *TimeField[P]) Gt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *TimeField[P]) Gte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *TimeField[P]) Lt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *TimeField[P]) Lte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *TimeField[P]) Between(low, high time.Time) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Year returns the year.
func (f *TimeField[P]) Year() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Year} }

// Quarter returns the quarter of the year, 1 to 4.
func (f *TimeField[P]) Quarter() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Quarter} }

// Month returns the month, 1 to 12.
func (f *TimeField[P]) Month() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Month} }

// Week returns the week of ISO 8601, 1 to 53.
func (f *TimeField[P]) Week() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Week} }

// Day returns the day of the month, 1 to 31.
func (f *TimeField[P]) Day() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Day} }

// DayOfWeek returns the day of the week of ISO 8601: Monday is 1, Sunday 7.
func (f *TimeField[P]) DayOfWeek() *PartField[P] {
	return &PartField[P]{c: f.c, part: dialect.DayOfWeek}
}

// DayOfYear returns the day of the year, 1 to 366.
func (f *TimeField[P]) DayOfYear() *PartField[P] {
	return &PartField[P]{c: f.c, part: dialect.DayOfYear}
}

// Hour returns the hour, 0 to 23.
func (f *TimeField[P]) Hour() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Hour} }

// Minute returns the minute, 0 to 59.
func (f *TimeField[P]) Minute() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Minute} }

// Second returns the second, 0 to 59, without its fraction.
func (f *TimeField[P]) Second() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Second} }

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *TimeField[P]) Asc() Order[P] { return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)} }

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *TimeField[P]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *TimeField[P]) ByList(vs ...time.Time) Order[P] { return Order[P]{o: ast.OrderByList(f.c, vs)} }

// Set assigns v.
func (f *TimeField[P]) Set(v time.Time) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *TimeField[P]) SetTo(t Term[P, time.Time]) Assign[P] { return setTo[P](f.c, t.term().e) }

func (f *TimeField[P]) term() value[P, time.Time] { return value[P, time.Time]{e: ast.ColumnOf(f.c)} }

func (f *TimeField[P]) anyTerm() (*ast.Expr, *P) { return ast.ColumnOf(f.c), nil }

// NullTimeField is a [TimeField] that may be NULL.
type NullTimeField[P any] struct {
	_ [0]func(P)
	c *scan.Codec
}

// NullTimeOf returns the time field whose address is given, a pointer.
func NullTimeOf[P any](of P, field **time.Time) *NullTimeField[P] {
	return &NullTimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// SQLNullTimeOf returns the time field whose address is given, a sql.Null.
func SQLNullTimeOf[P any](of P, field *sql.Null[time.Time]) *NullTimeField[P] {
	return &NullTimeField[P]{c: columnAt(place[time.Time](of, field))}
}

// Name returns the column's name.
func (f *NullTimeField[P]) Name() string { return f.c.Column().Name }

// Column returns the column's schema.
func (f *NullTimeField[P]) Column() *schema.Column { return f.c.Column() }

// Eq is true when the column equals v.
func (f *NullTimeField[P]) Eq(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpEq, f.c, v)}
}

// Ne is true when the column is a value other than v. It is not true for NULL.
func (f *NullTimeField[P]) Ne(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpNe, f.c, v)}
}

// In is true when the column is one of the values. None matches nothing. The values are one argument, so their number
// has no limit.
func (f *NullTimeField[P]) In(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpIn, f.c, vs)}
}

// NotIn is true when the column is none of the values. None matches every row, with NULL too; else NULL does not match.
func (f *NullTimeField[P]) NotIn(vs ...time.Time) Cond[P] {
	return Cond[P]{n: ast.In(new(ast.Cond), ast.OpNotIn, f.c, vs)}
}

// InQuery is true when the column is one of the subquery's values.
func (f *NullTimeField[P]) InQuery(sub Subquery[time.Time]) Cond[P] {
	return Cond[P]{n: inQuery(ast.OpIn, f.c, sub)}
}

// NotInQuery is true when the column is none of the subquery's values. As everywhere in SQL it is true for no row when
// NULL is among them.
func (f *NullTimeField[P]) NotInQuery(sub Subquery[time.Time]) Cond[P] {
	return Cond[P]{n: inQuery(ast.OpNotIn, f.c, sub)}
}

// Is is true when the column equals *v, or is NULL and v is nil: equality that knows NULL.
func (f *NullTimeField[P]) Is(v *time.Time) Cond[P] { return Cond[P]{n: ast.Same(ast.OpSame, f.c, v)} }

// IsNot is true when the column differs from *v; NULL differs from every value and not from nil.
func (f *NullTimeField[P]) IsNot(v *time.Time) Cond[P] {
	return Cond[P]{n: ast.Same(ast.OpNotSame, f.c, v)}
}

// IsNull is true when the column is NULL.
func (f *NullTimeField[P]) IsNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNull, f.c)}
}

// NotNull is true when the column is not NULL.
func (f *NullTimeField[P]) NotNull() Cond[P] {
	return Cond[P]{n: ast.Test(new(ast.Cond), ast.OpNotNull, f.c)}
}

// Gt is true when the column is greater than v.
func (f *NullTimeField[P]) Gt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGt, f.c, v)}
}

// Gte is true when the column is greater than v or equal.
func (f *NullTimeField[P]) Gte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpGe, f.c, v)}
}

// Lt is true when the column is less than v.
func (f *NullTimeField[P]) Lt(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLt, f.c, v)}
}

// Lte is true when the column is less than v or equal.
func (f *NullTimeField[P]) Lte(v time.Time) Cond[P] {
	return Cond[P]{n: ast.Compare(new(ast.Cond), ast.OpLe, f.c, v)}
}

// Between is true when the column is from low to high, both included.
func (f *NullTimeField[P]) Between(low, high time.Time) Cond[P] {
	return Cond[P]{n: ast.InRange(new(ast.Cond), f.c, low, high)}
}

// Year returns the year.
func (f *NullTimeField[P]) Year() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Year} }

// Quarter returns the quarter of the year, 1 to 4.
func (f *NullTimeField[P]) Quarter() *PartField[P] {
	return &PartField[P]{c: f.c, part: dialect.Quarter}
}

// Month returns the month, 1 to 12.
func (f *NullTimeField[P]) Month() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Month} }

// Week returns the week of ISO 8601, 1 to 53.
func (f *NullTimeField[P]) Week() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Week} }

// Day returns the day of the month, 1 to 31.
func (f *NullTimeField[P]) Day() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Day} }

// DayOfWeek returns the day of the week of ISO 8601: Monday is 1, Sunday 7.
func (f *NullTimeField[P]) DayOfWeek() *PartField[P] {
	return &PartField[P]{c: f.c, part: dialect.DayOfWeek}
}

// DayOfYear returns the day of the year, 1 to 366.
func (f *NullTimeField[P]) DayOfYear() *PartField[P] {
	return &PartField[P]{c: f.c, part: dialect.DayOfYear}
}

// Hour returns the hour, 0 to 23.
func (f *NullTimeField[P]) Hour() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Hour} }

// Minute returns the minute, 0 to 59.
func (f *NullTimeField[P]) Minute() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Minute} }

// Second returns the second, 0 to 59, without its fraction.
func (f *NullTimeField[P]) Second() *PartField[P] { return &PartField[P]{c: f.c, part: dialect.Second} }

// Asc orders by the column, the least first. NULLs come last, on every engine.
func (f *NullTimeField[P]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, false)}
}

// Desc orders by the column, the greatest first. NULLs come first, on every engine.
func (f *NullTimeField[P]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, 0, true)}
}

// ByList orders by the place of the column's value in the list. Values that are not in it come behind, and NULLs after
// these; see [Order.NullsFirst].
func (f *NullTimeField[P]) ByList(vs ...time.Time) Order[P] {
	return Order[P]{o: ast.OrderByList(f.c, vs)}
}

// Set assigns v.
func (f *NullTimeField[P]) Set(v time.Time) Assign[P] {
	return Assign[P]{a: ast.AssignValue(new(ast.Assign), f.c, ast.AssignSet, v)}
}

// SetTo assigns the value of a term: another column, an expression, or a subquery by [Sub].
func (f *NullTimeField[P]) SetTo(t Term[P, time.Time]) Assign[P] { return setTo[P](f.c, t.term().e) }

// SetNull assigns NULL.
func (f *NullTimeField[P]) SetNull() Assign[P] {
	return Assign[P]{a: ast.AssignNull(new(ast.Assign), f.c)}
}

func (f *NullTimeField[P]) term() value[P, time.Time] {
	return value[P, time.Time]{e: ast.ColumnOf(f.c)}
}

func (f *NullTimeField[P]) anyTerm() (*ast.Expr, *P) { return ast.ColumnOf(f.c), nil }

// PartField is a part of a date or time, an integer.
type PartField[P any] struct {
	_    [0]func(*P)
	c    *scan.Codec
	part dialect.DatePart
}

// Eq is true when the part equals v.
func (f *PartField[P]) Eq(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpEq, f.c, f.part, v)}
}

// Ne is true when the part differs from v.
func (f *PartField[P]) Ne(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpNe, f.c, f.part, v)}
}

// Gt is true when the part is greater than v.
func (f *PartField[P]) Gt(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpGt, f.c, f.part, v)}
}

// Gte is true when the part is greater than v or equal.
func (f *PartField[P]) Gte(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpGe, f.c, f.part, v)}
}

// Lt is true when the part is less than v.
func (f *PartField[P]) Lt(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpLt, f.c, f.part, v)}
}

// Lte is true when the part is less than v or equal.
func (f *PartField[P]) Lte(v int) Cond[P] {
	return Cond[P]{n: ast.ComparePart(new(ast.Cond), ast.OpLe, f.c, f.part, v)}
}

// Between is true when the part is from low to high, both included.
func (f *PartField[P]) Between(low, high int) Cond[P] {
	return Cond[P]{n: ast.PartInRange(new(ast.Cond), f.c, f.part, low, high)}
}

// In is true when the part is one of the values; none matches nothing.
func (f *PartField[P]) In(vs ...int) Cond[P] {
	return Cond[P]{n: ast.PartIn(new(ast.Cond), ast.OpIn, f.c, f.part, vs)}
}

// NotIn is true when the part is none of the values; none matches every row.
func (f *PartField[P]) NotIn(vs ...int) Cond[P] {
	return Cond[P]{n: ast.PartIn(new(ast.Cond), ast.OpNotIn, f.c, f.part, vs)}
}

// Asc orders by the part, the least first.
func (f *PartField[P]) Asc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, f.part, false)}
}

// Desc orders by the part, the greatest first.
func (f *PartField[P]) Desc() Order[P] {
	return Order[P]{o: ast.OrderBy(new(ast.Order), f.c, f.part, true)}
}
