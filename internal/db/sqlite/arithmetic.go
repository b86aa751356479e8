package sqlite

import (
	"math"
	"math/big"
	"strconv"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

// ofOne are the functions of one number.
var ofOne = map[string]sqlite3.Arithmetic{
	sqlite.Float32: toFloat32,
	sqlite.Ceil: func(a, _ sqlite3.Number) (sqlite3.Number, string) {
		if a.Type == sqlite3.Integer {
			return a, ""
		}
		return float(math.Ceil(a.Float)+0, a, a) // a negative zero becomes zero
	},
	sqlite.Floor: func(a, _ sqlite3.Number) (sqlite3.Number, string) {
		if a.Type == sqlite3.Integer {
			return a, ""
		}
		return float(math.Floor(a.Float)+0, a, a)
	},
	sqlite.SignOf: func(a, _ sqlite3.Number) (sqlite3.Number, string) {
		n := int64(0)
		switch f := toFloat(a); {
		case f > 0:
			n = 1
		case f < 0:
			n = -1
		}
		return integer(n, true)
	},
	sqlite.Sqrt: func(a, _ sqlite3.Number) (sqlite3.Number, string) {
		if toFloat(a) < 0 {
			return sqlite3.Number{}, errNoPower
		}
		return float(math.Sqrt(toFloat(a)), a, a)
	},
	sqlite.Int: func(a, _ sqlite3.Number) (sqlite3.Number, string) {
		if a.Type == sqlite3.Integer {
			return a, ""
		}
		f := math.Trunc(a.Float)
		return integer(int64(f), f >= math.MinInt64 && f < -math.MinInt64)
	},
}

// arithmetic is what the dialect's statements compute with, by the rules of PostgreSQL: a result that does not fit is
// an error, where SQLite makes floats of integers, and infinities or 0 of floats. What is no number is NULL.
var arithmetic = map[string]sqlite3.Arithmetic{
	sqlite.Plus: func(a, b sqlite3.Number) (sqlite3.Number, string) {
		if integers(a, b) {
			sum := a.Int + b.Int
			return integer(sum, (sum > a.Int) == (b.Int > 0))
		}
		return float(toFloat(a)+toFloat(b), a, b)
	},
	sqlite.Minus: func(a, b sqlite3.Number) (sqlite3.Number, string) {
		if integers(a, b) {
			rest := a.Int - b.Int
			return integer(rest, (rest < a.Int) == (b.Int > 0))
		}
		return float(toFloat(a)-toFloat(b), a, b)
	},
	sqlite.Times: func(a, b sqlite3.Number) (sqlite3.Number, string) {
		if integers(a, b) {
			product := a.Int * b.Int
			return integer(product, a.Int == 0 || product/a.Int == b.Int && !(a.Int == -1 && b.Int == math.MinInt64))
		}
		product := toFloat(a) * toFloat(b)
		if product == 0 && toFloat(a) != 0 && toFloat(b) != 0 {
			return sqlite3.Number{}, errFloatRange
		}
		return float(product, a, b)
	},
	sqlite.Divided: func(a, b sqlite3.Number) (sqlite3.Number, string) {
		switch {
		case toFloat(b) == 0:
			return sqlite3.Number{}, ""
		case integers(a, b):
			return integer(a.Int/b.Int, a.Int != math.MinInt64 || b.Int != -1)
		}
		quotient := toFloat(a) / toFloat(b)
		if quotient == 0 && toFloat(a) != 0 && !math.IsInf(toFloat(b), 0) {
			return sqlite3.Number{}, errFloatRange
		}
		return float(quotient, a, b)
	},
	sqlite.Power: power,
	sqlite.Round: func(a, b sqlite3.Number) (sqlite3.Number, string) { return roundNumber(a, int(b.Int)) },
}

// power is a number to the power of another, of those that PostgreSQL has.
func power(a, b sqlite3.Number) (sqlite3.Number, string) {
	x, y := toFloat(a), toFloat(b)
	if x == 0 && y < 0 || x < 0 && !math.IsInf(x, 0) && y != math.Trunc(y) {
		return sqlite3.Number{}, errNoPower
	}
	result := math.Pow(x, y)
	if result == 0 && x != 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return sqlite3.Number{}, errFloatRange
	}
	return float(result, a, b)
}

// roundNumber rounds a number to so many digits behind the point, halves away from zero. The digits of a float are
// those by which it is written, the fewest that tell it from others.
func roundNumber(a sqlite3.Number, digits int) (sqlite3.Number, string) {
	if a.Type == sqlite3.Integer {
		if digits >= 0 {
			return a, ""
		}
		n := decimal{n: *big.NewInt(a.Int)}.rounded(digits)
		return integer(n.n.Int64(), n.n.IsInt64())
	}
	if math.IsInf(a.Float, 0) {
		return a, ""
	}
	n, _ := parseDecimal(strconv.FormatFloat(a.Float, 'f', -1, 64))
	if n.scale <= digits {
		return a, ""
	}
	f, err := strconv.ParseFloat(n.rounded(digits).String(), 64)
	if err != nil {
		return sqlite3.Number{}, errFloatRange
	}
	return float(f+0, a, a)
}

// What SQLite says of such a number itself, and the like.
const (
	errIntegerRange = "integer overflow"
	errFloatRange   = "float overflow"
	errNoPower      = "no such power"
	errNoDecimal    = "no decimal number"
	errTimeRange    = "time out of range"
	errNoZone       = "no such time zone"
)

func integers(a, b sqlite3.Number) bool {
	return a.Type == sqlite3.Integer && b.Type == sqlite3.Integer
}

func toFloat(n sqlite3.Number) float64 {
	if n.Type == sqlite3.Integer {
		return float64(n.Int)
	}
	return n.Float
}

func integer(n int64, fits bool) (sqlite3.Number, string) {
	if !fits {
		return sqlite3.Number{}, errIntegerRange
	}
	return sqlite3.Number{Type: sqlite3.Integer, Int: n}, ""
}

// float is the result of a computation with two numbers. An infinity that neither of them is, is one too many.
func float(f float64, a, b sqlite3.Number) (sqlite3.Number, string) {
	switch {
	case math.IsNaN(f):
		return sqlite3.Number{}, ""
	case math.IsInf(f, 0) && !math.IsInf(toFloat(a), 0) && !math.IsInf(toFloat(b), 0):
		return sqlite3.Number{}, errFloatRange
	}
	return sqlite3.Number{Type: sqlite3.Float, Float: f}, ""
}

// toFloat32 is a number that a float32 can hold.
func toFloat32(a, _ sqlite3.Number) (sqlite3.Number, string) {
	f := toFloat(a)
	if math.IsInf(float64(float32(f)), 0) && !math.IsInf(f, 0) {
		return sqlite3.Number{}, errFloatRange
	}
	return sqlite3.Number{Type: sqlite3.Float, Float: f}, ""
}
