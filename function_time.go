package prom

import (
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// InZone is the same instant, as clocks and calendars show it in a zone: its parts, what [Trunc] cuts it to, its [Date]
// and the days that [PlusDays] counts are those there, across daylight saving time.
//
//	prom.Hour(prom.InZone(orderAt, berlin))                     // 0 to 23 in Berlin
//	prom.Trunc(prom.InZone(orderAt, berlin), prom.UnitMonth)    // the first of the month, 00:00 there
//
// Nil is UTC, in which times are without InZone. A zone is given to the database by its name, and what it means is the
// server's on PostgreSQL and the machine's on SQLite, where a program that imports time/tzdata brings its own; a zone
// of time.FixedZone is given by its offset. time.Local is refused, since its name means nothing to a server. A zone
// that the database does not know is [ErrType] when the query runs.
//
// A time that clocks show twice, when they are set back, is the second of the two, and one that they pass over is the
// instant that it would be had they not been set forward, as PostgreSQL has it. Columns of days have no zone.
func InZone[P any](t Term[P, time.Time], zone *time.Location) Expr[P, time.Time] {
	return typed[P, time.Time](ast.InZone(exprOf(t), zone))
}

// Unit is a unit of time for [Trunc].
type Unit uint8

// The units. Weeks are those of ISO 8601 and begin on Monday. The zero Unit is none.
const (
	UnitYear    = Unit(dialect.UnitYear)
	UnitQuarter = Unit(dialect.UnitQuarter)
	UnitMonth   = Unit(dialect.UnitMonth)
	UnitWeek    = Unit(dialect.UnitWeek)
	UnitDay     = Unit(dialect.UnitDay)
	UnitHour    = Unit(dialect.UnitHour)
	UnitMinute  = Unit(dialect.UnitMinute)
	UnitSecond  = Unit(dialect.UnitSecond)
)

// Trunc is the beginning of the unit in which an instant is, in UTC or the zone that [InZone] says, or in which a day
// is. It is an instant, and of a day a day, which is cut to no unit that is less than one. Of an hour that comes twice,
// when clocks are set back, each has its own beginning.
func Trunc[P any](t Term[P, time.Time], unit Unit) Expr[P, time.Time] {
	return typed[P, time.Time](ast.Trunc(exprOf(t), dialect.Unit(unit)))
}

// Date is the day of an instant, in UTC or the zone that [InZone] says. Its values are read like those of a column with
// the tag option date: midnight in UTC.
func Date[P any](t Term[P, time.Time]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.DateOf(exprOf(t)))
}

// PlusDuration is the instant that is so long after t, or before it for a duration that is negative, as [Neg] makes
// one. Durations are cut to microseconds. A day is the instant at which it begins in UTC.
//
// Times have years from 1 to 9999; what is beyond them is [ErrType].
func PlusDuration[P any](t Term[P, time.Time], d Term[P, time.Duration]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDuration(exprOf(t), exprOf(d)))
}

// DurationBetween is the duration from one instant to another, negative when that is the earlier one. One that does not
// fit a time.Duration, of some 292 years, is [ErrType].
func DurationBetween[P any](from, to Term[P, time.Time]) Expr[P, time.Duration] {
	return typed[P, time.Duration](ast.DurationBetween(exprOf(from), exprOf(to)))
}

// PlusDays is the day that is n days after t, or before it for a negative n. Of an instant it is the one at the same
// time of that day, in UTC or the zone that [InZone] says, where days may have 23 or 25 hours.
func PlusDays[P any, N Integer](t Term[P, time.Time], n Term[P, N]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDays(exprOf(t), exprOf(n), false))
}

// PlusMonths is the same day of the month n months later, or earlier for a negative n; the last day of the month where
// that has no such day, so that January 31 and one month is February 28 or 29. For instants it is as with [PlusDays].
func PlusMonths[P any, N Integer](t Term[P, time.Time], n Term[P, N]) Expr[P, time.Time] {
	return typed[P, time.Time](ast.PlusDays(exprOf(t), exprOf(n), true))
}

// DaysBetween is the number of days from one day to another, negative when that is the earlier one. Of an instant it is
// the day in UTC or the zone that [InZone] says, so two instants of one day are 0 days apart.
func DaysBetween[P any](from, to Term[P, time.Time]) Expr[P, int64] {
	return typed[P, int64](ast.DaysBetween(exprOf(from), exprOf(to)))
}

// Year is the year of an instant or a day. It and the other parts are those in UTC, or in the zone that [InZone] says.
func Year[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Year, t) }

// ISOYear is the year of ISO 8601 to which the [Week] belongs: the first days of January may be of the last week of the
// year before.
func ISOYear[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.ISOYear, t) }

// Quarter is the quarter of the year, 1 to 4.
func Quarter[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Quarter, t) }

// Month is the month, 1 to 12.
func Month[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Month, t) }

// Week is the week of ISO 8601, 1 to 53.
func Week[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Week, t) }

// Day is the day of the month, 1 to 31.
func Day[P any](t Term[P, time.Time]) Expr[P, int] { return datePart(dialect.Day, t) }

// DayOfWeek is the day of the week of ISO 8601: Monday is 1, Sunday 7.
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
