package schema_test

import (
	"math"
	"testing"
	"time"

	"github.com/prom-go/prom/schema"
)

// Ensure that intervals are written as PostgreSQL does, and read back.
func TestIntervalText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		months, days int32
		micros       int64
		text         string
	}{
		{0, 0, 0, "00:00:00"},
		{14, 3, 4*3600e6 + 5*60e6 + 6_700_000, "1 year 2 mons 3 days 04:05:06.7"},
		{-14, 0, 0, "-1 years -2 mons"},
		{1, -1, 1, "1 mon -1 days +00:00:00.000001"},
		{0, -1, 7384e6, "-1 days +02:03:04"},
		{0, 1, -1e6, "1 day -00:00:01"},
		{-1, 2, 0, "-1 mons +2 days"},
		{12, 0, 0, "1 year"},
		{math.MaxInt32, math.MinInt32, math.MaxInt64, "178956970 years 7 mons -2147483648 days +2562047788:00:54.775807"},
		{0, 0, math.MinInt64, "-2562047788:00:54.775808"},
	} {
		if got := schema.IntervalText(c.months, c.days, c.micros); got != c.text {
			t.Errorf("%v is written as %q", c, got)
		}
		months, days, micros, err := schema.ParseInterval(c.text)
		if err != nil || months != c.months || days != c.days || micros != c.micros {
			t.Errorf("%q is read as %d %d %d, %v", c.text, months, days, micros, err)
		}
	}
	for _, text := range []string{"", "1", "1 week", "1 day 2", "01:02", "1:2:3:4", "01:60:00", "01:02:03 1 day", "99999999999 days",
		"2147483647 years", "9999999999999:00:00", "1 day x", "00:00:00.1234567", "P", "PT", "@", "@ ago",
		"+1-2", "1-2 3 4:05:06", "P1D2Y", "@ 1 day 2 years", "PT0.0000001S"} {
		if _, _, _, err := schema.ParseInterval(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// Ensure that intervals are compared as PostgreSQL does.
func TestCompareIntervals(t *testing.T) {
	t.Parallel()
	order := []string{"-178956970 years", "-1 mons", "-29 days -23:59:59", "-00:00:00.000001", "00:00:00", "1 day", "24:00:00.000001",
		"29 days", "1 mon", "1 year", "2147483647 days", "178956970 years", "none"}
	for i, a := range order {
		for j, b := range order {
			want := min(1, max(-1, i-j))
			if got := schema.CompareIntervals(a, b); got != want {
				t.Errorf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
	if schema.CompareIntervals("1 mon", "30 days") != 0 || schema.CompareIntervals("1 day", "24:00:00") != 0 {
		t.Error("a month has 30 days, and a day 24 hours")
	}
}

// Ensure that intervals are added to times as PostgreSQL does.
func TestAddInterval(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		months, days int32
		micros       int64
		want         time.Time
	}{
		{1, 0, 0, time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)},
		{13, 1, 0, time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)},
		{-2, 0, 1_500_000, time.Date(2023, 11, 30, 12, 0, 1, 500_000_000, time.UTC)},
		{0, 0, 300 * 365 * 86400e6, at.AddDate(0, 0, 300*365)},
		{0, 0, -1, at.Add(-time.Microsecond)},
	} {
		if got := schema.AddInterval(at, c.months, c.days, c.micros); !got.Equal(c.want) {
			t.Errorf("%v: %v, want %v", c, got, c.want)
		}
	}
}
