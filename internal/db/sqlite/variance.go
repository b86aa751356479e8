package sqlite

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/prom-go/prom/internal/sqlite3"
)

// variance gathers numbers for their variance or standard deviation. It adds the numbers and their squares exactly, as
// integers times a power of two, so that neither the order of the rows nor numbers that are close to each other and far
// from zero cost digits, and rows can leave the frame of a window. What is rounded is the result alone.
//
// Its rules are those of PostgreSQL's var_samp and so on for double precision: NULL for no rows, of a sample for one;
// what an infinity is among is no number, NULL here; a sum of squares beyond all floats is an error
// (https://www.postgresql.org/docs/current/functions-aggregate.html).
type variance struct {
	sample, root bool

	rows, infinite int64
	exp            int     // of the sums
	sum, squares   big.Int // times 2 to the power of exp, and of 2 * exp
	n, square      big.Int // room
}

func (v *variance) Add(n sqlite3.Number)    { v.add(n, 1) }
func (v *variance) Remove(n sqlite3.Number) { v.add(n, -1) }

func (v *variance) add(n sqlite3.Number, rows int64) {
	v.rows += rows
	mantissa, exp := n.Int, 0
	if n.Type == sqlite3.Float {
		if math.IsInf(n.Float, 0) {
			v.infinite += rows
			return
		}
		fraction, power := math.Frexp(n.Float)
		mantissa, exp = int64(fraction*(1<<53)), power-53 // the product is whole
	}
	if mantissa == 0 {
		return
	}
	zeros := bits.TrailingZeros64(uint64(mantissa))
	mantissa, exp = mantissa>>zeros, exp+zeros
	if v.sum.Sign() == 0 && v.squares.Sign() == 0 {
		v.exp = exp
	}
	v.n.SetInt64(mantissa)
	if more := exp - v.exp; more >= 0 {
		v.n.Lsh(&v.n, uint(more))
	} else {
		v.sum.Lsh(&v.sum, uint(-more))
		v.squares.Lsh(&v.squares, uint(-2*more))
		v.exp = exp
	}
	v.square.Mul(&v.n, &v.n)
	if rows > 0 {
		v.sum.Add(&v.sum, &v.n)
		v.squares.Add(&v.squares, &v.square)
	} else {
		v.sum.Sub(&v.sum, &v.n)
		v.squares.Sub(&v.squares, &v.square)
	}
}

func (v *variance) Result() (sqlite3.Number, string) {
	least := int64(1)
	if v.sample {
		least = 2
	}
	if v.rows < least || v.infinite > 0 {
		return sqlite3.Number{}, ""
	}
	// The sum of the squares of all distances from the mean, times the number of rows: n * squares - sum * sum.
	rows := big.NewInt(v.rows)
	spread := new(big.Int).Mul(&v.squares, rows)
	spread.Sub(spread, new(big.Int).Mul(&v.sum, &v.sum))
	if f := v.float(spread, rows); math.IsInf(f, 0) {
		return sqlite3.Number{}, errFloatRange
	}
	f := v.float(spread, new(big.Int).Mul(rows, big.NewInt(v.rows-least+1)))
	if v.root {
		f = math.Sqrt(f)
	}
	return sqlite3.Number{Type: sqlite3.Float, Float: f}, ""
}

// float returns a number that is scaled as squares are, divided by another one.
func (v *variance) float(n, by *big.Int) float64 {
	q := new(big.Float).SetPrec(128).SetInt(n)
	q.Quo(q, new(big.Float).SetPrec(128).SetInt(by))
	q.SetMantExp(q, 2*v.exp)
	f, _ := q.Float64()
	return f
}
