package differential_test

import (
	"context"
	"slices"

	"github.com/prom-go/prom"
)

// question is a query of one engine and its answer.
type question struct {
	form string
	result
	want func() [][]any
}

const depth = 3

// ask makes a random query.
func ask(w *world) question {
	if w.chance(3) {
		return askOf(w, w.items)
	}
	return askOf(w, w.nodes)
}

func askOf[T any](w *world, m *model[T]) question {
	switch w.n(12) {
	case 0, 1, 2, 3:
		return rowsQuestion(w, m)
	case 4, 5:
		return pluckQuestion(w, m)
	case 6:
		return distinctQuestion(w, m)
	case 7, 8:
		return groupQuestion(w, m)
	case 9:
		return setQuestion(w, m)
	case 10:
		return windowQuestion(w, m)
	}
	return pairQuestion(w, m)
}

// keys are the results that rows have.
func keys[T any](m *model[T], rows []*T) [][]any {
	list := make([][]any, len(rows))
	for i, r := range rows {
		list[i] = []any{m.idOf(r)}
	}
	return list
}

func rowsResult[T any](m *model[T], q *prom.Query[T]) result {
	return result{count: q.Count, sql: q.SQL, all: func(ctx context.Context) ([][]any, error) {
		list, err := q.All(ctx)
		got := make([]*T, len(list))
		for i := range list {
			got[i] = &list[i]
		}
		return keys(m, got), err
	}}
}

func rowsQuestion[T any](w *world, m *model[T]) question {
	c, o, p := condOf(w, m, depth), total(w, m, 2, 2), pageOf(w)
	return question{"rows", rowsResult(m, paged(p, m.repo.Where(c.x).OrderBy(o.x...))), func() [][]any {
		return keys(m, cut(p, o.sorted(filtered(m.rows, c))))
	}}
}

func pluckQuestion[T any](w *world, m *model[T]) question {
	t, c, o, p := erasedOf(w, m, depth), condOf(w, m, 1), total(w, m, 1, 1), pageOf(w)
	return question{"pluck", t.pluck(m.repo.Where(c.x), shaping[T]{orders: o.x, page: p}), func() [][]any {
		return valuesIn(cut(p, o.sorted(filtered(m.rows, c))), t.of)
	}}
}

func pairQuestion[T any](w *world, m *model[T]) question {
	a, b, c, o, p := erasedOf(w, m, 2), erasedOf(w, m, 2), condOf(w, m, 1), total(w, m, 1, 1), pageOf(w)
	q := paged(p, prom.Select(m.repo.Where(c.x), pair, a.col[0], b.col[1]).OrderBy(o.x...))
	return question{"pair", resultOf(q, func(r *cellPair) []any { return []any{a.cell(&r.A), b.cell(&r.B)} }),
		func() [][]any {
			return valuesIn(cut(p, o.sorted(filtered(m.rows, c))), a.of, b.of)
		}}
}

func valuesIn[T any](rows []*T, of ...func(*T) any) [][]any {
	list := make([][]any, len(rows))
	for i, r := range rows {
		for _, f := range of {
			list[i] = append(list[i], f(r))
		}
	}
	return list
}

// distinctQuestion asks for the different values of a term, in their order.
func distinctQuestion[T any](w *world, m *model[T]) question {
	t, c, p := erasedOf(w, m, 2), condOf(w, m, 1), pageOf(w)
	x, compare := t.order(w, false)
	return question{"distinct", t.pluck(m.repo.Where(c.x), shaping[T]{distinct: true, orders: []prom.Order[*T]{x},
		page: p}), func() [][]any {
		return cut(p, valuesIn(representatives(filtered(m.rows, c), t.of, compare), t.of))
	}}
}

