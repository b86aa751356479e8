package elle

import (
	"fmt"
	"strings"
)

// search is how cycles of a name are looked for: each begins with an edge of one kind, and comes back along others.
type search struct {
	name  string
	first kinds
	rest  kinds
	apart bool
}

var searches = []search{
	{G0, ww, ww, false},
	{G1c, wr, ww | wr, false},
	{GSingle, rw, ww | wr, false},
	{GNonadjacent, rw, ww | wr | rw, true},
	{G2Item, rw, ww | wr | rw, false},
}

// cycles looks for a cycle of each name that the level forbids, first without edges of time and then with them.
func (c *checker) cycles() {
	for _, time := range []kinds{0, rt} {
		for _, s := range searches {
			if !c.level.Forbids(s.name) {
				continue
			}
			s.rest |= time
			if cycle := c.cycle(s); cycle != nil {
				c.add(anomalyOf(cycle))
			}
		}
	}
}

// cycle returns a cycle that has the name which is looked for, or nil.
func (c *checker) cycle(s search) []step {
	want := s.name
	if s.rest&rt != 0 {
		want += RealTime
	}
	components := c.graph.components(s.first | s.rest)
	for from := range c.graph {
		if components[from] < 0 {
			continue
		}
		for _, e := range c.graph[from] {
			if e.kind != s.first || components[e.to] != components[from] {
				continue
			}
			if way := c.graph.back(from, e, s.rest, components, s.apart); way != nil && nameOf(way) == want {
				return way
			}
		}
	}
	return nil
}

// nameOf returns the name of a cycle.
func nameOf(cycle []step) string {
	count := map[kinds]int{}
	adjacent := false
	for i, s := range cycle {
		count[s.kind]++
		adjacent = adjacent || s.kind == rw && cycle[(i+1)%len(cycle)].kind == rw
	}
	name := G0
	switch {
	case count[rw] > 1 && adjacent:
		name = G2Item
	case count[rw] > 1:
		name = GNonadjacent
	case count[rw] == 1:
		name = GSingle
	case count[wr] > 0:
		name = G1c
	}
	if count[rt] > 0 {
		name += RealTime
	}
	return name
}

func anomalyOf(cycle []step) Anomaly {
	a := Anomaly{Name: nameOf(cycle)}
	var why []string
	for _, s := range cycle {
		a.Txns = append(a.Txns, s.from)
		why = append(why, fmt.Sprintf("T%d comes before T%d (%v: %s)", s.from, s.to, s.kind, s.why()))
	}
	a.Why = strings.Join(why, "; ")
	return a
}
