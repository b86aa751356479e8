package ast

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// decimalKey is what tells the columns apart that stand for computed decimals: how a Go type is read and written.
type decimalKey struct {
	typ           reflect.Type
	codec         *schema.Registered
	scanner, text bool
	scale         int
}

// decimals are the columns that stand for computed decimals, each once, since codecs are kept by column. Scales are
// few.
var decimals sync.Map // decimalKey → *schema.Column

// decimalLike returns the column that stands for a computed decimal of a scale, which goes into a Go type as a column
// does. It has no limits of its own.
func decimalLike(c *schema.Column, scale int) *schema.Column {
	key := decimalKey{c.Type, c.Codec, c.Scanner, c.TextCodec, scale}
	if c.Type != nil {
		key.typ = schema.Unwrap(c.Type)
	}
	if known, ok := decimals.Load(key); ok {
		return known.(*schema.Column)
	}
	made, _ := decimals.LoadOrStore(key, &schema.Column{
		Kind: schema.Decimal, Type: key.typ, Codec: key.codec, Scanner: key.scanner, TextCodec: key.text,
		Scale: scale, Null: true,
	})
	return made.(*schema.Column)
}

var errNoDecimal = errors.New("functions of decimals need fields with the tag option decimal, or what is computed " +
	"of them; use DecimalOf for a number")

// decimalTerm returns an expression whose values are of type V as a decimal: a constant with the digits that it is
// written with.
func decimalTerm[V any](e, beside *Expr) *Expr {
	if e.Like.Kind == schema.Decimal || e.Err != nil {
		return e
	}
	failed := *e
	failed.Err = errNoDecimal
	switch {
	case e.Op == ExprNull:
		failed.Err, failed.Like = nil, decimalLike(e.Like, 0)
	case e.Op == ExprValue && e.Given != nil:
		like := e.Like
		if beside != nil && beside.Like.Kind == schema.Decimal {
			like = beside.Like
		}
		c, err := scan.CodecFor(reflect.TypeFor[V](), decimalLike(like, 0))
		if err != nil {
			failed.Err = err
			break
		}
		if failed.Val, failed.Err = scan.EncodeField(c, e.Given.(V)); failed.Err == nil {
			_, fraction, _ := strings.Cut(failed.Val.Text(), ".")
			failed.Like = decimalLike(like, len(fraction))
		}
	}
	return &failed
}

// mostScale is the greatest scale of a computed decimal.
const mostScale = 1000

// decimalCall makes the call of a function of decimals.
func decimalCall(fn dialect.Func, like *schema.Column, scale int, args ...*Expr) *Expr {
	e := Call(fn, decimalLike(like, scale), args...)
	if scale < 0 || scale > mostScale {
		e.Err = fmt.Errorf("the scale of a decimal must be from 0 to %d", mostScale)
	}
	return e
}

// DecimalArithmetic makes the call of an operator on two decimals.
//
//go:noinline
func DecimalArithmetic[V any](fn dialect.Func, a, b *Expr) *Expr {
	x, y := decimalTerm[V](a, b), decimalTerm[V](b, a)
	scale := max(x.Like.Scale, y.Like.Scale)
	if fn == dialect.FuncDecimalMul {
		scale = x.Like.Scale + y.Like.Scale
	}
	return decimalCall(fn, x.Like, scale, x, y)
}

// DecimalDiv makes a quotient of so many digits behind the point.
//
//go:noinline
func DecimalDiv[V any](a, b *Expr, scale int) *Expr {
	x, y := decimalTerm[V](a, b), decimalTerm[V](b, a)
	return decimalCall(dialect.FuncDecimalDiv, x.Like, scale, x, y, IntConst(scale))
}

// DecimalSign makes a decimal with another sign.
//
//go:noinline
func DecimalSign[V any](fn dialect.Func, a *Expr) *Expr {
	x := decimalTerm[V](a, nil)
	return decimalCall(fn, x.Like, x.Like.Scale, x)
}

// DecimalRound makes a decimal rounded to so many digits behind the point.
//
//go:noinline
func DecimalRound[V any](a *Expr, digits int) *Expr {
	x := decimalTerm[V](a, nil)
	return decimalCall(dialect.FuncDecimalRound, x.Like, max(digits, 0), x, digitsArg(digits))
}

// DecimalOf makes a decimal of a number, which is read into a V.
//
//go:noinline
func DecimalOf[V any](a *Expr, scale int) *Expr {
	like, err := LikeOf[V]()
	if err == nil && like.Kind != schema.Text && like.Kind != schema.Decimal {
		err = fmt.Errorf("DecimalOf needs a text type, or one with sql.Scanner and driver.Valuer, not %s",
			reflect.TypeFor[V]())
	}
	e := decimalCall(dialect.FuncDecimalOf, like, scale, a, digitsArg(scale))
	if err != nil {
		e.Err = err
	}
	return e
}

// averageDigits are how many digits more than its values and its result an average of decimals is computed with, so
// that rounding it twice is rounding it once: it is off a half by a multiple of what those digits say, divided by a
// number of rows of 64 bits.
const averageDigits = 20

// DecimalAvg makes the average of decimals, rounded to so many digits behind the point.
//
//go:noinline
func DecimalAvg[V any](a *Expr, scale int) *Expr {
	x := decimalTerm[V](a, nil)
	like := decimalLike(x.Like, scale)
	long := max(x.Like.Scale, scale) + averageDigits
	e := &Expr{Op: ExprAggregate, Fn: dialect.FuncAvg, Like: like,
		Args: []*Expr{Call(dialect.FuncDecimalRound, decimalLike(x.Like, long), x, IntConst(long))}}
	if scale < 0 || scale > mostScale {
		e.Err = fmt.Errorf("the scale of a decimal must be from 0 to %d", mostScale)
	}
	return e
}

// DecimalSum makes the sum of decimals.
//
//go:noinline
func DecimalSum[V any](a *Expr) *Expr {
	x := decimalTerm[V](a, nil)
	return &Expr{Op: ExprAggregate, Fn: dialect.FuncSum, Like: x.Like, Args: []*Expr{x}}
}
