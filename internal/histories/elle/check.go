package elle

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Check returns the anomalies of a history that its level forbids, the first of each name.
func Check(level Level, history []Txn) []Anomaly {
	c := &checker{level: level, history: history, writes: map[int64]*write{}, lists: map[int]*list{},
		found: map[string]bool{}}
	var all []read
	for no := range history {
		reads, bad := unfold(no, &history[no], c.writes)
		if bad != nil {
			c.add(*bad)
		}
		all = append(all, reads...)
	}
	c.seen(all)
	// What aborted transactions read says nothing: they may have been aborted for it.
	all = slices.DeleteFunc(all, func(r read) bool { return !c.happened(r.txn) })
	c.order(all)
	for _, r := range all {
		c.value(r)
	}
	c.edges(all)
	c.realTime()
	c.cycles()
	return c.anomalies
}

type checker struct {
	level     Level
	history   []Txn
	writes    map[int64]*write
	lists     map[int]*list
	committed []bool // an unknown outcome that others saw is a commit
	graph     graph

	anomalies []Anomaly
	found     map[string]bool
}

// list is what is known of a list.
type list struct {
	order  []int64       // the values of the longest read
	place  map[int64]int // of each in it
	unread []int64       // committed appends that no read has
	// earlier has for each length the moment at which the first transaction had returned of those whose appends a read of
	// that length lacks.
	earlier []int64
}

func (c *checker) add(a Anomaly) {
	if !c.found[a.Name] {
		c.found[a.Name] = true
		c.anomalies = append(c.anomalies, a)
	}
}

func (c *checker) happened(txn int) bool { return c.committed[txn] }

// seen finds out which transactions have happened: those that were told so, and those of whose writes others, who have
// happened, read something.
func (c *checker) seen(all []read) {
	c.committed = make([]bool, len(c.history))
	by := map[int][]read{}
	var next []int
	for no := range c.history {
		if c.history[no].Outcome == Committed {
			c.committed[no] = true
			next = append(next, no)
		}
	}
	for _, r := range all {
		by[r.txn] = append(by[r.txn], r)
	}
	for len(next) > 0 {
		no := next[len(next)-1]
		next = next[:len(next)-1]
		for _, r := range by[no] {
			for _, v := range r.values {
				w := c.writes[v]
				if w != nil && !c.committed[w.txn] && c.history[w.txn].Outcome == Unknown {
					c.committed[w.txn] = true
					next = append(next, w.txn)
				}
			}
		}
	}
}

// order learns the order of each list's values from its longest read.
func (c *checker) order(all []read) {
	for _, r := range all {
		l := c.lists[r.list]
		if l == nil {
			l = &list{}
			c.lists[r.list] = l
		}
		if len(r.values) > len(l.order) {
			l.order = r.values
		}
	}
	for _, l := range c.lists {
		l.place = make(map[int64]int, len(l.order))
		for i, v := range l.order {
			l.place[v] = i
		}
	}
	for no := range c.history {
		if !c.happened(no) {
			continue
		}
		for _, op := range c.history[no].Ops {
			l := c.lists[op.List]
			if op.Kind != Append || l == nil || c.writes[op.Value].undone {
				continue
			}
			if _, ok := l.place[op.Value]; !ok {
				l.unread = append(l.unread, op.Value)
			}
		}
	}
	for _, l := range c.lists {
		earliest := int64(math.MaxInt64)
		for _, v := range l.unread {
			earliest = min(earliest, c.history[c.writes[v].txn].until())
		}
		l.earlier = make([]int64, len(l.order)+1)
		l.earlier[len(l.order)] = earliest
		for i := len(l.order) - 1; i >= 0; i-- {
			if no := c.writer(l.order[i]); no >= 0 {
				earliest = min(earliest, c.history[no].until())
			}
			l.earlier[i] = earliest
		}
	}
}

