package schema

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// IntervalText writes an interval as PostgreSQL does with the IntervalStyle postgres (EncodeInterval in
// src/backend/utils/adt/datetime.c).
func IntervalText(months, days int32, micros int64) string {
	var b strings.Builder
	before := false // the part before is negative
	part := func(n int32, unit string) {
		if n == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if before && n > 0 {
			b.WriteByte('+')
		}
		fmt.Fprint(&b, n, " ", unit)
		if n != 1 {
			b.WriteByte('s')
		}
		before = n < 0
	}
	part(months/12, "year")
	part(months%12, "mon")
	part(days, "day")
	if micros == 0 && b.Len() > 0 {
		return b.String()
	}
	sign := ""
	if before {
		sign = "+"
	}
	us := uint64(micros)
	if micros < 0 {
		sign, us = "-", -us
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	s := us / 1e6
	fmt.Fprintf(&b, "%s%02d:%02d:%02d", sign, s/3600, s/60%60, s%60)
	if fraction := us % 1e6; fraction != 0 {
		b.WriteString(strings.TrimRight(fmt.Sprintf(".%06d", fraction), "0"))
	}
	return b.String()
}

var errInterval = errors.New("the text is not an interval as PostgreSQL writes it, such as 1 year 2 mons 3 days 04:05:06")

// ParseInterval reads what IntervalText writes, and what PostgreSQL does with each other IntervalStyle, which no
// session needs to have set for it: each has a form of its own.
func ParseInterval(s string) (months, days int32, micros int64, err error) {
	if months, days, micros, err = parsePostgres(s); err == nil {
		return months, days, micros, nil
	}
	return parseStyled(s)
}

// parsePostgres reads the IntervalStyle postgres.
func parsePostgres(s string) (months, days int32, micros int64, err error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return 0, 0, 0, errInterval
	}
	for len(words) > 0 {
		if strings.Contains(words[0], ":") {
			if micros, err = parseClock(words[0]); err != nil || len(words) > 1 {
				return 0, 0, 0, errInterval
			}
			break
		}
		n, err := strconv.ParseInt(words[0], 10, 32)
		if err != nil || len(words) < 2 {
			return 0, 0, 0, errInterval
		}
		switch strings.TrimSuffix(words[1], "s") {
		case "year":
			n = n*12 + int64(months)
			months = int32(n)
		case "mon":
			n += int64(months)
			months = int32(n)
		case "day":
			n += int64(days)
			days = int32(n)
		default:
			return 0, 0, 0, errInterval
		}
		if n != int64(int32(n)) {
			return 0, 0, 0, errInterval
		}
		words = words[2:]
	}
	return months, days, micros, nil
}

// parseClock reads hours, which may be more than a day has, minutes and seconds.
func parseClock(s string) (int64, error) {
	negative := strings.HasPrefix(s, "-")
	parts := strings.Split(strings.TrimLeft(s, "+-"), ":")
	if len(parts) != 3 {
		return 0, errInterval
	}
	seconds, fraction, _ := strings.Cut(parts[2], ".")
	var units [4]uint64
	for i, text := range []string{parts[0], parts[1], seconds, (fraction + "000000")[:6]} {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || i > 0 && i < 3 && n > 59 || len(fraction) > 6 {
			return 0, errInterval
		}
		units[i] = n
	}
	high, us := bits.Mul64(units[0], 3600e6)
	rest := (units[1]*60+units[2])*1e6 + units[3]
	if high != 0 || us > math.MaxInt64 || us+rest > math.MaxInt64 && !(negative && us+rest == 1<<63) {
		return 0, errInterval
	}
	if negative {
		return -int64(us + rest), nil
	}
	return int64(us + rest), nil
}

// CompareIntervals compares intervals as PostgreSQL does: a month has 30 days, a day 24 hours (interval_cmp_value in
// src/backend/utils/adt/timestamp.c). What is no interval comes after all that are, by its text.
func CompareIntervals(a, b string) int {
	am, ad, au, errA := ParseInterval(a)
	bm, bd, bu, errB := ParseInterval(b)
	switch {
	case errA != nil && errB != nil:
		return strings.Compare(a, b)
	case errA != nil:
		return 1
	case errB != nil:
		return -1
	}
	ah, al := intervalMicros(am, ad, au)
	bh, bl := intervalMicros(bm, bd, bu)
	switch {
	case ah < bh || ah == bh && al < bl:
		return -1
	case ah == bh && al == bl:
		return 0
	}
	return 1
}

// intervalMicros returns an interval in microseconds, as a number of 128 bits.
func intervalMicros(months, days int32, micros int64) (high int64, low uint64) {
	all := int64(months)*30 + int64(days)
	abs := uint64(max(all, -all))
	h, low := bits.Mul64(abs, 86400e6)
	high = int64(h)
	if all < 0 {
		low = -low
		if high = ^high; low == 0 {
			high++
		}
	}
	low, carry := bits.Add64(low, uint64(micros), 0)
	return high + micros>>63 + int64(carry), low
}

// AddInterval adds an interval to a time as PostgreSQL does: months, the day cut to the last one of its month, days,
// and microseconds.
func AddInterval(t time.Time, months, days int32, micros int64) time.Time {
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	d = min(d, first.AddDate(0, 1, -1).Day())
	h, mi, s := t.Clock()
	t = time.Date(first.Year(), first.Month(), d+int(days), h, mi, s, t.Nanosecond(), t.Location())
	return time.Unix(t.Unix()+micros/1e6, int64(t.Nanosecond())+micros%1e6*1e3).In(t.Location())
}
