package differential_test

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom"
)

// kind is a kind of values: their order, and where a result has them.
type kind[V any] struct {
	cmp   func(a, b V) int
	value func(*source) V
	at    func(*cells) **V
}

// cells has a place for a value of each kind.
type cells struct {
	int   *int
	int64 *int64
	float *float64
	text  *string
	time  *time.Time
	bool  *bool
}

func atInt64(c *cells) **int64     { return &c.int64 }
func atFloat(c *cells) **float64   { return &c.float }
func atText(c *cells) **string     { return &c.text }
func compareBools(a, b bool) int   { return truthInt(a) - truthInt(b) }
func compareTexts(a, b string) int { return strings.Compare(a, b) }

func truthInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

var (
	ints     = &kind[int]{cmp.Compare[int], (*source).int, func(c *cells) **int { return &c.int }}
	counts   = &kind[int64]{cmp.Compare[int64], (*source).count, atInt64}
	bigs     = &kind[int64]{cmp.Compare[int64], (*source).big, atInt64}
	floats   = &kind[float64]{cmp.Compare[float64], (*source).float, atFloat}
	wilds    = &kind[float64]{cmp.Compare[float64], (*source).wild, atFloat}
	texts    = &kind[string]{compareTexts, (*source).text, atText}
	decimals = &kind[string]{compareDecimals, (*source).decimal, atText}
	times    = &kind[time.Time]{time.Time.Compare, (*source).time, func(c *cells) **time.Time { return &c.time }}
	bools    = &kind[bool]{compareBools, (*source).bool, func(c *cells) **bool { return &c.bool }}
)

