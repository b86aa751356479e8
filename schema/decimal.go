package schema

import "strings"

// CompareDecimals orders texts of decimal numbers by their value. It is the collation of dialect/sqlite by which SQLite
// compares columns of exact numbers. Texts that are no numbers come after those that are, in the order of their bytes.
func CompareDecimals(a, b string) int {
	na, okA := normalDecimal(a)
	nb, okB := normalDecimal(b)
	switch {
	case !okA && !okB:
		return strings.Compare(a, b)
	case !okA:
		return 1
	case !okB:
		return -1
	case na.negative != nb.negative:
		if na.negative {
			return -1
		}
		return 1
	}
	c := len(na.whole) - len(nb.whole)
	if c == 0 {
		c = strings.Compare(na.whole, nb.whole)
	}
	if c == 0 {
		c = strings.Compare(na.fraction, nb.fraction)
	}
	if na.negative {
		c = -c
	}
	return c
}

// CanonicalDecimal returns a decimal number without zeros that do not count, and false for another text.
func CanonicalDecimal(s string) (string, bool) {
	d, ok := normalDecimal(s)
	switch {
	case !ok:
		return "", false
	case d.whole == "":
		d.whole = "0"
	}
	if d.fraction != "" {
		d.whole += "." + d.fraction
	}
	if d.negative {
		d.whole = "-" + d.whole
	}
	return d.whole, true
}

type digits struct {
	negative        bool
	whole, fraction string // without zeros that do not count
}

func normalDecimal(s string) (digits, bool) {
	var d digits
	s, d.negative = strings.CutPrefix(s, "-")
	if !d.negative {
		s = strings.TrimPrefix(s, "+")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction == "" {
		return d, false
	}
	for _, part := range []string{whole, fraction} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return d, false
			}
		}
	}
	d.whole, d.fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}
