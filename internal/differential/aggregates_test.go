package differential_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prom-go/prom"
)

// aggregate is an aggregate of rows and what it means.
type aggregate[T, V any] struct {
	kind     *kind[V]
	x        prom.Expr[*T, V]
	of       func([]*T) *V
	exact    bool // so that it may be compared and ordered by
	distinct bool // so that it takes no window
}

// valuesOf returns the values of a term that are not NULL.
func valuesOf[T, V any](t term[T, V], rows []*T) []V {
	var list []V
	for _, r := range rows {
		if v := t.of(r); v != nil {
			list = append(list, *v)
		}
	}
	return list
}

// aggregateOf makes an aggregate whose value is of a kind.
func aggregateOf[T, V any](w *world, m *model[T], k *kind[V], depth int) aggregate[T, V] {
	var a aggregate[T, V]
	n := w.n(4)
	switch made := any(&a).(type) {
	case *aggregate[T, int64]:
		if any(k) == any(bigs) {
			break
		}
		if n == 0 {
			*made = sum(w, m, counts, depth)
		} else if n < 3 {
			*made = countOf(w, m, depth)
		}
	case *aggregate[T, int]:
		switch n {
		case 0:
			*made = sum(w, m, ints, depth)
		case 1:
			*made = sumDistinct(w, m, depth)
		}
	case *aggregate[T, string]:
		if any(k) == any(texts) && n == 0 {
			*made = joined(w, m, depth)
		}
	case *aggregate[T, bool]:
		if n < 2 {
			*made = all(w, m, depth)
		}
	case *aggregate[T, float64]:
		if any(k) == any(floats) && n < 2 {
			*made = sum(w, m, floats, -1) // of columns, whose sums are exact
		}
	}
	if a.of == nil {
		a = extreme(w, m, k, depth)
	}
	a.kind, a.exact = k, true
	return filteredBy(w, m, a)
}

// filteredBy adds a filter to some aggregates.
func filteredBy[T, V any](w *world, m *model[T], a aggregate[T, V]) aggregate[T, V] {
	if !w.chance(4) {
		return a
	}
	c, of := condOf(w, m, 0), a.of
	a.x = a.x.Filter(c.x)
	a.of = func(rows []*T) *V {
		return of(slices.DeleteFunc(slices.Clone(rows), func(r *T) bool { return c.of(r) != yes }))
	}
	return a
}

func extreme[T, V any](w *world, m *model[T], k *kind[V], depth int) aggregate[T, V] {
	t := termOf(w, m, k, depth)
	least := w.chance(2)
	x := prom.Max[*T, V](t.x)
	if least {
		x = prom.Min[*T, V](t.x)
	}
	return aggregate[T, V]{x: x, of: func(rows []*T) *V {
		list := valuesOf(t, rows)
		switch {
		case len(list) == 0:
			return nil
		case least:
			v := slices.MinFunc(list, k.cmp)
			return &v
		}
		v := slices.MaxFunc(list, k.cmp)
		return &v
	}}
}

func sum[T any, V int | int64 | float64](w *world, m *model[T], k *kind[V], depth int) aggregate[T, V] {
	t := termOf(w, m, k, depth)
	return aggregate[T, V]{x: prom.Sum[*T, V](t.x), of: func(rows []*T) *V {
		list := valuesOf(t, rows)
		if len(list) == 0 {
			return nil
		}
		var total V
		for _, v := range list {
			total += v
		}
		return &total
	}}
}

func sumDistinct[T any](w *world, m *model[T], depth int) aggregate[T, int] {
	t := termOf(w, m, ints, depth)
	return aggregate[T, int]{distinct: true, x: prom.SumDistinct[*T, int](t.x), of: func(rows []*T) *int {
		list := valuesOf(t, rows)
		if len(list) == 0 {
			return nil
		}
		slices.Sort(list)
		total := 0
		for _, v := range slices.Compact(list) {
			total += v
		}
		return &total
	}}
}

// joined makes the text of the values of a term, each once or as often as it is there, in an order.
func joined[T any](w *world, m *model[T], depth int) aggregate[T, string] {
	t := termOf(w, m, texts, depth)
	if w.chance(2) {
		return aggregate[T, string]{distinct: true, x: prom.StringAggDistinct[*T, string](t.x, ","),
			of: func(rows []*T) *string {
				list := valuesOf(t, rows)
				slices.Sort(list)
				return joinedText(slices.Compact(list))
			}}
	}
	var o order[T]
	o = o.then(erasedOf(w, m, depth).order(w, false))
	return aggregate[T, string]{distinct: true, x: prom.StringAgg[*T, string](t.x, ",", o.x...),
		of: func(rows []*T) *string {
			rows = slices.DeleteFunc(slices.Clone(rows), func(r *T) bool { return t.of(r) == nil })
			slices.SortFunc(rows, func(a, b *T) int { return cmp.Or(o.cmp(a, b), strings.Compare(*t.of(a), *t.of(b))) })
			return joinedText(valuesOf(t, rows))
		}}
}