// representatives returns a row of each group of rows that have the same value, in an order of the values.
func representatives[T any](rows []*T, of func(*T) any, compare func(a, b *T) int) []*T {
	seen := map[any]bool{}
	var list []*T
	for _, r := range rows {
		if v := of(r); !seen[v] {
			seen[v] = true
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, compare)
	return list
}

// groupQuestion asks for an aggregate of each group.
func groupQuestion[T any](w *world, m *model[T]) question {
	key, a, c, p := erasedOf(w, m, 1), anyAggregate(w, m, 1), condOf(w, m, 1), pageOf(w)
	if key.constant {
		key = erase(leaf(w, m, ints, 0))
	}
	q := prom.Select(m.repo.Where(c.x), pair, key.col[0], a.col[1])
	if w.chance(3) {
		q = q.GroupBy(key.term) // which is said already
	}
	having := func([]*T) bool { return true }
	if b := anyAggregate(w, m, 1); b.exact && w.chance(2) {
		var x prom.Cond[*T]
		x, having = b.having(w)
		q = q.Having(x)
	}
	var byAggregate func(a, b []*T) int
	if a.exact && w.chance(3) {
		var x prom.Order[*T]
		x, byAggregate = a.order(w)
		q = q.OrderBy(x)
	}
	x, byKey := key.order(w, false)
	q = paged(p, q.OrderBy(x))
	return question{"groups", resultOf(q, func(r *cellPair) []any { return []any{key.cell(&r.A), a.cell(&r.B)} }),
		func() [][]any {
			rows := filtered(m.rows, c)
			firsts := representatives(rows, key.of, byKey)
			if byAggregate != nil {
				slices.SortStableFunc(firsts, func(a, b *T) int {
					return byAggregate(group(rows, key.of, a),
						group(rows, key.of, b))
				})
			}
			var list [][]any
			for _, first := range firsts {
				if g := group(rows, key.of, first); having(g) {
					list = append(list, []any{key.of(first), a.of(g)})
				}
			}
			return cut(p, list)
		}}
}

// group returns the rows with the same value as one of them.
func group[T any](rows []*T, of func(*T) any, as *T) []*T {
	var list []*T
	for _, r := range rows {
		if of(r) == of(as) {
			list = append(list, r)
		}
	}
	return list
}

// setQuestion asks for the rows of several queries put together.
func setQuestion[T any](w *world, m *model[T]) question {
	member := func() (*prom.Query[T], func() []*T) {
		c := condOf(w, m, 2)
		q := m.repo.Where(c.x)
		if !w.chance(4) {
			return q, func() []*T { return filtered(m.rows, c) }
		}
		o, n := total(w, m, 1, 1), w.n(20)
		return q.OrderBy(o.x...).Limit(n), func() []*T { return cut(page{n, -1}, o.sorted(filtered(m.rows, c))) }
	}
	q, first := member()
	other, second := member()
	kind := w.n(4)
	q = []func(*prom.Query[T], ...*prom.Query[T]) *prom.Query[T]{prom.Union[T], prom.UnionAll[T], prom.Intersect[T],
		prom.Except[T]}[kind](q, other)
	c, o, p := condOf(w, m, 1), total(w, m, 1, 1), pageOf(w)
	return question{"sets", rowsResult(m, paged(p, q.Where(c.x).OrderBy(o.x...))), func() [][]any {
		a, b := first(), second()
		var list []*T
		for _, r := range a {
			if in := slices.Contains(b, r); kind < 2 || kind == 2 && in || kind == 3 && !in {
				list = append(list, r)
			}
		}
		for _, r := range b {
			if kind == 1 || kind == 0 && !slices.Contains(a, r) {
				list = append(list, r)
			}
		}
		list = slices.DeleteFunc(list, func(r *T) bool { return c.of(r) != yes })
		return keys(m, cut(p, o.sorted(list)))
	}}
}

// windowQuestion asks for a function of a window, for each row.
func windowQuestion[T any](w *world, m *model[T]) question {
	c, p, o := condOf(w, m, 1), pageOf(w), total(w, m, 1, 1)
	of := func(*T) any { return nil } // all rows are one partition
	win := prom.OrderWindow[*T]()
	if !w.chance(3) {
		by := erasedOf(w, m, 1)
		of, win = by.of, prom.PartitionBy(by.term)
	}
	var orders order[T]
	peers := w.chance(3)
	if peers {
		orders = orders.then(erasedOf(w, m, 1).order(w, true))
	} else {
		orders = total(w, m, 1, 1)
	}
	f := windowOf(w, m, win.OrderBy(orders.x...), !peers, orders)
	q := paged(p, prom.Select(m.repo.Where(c.x), pair, prom.Col(&pair.A.int64, prom.OrNull(prom.Term[*T, int64](m.id))),
		f.col).OrderBy(o.x...))
	return question{"windows", resultOf(q, func(r *cellPair) []any { return []any{*r.A.int64, f.cell(&r.B)} }),
		func() [][]any {
			rows := filtered(m.rows, c)
			list := make([][]any, 0, len(rows))
			for _, r := range cut(p, o.sorted(rows)) {
				list = append(list, []any{m.idOf(r), f.of(r, orders.sorted(group(rows, of, r)))})
			}
			return list
		}}
}

// function is a function of a window: what it is of a row in its partition, which is in the window's order.
type function[T any] struct {
	col  prom.Column[*T]
	cell func(*cells) any
	of   func(r *T, partition []*T) any
}

func windowOf[T any](w *world, m *model[T], win prom.Window[*T], total bool, orders order[T]) function[T] {
	number := func(x prom.Expr[*T, int64], of func(r *T, partition []*T) int) function[T] {
		return function[T]{columns(x, counts)[1], func(c *cells) any { return anyOf(c.int64) },
			func(r *T, partition []*T) any { return int64(of(r, partition)) }}
	}
	before := func(r *T, partition []*T) int { // the rows before it that are not its equals
		return slices.IndexFunc(partition, func(e *T) bool { return orders.cmp(e, r) == 0 })
	}
	n := w.n(7)
	if !total && n > 3 {
		n -= 4
	}
	switch n {
	case 0:
		return number(prom.Rank(win), func(r *T, partition []*T) int { return 1 + before(r, partition) })
	case 1:
		return number(prom.DenseRank(win), func(r *T, partition []*T) int {
			list := slices.CompactFunc(slices.Clone(partition), func(a, b *T) bool { return orders.cmp(a, b) == 0 })
			return 1 + before(r, list)
		})
	case 2, 3:
		a := anyAggregate(w, m, 1)
		if a.distinct {
			a = eraseAggregate(aggregateOf(w, m, times, 1))
		}
		framed, seen := frameOf(w, win, total, orders)
		return function[T]{a.over(framed)[1], a.cell, func(r *T, partition []*T) any { return a.of(seen(r, partition)) }}
	case 4:
		return number(prom.RowNumber(win), func(r *T, partition []*T) int { return 1 + slices.Index(partition, r) })
	case 5:
		t, n := termOf(w, m, texts, 1), w.n(3)
		x, by := prom.Lag[*T, string](t.x, n, win), -n
		if w.chance(2) {
			x, by = prom.Lead[*T, string](t.x, n, win), n
		}
		return function[T]{columns(x, texts)[1], func(c *cells) any { return anyOf(c.text) }, func(r *T, partition []*T) any {
			at := slices.Index(partition, r) + by
			if at < 0 || at >= len(partition) {
				return nil
			}
			return anyOf(t.of(partition[at]))
		}}
	}
	t := termOf(w, m, ints, 1)
	x, last := prom.FirstValue[*T, int](t.x, win), false
	if w.chance(2) {
		x, last = prom.LastValue[*T, int](t.x, win.Rows(prom.UnboundedPreceding, prom.UnboundedFollowing)), true
	}
	return function[T]{columns(x, ints)[1], func(c *cells) any { return anyOf(c.int) }, func(_ *T, partition []*T) any {
		if last {
			return anyOf(t.of(partition[len(partition)-1]))
		}
		return anyOf(t.of(partition[0]))
	}}
}