// value looks at the values of one read.
func (c *checker) value(r read) {
	l := c.lists[r.list]
	found := func(name string, other int, format string, args ...any) {
		a := Anomaly{Name: name, Txns: []int{r.txn}, Why: fmt.Sprintf("T%d read list %d as %v: ", r.txn, r.list, r.values)}
		a.Why += fmt.Sprintf(format, args...)
		if other >= 0 && other != r.txn {
			a.Txns = append(a.Txns, other)
		}
		c.add(a)
	}
	has := map[int64]bool{}
	for i, v := range r.values {
		if has[v] {
			found(Duplicate, -1, "%d is there twice", v)
		}
		has[v] = true
		if l.order[i] != v {
			found(IncompatibleOrder, -1, "another transaction read it as %v", l.order)
		}
		w := c.writes[v]
		switch {
		case w == nil:
			found(Garbage, -1, "%d was never appended", v)
		case w.txn == r.txn: // its own appends are not among these, unless they were undone or read in the wrong place
			found(Internal, -1, "%d is its own, and was undone or stands in the wrong place", v)
		case w.undone || c.history[w.txn].Outcome == Aborted:
			found(G1a, w.txn, "%d was rolled back", v)
		case i == len(r.values)-1 && !w.last:
			found(G1b, w.txn, "T%d appended more after %d", w.txn, v)
		}
	}
	n, invoked := len(r.values), c.history[r.txn].Invoked
	if l.earlier[n] >= invoked {
		return
	}
	for _, v := range slices.Concat(l.order[n:], l.unread) {
		if no := c.writer(v); no >= 0 && no != r.txn && c.history[no].until() < invoked {
			found(StaleRead, no, "T%d had appended %d before it began", no, v)
			break
		}
	}
}

// writer returns the transaction that has appended a value, and has happened, or -1.
func (c *checker) writer(v int64) int {
	if w := c.writes[v]; w != nil && !w.undone && c.happened(w.txn) {
		return w.txn
	}
	return -1
}

// edges adds what follows from reads and from the order of values.
func (c *checker) edges(all []read) {
	c.graph = newGraph(len(c.history))
	writer := c.writer
	for no, l := range c.lists {
		for i := 1; i < len(l.order); i++ {
			c.graph.add(writer(l.order[i-1]), edge{writer(l.order[i]), ww, no, l.order[i]})
		}
		if n := len(l.order); n > 0 {
			for _, v := range l.unread { // they come behind what was read
				c.graph.add(writer(l.order[n-1]), edge{writer(v), ww, no, v})
			}
		}
	}
	for _, r := range all {
		l, n := c.lists[r.list], len(r.values)
		if n > 0 {
			c.graph.add(writer(r.values[n-1]), edge{r.txn, wr, r.list, r.values[n-1]})
		}
		if n < len(l.order) {
			c.graph.add(r.txn, edge{writer(l.order[n]), rw, r.list, l.order[n]})
			continue
		}
		for _, v := range l.unread {
			c.graph.add(r.txn, edge{writer(v), rw, r.list, v})
		}
	}
}

// realTime adds an edge from each transaction that had returned to each that was called afterwards. Those that follow
// from others are left out: of what has returned only a front is kept, without what the front itself came after.
func (c *checker) realTime() {
	type event struct {
		at       int64
		returned bool
		txn      int
	}
	var events []event
	for no := range c.history {
		if !c.happened(no) {
			continue
		}
		events = append(events, event{c.history[no].Invoked, false, no})
	}
	for _, e := range slices.Clone(events) { // behind the calls, so that those of the same moment are concurrent
		if until := c.history[e.txn].until(); until != math.MaxInt64 {
			events = append(events, event{until, true, e.txn})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	var front []int
	for _, e := range events {
		if !e.returned {
			for _, before := range front {
				c.graph.add(before, edge{to: e.txn, kind: rt})
			}
			continue
		}
		invoked := c.history[e.txn].Invoked
		front = slices.DeleteFunc(front, func(no int) bool { return c.history[no].until() < invoked })
		front = append(front, e.txn)
	}
}
