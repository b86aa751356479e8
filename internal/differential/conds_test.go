package differential_test

import (
	"slices"
	"strings"

	"github.com/prom-go/prom"
)

// truth is what a condition says of a row: SQL knows a third answer.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// cond is a condition and what it means in Go. One that is left out is the zero Cond, which is true and counts for
// nothing in others.
type cond[T any] struct {
	x    prom.Cond[*T]
	of   func(*T) truth
	left bool
}

func plain[T any](x prom.Cond[*T], of func(*T) bool) cond[T] {
	return cond[T]{x: x, of: func(r *T) truth { return truthOf(of(r)) }}
}

// ofValue is a condition that is unknown when a value is NULL.
func ofValue[T, V any](x prom.Cond[*T], value func(*T) *V, of func(V) bool) cond[T] {
	return cond[T]{x: x, of: func(r *T) truth {
		v := value(r)
		if v == nil {
			return unknown
		}
		return truthOf(of(*v))
	}}
}

// condOf makes a random condition.
func condOf[T any](w *world, m *model[T], depth int) cond[T] {
	if depth <= 0 || w.n(3) == 0 {
		return comparison(w, m, depth-1)
	}
	if w.chance(4) {
		kid := condOf(w, m, depth-1)
		if kid.left {
			return cond[T]{x: prom.Not(kid.x), of: kid.of, left: true}
		}
		return cond[T]{x: prom.Not(kid.x), of: func(r *T) truth { return yes - kid.of(r) }}
	}
	conds, kids := make([]prom.Cond[*T], w.n(4)), []cond[T]{}
	for i := range conds {
		kid := condOf(w, m, depth-1)
		if conds[i] = kid.x; !kid.left {
			kids = append(kids, kid)
		}
	}
	if w.chance(2) {
		return cond[T]{left: len(kids) == 0, x: prom.And(conds...), of: func(r *T) truth {
			least := yes
			for _, kid := range kids {
				least = min(least, kid.of(r))
			}
			return least
		}}
	}
	return cond[T]{x: prom.Or(conds...), of: func(r *T) truth {
		most := no
		for _, kid := range kids {
			most = max(most, kid.of(r))
		}
		return most
	}}
}

// comparison makes a condition that is no tree.
func comparison[T any](w *world, m *model[T], depth int) cond[T] {
	switch n := w.n(18); n {
	case 0, 1:
		return compared(w, m, ints, depth)
	case 2, 3:
		return compared(w, m, texts, depth)
	case 4:
		return compared(w, m, bigs, depth)
	case 5:
		return compared(w, m, floats, depth)
	case 6:
		return compared(w, m, wilds, depth)
	case 7:
		return compared(w, m, times, depth)
	case 8:
		return compared(w, m, decimals, depth)
	case 9:
		return compared(w, m, counts, depth)
	case 10:
		t := termOf(w, m, bools, depth)
		if w.chance(2) {
			return compared(w, m, bools, depth)
		}
		return ofValue(prom.Truth[*T](t.x), t.of, func(b bool) bool { return b })
	case 11:
		return cond[T]{of: func(*T) truth { return yes }, left: true}
	case 16, 17:
		return textTest(w, m, depth)
	}
	return m.conds[w.n(len(m.conds))](w, depth)
}

// compared makes a comparison of a kind: of a term with a value, with another term, or with a subquery.
func compared[T, V any](w *world, m *model[T], k *kind[V], depth int) cond[T] {
	a := termOf(w, m, k, depth)
	if depth > 0 && w.chance(5) {
		return ofTwo(w, a, termOf(w, m, k, depth-1))
	}
	if depth > 0 && w.chance(8) {
		return amongQuery(w, a, depth-1)
	}
	return ofTerm(w, a)
}

// ofTerm compares a term with values.
func ofTerm[T, V any](w *world, a term[T, V]) cond[T] {
	v, k := a.kind.value(w.source), a.kind
	is := func(x prom.Cond[*T], of func(int) bool) cond[T] {
		return ofValue(x, a.of, func(got V) bool { return of(k.cmp(got, v)) })
	}
	list := make([]V, w.n(5))
	for i := range list {
		list[i] = k.value(w.source)
	}
	among := func(got V) bool { return slices.ContainsFunc(list, func(v V) bool { return k.cmp(got, v) == 0 }) }
	switch w.n(11) {
	case 0:
		return is(a.x.Eq(v), func(c int) bool { return c == 0 })
	case 1:
		return is(a.x.Ne(v), func(c int) bool { return c != 0 })
	case 2:
		return is(a.x.Gt(v), func(c int) bool { return c > 0 })
	case 3:
		return is(a.x.Gte(v), func(c int) bool { return c >= 0 })
	case 4:
		return is(a.x.Lt(v), func(c int) bool { return c < 0 })
	case 5:
		return is(a.x.Lte(v), func(c int) bool { return c <= 0 })
	case 6:
		high := k.value(w.source)
		return ofValue(a.x.Between(v, high), a.of, func(got V) bool { return k.cmp(got, v) >= 0 && k.cmp(got, high) <= 0 })
	case 7:
		if len(list) == 0 { // false, for NULL too
			return plain(a.x.In(), func(*T) bool { return false })
		}
		return ofValue(a.x.In(list...), a.of, among)
	case 8:
		if len(list) == 0 { // true, for NULL too
			return plain(a.x.NotIn(), func(*T) bool { return true })
		}
		return ofValue(a.x.NotIn(list...), a.of, func(got V) bool { return !among(got) })
	case 9:
		return plain(prom.Coalesce[*T, V](a.x).IsNull(), func(r *T) bool { return a.of(r) == nil })
	}
	return plain(prom.Coalesce[*T, V](a.x).NotNull(), func(r *T) bool { return a.of(r) != nil })
}

