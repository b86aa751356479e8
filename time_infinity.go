package prom

import (
	"errors"
	"time"

	"github.com/prom-go/prom/schema"
)

// TimeOrInfinity is a time that may be PostgreSQL's infinity or -infinity, which are after and before all other times
// (PostgreSQL's manual, section "Date/Time Types", "Special Values"). SQLite stores them as the same words, in the same
// order. The zero value is the zero time.Time.
//
// Use it for columns of other programs that hold infinities: a time.Time cannot, and reading one is [ErrType]. With the
// tag option date it is a date. Declare the field with [OrderedOf].
type TimeOrInfinity struct {
	// Time is the time if Infinity is 0.
	Time time.Time
	// Infinity is positive for infinity and negative for -infinity.
	Infinity int8
}

// String returns the time as time.Time prints it, or infinity or -infinity.
func (t TimeOrInfinity) String() string {
	switch {
	case t.Infinity > 0:
		return "infinity"
	case t.Infinity < 0:
		return "-infinity"
	}
	return t.Time.String()
}

// MarshalText returns the time in the form of RFC 3339, or infinity or -infinity.
func (t TimeOrInfinity) MarshalText() ([]byte, error) {
	if t.Infinity != 0 {
		return []byte(t.String()), nil
	}
	return t.Time.MarshalText()
}

// UnmarshalText reads what MarshalText writes. A text with another form is an error that does not show it.
func (t *TimeOrInfinity) UnmarshalText(text []byte) error {
	if sign := schema.InfiniteText(string(text)); sign != 0 {
		*t = TimeOrInfinity{Infinity: sign}
		return nil
	}
	var at time.Time
	if err := at.UnmarshalText(text); err != nil {
		return errors.New("prom: the text is not a time of RFC 3339, and not infinity or -infinity")
	}
	*t = TimeOrInfinity{Time: at}
	return nil
}
