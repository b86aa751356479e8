package differential_test

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones, wherever the tests run

	"github.com/prom-go/prom"
)

// extremeOf makes the greatest or the least of two terms, which leaves NULLs out.
func extremeOf[T, V any](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	a, b := termOf(w, m, k, depth), termOf(w, m, k, depth)
	x, sign := prom.Greatest[*T, V], 1
	if w.chance(2) {
		x, sign = prom.Least[*T, V], -1
	}
	return term[T, V]{kind: k, x: x(a.x, b.x), of: func(r *T) *V {
		p, q := a.of(r), b.of(r)
		if p == nil || q != nil && sign*k.cmp(*q, *p) > 0 {
			return q
		}
		return p
	}}
}

// nullIf makes a term that is NULL where another is equal.
func nullIf[T, V any](w *world, m *model[T], k *kind[V], depth int) term[T, V] {
	a, b := termOf(w, m, k, depth), termOf(w, m, k, depth)
	return term[T, V]{kind: k, x: prom.NullIf[*T, V](a.x, b.x), of: func(r *T) *V {
		p, q := a.of(r), b.of(r)
		if p != nil && q != nil && k.cmp(*p, *q) == 0 {
			return nil
		}
		return p
	}}
}

// rounded makes a whole number of a float.
func rounded[T any](w *world, m *model[T], k *kind[float64], depth int) term[T, float64] {
	a := termOf(w, m, k, depth)
	switch w.n(4) {
	case 0:
		return term[T, float64]{x: prom.Ceil[*T, float64](a.x), of: lift1(a, math.Ceil)}
	case 1:
		return term[T, float64]{x: prom.Floor[*T, float64](a.x), of: lift1(a, math.Floor)}
	}
	digits := -w.n(3)
	return term[T, float64]{x: prom.Round[*T, float64](a.x, digits), of: lift1(a, func(f float64) float64 {
		if math.IsInf(f, 0) {
			return f
		}
		n, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
		got, _ := new(big.Rat).SetString(roundedRat(n, digits))
		f, _ = got.Float64()
		return f
	})}
}

// roundedInt rounds an integer to tens or hundreds, or takes its sign.
func roundedInt[T any](w *world, m *model[T], depth int) term[T, int] {
	a := termOf(w, m, ints, depth)
	if w.chance(2) {
		return term[T, int]{x: prom.Sign[*T, int](a.x),
			of: lift1(a, func(n int) int { return truthInt(n > 0) - truthInt(n < 0) })}
	}
	digits := 1 - w.n(4)
	return term[T, int]{x: prom.Round[*T, int](a.x, digits), of: lift1(a, func(n int) int {
		got, _ := strconv.Atoi(roundedRat(big.NewRat(int64(n), 1), min(digits, 0)))
		return got
	})}
}

// roundedRat rounds a number, halves away from zero.
func roundedRat(n *big.Rat, digits int) string {
	if digits >= 0 {
		return n.FloatString(digits)
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-digits)), nil))
	units, _ := new(big.Rat).SetString(new(big.Rat).Quo(n, unit).FloatString(0))
	return units.Mul(units, unit).FloatString(0)
}

func toInt[T any](w *world, m *model[T], depth int) term[T, int64] {
	switch w.n(3) {
	case 0:
		a := termOf(w, m, floats, depth)
		return term[T, int64]{x: prom.Int[*T, float64](a.x), of: lift1(a, func(f float64) int64 { return int64(f) })}
	case 1:
		a := termOf(w, m, texts, depth)
		return term[T, int64]{x: prom.ParseInt[*T, string](a.x), of: func(r *T) *int64 {
			s := a.of(r)
			if s == nil {
				return nil
			}
			n, err := strconv.ParseInt(*s, 10, 64)
			if err != nil {
				return nil
			}
			return &n
		}}
	}
	a, b := termOf(w, m, texts, depth), termOf(w, m, texts, depth)
	return term[T, int64]{x: prom.Position[*T, string, string](a.x, b.x), of: func(r *T) *int64 {
		text, part := a.of(r), b.of(r)
		if text == nil || part == nil {
			return nil
		}
		before, _, found := strings.Cut(*text, *part)
		n := int64(0)
		if found {
			n = int64(len([]rune(before)) + 1)
		}
		return &n
	}}
}

