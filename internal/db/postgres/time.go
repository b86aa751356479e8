package postgres

import (
	"strconv"
	"strings"
	"time"
)

// parseTime reads a date or a time as PostgreSQL writes it with the DateStyle ISO: 2024-02-29, 2024-02-29
// 12:34:56.123456, 12024-02-29 12:34:56+05:30, 0044-03-15 12:34:56+00:19:32 BC. The result is in UTC; without a zone it
// is UTC already.
func parseTime(s string) (time.Time, bool) {
	s, before := strings.CutSuffix(s, " BC")
	digits, rest, _ := strings.Cut(s, "-")
	year, err := strconv.Atoi(digits)
	if err != nil {
		return time.Time{}, false
	}
	if before {
		year = 1 - year
	}
	// A leap year in place of the year, so that every day of it exists.
	layout := "2006-01-02"
	if strings.Contains(rest, ":") {
		layout += " 15:04:05" + zoneLayout(rest)
	}
	t, err := time.Parse(layout, "2000-"+rest)
	if err != nil {
		return time.Time{}, false
	}
	_, offset := t.Zone()
	at := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second()-offset, t.Nanosecond(), time.UTC)
	return at, true
}

// zoneLayout returns the layout of the zone at the end of a time: of hours, minutes and, in old times, seconds.
func zoneLayout(s string) string {
	_, clock, _ := strings.Cut(s, " ")
	i := strings.LastIndexAny(clock, "+-")
	if i < 0 {
		return ""
	}
	switch len(clock) - i {
	case len("+05"):
		return "-07"
	case len("+05:30"):
		return "-07:00"
	}
	return "-07:00:00"
}
