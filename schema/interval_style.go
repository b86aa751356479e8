package schema

import (
	"math/big"
	"regexp"
	"strings"
)

// The styles of intervals besides postgres (EncodeInterval in src/backend/utils/adt/datetime.c).
var (
	// One sign is that of all parts; where they have several, or there are all of them, each has its own.
	sqlStandard = regexp.MustCompile(`^(-?)(?:(\d+)-(\d+)|(?:(\d+) )?(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?))$`)
	sqlSigned   = regexp.MustCompile(`^([+-])(\d+)-(\d+) ([+-]\d+) ([+-])(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$`)
	iso8601     = regexp.MustCompile(`^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?$`)
	verbose     = regexp.MustCompile(`^@(?: (-?\d+) years?)?(?: (-?\d+) mons?)?(?: (-?\d+) days?)?(?: (-?\d+) hours?)?` +
		`(?: (-?\d+) mins?)?(?: (-?\d+(?:\.\d+)?) secs?)?( ago)?$`)
)

// parseStyled reads the styles sql_standard, iso_8601 and postgres_verbose.
func parseStyled(s string) (months, days int32, micros int64, err error) {
	if s == "0" || s == "@ 0" {
		return 0, 0, 0, nil
	}
	if m := sqlStandard.FindStringSubmatch(s); m != nil {
		return intervalOf(m[1] != "", m[2:]...)
	}
	if m := sqlSigned.FindStringSubmatch(s); m != nil {
		return intervalOf(false, m[1]+m[2], m[1]+m[3], m[4], m[5]+m[6], m[5]+m[7], m[5]+m[8])
	}
	if m := iso8601.FindStringSubmatch(s); m != nil && len(s) > 2 {
		return intervalOf(false, m[1:]...)
	}
	if m := verbose.FindStringSubmatch(s); m != nil && strings.ContainsAny(s, "0123456789") {
		return intervalOf(m[7] != "", m[1:7]...)
	}
	return 0, 0, 0, errInterval
}

// intervalOf returns an interval of years, months, days, hours, minutes and seconds, each a decimal number or "".
func intervalOf(negate bool, parts ...string) (months, days int32, micros int64, err error) {
	var sums [3]big.Int
	for i, unit := range []struct{ sum, size int64 }{{0, 12}, {0, 1}, {1, 1}, {2, 3600e6}, {2, 60e6}, {2, 1e6}} {
		text := strings.TrimLeft(parts[i], "+")
		if text == "" || text == "-" {
			continue
		}
		n, ok := new(big.Rat).SetString(text)
		if !ok {
			return 0, 0, 0, errInterval
		}
		if n.Mul(n, new(big.Rat).SetInt64(unit.size)); !n.IsInt() {
			return 0, 0, 0, errInterval
		}
		sums[unit.sum].Add(&sums[unit.sum], n.Num())
	}
	for i := range sums {
		if negate {
			sums[i].Neg(&sums[i])
		}
		if !sums[i].IsInt64() || i < 2 && sums[i].Int64() != int64(int32(sums[i].Int64())) {
			return 0, 0, 0, errInterval
		}
	}
	return int32(sums[0].Int64()), int32(sums[1].Int64()), sums[2].Int64(), nil
}

// PlainInterval returns the text of an interval as the IntervalStyle postgres has it. What is none stays as it is.
func PlainInterval(s string) string {
	months, days, micros, err := ParseInterval(s)
	if err != nil {
		return s
	}
	return IntervalText(months, days, micros)
}
