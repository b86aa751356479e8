package transfer

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// hasher makes the hash of a row: of its values, whichever engine or type they are stored in. The sum of the hashes of
// all rows, modulo 1<<64, is the checksum of a table, in which their order does not count. It finds what was lost or
// changed by accident, and is no protection against somebody who wants rows to have the same one.
type hasher struct{ h uint64 }

// row returns the hash of a row.
func (h *hasher) row(values []schema.Value) uint64 {
	h.h = 0x9e3779b97f4a7c15
	for _, v := range values {
		h.value(v)
	}
	x := h.h // the finalizer of splitmix64, so that sums of similar hashes differ
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (h *hasher) word(x uint64) {
	h.h = (h.h ^ x) * 0xff51afd7ed558ccd
	h.h ^= h.h >> 32
}

func (h *hasher) text(class byte, s string) {
	h.word(uint64(class)<<56 | uint64(len(s)))
	for len(s) >= 8 {
		h.word(uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 |
			uint64(s[6])<<48 | uint64(s[7])<<56)
		s = s[8:]
	}
	var last uint64
	for i := range len(s) {
		last |= uint64(s[i]) << (8 * i)
	}
	h.word(last)
}

func (h *hasher) number(class byte, x uint64) {
	h.word(uint64(class) << 56)
	h.word(x)
}

func (h *hasher) value(v schema.Value) {
	if v.IsList() {
		h.number('l', uint64(v.Len()))
		for i := range v.Len() {
			h.value(v.At(i))
		}
		return
	}
	switch v.Kind() {
	case schema.Null:
		h.word('n' << 56)
	case schema.Bool, schema.Int16, schema.Int32, schema.Int64:
		h.number('i', uint64(v.Int()))
	case schema.Uint64:
		h.number('i', v.Uint())
	case schema.Float32, schema.Float64:
		f := v.Float()
		if f != f {
			f = math.NaN() // of many
		}
		h.number('f', math.Float64bits(f+0))
	case schema.Time, schema.Date:
		h.number('t', uint64(v.Int()))
	case schema.Clock:
		h.number('c', uint64(v.Int()))
	case schema.Bytes:
		b := v.Bytes()
		h.number('b', uint64(len(b)))
		for ; len(b) >= 8; b = b[8:] {
			h.word(binary.LittleEndian.Uint64(b))
		}
		h.text('b', string(b))
	case schema.Decimal:
		h.text('d', plainNumber(v.Text()))
	case schema.JSON:
		h.number('j', documentHash(v.Text()))
	default:
		h.text('s', v.Text())
	}
}

// plainNumber returns a decimal number in one form: its digits without zeros at the ends, and the power of ten.
func plainNumber(s string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	digits, negative := strings.CutPrefix(strings.TrimPrefix(mantissa, "+"), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	power := -len(fraction)
	if exponent != "" {
		n, sign := 0, 1
		for i, c := range exponent {
			switch {
			case i == 0 && c == '-':
				sign = -1
			case c >= '0' && c <= '9' && n < 1<<30:
				n = 10*n + int(c-'0')
			}
		}
		power += sign * n
	}
	digits = strings.TrimLeft(whole+fraction, "0")
	for strings.HasSuffix(digits, "0") {
		digits, power = digits[:len(digits)-1], power+1
	}
	if digits == "" {
		return "0"
	}
	if negative {
		digits = "-" + digits
	}
	return digits + "e" + strconv.Itoa(power)
}
