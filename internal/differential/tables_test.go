package differential_test

import (
	"time"

	"github.com/prom-go/prom"
)

// known makes the maker of a field.
func known[T, V any](x operators[T, V], of func(*T) *V) maker[T, V] {
	return func(*world, int) term[T, V] { return term[T, V]{x: x, of: of} }
}

// part makes the maker of a part of a time, or of anything else that is no field of its own.
func part[T, V any](x prom.Term[*T, V], of func(*T) *V) maker[T, V] {
	return known[T, V](prom.Coalesce[*T, V](x), of)
}

// through makes the maker of terms of the node that a reference leads to.
func through[T, V any](ref prom.Reference[*T, *Node], key func(*T) *int64, k *kind[V]) maker[T, V] {
	return func(w *world, depth int) term[T, V] {
		t := termOf(w, w.nodes, k, depth-1)
		return term[T, V]{x: prom.Via(ref, prom.Term[*Node, V](t.x)), of: func(r *T) *V {
			id := key(r)
			if id == nil {
				return nil
			}
			return t.of(&w.nodes.rows[*id-1])
		}}
	}
}

// led makes the conditions on the node that a reference leads to.
func led[T any](ref interface {
	Has(conds ...prom.Cond[*Node]) prom.Cond[*T]
}, key func(*T) *int64) func(*world, int) cond[T] {
	return func(w *world, depth int) cond[T] {
		c := condOf(w, w.nodes, depth-1)
		has := func(r *T) bool {
			id := key(r)
			return id != nil && c.of(&w.nodes.rows[*id-1]) == yes
		}
		if w.chance(2) {
			return plain(prom.Not(ref.Has(c.x)), func(r *T) bool { return !has(r) })
		}
		return plain(ref.Has(c.x), has)
	}
}

func keyOf[T any](ref func(*T) *prom.Ref[Node]) func(*T) *int64 {
	return func(r *T) *int64 {
		if p := ref(r); p != nil {
			id := p.Key()
			return &id
		}
		return nil
	}
}

func partOf[T any](at func(*T) *time.Time, f func(time.Time) int) func(*T) *int {
	return func(r *T) *int {
		t := at(r)
		if t == nil {
			return nil
		}
		n := f(*t)
		return &n
	}
}

// parts are the makers of the parts of a time.
func parts[T any](f prom.Term[*T, time.Time], at func(*T) *time.Time) []any {
	return []any{
		part[T, int](prom.Year(f), partOf(at, time.Time.Year)),
		part[T, int](prom.Quarter(f), partOf(at, func(t time.Time) int { return (int(t.Month()) + 2) / 3 })),
		part[T, int](prom.Month(f), partOf(at, func(t time.Time) int { return int(t.Month()) })),
		part[T, int](prom.Week(f), partOf(at, func(t time.Time) int { _, w := t.ISOWeek(); return w })),
		part[T, int](prom.Day(f), partOf(at, time.Time.Day)),
		part[T, int](prom.DayOfWeek(f), partOf(at, func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 })),
		part[T, int](prom.DayOfYear(f), partOf(at, time.Time.YearDay)),
		part[T, int](prom.Hour(f), partOf(at, time.Time.Hour)),
		part[T, int](prom.Minute(f), partOf(at, time.Time.Minute)),
		part[T, int](prom.Second(f), partOf(at, time.Time.Second)),
	}
}

func nodeModel(repo *prom.Repo[Node], rows []Node) *model[Node] {
	m := &model[Node]{repo: repo, rows: rows, id: nodeID, idOf: func(v *Node) int64 { return v.ID }}
	parent := keyOf(func(v *Node) *prom.Ref[Node] { return v.Parent })
	at, due := func(v *Node) *time.Time { return &v.At }, func(v *Node) *time.Time { return v.Due }
	m.terms = map[any][]any{
		ints: append([]any{known(nodeN, func(v *Node) *int { return &v.N }), known(nodeM, func(v *Node) *int { return v.M }),
			through(nodeParent, parent, ints),
			known(nodeN, func(v *Node) *int { return &v.N }), known(nodeM, func(v *Node) *int { return v.M }), maker[Node,
				int](treeDepth)},
			append(parts[Node](nodeAt, at), parts[Node](nodeDue, due)[:3]...)...),
		counts: {known(nodeID, func(v *Node) *int64 { return &v.ID }), part[Node, int64](nodeParent, parent),
			through(nodeParent, parent, counts), maker[Node, int64](itemCount),
			maker[Node, int64](itemAggregate(counts))},
		bigs:   {known(nodeBig, func(v *Node) *int64 { return &v.Big }), through(nodeParent, parent, bigs)},
		floats: {known(nodeF, func(v *Node) *float64 { return &v.F })},
		wilds:  {known(nodeWild, func(v *Node) *float64 { return v.Wild }), through(nodeParent, parent, wilds)},
		texts: {known(nodeName, func(v *Node) *string { return &v.Name }),
			known(nodeNote, func(v *Node) *string { return v.Note }), through(nodeParent, parent, texts),
			itemAggregate(texts)},
		times: {known(nodeAt, at), known(nodeDue, due), through(nodeParent, parent, times)},
		decimals: {known(nodePrice, func(v *Node) *string { return &v.Price }), through(nodeParent, parent, decimals),
			itemAggregate(decimals)},
		bools: {known(nodeOn, func(v *Node) *bool { return &v.On }),
			known(nodeMaybe, func(v *Node) *bool { return v.Maybe }), through(nodeParent, parent, bools)},
	}
	m.conds = []func(*world, int) cond[Node]{
		matched[Node](nodeName, func(v *Node) *string { return &v.Name }), matched[Node](nodeNote,
			func(v *Node) *string { return v.Note }),
		nullConds(ints, nodeM, func(v *Node) *int { return v.M }), nullConds(texts, nodeNote,
			func(v *Node) *string { return v.Note }),
		nullConds(wilds, nodeWild, func(v *Node) *float64 { return v.Wild }), nullConds(times, nodeDue,
			due), nullConds(counts, nodeParent, parent),
		nullConds(bools, nodeMaybe, func(v *Node) *bool { return v.Maybe }),
		led(nodeParent, parent), hasItems, inTree, exists(nodesOf, itemsOf), exists(nodesOf, nodesOf), rowIn(nodesOf),
	}
	return m
}

