package sqlite

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/sqlite3"
)

// moments is the function [sqlite.Moments]: what PostgreSQL computes with instants, days and zones. Its arguments are
// canonical.
func moments(args []sqlite3.Arg) sqlite3.Result {
	for _, a := range args {
		if a.Null {
			return sqlite3.Result{}
		}
	}
	op, args := args[0].Text, args[1:]
	if op == sqlite.ClockNanos {
		d, err := driver.ParseClock(args[0].Text)
		if err != nil {
			return sqlite3.Result{Err: errTimeRange}
		}
		return sqlite3.Result{Type: sqlite3.Integer, Int: int64(d)}
	}
	t, ok := sqlite.ParseTime([]byte(args[0].Text))
	if !ok {
		return sqlite3.Result{Err: errTimeRange}
	}
	switch op {
	case sqlite.TimeAdd:
		n, _ := strconv.ParseInt(args[1].Text, 10, 64)
		return instantResult(time.UnixMicro(t.UnixMicro() + n/1000).UTC())
	case sqlite.TimeDiff, sqlite.DayDiff:
		u, ok := sqlite.ParseTime([]byte(args[1].Text))
		if !ok {
			return sqlite3.Result{Err: errTimeRange}
		}
		if op == sqlite.DayDiff {
			t, u = u, t
		}
		return difference(t, u, op == sqlite.DayDiff)
	case sqlite.DayAdd:
		return later(t, args[1], 0, dayResult)
	case sqlite.DayMonths:
		return later(t, args[1], 1, dayResult)
	case sqlite.DayTrunc:
		return dayResult(startOf(t, unitArg(args[1])))
	case sqlite.TimePart:
		return inZone(t, args[1], func(local time.Time, _ *time.Location) sqlite3.Result {
			return sqlite3.Result{Type: sqlite3.Integer, Int: int64(partOf(local, dialect.DatePart(intArg(args[2]))))}
		})
	case sqlite.TimeDate:
		return inZone(t, args[1], func(local time.Time, _ *time.Location) sqlite3.Result { return dayResult(local) })
	case sqlite.TimeTrunc:
		return inZone(t, args[2], func(local time.Time, zone *time.Location) sqlite3.Result {
			unit := unitArg(args[1])
			if unit <= dialect.UnitDay {
				return instantResult(fromWall(startOf(local, unit), zone))
			}
			// Within a day the offset stays, so that an hour which comes twice has two beginnings.
			_, offset := local.Zone()
			away := time.Duration(offset) * time.Second
			return instantResult(startOf(t.Add(away), unit).Add(-away))
		})
	}
	months := 0 // TimeDays
	if op == sqlite.TimeMonths {
		months = 1
	}
	return inZone(t, args[1], func(local time.Time, zone *time.Location) sqlite3.Result {
		return later(wall(local), args[2], months, func(w time.Time) sqlite3.Result {
			return instantResult(fromWall(w, zone))
		})
	})
}

// difference is an instant less another in nanoseconds, or in days.
func difference(to, from time.Time, days bool) sqlite3.Result {
	micros := to.UnixMicro() - from.UnixMicro()
	n := micros / (24 * time.Hour).Microseconds()
	if !days {
		high, low := bits.Mul64(uint64(max(micros, -micros)), 1000)
		if high != 0 || low > math.MaxInt64 {
			return sqlite3.Result{Err: errIntegerRange}
		}
		n = micros * 1000
	}
	return sqlite3.Result{Type: sqlite3.Integer, Int: n}
}

// later gives result a time that is so many days, or months, behind one without a zone. A day that its month does not
// have is the last one of that.
func later(t time.Time, count sqlite3.Arg, months int, result func(time.Time) sqlite3.Result) sqlite3.Result {
	n, err := strconv.ParseInt(count.Text, 10, 32)
	if err != nil {
		return sqlite3.Result{Err: errIntegerRange}
	}
	if months == 0 {
		return result(t.AddDate(0, 0, int(n)))
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return result(first.AddDate(0, 0, min(t.Day(), last)-1).Add(t.Sub(startOf(t, dialect.UnitDay))))
}

// instantResult and dayResult give a time in this library's own form, which has four digits for the year.
func instantResult(t time.Time) sqlite3.Result {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return sqlite3.Result{Err: errTimeRange}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: string(sqlite.AppendTime(nil, t))}
}

