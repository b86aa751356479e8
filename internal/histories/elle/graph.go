package elle

import "fmt"

// edge says why one transaction comes before another.
type edge struct {
	to    int
	kind  kinds
	list  int
	value int64 // that was appended next, read last, or not read
}

func (e edge) why() string {
	switch e.kind {
	case ww:
		return fmt.Sprintf("%d is next in list %d", e.value, e.list)
	case wr:
		return fmt.Sprintf("list %d was read up to %d", e.list, e.value)
	case rw:
		return fmt.Sprintf("list %d was read without %d", e.list, e.value)
	}
	return "it had returned before"
}

// kinds is a set of kinds of edges.
type kinds uint8

const (
	ww kinds = 1 << iota
	wr
	rw
	rt
)

func (k kinds) String() string {
	switch k {
	case ww:
		return "ww"
	case wr:
		return "wr"
	case rw:
		return "rw"
	}
	return "rt"
}

type graph [][]edge

func newGraph(n int) graph { return make(graph, n) }

// add adds an edge, unless one of its ends is missing or both are the same.
func (g graph) add(from int, e edge) {
	if from < 0 || e.to < 0 || from == e.to {
		return
	}
	for _, old := range g[from] {
		if old.to == e.to && old.kind == e.kind {
			return
		}
	}
	g[from] = append(g[from], e)
}

// components numbers the strongly connected components of the edges of some kinds, by Tarjan's algorithm. A node that
// is in no cycle has the number -1.
func (g graph) components(of kinds) []int {
	const unseen = 0
	index, low, number := make([]int, len(g)), make([]int, len(g)), make([]int, len(g))
	onStack := make([]bool, len(g))
	var stack []int
	next, count := 1, 0
	type frame struct{ node, edge int }
	for root := range g {
		if index[root] != unseen {
			continue
		}
		calls := []frame{{root, 0}}
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			v := f.node
			if f.edge == 0 && index[v] == unseen {
				index[v], low[v] = next, next
				next++
				stack, onStack[v] = append(stack, v), true
			}
			descended := false
			for f.edge < len(g[v]) {
				e := g[v][f.edge]
				f.edge++
				if e.kind&of == 0 {
					continue
				}
				if index[e.to] == unseen {
					calls, descended = append(calls, frame{e.to, 0}), true
					break
				}
				if onStack[e.to] {
					low[v] = min(low[v], index[e.to])
				}
			}
			if descended {
				continue
			}
			if low[v] == index[v] {
				size := 0
				for {
					w := stack[len(stack)-1]
					stack, onStack[w] = stack[:len(stack)-1], false
					number[w] = count
					size++
					if w == v {
						break
					}
				}
				if size == 1 {
					number[v] = -1
				}
				count++
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				parent := calls[len(calls)-1].node
				low[parent] = min(low[parent], low[v])
			}
		}
	}
	return number
}

// step is an edge of a cycle, with where it begins.
type step struct {
	from int
	edge
}

// back returns the shortest way along edges of some kinds that closes a cycle with the edge first, which begins at
// from. With apart, no rw follows another one, not even around the cycle's end.
func (g graph) back(from int, first edge, of kinds, within []int, apart bool) []step {
	type place struct {
		node  int
		hasRW bool // the edge by which it was reached is rw, if that matters
	}
	start := place{first.to, apart && first.kind == rw}
	type came struct {
		place
		by edge
	}
	reached := map[place]came{start: {}}
	queue := []place{start}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		for _, e := range g[p.node] {
			if e.kind&of == 0 || within[e.to] != within[from] || within[e.to] < 0 || p.hasRW && e.kind == rw {
				continue
			}
			if e.to == from && !(apart && e.kind == rw && first.kind == rw) {
				way := []step{{p.node, e}}
				for at := p; at != start; at = reached[at].place {
					way = append(way, step{reached[at].node, reached[at].by})
				}
				way = append(way, step{from, first})
				for i, j := 0, len(way)-1; i < j; i, j = i+1, j-1 {
					way[i], way[j] = way[j], way[i]
				}
				return way
			}
			to := place{e.to, apart && e.kind == rw}
			if _, ok := reached[to]; !ok {
				reached[to] = came{p, e}
				queue = append(queue, to)
			}
		}
	}
	return nil
}
