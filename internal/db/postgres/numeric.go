package postgres

import (
	"encoding/binary"
	"strings"
)

// notFinite are the signs of numbers that are none or infinite (NUMERIC_NAN and others in
// src/backend/utils/adt/numeric.c of PostgreSQL), as the server writes them.
var notFinite = map[uint16]string{0xc000: "NaN", 0xd000: "Infinity", 0xf000: "-Infinity"}

// numericText writes PostgreSQL's binary NUMERIC as a decimal number, with as many digits after the point as its
// display scale says. Not a number and the infinities are not ok. The format is that of numeric_send in the server's
// src/backend/utils/adt/numeric.c: the number of digits to base 10000, the weight of the first one, the sign, the
// display scale, the digits.
func numericText(raw []byte) (text string, ok bool) {
	const negative = 0x4000
	if len(raw) < 8 {
		return "", false
	}
	count := int(binary.BigEndian.Uint16(raw))
	weight := int(int16(binary.BigEndian.Uint16(raw[2:])))
	sign := binary.BigEndian.Uint16(raw[4:])
	scale := int(binary.BigEndian.Uint16(raw[6:]))
	if text := notFinite[sign]; text != "" && count == 0 && len(raw) == 8 {
		return text, true
	}
	if sign != 0 && sign != negative || len(raw) != 8+2*count {
		return "", false
	}
	digit := func(i int) uint16 {
		if i < 0 || i >= count {
			return 0
		}
		return binary.BigEndian.Uint16(raw[8+2*i:])
	}
	for i := range count {
		if digit(i) > 9999 {
			return "", false
		}
	}
	var b strings.Builder
	if sign == negative {
		b.WriteByte('-')
	}
	if weight < 0 {
		b.WriteByte('0')
	}
	for i := 0; i <= weight; i++ {
		d := digit(i)
		text := [4]byte{byte('0' + d/1000), byte('0' + d/100%10), byte('0' + d/10%10), byte('0' + d%10)}
		if i > 0 {
			b.Write(text[:])
			continue
		}
		b.WriteString(trimZeros(text[:]))
	}
	if scale == 0 {
		return b.String(), true
	}
	b.WriteByte('.')
	for i, left := weight+1, scale; left > 0; i, left = i+1, left-4 {
		d := digit(i)
		text := [4]byte{byte('0' + d/1000), byte('0' + d/100%10), byte('0' + d/10%10), byte('0' + d%10)}
		b.Write(text[:min(left, 4)])
	}
	return b.String(), true
}

// trimZeros cuts leading zeros, all but the last digit.
func trimZeros(digits []byte) string {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	return string(digits)
}
