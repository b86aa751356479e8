package differential_test

import (
	"github.com/prom-go/prom"
)

// filtered returns the rows for which a condition holds.
func filtered[T any](rows []T, c cond[T]) []*T {
	var list []*T
	for i := range rows {
		if c.of(&rows[i]) == yes {
			list = append(list, &rows[i])
		}
	}
	return list
}

// once makes a function that computes its value when it is asked first.
func once[V any](f func() V) func() V {
	var v V
	done := false
	return func() V {
		if !done {
			v, done = f(), true
		}
		return v
	}
}

// amongQuery asks whether a term is one of a subquery's values.
func amongQuery[T, V any](w *world, a term[T, V], depth int) cond[T] {
	var sub prom.Subquery[V]
	var values func() []*V
	if w.chance(2) {
		sub, values = plucked(w, w.items, a.kind, depth)
	} else {
		sub, values = plucked(w, w.nodes, a.kind, depth)
	}
	in := func(r *T) truth {
		got, list, null := a.of(r), values(), false
		if len(list) == 0 {
			return no
		}
		for _, v := range list {
			switch {
			case v == nil || got == nil:
				null = true
			case a.kind.cmp(*got, *v) == 0:
				return yes
			}
		}
		if null {
			return unknown
		}
		return no
	}
	if w.chance(2) {
		return cond[T]{x: prom.Not(prom.InQuery[*T, V](a.x, sub)), of: func(r *T) truth { return yes - in(r) }}
	}
	return cond[T]{x: prom.InQuery[*T, V](a.x, sub), of: in}
}

// plucked makes a subquery of one term.
func plucked[S, V any](w *world, m *model[S], k *kind[V], depth int) (prom.Subquery[V], func() []*V) {
	t, c := termOf(w, m, k, depth), condOf(w, m, min(depth, 1))
	p := prom.Pluck[S, V](m.repo.Where(c.x), t.x)
	if w.chance(3) {
		p = p.Distinct()
	}
	return p, once(func() []*V {
		var list []*V
		for _, r := range filtered(m.rows, c) {
			list = append(list, t.of(r))
		}
		return list
	})
}

// scalar is a subquery of one value: an aggregate, or a term of the first row in an order.
func scalar[T, V any](w *world, k *kind[V], depth int) term[T, V] {
	if w.chance(2) {
		return scalarOf[T](w, w.items, k, depth)
	}
	return scalarOf[T](w, w.nodes, k, depth)
}

func scalarOf[T, S, V any](w *world, m *model[S], k *kind[V], depth int) term[T, V] {
	c := condOf(w, m, min(depth, 1))
	if w.chance(2) {
		t, o := termOf(w, m, k, depth-1), total(w, m, 1, depth-1)
		sub := prom.Pluck[S, V](m.repo.Where(c.x).OrderBy(o.x...).Limit(1), t.x)
		got := once(func() *V {
			list := o.sorted(filtered(m.rows, c))
			if len(list) == 0 {
				return nil
			}
			return t.of(list[0])
		})
		return term[T, V]{kind: k, x: prom.ScalarSubquery(prom.Proto[T](), sub), of: func(*T) *V { return got() }}
	}
	a := aggregateOf(w, m, k, depth-1)
	sub := prom.Pluck[S, V](m.repo.Where(c.x), a.x)
	got := once(func() *V { return a.of(filtered(m.rows, c)) })
	return term[T, V]{kind: k, x: prom.ScalarSubquery(prom.Proto[T](), sub), of: func(*T) *V { return got() }}
}

// exists asks whether another model has rows that match.
func exists[T, S any](m func(*world) *model[T], other func(*world) *model[S]) func(*world, int) cond[T] {
	return func(w *world, depth int) cond[T] {
		c := condOf(w, other(w), min(depth, 1))
		q := other(w).repo.Where(c.x)
		if w.n(3) == 0 {
			found := once(func() bool { return len(filtered(other(w).rows, c)) > 0 })
			return plain(prom.Exists(prom.Proto[T](), q), func(*T) bool { return found() })
		}
		l := linkOf(w, m(w), other(w), min(depth, 2))
		list := once(func() []*S { return filtered(other(w).rows, c) })
		return plain(prom.Exists(prom.Proto[T](), q, l.x), func(r *T) bool {
			for _, s := range list() {
				if l.of(s, r) == yes {
					return true
				}
			}
			return false
		})
	}
}
