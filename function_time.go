package prom

import (
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// InZone is the same instant in the given time zone. Functions of the result use the clocks and calendars of the zone,
// with daylight saving time: the parts such as [Hour], [Trunc], [Date] and [PlusDays].
//
//	prom.Hour(prom.InZone(orderAt, berlin))                     // 0 to 23 in Berlin
//	prom.Trunc(prom.InZone(orderAt, berlin), prom.UnitMonth)    // the first of the month, 00:00 there
//
// A nil zone is UTC, which is also the zone of times without InZone. The database gets the name of the zone. Its rules
// come from the server on PostgreSQL, and from the machine on SQLite; there, a program that imports time/tzdata has its
// own. A zone of time.FixedZone is passed by its offset. time.Local is refused, because its name has no meaning on a
// server. A zone that the database does not know is [ErrType] when the query runs.
//
// When clocks are set back, a local time occurs twice: it means the second one. When clocks are set forward, some local
// times do not occur: such a time means the instant at which it would be if the clocks had not been set forward. These
// are the rules of PostgreSQL. Columns of days have no zone.
func InZone[P any](t Term[P, time.Time], zone *time.Location) Expr[P, time.Time] {
	return typed[P, time.Time](ast.InZone(exprOf(t), zone))
}

// Unit is a unit of time for [Trunc].
type Unit uint8

// The units of time. Weeks are those of ISO 8601: they begin on Monday. The zero Unit is not a unit.
const (
	UnitYear    = Unit(dialect.UnitYear)    // begins on January 1
	UnitQuarter = Unit(dialect.UnitQuarter) // begins on the first of January, April, July or October
	UnitMonth   = Unit(dialect.UnitMonth)   // begins on the first of the month
	UnitWeek    = Unit(dialect.UnitWeek)    // begins on Monday
	UnitDay     = Unit(dialect.UnitDay)     // begins at midnight
	UnitHour    = Unit(dialect.UnitHour)    // begins at minute 0
	UnitMinute  = Unit(dialect.UnitMinute)  // begins at second 0
	UnitSecond  = Unit(dialect.UnitSecond)  // cuts the fraction of a second
)

// Trunc is the beginning of the unit that contains an instant, in UTC or in the zone of [InZone], or of the unit that
// contains a day. The result is an instant for an instant, and a day for a day; a day cannot be truncated to a unit
// smaller than a day. When clocks are set back, an hour occurs twice, and each of the two has its own beginning.
func Trunc[P any](t Term[P, time.Time], unit Unit) Expr[P, time.Time] {
	return typed[P, time.Time](ast.Trunc(exprOf(t), dialect.Unit(unit)))
}

// Date is the day of an instant, in UTC or in the zone of [InZone]. Its values are read like those of a column with the
// tag option date: midnight in UTC.
func Date[P any](t Term[P, time.Time]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.DateOf(exprOf(t)))
}

// PlusDuration is the instant that is the duration d after t, or before t if d is negative (see [Neg]). Durations are
// truncated to microseconds. A day is the instant at which it begins in UTC.
//
// Times must be in the years 1 to 9999; a result outside them is [ErrType].
func PlusDuration[P any](t Term[P, time.Time], d Term[P, time.Duration]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDuration(exprOf(t), exprOf(d)))
}

// DurationBetween is the duration between two instants. It is negative if to is earlier than from. A duration that does
// not fit a time.Duration (about 292 years) is [ErrType].
func DurationBetween[P any](from, to Term[P, time.Time]) Expr[P, time.Duration] {
	return typed[P, time.Duration](ast.DurationBetween(exprOf(from), exprOf(to)))
}

// PlusDays is the day that is n days after t, or before t if n is negative. For an instant, the result is the instant
// at the same time of that day, in UTC or in the zone of [InZone], where a day may have 23 or 25 hours.
func PlusDays[P any, N Integer](t Term[P, time.Time], n Term[P, N]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDays(exprOf(t), exprOf(n), false))
}

// PlusMonths is the same day of the month n months later, or earlier if n is negative. If that month has no such day,
// it is the last day of the month: January 31 plus one month is February 28 or 29. For instants the rules are those of
// [PlusDays].
func PlusMonths[P any, N Integer](t Term[P, time.Time], n Term[P, N]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDays(exprOf(t), exprOf(n), true))
}

// DaysBetween is the number of days between two days. It is negative if to is earlier than from. For an instant it uses
// the day in UTC or in the zone of [InZone], so two instants on the same day are 0 days apart.
func DaysBetween[P any](from, to Term[P, time.Time]) Expr[P, int64] {
	return typed[P, int64](ast.DaysBetween(exprOf(from), exprOf(to)))
}

// Year is the year of an instant or a day. Year and the other parts are those in UTC, or in the zone of [InZone].
func Year[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Year, t) }

// ISOYear is the ISO 8601 year of the [Week]: the first days of January may be in the last week of the year before.
func ISOYear[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.ISOYear, t) }

// Quarter is the quarter of the year, 1 to 4.
func Quarter[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Quarter, t) }

// Month is the month, 1 to 12.
func Month[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Month, t) }

// Week is the ISO 8601 week, 1 to 53.
func Week[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Week, t) }

// Day is the day of the month, 1 to 31.
func Day[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Day, t) }

// DayOfWeek is the ISO 8601 day of the week: Monday is 1, Sunday is 7.
func DayOfWeek[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.DayOfWeek, t) }

// DayOfYear is the day of the year, 1 to 366.
func DayOfYear[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.DayOfYear, t) }

// Hour is the hour, 0 to 23.
func Hour[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Hour, t) }

// Minute is the minute, 0 to 59.
func Minute[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Minute, t) }

// Second is the second, 0 to 59, without its fraction.
func Second[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Second, t) }

func datePart[P any](part dialect.DatePart, t Term[P, time.Time]) Expr[P, int] {
	return typed[P, int](ast.PartOf(exprOf(t), part))
}
