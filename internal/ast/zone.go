package ast

import (
	"errors"
	"fmt"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// InZone makes an instant whose parts are those in a zone.
func InZone(e *Expr, zone *time.Location) *Expr {
	if e.Op == ExprZone {
		e = e.Args[0]
	}
	name, err := dialect.ZoneName(zone)
	z := &Expr{Op: ExprZone, Like: e.Like, Args: []*Expr{e}, Val: schema.TextValue(schema.Text, name), Err: err}
	if e.Like.Kind != schema.Time && err == nil {
		z.Err = errors.New("InZone needs an instant, not a column with the tag option date")
	}
	return z
}

// zoned returns an instant and the zone in which its parts are.
func zoned(e *Expr) (at, zone *Expr) {
	if e.Op != ExprZone {
		return e, TextArg("UTC")
	}
	zone = TextArg(e.Val.Text())
	zone.Err = e.Err
	return e.Args[0], zone
}

// inZone makes the call of a function of an instant, whose zone stays with what it gives.
func inZone(e, call *Expr) *Expr {
	if e.Op != ExprZone {
		return call
	}
	kept := *e
	kept.Args = []*Expr{call}
	return &kept
}

// isDay reports whether an expression is a day and not an instant.
func isDay(e *Expr) bool { return e.Like.Kind == schema.Date }

// PlusDuration makes an instant that is so long after another.
func PlusDuration(t, d *Expr) *Expr {
	d = nanos(d)
	at := Moment(t, schema.Time)
	if t.Op == ExprZone {
		at = t.Args[0]
	}
	return inZone(t, Call(dialect.FuncTimeAdd, KindColumns[schema.Time], at, d, d))
}

// nanos returns a duration as a number, which a time of day is not stored as.
func nanos(d *Expr) *Expr {
	if d.Like.Kind == schema.Clock {
		return Call(dialect.FuncClockNanos, KindColumns[schema.Int64], d)
	}
	return d
}

// DurationBetween makes the duration from one instant to another.
func DurationBetween(from, to *Expr) *Expr {
	from, to = Moment(from, schema.Time), Moment(to, schema.Time)
	return Call(dialect.FuncTimeDiff, KindColumns[schema.Int64], to, from, to, from)
}

// PlusDays makes a day, or the instant at the same time of a day in its zone, that is so many days or months later.
func PlusDays(t, n *Expr, months bool) *Expr {
	day, instant := dialect.FuncDayAdd, dialect.FuncTimeDays
	if months {
		day, instant = dialect.FuncDayMonths, dialect.FuncTimeMonths
	}
	if isDay(t) {
		return Call(day, KindColumns[schema.Date], t, n)
	}
	at, zone := zoned(t)
	return inZone(t, Call(instant, KindColumns[schema.Time], at, zone, n, zone))
}

// DaysBetween makes the number of days from one day to another. Those of instants are days in their zones.
func DaysBetween(from, to *Expr) *Expr {
	return Call(dialect.FuncDayDiff, KindColumns[schema.Int64], DateOf(from), DateOf(to))
}

// DateOf makes the day of an instant in its zone.
func DateOf(t *Expr) *Expr {
	if isDay(t) || t.Op == ExprNull {
		return t
	}
	at, zone := zoned(t)
	return Call(dialect.FuncTimeDate, KindColumns[schema.Date], at, zone)
}

// Trunc makes the beginning of the unit in which an instant is in its zone, or a day.
func Trunc(t *Expr, unit dialect.Unit) *Expr {
	known := unit > dialect.NoUnit && int(unit) < len(dialect.UnitNames)
	var call *Expr
	if isDay(t) {
		call = Call(dialect.FuncDayTrunc, KindColumns[schema.Date], t, IntConst(int(unit)))
		if known && unit > dialect.UnitDay {
			call.Err = fmt.Errorf("Trunc cannot cut a day to a %s", dialect.UnitNames[unit])
		}
	} else {
		at, zone := zoned(t)
		call = inZone(t, Call(dialect.FuncTimeTrunc, KindColumns[schema.Time], at, IntConst(int(unit)), zone))
	}
	if !known {
		call.Err = errors.New("Trunc needs a unit from UnitYear to UnitSecond")
	}
	return call
}
