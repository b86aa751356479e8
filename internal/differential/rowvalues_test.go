package differential_test

import (
	"github.com/prom-go/prom"
)

// rowIn asks whether two terms together are in a list, or among the rows of a subquery.
func rowIn[T any](m func(*world) *model[T]) func(*world, int) cond[T] {
	return func(w *world, depth int) cond[T] {
		a, b := termOf(w, m(w), ints, min(depth, 1)), termOf(w, m(w), texts, min(depth, 1))
		row := prom.Row2[*T, int, string](a.x, b.x)
		if w.chance(2) {
			c, x, y := condOf(w, w.nodes, min(depth, 1)), termOf(w, w.nodes, ints, min(depth, 1)), termOf(w, w.nodes, texts,
				min(depth, 1))
			sub := prom.Pluck2[Node, int, string](w.nodes.repo.Where(c.x), x.x, y.x)
			found := once(func() []*Node { return filtered(w.nodes.rows, c) })
			return cond[T]{x: row.InQuery(sub), of: func(r *T) truth {
				in, n, s := no, a.of(r), b.of(r)
				for _, v := range found() {
					in = max(in, min(equalValues(ints, n, x.of(v)), equalValues(texts, s, y.of(v))))
				}
				return in
			}}
		}
		list := make([]prom.Pair[int, string], w.n(5))
		for i := range list {
			list[i] = prom.Pair[int, string]{A: w.int(), B: w.text()}
		}
		in := func(r *T) truth {
			in, n, s := no, a.of(r), b.of(r)
			for _, p := range list {
				in = max(in, min(equalValues(ints, n, &p.A), equalValues(texts, s, &p.B)))
			}
			return in
		}
		if w.chance(2) {
			return cond[T]{x: row.NotIn(list...), of: func(r *T) truth { return yes - in(r) }}
		}
		return cond[T]{x: row.In(list...), of: in}
	}
}

// equalValues is the equality of two values, of which nil is NULL.
func equalValues[V any](k *kind[V], a, b *V) truth {
	if a == nil || b == nil {
		return unknown
	}
	return truthOf(k.cmp(*a, *b) == 0)
}

// treeDepth is how many nodes are above a node, or how many levels it is below one for which a condition holds.
func treeDepth(w *world, depth int) term[Node, int] {
	up := func(v *Node, found func(*Node) bool) (n int, ok bool) {
		seen := map[int64]bool{}
		for v.Parent != nil && !seen[v.Parent.Key()] {
			v = &w.nodes.rows[v.Parent.Key()-1]
			seen[v.ID] = true
			if n++; found(v) {
				return n, true
			}
		}
		return n, false
	}
	if w.chance(2) {
		return term[Node, int]{x: prom.TreeDepth(nodeParent), of: func(v *Node) *int {
			n, _ := up(v, func(*Node) bool { return false })
			return &n
		}}
	}
	c := condOf(w, w.nodes, min(depth-1, 1))
	if c.left { // which is no condition
		return treeDepth(w, depth)
	}
	return term[Node, int]{x: prom.TreeDepth(nodeParent, c.x), of: func(v *Node) *int {
		n, ok := up(v, func(v *Node) bool { return c.of(v) == yes })
		if !ok {
			return nil
		}
		return &n
	}}
}