func dayResult(t time.Time) sqlite3.Result {
	if y := t.Year(); y < 1 || y > 9999 {
		return sqlite3.Result{Err: errTimeRange}
	}
	return sqlite3.Result{Type: sqlite3.Text, Text: string(sqlite.AppendDate(nil, t))}
}

func unitArg(a sqlite3.Arg) dialect.Unit { return dialect.Unit(intArg(a)) }

// wall returns what clocks and calendars show as a time in UTC.
func wall(local time.Time) time.Time {
	y, m, d := local.Date()
	h, min, s := local.Clock()
	return time.Date(y, m, d, h, min, s, local.Nanosecond(), time.UTC)
}

// startOf returns the beginning of the unit in which a time is, of what clocks and calendars show.
func startOf(local time.Time, unit dialect.Unit) time.Time {
	y, m, d := local.Date()
	hour, minute, second := 0, 0, 0
	switch unit {
	case dialect.UnitYear:
		m, d = 1, 1
	case dialect.UnitQuarter:
		m, d = (m-1)/3*3+1, 1
	case dialect.UnitMonth:
		d = 1
	case dialect.UnitWeek:
		d -= (int(local.Weekday()) + 6) % 7
	case dialect.UnitHour:
		hour = local.Hour()
	case dialect.UnitMinute:
		hour, minute = local.Hour(), local.Minute()
	case dialect.UnitSecond:
		hour, minute, second = local.Clock()
	}
	return time.Date(y, m, d, hour, minute, second, 0, time.UTC)
}

// partOf returns a part of what clocks and calendars show. The year before 1 is -1, as PostgreSQL counts.
func partOf(local time.Time, part dialect.DatePart) int {
	year := func(y int) int {
		if y <= 0 {
			return y - 1
		}
		return y
	}
	isoYear, week := local.ISOWeek()
	switch part {
	case dialect.Year:
		return year(local.Year())
	case dialect.ISOYear:
		return year(isoYear)
	case dialect.Quarter:
		return (int(local.Month())-1)/3 + 1
	case dialect.Month:
		return int(local.Month())
	case dialect.Week:
		return week
	case dialect.Day:
		return local.Day()
	case dialect.DayOfWeek:
		return (int(local.Weekday())+6)%7 + 1
	case dialect.DayOfYear:
		return local.YearDay()
	case dialect.Hour:
		return local.Hour()
	case dialect.Minute:
		return local.Minute()
	}
	return local.Second()
}

// inZone gives f an instant in a zone.
func inZone(t time.Time, name sqlite3.Arg, f func(local time.Time, zone *time.Location) sqlite3.Result) sqlite3.Result {
	zone, err := zoneOf(name.Text)
	if err != nil {
		return sqlite3.Result{Err: errNoZone}
	}
	return f(t.In(zone), zone)
}

var zones sync.Map // of those that are known by name: *time.Location

// zoneOf returns the zone that the dialects' statements name: one of the time zone database, or the fixed offset of
// [dialect.FixedZone].
func zoneOf(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	name = strings.Clone(name) // the text is SQLite's
	zone, fixed := dialect.ParseFixedZone(name)
	if !fixed {
		var err error
		if zone, err = time.LoadLocation(name); err != nil {
			return nil, err
		}
	}
	zones.Store(name, zone)
	return zone, nil
}

// fromWall returns the instant at which clocks in a zone show a time. One that they show twice is the second of the
// two, and one that they pass over is as if they had not been set forward yet: so does PostgreSQL
// (DetermineTimeZoneOffset in its datetime.c).
func fromWall(w time.Time, zone *time.Location) time.Time {
	at := func(offset int) time.Time { return w.Add(-time.Duration(offset) * time.Second) }
	day := w.Add(-24 * time.Hour).In(zone)
	_, before := day.Zone()
	_, change := day.ZoneBounds()
	if change.IsZero() {
		return at(before)
	}
	_, after := change.In(zone).Zone()
	early, late := at(before), at(after)
	switch {
	case early.Before(change) && late.Before(change):
		return early
	case early.After(change) && !late.Before(change):
		return late
	case early.After(late):
		return early
	}
	return late
}