// ofTwo compares two terms.
func ofTwo[T, V any](w *world, a, b term[T, V]) cond[T] {
	two := func(x prom.Cond[*T], of func(int) bool) cond[T] {
		return cond[T]{x: x, of: func(r *T) truth {
			x, y := a.of(r), b.of(r)
			if x == nil || y == nil {
				return unknown
			}
			return truthOf(of(a.kind.cmp(*x, *y)))
		}}
	}
	equal := func(r *T) bool {
		x, y := a.of(r), b.of(r)
		return x == nil && y == nil || x != nil && y != nil && a.kind.cmp(*x, *y) == 0
	}
	switch w.n(8) {
	case 0:
		return two(prom.Eq[*T, V](a.x, b.x), func(c int) bool { return c == 0 })
	case 1:
		return two(prom.Ne[*T, V](a.x, b.x), func(c int) bool { return c != 0 })
	case 2:
		return two(prom.Lt[*T, V](a.x, b.x), func(c int) bool { return c < 0 })
	case 3:
		return two(prom.Lte[*T, V](a.x, b.x), func(c int) bool { return c <= 0 })
	case 4:
		return two(prom.Gt[*T, V](a.x, b.x), func(c int) bool { return c > 0 })
	case 5:
		return two(prom.Gte[*T, V](a.x, b.x), func(c int) bool { return c >= 0 })
	case 6:
		return plain(prom.Is[*T, V](a.x, b.x), equal)
	}
	return plain(prom.IsNot[*T, V](a.x, b.x), func(r *T) bool { return !equal(r) })
}

// textField is what a field of texts can be asked, whether or not it may be NULL.
type textField[T any] interface {
	prom.Term[*T, string]
	Contains(s string) prom.Cond[*T]
	HasPrefix(s string) prom.Cond[*T]
	HasSuffix(s string) prom.Cond[*T]
	Like(s string) prom.Cond[*T]
}

// matched makes conditions of a field that is a text.
func matched[T any](f textField[T], of func(*T) *string) func(*world, int) cond[T] {
	return func(w *world, _ int) cond[T] {
		s := w.text()
		if w.chance(2) { // a part of what is there
			if runes := []rune(s); len(runes) > 0 {
				s = string(runes[:1])
			}
		}
		is := func(x prom.Cond[*T], f func(got, s string) bool) cond[T] {
			return ofValue(x, of, func(got string) bool { return f(got, s) })
		}
		fold := func(x prom.Cond[*T], f func(got, s string) bool) cond[T] {
			return is(x, func(got, s string) bool { return f(lower(got), lower(s)) })
		}
		liked := func(got, s string) bool { return like([]rune(got), []rune(s)) }
		switch w.n(11) {
		case 0:
			return is(f.Contains(s), strings.Contains)
		case 1:
			return is(f.HasPrefix(s), strings.HasPrefix)
		case 2:
			return is(f.HasSuffix(s), strings.HasSuffix)
		case 3:
			return fold(prom.Fold[*T, string](f).Contains(s), strings.Contains)
		case 4:
			return fold(prom.Fold[*T, string](f).HasPrefix(s), strings.HasPrefix)
		case 5:
			return fold(prom.Fold[*T, string](f).HasSuffix(s), strings.HasSuffix)
		case 6:
			return fold(prom.Fold[*T, string](f).Eq(s), func(got, s string) bool { return got == s })
		case 7:
			return is(f.Like(s), liked)
		case 8:
			return fold(prom.Fold[*T, string](f).Like(s), liked)
		case 9:
			return is(prom.Not(f.Like(s)), func(got, s string) bool { return !liked(got, s) })
		}
		return fold(prom.Not(prom.Fold[*T, string](f).Like(s)), func(got, s string) bool { return !liked(got, s) })
	}
}

// like reports whether a text is like a pattern with % and _, as SQL says it, and \ before one that means itself.
func like(s, pattern []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(s) == 0
	case pattern[0] == '%':
		return like(s, pattern[1:]) || len(s) > 0 && like(s[1:], pattern)
	case len(s) == 0:
		return false
	case pattern[0] == '_':
		return like(s[1:], pattern[1:])
	case pattern[0] == '\\' && len(pattern) > 1:
		return s[0] == pattern[1] && like(s[1:], pattern[2:])
	}
	return s[0] == pattern[0] && like(s[1:], pattern[1:])
}

// nullConds makes the conditions that fields have alone which may be NULL.
func nullConds[T, V any](k *kind[V], f interface {
	IsNull() prom.Cond[*T]
	NotNull() prom.Cond[*T]
	Is(*V) prom.Cond[*T]
	IsNot(*V) prom.Cond[*T]
}, of func(*T) *V) func(*world, int) cond[T] {
	return func(w *world, _ int) cond[T] {
		v := maybe(w.source, k.value(w.source))
		equal := func(r *T) bool {
			got := of(r)
			return got == nil && v == nil || got != nil && v != nil && k.cmp(*got, *v) == 0
		}
		switch w.n(4) {
		case 0:
			return plain(f.IsNull(), func(r *T) bool { return of(r) == nil })
		case 1:
			return plain(f.NotNull(), func(r *T) bool { return of(r) != nil })
		case 2:
			return plain(f.Is(v), equal)
		}
		return plain(f.IsNot(v), func(r *T) bool { return !equal(r) })
	}
}
