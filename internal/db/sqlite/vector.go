package sqlite

import (
	"math"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/sqlite3"
)

// distances are the distances of vectors of the same length.
var distances = map[string]func(a, b []float64) float64{
	sqlite.L2Distance: func(a, b []float64) float64 {
		sum := 0.0
		for i, x := range a {
			sum += (x - b[i]) * (x - b[i])
		}
		return math.Sqrt(sum)
	},
	sqlite.L1Distance: func(a, b []float64) float64 {
		sum := 0.0
		for i, x := range a {
			sum += math.Abs(x - b[i])
		}
		return sum
	},
	sqlite.NegativeInnerProduct: func(a, b []float64) float64 { return -product(a, b) },
	sqlite.CosineDistance: func(a, b []float64) float64 {
		// NaN, which SQLite takes for NULL, where one has no direction
		return 1 - max(-1, min(1, product(a, b)/math.Sqrt(product(a, a)*product(b, b))))
	},
}

const (
	errVector     = "malformed vector"
	errDimensions = "different vector dimensions"
)

// product is the inner product.
func product(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// vectors are the operands of a connection's last call: one of them is the same in all rows.
type vectors [2]struct {
	text   []byte
	values []float64
}

// distance returns the function that computes a distance.
func (v *vectors) distance(compute func(a, b []float64) float64) func(args []sqlite3.Arg) sqlite3.Result {
	return func(args []sqlite3.Arg) sqlite3.Result {
		if args[0].Null || args[1].Null {
			return sqlite3.Result{}
		}
		for i := range v {
			if !v.read(i, args[i].Text) {
				return sqlite3.Result{Err: errVector}
			}
		}
		a, b := v[0].values, v[1].values
		if len(a) != len(b) {
			return sqlite3.Result{Err: errDimensions}
		}
		return sqlite3.Result{Type: sqlite3.Float, Float: compute(a, b)}
	}
}

// read reads an operand, if it is another one than that of the call before.
func (v *vectors) read(i int, text string) bool {
	o := &v[i]
	if string(o.text) == text && text != "" {
		return true
	}
	o.text, o.values = o.text[:0], o.values[:0]
	inner, opened := strings.CutPrefix(text, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !opened || !closed {
		return false
	}
	for number := range strings.SplitSeq(inner, ",") {
		x, err := strconv.ParseFloat(strings.TrimSpace(number), 32)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
		o.values = append(o.values, x)
	}
	o.text = append(o.text, text...)
	return true
}