func joinedText(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	text := strings.Join(list, ",")
	return &text
}

// all makes the booleans of all rows.
func all[T any](w *world, m *model[T], depth int) aggregate[T, bool] {
	t := termOf(w, m, bools, depth)
	every := w.chance(2)
	x := prom.BoolOr[*T](t.x)
	if every {
		x = prom.BoolAnd[*T](t.x)
	}
	return aggregate[T, bool]{x: x, of: func(rows []*T) *bool {
		list := valuesOf(t, rows)
		if len(list) == 0 {
			return nil
		}
		is := slices.Contains(list, !every) != every
		return &is
	}}
}

func average[T any](w *world, m *model[T], depth int) aggregate[T, float64] {
	t := termOf(w, m, ints, depth)
	return aggregate[T, float64]{kind: floats, x: prom.Avg[*T, int](t.x), of: func(rows []*T) *float64 {
		list := valuesOf(t, rows)
		if len(list) == 0 {
			return nil
		}
		total := 0
		for _, v := range list {
			total += v
		}
		mean := float64(total) / float64(len(list))
		return &mean
	}}
}

func countOf[T any](w *world, m *model[T], depth int) aggregate[T, int64] {
	counted := func(x prom.Expr[*T, int64], of func([]*T) int) aggregate[T, int64] {
		return aggregate[T, int64]{kind: counts, x: x, of: func(rows []*T) *int64 {
			n := int64(of(rows))
			return &n
		}}
	}
	switch w.n(3) {
	case 0:
		return counted(prom.Count(prom.Proto[T]()), func(rows []*T) int { return len(rows) })
	case 1:
		t := termOf(w, m, texts, depth)
		return counted(prom.CountOf[*T, string](t.x), func(rows []*T) int { return len(valuesOf(t, rows)) })
	}
	t := termOf(w, m, decimals, depth)
	a := counted(prom.CountDistinct[*T, string](t.x), func(rows []*T) int {
		list := valuesOf(t, rows)
		slices.SortFunc(list, t.kind.cmp)
		return len(slices.CompactFunc(list, func(a, b string) bool { return t.kind.cmp(a, b) == 0 }))
	})
	a.distinct = true
	return a
}

// erasedAggregate is an aggregate of any kind.
type erasedAggregate[T any] struct {
	col      [2]prom.Column[*T]
	cell     func(*cells) any
	of       func([]*T) any
	having   func(*world) (prom.Cond[*T], func([]*T) bool)
	order    func(*world) (prom.Order[*T], func(a, b []*T) int)
	over     func(prom.Window[*T]) [2]prom.Column[*T]
	exact    bool
	distinct bool
}

func eraseAggregate[T, V any](a aggregate[T, V]) erasedAggregate[T] {
	k := a.kind
	// A group stands for a row here, so that conditions and orders of terms are those of aggregates as well.
	of := func(w *world) term[T, V] { return term[T, V]{kind: k, x: a.x} }
	return erasedAggregate[T]{
		col:      columns(a.x, k),
		cell:     func(c *cells) any { return anyOf(*k.at(c)) },
		of:       func(rows []*T) any { return anyOf(a.of(rows)) },
		exact:    a.exact,
		distinct: a.distinct,
		over:     func(win prom.Window[*T]) [2]prom.Column[*T] { return columns(prom.Over(a.x, win), k) },
		having: func(w *world) (prom.Cond[*T], func([]*T) bool) {
			t := of(w)
			var group []*T
			t.of = func(*T) *V { return a.of(group) }
			c := ofTerm(w, t)
			return c.x, func(rows []*T) bool {
				group = rows
				return c.of(nil) == yes
			}
		},
		order: func(w *world) (prom.Order[*T], func(a, b []*T) int) {
			t := of(w)
			var groups [2][]*T
			var first, second T
			t.of = func(r *T) *V {
				if r == &first {
					return a.of(groups[0])
				}
				return a.of(groups[1])
			}
			x, compare := ordered(w, t, false)
			return x, func(a, b []*T) int {
				groups = [2][]*T{a, b}
				return compare(&first, &second)
			}
		},
	}
}

// anyAggregate makes an aggregate of a random kind.
func anyAggregate[T any](w *world, m *model[T], depth int) erasedAggregate[T] {
	switch w.n(9) {
	case 0, 1:
		return eraseAggregate(aggregateOf(w, m, counts, depth))
	case 2:
		return eraseAggregate(aggregateOf(w, m, ints, depth))
	case 3:
		return eraseAggregate(aggregateOf(w, m, floats, depth))
	case 4:
		return eraseAggregate(aggregateOf(w, m, texts, depth))
	case 5:
		return eraseAggregate(aggregateOf(w, m, times, depth))
	case 6:
		return eraseAggregate(aggregateOf(w, m, bools, depth))
	case 7:
		return eraseAggregate(aggregateOf(w, m, decimals, depth))
	}
	return eraseAggregate(filteredBy(w, m, average(w, m, depth)))
}
