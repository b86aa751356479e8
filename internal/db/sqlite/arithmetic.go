package sqlite

import (
	"math"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

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
}

// What SQLite says of such a number itself, and the like.
const (
	errIntegerRange = "integer overflow"
	errFloatRange   = "float overflow"
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
