package differential_test

import (
	"cmp"
	"slices"

	"github.com/prom-go/prom"
)

// order is an order of rows and what it means.
type order[T any] struct {
	x    []prom.Order[*T]
	cmps []func(a, b *T) int
}

func (o order[T]) cmp(a, b *T) int {
	for _, f := range o.cmps {
		if c := f(a, b); c != 0 {
			return c
		}
	}
	return 0
}

func (o order[T]) sorted(rows []*T) []*T {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, o.cmp)
	return rows
}

// total is an order of at most n terms and the key.
func total[T any](w *world, m *model[T], n, depth int) order[T] {
	var o order[T]
	for range w.n(n + 1) {
		t := erasedOf(w, m, depth)
		o = o.then(t.order(w, true))
	}
	x := m.id.Asc()
	if w.chance(2) {
		return o.then(m.id.Desc(), func(a, b *T) int { return cmp.Compare(m.idOf(b), m.idOf(a)) })
	}
	return o.then(x, func(a, b *T) int { return cmp.Compare(m.idOf(a), m.idOf(b)) })
}

func (o order[T]) then(x prom.Order[*T], f func(a, b *T) int) order[T] {
	return order[T]{append(slices.Clip(o.x), x), append(slices.Clip(o.cmps), f)}
}

// ordered makes an order by a term, or by the place of its value in a list where lists are allowed.
func ordered[T, V any](w *world, t term[T, V], lists bool) (prom.Order[*T], func(a, b *T) int) {
	x, desc := t.x.Asc(), false
	compare := t.kind.cmp
	if lists && w.chance(4) {
		list := make([]V, 1+w.n(4))
		for i := range list {
			list[i] = t.kind.value(w.source)
		}
		place := func(v V) int {
			i := slices.IndexFunc(list, func(e V) bool { return t.kind.cmp(e, v) == 0 })
			if i < 0 {
				return len(list)
			}
			return i
		}
		x, compare = prom.ByList[*T, V](t.x, list...), func(a, b V) int { return place(a) - place(b) }
	} else if w.chance(2) {
		x, desc = t.x.Desc(), true
	}
	nullsFirst := desc
	switch w.n(4) {
	case 2:
		x, nullsFirst = x.NullsFirst(), true
	case 3:
		x, nullsFirst = x.NullsLast(), false
	}
	return x, func(a, b *T) int { return compareNulls(t.of(a), t.of(b), compare, desc, nullsFirst) }
}

func compareNulls[V any](a, b *V, compare func(a, b V) int, desc, nullsFirst bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil || b == nil:
		if (a == nil) == nullsFirst {
			return -1
		}
		return 1
	case desc:
		return compare(*b, *a)
	}
	return compare(*a, *b)
}

// page is a limit and an offset, -1 for none.
type page struct{ limit, offset int }

func pageOf(w *world) page {
	p := page{-1, -1}
	switch w.n(5) {
	case 1:
		p.limit = w.n(30)
	case 2:
		p.offset = w.n(30)
	case 3:
		p = page{w.n(30), w.n(20)}
	}
	return p
}

func cut[E any](p page, list []E) []E {
	if p.offset > 0 {
		list = list[min(p.offset, len(list)):]
	}
	if p.limit >= 0 {
		list = list[:min(p.limit, len(list))]
	}
	return list
}

func paged[Q interface {
	Limit(int) Q
	Offset(int) Q
}](p page, q Q) Q {
	if p.limit >= 0 {
		q = q.Limit(p.limit)
	}
	if p.offset >= 0 {
		q = q.Offset(p.offset)
	}
	return q
}
