package dialect

import (
	"strconv"
	"strings"
)

// CutLimits cuts the limits out of a type, such as the 10 and 2 of numeric(10,2), the 6 of timestamp(6) with time zone.
// A type whose brackets hold anything else is returned as it is.
func CutLimits(typ string) (name string, limits []int) {
	before, rest, ok := strings.Cut(typ, "(")
	list, after, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return typ, nil
	}
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return typ, nil
		}
		limits = append(limits, n)
	}
	return strings.TrimSpace(before) + after, limits
}
