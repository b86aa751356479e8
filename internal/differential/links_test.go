package differential_test

import (
	"github.com/prom-go/prom"
)

// link is a condition on a row of a subquery and the row of the query around it, and what it means in Go.
type link[S, T any] struct {
	x  prom.Cond[*prom.Correlation[*S, *T]]
	of func(*S, *T) truth
}

// linkOf makes a random link.
func linkOf[T, S any](w *world, m *model[T], other *model[S], depth int) link[S, T] {
	if depth <= 0 || w.chance(2) {
		switch w.n(5) {
		case 0:
			return compareBoth(w, m, other, texts, depth)
		case 1:
			return compareBoth(w, m, other, floats, depth)
		case 2:
			return compareBoth(w, m, other, times, depth)
		case 3:
			return compareBoth(w, m, other, decimals, depth)
		}
		return compareBoth(w, m, other, ints, depth)
	}
	a, b := linkOf(w, m, other, depth-1), linkOf(w, m, other, depth-1)
	switch w.n(3) {
	case 0:
		return link[S, T]{x: prom.Not(a.x), of: func(s *S, r *T) truth { return yes - a.of(s, r) }}
	case 1:
		return link[S, T]{x: prom.And(a.x, b.x), of: func(s *S, r *T) truth { return min(a.of(s, r), b.of(s, r)) }}
	}
	return link[S, T]{x: prom.Or(a.x, b.x), of: func(s *S, r *T) truth { return max(a.of(s, r), b.of(s, r)) }}
}

// compareBoth compares a term of one row with a term of the other, or the first of both that is not NULL with a value.
func compareBoth[T, S, V any](w *world, m *model[T], other *model[S], k *kind[V], depth int) link[S, T] {
	both := prom.Correlate(prom.Proto[S](), prom.Proto[T]())
	inner, outer := termOf(w, other, k, min(depth, 1)), termOf(w, m, k, min(depth, 1))
	in, out := prom.Inner[*S, *T, V](both, inner.x), prom.Outer[*S, *T, V](both, outer.x)
	of := func(is func(c int) bool) func(*S, *T) truth {
		return func(s *S, r *T) truth {
			a, b := inner.of(s), outer.of(r)
			if a == nil || b == nil {
				return unknown
			}
			return truthOf(is(k.cmp(*a, *b)))
		}
	}
	switch w.n(8) {
	case 0:
		return link[S, T]{prom.Match[*S, *T, V](inner.x, outer.x), of(func(c int) bool { return c == 0 })}
	case 1:
		return link[S, T]{prom.Ne(in, out), of(func(c int) bool { return c != 0 })}
	case 2:
		return link[S, T]{prom.Lt(in, out), of(func(c int) bool { return c < 0 })}
	case 3:
		return link[S, T]{prom.Gte(in, out), of(func(c int) bool { return c >= 0 })}
	case 4:
		return link[S, T]{prom.Gt(out, in), of(func(c int) bool { return c < 0 })}
	case 5:
		return link[S, T]{prom.Is(in, out), func(s *S, r *T) truth {
			a, b := inner.of(s), outer.of(r)
			if a == nil || b == nil {
				return truthOf(a == nil && b == nil)
			}
			return truthOf(k.cmp(*a, *b) == 0)
		}}
	}
	v := k.value(w.source)
	return link[S, T]{prom.Coalesce(in, out).Lte(v), func(s *S, r *T) truth {
		got := inner.of(s)
		if got == nil {
			got = outer.of(r)
		}
		if got == nil {
			return unknown
		}
		return truthOf(k.cmp(*got, v) <= 0)
	}}
}