func padded[T any](w *world, m *model[T], depth int) term[T, string] {
	a, n, fill, left := termOf(w, m, texts, depth), w.n(9), w.text(), w.chance(2)
	x := prom.RPad[*T, string]
	if left {
		x = prom.LPad[*T, string]
	}
	return term[T, string]{x: x(a.x, n, fill), of: lift1(a, func(s string) string {
		runes, with := []rune(s), []rune(fill)
		if len(runes) >= n || len(with) == 0 {
			return string(runes[:min(n, len(runes))])
		}
		var filling []rune
		for i := range n - len(runes) {
			filling = append(filling, with[i%len(with)])
		}
		if left {
			return string(filling) + s
		}
		return s + string(filling)
	})}
}

// textTest makes a condition on two texts, or on one and a regular expression.
func textTest[T any](w *world, m *model[T], depth int) cond[T] {
	a := termOf(w, m, texts, depth)
	if w.chance(3) {
		re := regexp.MustCompile(pick(w.source, "", "a", "^a", "b$", "[^a]", "(?i)é", `\W`, `\s`, `^\PL`, "(a|b)+",
			"^.{2,3}$", `\bB?`, "ab*?a", `[%_\\\]\[]`, "(?m)^$", "😀|日", "a{0,2}b"))
		return ofValue(prom.RegexpLike[*T, string](a.x, re.String()), a.of, re.MatchString)
	}
	b := termOf(w, m, texts, depth)
	x, of := prom.Contains[*T, string, string], strings.Contains
	switch w.n(3) {
	case 1:
		x, of = prom.HasPrefix[*T, string, string], strings.HasPrefix
	case 2:
		x, of = prom.HasSuffix[*T, string, string], strings.HasSuffix
	}
	return cond[T]{x: x(a.x, b.x), of: func(r *T) truth {
		text, part := a.of(r), b.of(r)
		if text == nil || part == nil {
			return unknown
		}
		return truthOf(of(*text, *part))
	}}
}

func ratOf(s string) *big.Rat {
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return n
}

// decimal makes a decimal of two digits behind the point of others.
func decimal[T any](w *world, m *model[T], depth int) term[T, string] {
	a := termOf(w, m, decimals, depth)
	of1 := func(x prom.Expr[*T, string], f func(n *big.Rat) *big.Rat) term[T, string] {
		return term[T, string]{x: prom.RoundDecimal[*T, string](x, 2),
			of: lift1(a, func(s string) string { return withoutMinus(f(ratOf(s)).FloatString(2)) })}
	}
	switch w.n(6) {
	case 0:
		return of1(prom.NegDecimal[*T, string](a.x), func(n *big.Rat) *big.Rat { return n.Neg(n) })
	case 1:
		return of1(prom.AbsDecimal[*T, string](a.x), func(n *big.Rat) *big.Rat { return n.Abs(n) })
	case 2:
		by := pick(w.source, "1", "0.5", "-0.125", "0.015", "0.0000")
		return of1(prom.TimesDecimal[*T, string](a.x, prom.Val(prom.Proto[T](), by)),
			func(n *big.Rat) *big.Rat { return n.Mul(n, ratOf(by)) })
	case 3:
		digits := 1 - w.n(4)
		return of1(prom.RoundDecimal[*T, string](a.x, digits),
			func(n *big.Rat) *big.Rat { return ratOf(roundedRat(n, digits)) })
	}
	b := termOf(w, m, decimals, depth)
	switch w.n(3) {
	case 0:
		return term[T, string]{x: prom.PlusDecimal[*T, string](a.x, b.x), of: lift2(a, b, func(a, b string) (string, bool) {
			return withoutMinus(new(big.Rat).Add(ratOf(a), ratOf(b)).FloatString(2)), true
		})}
	case 1:
		return term[T, string]{x: prom.MinusDecimal[*T, string](a.x, b.x), of: lift2(a, b, func(a, b string) (string, bool) {
			return withoutMinus(new(big.Rat).Sub(ratOf(a), ratOf(b)).FloatString(2)), true
		})}
	}
	// Of hundredths, whose quotient is no greater than what is divided times a hundred; a hundredth of that is taken.
	hundredth := prom.TimesDecimal[*T, string](a.x, prom.Val(prom.Proto[T](), "0.01"))
	return term[T, string]{x: prom.DivDecimal[*T, string](hundredth, b.x, 2),
		of: lift2(a, b, func(a, b string) (string, bool) {
			n := ratOf(b)
			if n.Sign() == 0 {
				return "", false
			}
			return withoutMinus(new(big.Rat).Quo(new(big.Rat).Mul(ratOf(a), big.NewRat(1, 100)), n).FloatString(2)), true
		})}
}

