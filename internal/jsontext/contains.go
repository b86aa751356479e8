package jsontext

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Container tells of documents whether they contain others. It keeps the last of those, and is not safe for concurrent
// use.
type Container struct {
	text  string
	part  node
	valid bool
	work  int
	ended func() bool
	over  bool
}

// Contains reports whether a document contains another one, by the rules of PostgreSQL's operator @>: each member of an
// object, and each element of a list, is in it; their order and number do not matter, and numbers are compared by their
// value. As an exception at the top, a list contains a single value. It is not ok if one of the two is no document. Now
// and then, in long work, it asks whether the work has ended, and then says that it was stopped.
func (c *Container) Contains(whole, part string, ended func() bool) (contains, ok, stopped bool) {
	if part != c.text || !c.valid {
		c.text = strings.Clone(part)
		if c.part, c.valid = document(c.text); !c.valid {
			return false, false, false
		}
	}
	w, ok := document(whole)
	if !ok {
		return false, false, false
	}
	c.work, c.ended, c.over = 0, ended, false
	if w.list() && c.part.scalar() {
		contains = w.hasElement(c, &c.part)
	} else {
		contains = w.contains(c, &c.part)
	}
	return contains && !c.over, true, c.over
}

// document parses a text that is a document and nothing else.
func document(text string) (node, bool) {
	if !json.Valid([]byte(text)) {
		return node{}, false
	}
	return parse(text)
}

// pairsBetween is how many pairs of values are compared between two questions whether to end.
const pairsBetween = 10_000

// stopped counts a pair of values that are compared, and reports whether the work is to end.
func (c *Container) stopped() bool {
	if c.work++; c.work >= pairsBetween {
		c.work = 0
		c.over = c.over || c.ended()
	}
	return c.over
}

func (n *node) scalar() bool { return !n.object() && !n.list() }

func (n *node) contains(c *Container, part *node) bool {
	switch {
	case c.stopped():
		return false
	case part.object():
		for i := range part.members {
			if w := n.member(part.members[i].key); w == nil || !w.contains(c, &part.members[i].value) {
				return false
			}
		}
		return n.object()
	case part.list():
		if !n.list() {
			return false
		}
		for i := range part.elems {
			if !n.hasElement(c, &part.elems[i]) {
				return false
			}
		}
		return true
	}
	return n.scalar() && (n.text == part.text || n.atom() == part.atom())
}

// hasElement reports whether an element of a list contains a value.
func (n *node) hasElement(c *Container, part *node) bool {
	if len(n.elems) <= few {
		return slices.ContainsFunc(n.elems, func(w node) bool { return w.contains(c, part) })
	}
	if n.index == nil {
		n.index = n.indexed()
	}
	if part.scalar() {
		return len(n.index[mark{atom: part.atom()}]) > 0
	}
	// An object that contains another has its single values under the same keys, and a list that contains another has
	// them as elements. Those with the rarest of them are compared.
	var some []int
	found := false
	for m := range part.marks {
		if list := n.index[m]; !found || len(list) < len(some) {
			some, found = list, true
		}
	}
	if found {
		return slices.ContainsFunc(some, func(i int) bool { return n.elems[i].contains(c, part) })
	}
	return slices.ContainsFunc(n.elems, func(w node) bool { return w.contains(c, part) })
}

// atom is a text, a number, or another single value, in a form that is equal for equal ones.
type atom struct {
	kind byte
	text string
}

// mark is something by which an element of a list is found: a single value, or one that the element has.
type mark struct {
	within byte // 0, or what the element begins with
	key    string
	atom   atom
}

// indexed returns the numbers of a list's elements by their marks.
func (n *node) indexed() map[mark][]int {
	index := make(map[mark][]int, len(n.elems))
	for i := range n.elems {
		e := &n.elems[i]
		if e.scalar() {
			index[mark{atom: e.atom()}] = append(index[mark{atom: e.atom()}], i)
			continue
		}
		for m := range e.marks {
			if list := index[m]; len(list) == 0 || list[len(list)-1] != i {
				index[m] = append(list, i)
			}
		}
	}
	return index
}

// marks ranges over the single values that are in an object or list itself.
func (n *node) marks(yield func(mark) bool) {
	for i := range n.members {
		if v := &n.members[i].value; v.scalar() && !yield(mark{'{', n.members[i].key, v.atom()}) {
			return
		}
	}
	for i := range n.elems {
		if v := &n.elems[i]; v.scalar() && !yield(mark{within: '[', atom: v.atom()}) {
			return
		}
	}
}

func (n *node) atom() atom {
	switch b := n.text[0]; {
	case b == '"':
		return atom{'"', unquote(n.text)}
	case b == '-' || b >= '0' && b <= '9':
		return atom{'0', plainNumber(n.text)}
	}
	return atom{'a', n.text}
}

// plainNumber returns the digits of a number without zeros that do not count, and its exponent: the same for 1, 1.0 and
// 10e-1.
func plainNumber(text string) string {
	digits, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n > 1<<40 || n < -1<<40 {
			return text // beyond all numbers that a database stores
		}
		digits, exponent = text[:i], n
	}
	digits, negative := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	digits = strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(digits, "0")
	if significant == "" {
		return "0"
	}
	exponent += len(digits) - len(significant) - len(fraction)
	if exponent != 0 {
		significant += "e" + strconv.Itoa(exponent)
	}
	if negative {
		return "-" + significant
	}
	return significant
}