// cents is a decimal as an integer.
func cents(s string) int64 {
	n, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func compareDecimals(a, b string) int { return cmp.Compare(cents(a), cents(b)) }

// operators are what fields and expressions share.
type operators[T, V any] interface {
	prom.Term[*T, V]
	Eq(V) prom.Cond[*T]
	Ne(V) prom.Cond[*T]
	Gt(V) prom.Cond[*T]
	Gte(V) prom.Cond[*T]
	Lt(V) prom.Cond[*T]
	Lte(V) prom.Cond[*T]
	Between(V, V) prom.Cond[*T]
	In(...V) prom.Cond[*T]
	NotIn(...V) prom.Cond[*T]
	Asc() prom.Order[*T]
	Desc() prom.Order[*T]
}

// term is a term and what it means in Go; nil is NULL.
type term[T, V any] struct {
	kind *kind[V]
	x    operators[T, V]
	of   func(*T) *V

	constant bool // which makes no groups
}

// termOf makes a random term of a kind.
func termOf[T, V any](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	if depth > 0 && w.chance(2) {
		return composed(w, m, k, depth-1)
	}
	return leaf(w, m, k, depth)
}

func leaf[T, V any](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	makers := m.terms[k]
	made := makers[w.n(len(makers))].(maker[T, V])(w, depth)
	made.kind = k
	return made
}

// constant is a constant, for the kinds that a Go type tells by itself.
func constant[T, V any](w *world, k *kind[V]) term[T, V] {
	v := k.value(w.source)
	return term[T, V]{kind: k, x: prom.Val(prom.Proto[T](), v), of: func(*T) *V { return &v }, constant: true}
}

// composed makes a term of other terms.
func composed[T, V any](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	var own []func() any
	switch any(k) {
	case any(ints):
		own = append(own, func() any { return arithmetic(w, m, ints, depth) },
			func() any { return remainder(w, m, ints, depth) },
			func() any { return roundedInt(w, m, depth) }, func() any { return partInZone(w, m, depth) })
	case any(counts):
		own = append(own, func() any { return arithmetic(w, m, counts, depth) }, func() any { return length(w, m, depth) },
			func() any { return toInt(w, m, depth) })
	case any(floats):
		own = append(own, func() any { return arithmetic(w, m, floats, depth) }, func() any { return toFloat(w, m, depth) },
			func() any { return rounded(w, m, floats, depth) })
	case any(wilds):
		own = append(own, func() any { return rounded(w, m, wilds, depth) })
	case any(decimals):
		own = append(own, func() any { return decimal(w, m, depth) }, func() any { return decimal(w, m, depth) })
	case any(times):
		own = append(own, func() any { return moment(w, m, depth) }, func() any { return moment(w, m, depth) })
	case any(texts):
		own = append(own, func() any { return textOf(w, m, depth) }, func() any { return textOf(w, m, depth) },
			func() any { return padded(w, m, depth) })
	case any(bools):
		own = append(own, func() any { return condTerm(w, m, depth) })
	}
	own = append(own, func() any { return extremeOf(w, m, k, depth) }, func() any { return nullIf(w, m, k, depth) })
	n := w.n(len(own) + 5)
	if n < len(own) {
		made := own[n]().(term[T, V])
		made.kind = k
		return made
	}
	a := termOf(w, m, k, depth)
	switch n - len(own) {
	case 0:
		v := k.value(w.source)
		return term[T, V]{kind: k, x: prom.OrValue[*T, V](a.x, v), of: func(r *T) *V {
			if got := a.of(r); got != nil {
				return got
			}
			return &v
		}}
	case 1:
		if any(k) == any(decimals) { // a constant of type string is a text
			return a
		}
		return constant[T](w, k)
	case 2:
		c, b := condOf(w, m, depth), termOf(w, m, k, depth)
		return term[T, V]{kind: k, x: prom.Case[*T, V](b.x, prom.Then[*T, V](c.x, a.x)), of: func(r *T) *V {
			if c.of(r) == yes {
				return a.of(r)
			}
			return b.of(r)
		}}
	case 3:
		return scalar[T](w, k, depth)
	}
	b := termOf(w, m, k, depth)
	return term[T, V]{kind: k, x: prom.Coalesce[*T, V](a.x, b.x), of: func(r *T) *V {
		if got := a.of(r); got != nil {
			return got
		}
		return b.of(r)
	}}
}

// lift2 makes a function of two values one of two terms; it is NULL when one is, or when ok is false.
func lift2[T, V any](a, b term[T, V], f func(a, b V) (V, bool)) func(*T) *V {
	return func(r *T) *V {
		x, y := a.of(r), b.of(r)
		if x == nil || y == nil {
			return nil
		}
		if v, ok := f(*x, *y); ok {
			return &v
		}
		return nil
	}
}

func lift1[T, A, V any](a term[T, A], f func(A) V) func(*T) *V {
	return func(r *T) *V {
		x := a.of(r)
		if x == nil {
			return nil
		}
		v := f(*x)
		return &v
	}
}

func arithmetic[T any, V int | int64 | float64](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	a, b := termOf(w, m, k, depth), termOf(w, m, k, depth)
	switch w.n(6) {
	case 0:
		return term[T, V]{kind: k, x: prom.Plus[*T, V](a.x, b.x),
			of: lift2(a, b, func(a, b V) (V, bool) { return a + b, true })}
	case 1:
		return term[T, V]{kind: k, x: prom.Minus[*T, V](a.x, b.x),
			of: lift2(a, b, func(a, b V) (V, bool) { return a - b, true })}
	case 2:
		return term[T, V]{kind: k, x: prom.Times[*T, V](a.x, b.x),
			of: lift2(a, b, func(a, b V) (V, bool) { return a * b, true })}
	case 3:
		return term[T, V]{kind: k, x: prom.Div[*T, V](a.x, b.x), of: lift2(a, b, func(a, b V) (V, bool) {
			if b == 0 {
				return 0, false
			}
			return a / b, true
		})}
	case 4:
		return term[T, V]{kind: k, x: prom.Neg[*T, V](a.x), of: lift1(a, func(a V) V { return 0 - a })}
	}
	return term[T, V]{kind: k, x: prom.Abs[*T, V](a.x), of: lift1(a, func(a V) V { return max(a, -a) })}
}

func remainder[T any, V int | int64](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	a, b := termOf(w, m, k, depth), termOf(w, m, k, depth)
	return term[T, V]{kind: k, x: prom.Mod[*T, V](a.x, b.x), of: lift2(a, b, func(a, b V) (V, bool) {
		if b == 0 {
			return 0, false
		}
		return a % b, true
	})}
}

func length[T any](w *world, m *model[T], depth int) term[T, int64] {
	a := termOf(w, m, texts, depth)
	return term[T, int64]{kind: counts, x: prom.Length[*T, string](a.x),
		of: lift1(a, func(s string) int64 { return int64(len([]rune(s))) })}
}

func toFloat[T any](w *world, m *model[T], depth int) term[T, float64] {
	a := termOf(w, m, ints, depth)
	return term[T, float64]{kind: floats, x: prom.Float[*T, int](a.x),
		of: lift1(a, func(n int) float64 { return float64(n) })}
}

func textOf[T any](w *world, m *model[T], depth int) term[T, string] {
	a := termOf(w, m, texts, depth)
	made := func(x prom.Expr[*T, string], f func(string) string) term[T, string] {
		return term[T, string]{kind: texts, x: x, of: lift1(a, f)}
	}
	switch w.n(6) {
	case 0:
		return made(prom.Lower[*T, string](a.x), lower)
	case 1:
		return made(prom.Upper[*T, string](a.x), upper)
	case 2:
		return made(prom.Trim[*T, string](a.x), func(s string) string { return strings.Trim(s, " ") })
	case 3:
		old, by := pick(w.source, letters...), w.text()
		return made(prom.Replace[*T, string](a.x, old, by), func(s string) string { return strings.ReplaceAll(s, old, by) })
	case 4:
		from, n := 1+w.n(5), w.n(5)
		return made(prom.Substr[*T, string](a.x, from, n), func(s string) string {
			runes := []rune(s)
			runes = runes[min(from-1, len(runes)):]
			return string(runes[:min(n, len(runes))])
		})
	}
	b := termOf(w, m, texts, depth)
	return term[T, string]{kind: texts, x: prom.Concat[*T, string](a.x, b.x),
		of: lift2(a, b, func(a, b string) (string, bool) { return a + b, true })}
}

func lower(s string) string { return mapped(s, 'A', 'Z', 'a'-'A') }
func upper(s string) string { return mapped(s, 'a', 'z', 'A'-'a') }

func mapped(s string, first, last, by rune) string {
	return strings.Map(func(r rune) rune {
		if r >= first && r <= last {
			return r + by
		}
		return r
	}, s)
}

// condTerm is a condition as a value.
func condTerm[T any](w *world, m *model[T], depth int) term[T, bool] {
	c := condOf(w, m, depth)
	return term[T, bool]{kind: bools, x: prom.Coalesce[*T, bool](c.x), of: func(r *T) *bool {
		switch c.of(r) {
		case unknown:
			return nil
		case yes:
			v := true
			return &v
		}
		return new(bool)
	}}
}

// same reports whether two results are equal; floats may differ in their last digits, which the order of a sum decides.
func same(a, b any) bool {
	x, ok := a.(float64)
	y, both := b.(float64)
	if ok && both {
		return x == y || math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y))
	}
	return a == b
}