func nodesOf(w *world) *model[Node] { return w.nodes }
func itemsOf(w *world) *model[Item] { return w.items }

func itemModel(repo *prom.Repo[Item], rows []Item) *model[Item] {
	m := &model[Item]{repo: repo, rows: rows, id: itemID, idOf: func(v *Item) int64 { return v.ID }}
	owner := keyOf(func(v *Item) *prom.Ref[Node] { return &v.Owner })
	spare := keyOf(func(v *Item) *prom.Ref[Node] { return v.Spare })
	made, cost := func(v *Item) *time.Time { return &v.Made }, func(v *Item) *string { return v.Cost }
	score, label := func(v *Item) *int { return v.Score }, func(v *Item) *string { return &v.Label }
	m.terms = map[any][]any{
		ints: append([]any{known(itemScore, score), through(itemOwner, owner, ints), through(itemSpare, spare, ints),
			known(itemScore, score)}, parts(itemMade, made)[:4]...),
		counts: {known(itemID, func(v *Item) *int64 { return &v.ID }), part[Item, int64](itemOwner, owner),
			part[Item, int64](itemSpare, spare), through(itemSpare, spare, counts)},
		bigs:     {through(itemOwner, owner, bigs), through(itemSpare, spare, bigs)},
		floats:   {through(itemOwner, owner, floats), through(itemSpare, spare, floats)},
		wilds:    {through(itemOwner, owner, wilds), through(itemSpare, spare, wilds)},
		texts:    {known(itemLabel, label), through(itemOwner, owner, texts), through(itemSpare, spare, texts)},
		times:    {known(itemMade, made), through(itemOwner, owner, times), through(itemSpare, spare, times)},
		decimals: {known(itemCost, cost), through(itemOwner, owner, decimals), through(itemSpare, spare, decimals)},
		bools:    {through(itemOwner, owner, bools), through(itemSpare, spare, bools)},
	}
	m.conds = []func(*world, int) cond[Item]{
		matched(itemLabel, label), nullConds(ints, itemScore, score), nullConds(decimals, itemCost, cost), nullConds(counts,
			itemSpare, spare),
		led(itemOwner, owner), led(itemSpare, spare), exists(itemsOf, nodesOf), exists(itemsOf, itemsOf), rowIn(itemsOf),
	}
	return m
}

// itemsWhere returns the items of a node for which a condition holds.
func (w *world) itemsWhere(v *Node, c cond[Item]) []*Item {
	var list []*Item
	for i := range w.items.rows {
		if r := &w.items.rows[i]; r.Owner.Key() == v.ID && c.of(r) == yes {
			list = append(list, r)
		}
	}
	return list
}

func hasItems(w *world, depth int) cond[Node] {
	c := condOf(w, w.items, depth-1)
	has := func(v *Node) bool { return len(w.itemsWhere(v, c)) > 0 }
	if w.chance(2) {
		return plain(prom.Not(nodeItems.Has(c.x)), func(v *Node) bool { return !has(v) })
	}
	return plain(nodeItems.Has(c.x), has)
}

func itemCount(w *world, depth int) term[Node, int64] {
	c := condOf(w, w.items, depth-1)
	return term[Node, int64]{x: nodeItems.Count(c.x), of: func(v *Node) *int64 {
		n := int64(len(w.itemsWhere(v, c)))
		return &n
	}}
}

// itemAggregate makes an aggregate of the items that each node has.
func itemAggregate[V any](k *kind[V]) maker[Node, V] {
	return func(w *world, depth int) term[Node, V] {
		c := condOf(w, w.items, depth-1)
		a := aggregateOf(w, w.items, k, depth-1)
		return term[Node, V]{x: prom.AggregateOf(nodeItems.Where(c.x), a.x),
			of: func(v *Node) *V { return a.of(w.itemsWhere(v, c)) }}
	}
}

// inTree asks for the nodes below or above others.
func inTree(w *world, depth int) cond[Node] {
	c := condOf(w, w.nodes, depth-1)
	up := w.chance(2)
	found := once(func() map[int64]bool {
		seen := map[int64]bool{}
		var walk func(v *Node)
		next := func(v *Node) {
			if !seen[v.ID] {
				seen[v.ID] = true
				walk(v)
			}
		}
		walk = func(v *Node) {
			if up {
				if v.Parent != nil {
					next(&w.nodes.rows[v.Parent.Key()-1])
				}
				return
			}
			for i := range w.nodes.rows {
				if r := &w.nodes.rows[i]; r.Parent != nil && r.Parent.Key() == v.ID {
					next(r)
				}
			}
		}
		for _, v := range filtered(w.nodes.rows, c) {
			walk(v)
		}
		return seen
	})
	x := prom.DescendantsOf(nodeParent, c.x)
	if up {
		x = prom.AncestorsOf(nodeParent, c.x)
	}
	return plain(x, func(v *Node) bool { return found()[v.ID] })
}