func withoutMinus(s string) string {
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// differentialZones have midnights that are there once. Nil is UTC.
var differentialZones = []*time.Location{nil, zone("Europe/Berlin"), zone("America/New_York"), zone("Asia/Kathmandu"),
	time.FixedZone("", -5400)}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// inYears returns a term without the values at the ends of the years that a time may have, which others are NULL for.
func inYears[T any](w *world, m *model[T], depth int) term[T, time.Time] {
	a := termOf(w, m, times, depth)
	low, high := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	within := prom.And(prom.Gte[*T, time.Time](a.x, prom.Val(prom.Proto[T](), low)),
		prom.Lt[*T, time.Time](a.x, prom.Val(prom.Proto[T](), high)))
	return term[T, time.Time]{kind: times, x: prom.Case[*T, time.Time](prom.Null[time.Time](prom.Proto[T]()),
		prom.Then[*T, time.Time](within, a.x)), of: func(r *T) *time.Time {
		if t := a.of(r); t != nil && !t.Before(low) && t.Before(high) {
			return t
		}
		return nil
	}}
}

// moment makes an instant of another one.
func moment[T any](w *world, m *model[T], depth int) term[T, time.Time] {
	a, loc := inYears(w, m, depth), pick(w.source, differentialZones...)
	in := func(t time.Time) time.Time {
		if loc == nil {
			return t.UTC()
		}
		return t.In(loc)
	}
	x := prom.InZone[*T](a.x, loc)
	switch w.n(4) {
	case 0:
		d := time.Duration(w.big()%int64(1000*time.Hour)) / 1000 * 1000
		return term[T, time.Time]{x: prom.PlusDuration(x, prom.Val(prom.Proto[T](), d)),
			of: lift1(a, func(t time.Time) time.Time { return t.Add(d) })}
	case 1: // at noon, which no clock passes over
		n := w.int()
		day := prom.PlusDuration(prom.Trunc(x, prom.UnitDay), prom.Val(prom.Proto[T](), 6*time.Hour))
		return term[T, time.Time]{x: prom.PlusDays(prom.InZone(day, loc), prom.Val(prom.Proto[T](), n)),
			of: lift1(a, func(t time.Time) time.Time {
				l := in(t)
				six := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, l.Location()).Add(6 * time.Hour)
				return six.AddDate(0, 0, n).UTC()
			})}
	}
	unit := pick(w.source, prom.UnitYear, prom.UnitQuarter, prom.UnitMonth, prom.UnitWeek, prom.UnitDay, prom.UnitHour,
		prom.UnitMinute, prom.UnitSecond)
	return term[T, time.Time]{x: prom.Trunc(x, unit), of: lift1(a, func(t time.Time) time.Time {
		l := in(t)
		y, mo, d := l.Date()
		date := func(mo time.Month, d int) time.Time { return time.Date(y, mo, d, 0, 0, 0, 0, l.Location()).UTC() }
		switch unit {
		case prom.UnitYear:
			return date(1, 1)
		case prom.UnitQuarter:
			return date((mo+2)/3*3-2, 1)
		case prom.UnitMonth:
			return date(mo, 1)
		case prom.UnitWeek:
			return date(mo, d-int(l.Weekday()+6)%7)
		case prom.UnitDay:
			return date(mo, d)
		case prom.UnitHour:
			return t.Add(-time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond())).UTC()
		case prom.UnitMinute:
			return t.Add(-time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond())).UTC()
		}
		return t.Truncate(time.Second).UTC()
	})}
}

// partInZone makes a part of an instant in a zone.
func partInZone[T any](w *world, m *model[T], depth int) term[T, int] {
	a, loc := termOf(w, m, times, depth), pick(w.source, differentialZones...)
	of := func(x func(prom.Term[*T, time.Time]) prom.Expr[*T, int], f func(time.Time) int) term[T, int] {
		return term[T, int]{x: x(prom.InZone[*T](a.x, loc)), of: lift1(a, func(t time.Time) int {
			if loc == nil {
				return f(t.UTC())
			}
			return f(t.In(loc))
		})}
	}
	switch w.n(7) {
	case 0:
		return of(prom.Hour[*T], time.Time.Hour)
	case 1:
		return of(prom.Day[*T], time.Time.Day)
	case 2:
		return of(prom.Month[*T], func(t time.Time) int { return int(t.Month()) })
	case 3:
		return of(prom.Minute[*T], time.Time.Minute)
	case 4:
		return of(prom.DayOfYear[*T], time.Time.YearDay)
	case 5:
		return of(prom.Week[*T], func(t time.Time) int { _, week := t.ISOWeek(); return week })
	}
	return of(prom.DayOfWeek[*T], func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 })
}
