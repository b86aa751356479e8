package scan

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

var errNotFinite = errors.New("the result is NaN or infinite")

func decimalBase(col *schema.Column) base {
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			s, err := r.Text(i)
			if col.Precision == 0 && err == nil && s != "" && s[len(s)-1] > '9' {
				return errNotFinite // a computed one
			}
			*(*string)(p) = padded(s, col.Scale)
			return err
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) { return encodeDecimal(col, *(*string)(p)) },
	}
}

// padded returns a number with all digits of a scale, as PostgreSQL gives it. On SQLite it may have been stored when
// the column had another scale, or by another program.
func padded(s string, scale int) string {
	point := strings.IndexByte(s, '.')
	lacks := scale
	if point >= 0 {
		lacks -= len(s) - point - 1
	}
	if lacks <= 0 || s == "" || strings.Trim(s, "+-0123456789.") != "" {
		return s
	}
	if point < 0 {
		s += "."
	}
	return s + strings.Repeat("0", lacks)
}

// encodeDecimal writes a decimal number as both engines give it back: no plus, no leading zeros, all digits of the
// scale. A number that the column could not hold exactly is refused, where PostgreSQL would round it.
func encodeDecimal(col *schema.Column, s string) (schema.Value, error) {
	digits := strings.TrimLeft(s, "+-")
	negative := strings.HasPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if len(s)-len(digits) > 1 || whole == "" || point && fraction == "" || !onlyDigits(whole) || !onlyDigits(fraction) {
		return schema.Value{}, errors.New("the text is not a decimal number")
	}
	whole = strings.TrimLeft(whole, "0")
	scale := col.Scale
	if col.Precision == 0 { // a computed one has no limits, and the digits that it is written with
		scale = max(scale, len(fraction))
	}
	fraction = strings.TrimRight(fraction, "0")
	if col.Precision > 0 && (len(fraction) > scale || len(whole) > col.Precision-scale) {
		return schema.Value{}, fmt.Errorf("the number does not fit decimal=%d.%d", col.Precision, col.Scale)
	}
	zero := whole == "" && fraction == ""
	if whole == "" {
		whole = "0"
	}
	if scale > 0 {
		fraction += strings.Repeat("0", scale-len(fraction))
		whole += "." + fraction
	}
	if negative && !zero {
		whole = "-" + whole
	}
	return schema.TextValue(schema.Decimal, whole), nil
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
