package differential_test

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

// result is a query that has been made, with its rows as values.
type result struct {
	all   func(context.Context) ([][]any, error)
	count func(context.Context) (int, error)
	sql   func() (string, []any, error)
}

// resultOf makes the result of a projection, whose rows a function takes apart.
func resultOf[T, R any](p prom.Projection[T, R], row func(*R) []any) result {
	return result{count: p.Count, sql: p.SQL, all: func(ctx context.Context) ([][]any, error) {
		list, err := p.All(ctx)
		got := make([][]any, len(list))
		for i := range list {
			got[i] = row(&list[i])
		}
		return got, err
	}}
}

// erased is a term of any kind.
type erased[T any] struct {
	term     prom.AnyTerm[*T]
	col      [2]prom.Column[*T]
	constant bool // which makes no groups
	cell     func(*cells) any
	of       func(*T) any
	order    func(w *world, lists bool) (prom.Order[*T], func(a, b *T) int)
	pluck    func(*prom.Query[T], shaping[T]) result
}

// shaping is what a projection gets besides its terms.
type shaping[T any] struct {
	distinct bool
	orders   []prom.Order[*T]
	page     page
}

func shaped[T, R any](p prom.Projection[T, R], s shaping[T]) prom.Projection[T, R] {
	if s.distinct {
		p = p.Distinct()
	}
	return paged(s.page, p.OrderBy(s.orders...))
}

// anyOf is a value as a result has it: nil for NULL, and an instant as a number, so that it can be compared.
func anyOf[V any](v *V) any {
	if v == nil {
		return nil
	}
	if t, ok := any(*v).(time.Time); ok {
		return t.UnixMicro()
	}
	return *v
}

func erase[T, V any](t term[T, V]) erased[T] {
	k := t.kind
	null := prom.OrNull[*T, V](t.x)
	return erased[T]{
		constant: t.constant,
		term:     prom.Coalesce[*T, V](t.x),
		col:      columns(t.x, k),
		cell:     func(c *cells) any { return anyOf(*k.at(c)) },
		of:       func(r *T) any { return anyOf(t.of(r)) },
		order: func(w *world, lists bool) (prom.Order[*T], func(a, b *T) int) {
			return ordered(w, t, lists)
		},
		pluck: func(q *prom.Query[T], s shaping[T]) result {
			return resultOf(shaped(prom.Pluck[T, *V](q, null), s), func(v **V) []any { return []any{anyOf(*v)} })
		},
	}
}

// cellPair is a result of two columns.
type cellPair struct{ A, B cells }

var pair = prom.Proto[cellPair]()

func columns[T, V any](x prom.Term[*T, V], k *kind[V]) (list [2]prom.Column[*T]) {
	list[0] = prom.NullCol(k.at(&pair.A), x)
	list[1] = prom.NullCol(k.at(&pair.B), x)
	return list
}

// erasedOf makes a random term of a random kind.
func erasedOf[T any](w *world, m *model[T], depth int) erased[T] {
	switch w.n(9) {
	case 0:
		return erase(termOf(w, m, ints, depth))
	case 1:
		return erase(termOf(w, m, texts, depth))
	case 2:
		return erase(termOf(w, m, counts, depth))
	case 3:
		return erase(termOf(w, m, floats, depth))
	case 4:
		return erase(termOf(w, m, times, depth))
	case 5:
		return erase(termOf(w, m, decimals, depth))
	case 6:
		return erase(termOf(w, m, bools, depth))
	case 7:
		return erase(termOf(w, m, bigs, depth))
	}
	return erase(termOf(w, m, wilds, depth))
}
