package prom

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// Interval is a span of time as PostgreSQL's type interval has it (its manual, section "Date/Time Types", "Interval
// Input"): months, days and microseconds, which are separate numbers, because a month has 28 to 31 days and a day may
// have 23 or 25 hours. The zero value is no time.
//
// Its columns are of the type interval on PostgreSQL, and texts in the form of PostgreSQL's on SQLite. Both engines
// compare intervals as PostgreSQL does, a month as 30 days and a day as 24 hours: a month equals 30 days. Declare the
// field with [OrderedOf].
//
// A time.Duration is stored as an integer of nanoseconds, unless its tag is type=interval: then it is an interval of
// hours, minutes and seconds, and reading one with days or months is [ErrType].
type Interval struct {
	Months       int32 // 12 for each year
	Days         int32 // 7 for each week
	Microseconds int64 // the part shorter than a day
}

// IntervalOf returns a duration as an interval without months and days. It is cut to microseconds.
func IntervalOf(d time.Duration) Interval { return Interval{Microseconds: d.Microseconds()} }

// AddTo returns t plus the interval, as PostgreSQL computes it: first the months, then the days, then the microseconds.
// Months and days are added on the calendar of t's location. If the resulting month has no such day, it is the last day
// of that month: January 31 plus one month is February 28 or 29.
func (i Interval) AddTo(t time.Time) time.Time {
	return schema.AddInterval(t, i.Months, i.Days, i.Microseconds)
}

// PostgresType returns "interval": the type of the column on PostgreSQL.
func (Interval) PostgresType() string { return "interval" }

// String returns the interval as PostgreSQL writes it, such as "1 year 2 mons 3 days 04:05:06.7".
func (i Interval) String() string {
	return schema.IntervalText(i.Months, i.Days, i.Microseconds)
}

// MarshalText returns what String does.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText and PostgreSQL write. A text with another form is an error that does not show
// it.
func (i *Interval) UnmarshalText(text []byte) (err error) {
	i.Months, i.Days, i.Microseconds, err = schema.ParseInterval(string(text))
	return err
}
