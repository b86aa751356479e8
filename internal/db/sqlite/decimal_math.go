package sqlite

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

// decimal is a number that is computed with exactly: n, of which so many digits are behind the point.
type decimal struct {
	n     big.Int
	scale int
}

// mostExponent is the greatest exponent of a number that is written with one: that of a float.
const mostExponent = 400

// parseDecimal reads digits with a point, and perhaps an exponent, as SQLite writes floats.
func parseDecimal(text string) (decimal, bool) {
	var d decimal
	text = strings.TrimSpace(text)
	exponent := 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(text[i+1:]); err != nil || max(exponent, -exponent) > mostExponent {
			return d, false
		}
		text = text[:i]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	_, ok := d.n.SetString(whole+fraction, 10)
	if !ok || strings.ContainsAny(fraction, "+-_") || strings.Contains(whole, "_") {
		return d, false
	}
	if d.scale = len(fraction) - exponent; d.scale < 0 {
		d.n.Mul(&d.n, powerOfTen(-d.scale))
		d.scale = 0
	}
	return d, true
}

// decimalArg reads an argument. A float has the digits by which it is written, the fewest that tell it from others.
func decimalArg(a sqlite3.Arg) (decimal, bool) {
	switch a.Type {
	case sqlite3.Blob:
		return decimal{}, false
	case sqlite3.Float:
		if math.IsInf(a.Float, 0) {
			return decimal{}, false
		}
		return parseDecimal(strconv.FormatFloat(a.Float, 'f', -1, 64))
	}
	return parseDecimal(a.Text)
}

// scaled returns the digits of d when so many of them, no fewer than it has, are behind the point.
func (d *decimal) scaled(scale int) *big.Int {
	if scale == d.scale {
		return &d.n
	}
	return new(big.Int).Mul(&d.n, powerOfTen(scale-d.scale))
}

// rounded returns d rounded to so many digits behind the point, halves away from zero. It has so many then, none when
// they are fewer than none.
func (d decimal) rounded(digits int) decimal {
	if digits >= d.scale {
		return decimal{n: *d.scaled(digits), scale: digits}
	}
	unit := powerOfTen(d.scale - digits)
	r := decimal{n: *halfAway(&d.n, unit), scale: digits}
	if digits < 0 {
		r = decimal{n: *r.n.Mul(&r.n, powerOfTen(-digits))}
	}
	return r
}

// halfAway returns a / b, rounded to the nearest integer, halves away from zero.
func halfAway(a, b *big.Int) *big.Int {
	q, rest := new(big.Int).QuoRem(a, b, new(big.Int))
	if rest.Lsh(rest.Abs(rest), 1).CmpAbs(b) >= 0 {
		step := int64(1)
		if a.Sign()*b.Sign() < 0 {
			step = -1
		}
		q.Add(q, big.NewInt(step))
	}
	return q
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// String returns d with all its digits behind the point.
func (d decimal) String() string {
	digits, sign := new(big.Int).Abs(&d.n).String(), ""
	if d.n.Sign() < 0 {
		sign = "-"
	}
	if short := d.scale + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	if d.scale > 0 {
		digits = digits[:len(digits)-d.scale] + "." + digits[len(digits)-d.scale:]
	}
	return sign + digits
}

// decimals is the function [sqlite.Decimals]. Results have as many digits behind the point as PostgreSQL gives them
// (the manual's section "Arbitrary Precision Numbers"): those of the operand that has more in a sum, those of both in a
// product.
func decimals(args []sqlite3.Arg) sqlite3.Result {
	for _, a := range args {
		if a.Null {
			return sqlite3.Result{}
		}
	}
	a, ok := decimalArg(args[1])
	if !ok {
		return sqlite3.Result{Err: errNoDecimal}
	}
	var b decimal
	switch op := args[0].Text; op {
	case sqlite.DecimalNeg:
		a.n.Neg(&a.n)
		return decimalResult(a)
	case sqlite.DecimalAbs:
		a.n.Abs(&a.n)
		return decimalResult(a)
	case sqlite.DecimalRound:
		return decimalResult(a.rounded(intArg(args[2])))
	case sqlite.DecimalFit:
		precision, scale := intArg(args[2]), intArg(args[3])
		if a = a.rounded(scale); a.n.CmpAbs(powerOfTen(precision)) >= 0 {
			return sqlite3.Result{Err: errIntegerRange}
		}
		return decimalResult(a)
	default:
		if b, ok = decimalArg(args[2]); !ok {
			return sqlite3.Result{Err: errNoDecimal}
		}
		scale := max(a.scale, b.scale)
		r := decimal{scale: scale}
		switch op {
		case sqlite.DecimalAdd:
			r.n.Add(a.scaled(scale), b.scaled(scale))
		case sqlite.DecimalSub:
			r.n.Sub(a.scaled(scale), b.scaled(scale))
		case sqlite.DecimalMul:
			r.scale = a.scale + b.scale
			r.n.Mul(&a.n, &b.n)
		default: // DecimalDiv
			if b.n.Sign() == 0 {
				return sqlite3.Result{}
			}
			r.scale = intArg(args[3])
			r.n = *halfAway(new(big.Int).Mul(a.scaled(scale), powerOfTen(r.scale)), b.scaled(scale))
		}
		return decimalResult(r)
	}
}

func decimalResult(d decimal) sqlite3.Result {
	return sqlite3.Result{Type: sqlite3.Text, Text: d.String()}
}

// intArg reads an integer that the dialect has written.
func intArg(a sqlite3.Arg) int {
	n, _ := strconv.Atoi(a.Text)
	return n
}

// decimalSum adds decimal numbers exactly. Its result has as many digits after the point as the number that has the
// most, as on PostgreSQL; an average is cut there.
type decimalSum struct {
	average bool
	sum     decimal
	rows    int64
	broken  bool // a text was no number
}

func (s *decimalSum) Add(text string)    { s.add(text, 1) }
func (s *decimalSum) Remove(text string) { s.add(text, -1) }

func (s *decimalSum) add(text string, rows int64) {
	s.rows += rows
	d, ok := parseDecimal(text)
	if !ok {
		s.broken = true
		return
	}
	if d.scale > s.sum.scale {
		s.sum = decimal{n: *s.sum.scaled(d.scale), scale: d.scale}
	}
	n := d.scaled(s.sum.scale)
	if rows < 0 {
		s.sum.n.Sub(&s.sum.n, n)
	} else {
		s.sum.n.Add(&s.sum.n, n)
	}
}

func (s *decimalSum) Result() sqlite3.Result {
	switch {
	case s.broken:
		return sqlite3.Result{Err: "a value of the sum is no decimal number"}
	case s.rows == 0:
		return sqlite3.Result{}
	case s.average:
		mean := decimal{scale: s.sum.scale}
		mean.n.Quo(&s.sum.n, big.NewInt(s.rows))
		return decimalResult(mean)
	}
	return decimalResult(s.sum)
}
