package jsontext

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// node is a value of a document with its text. Of members that have the same key it has the last one.
type node struct {
	text    string
	members []member       // of an object
	places  map[string]int // of the keys of more than a few members
	elems   []node         // of a list
	changed bool           // members were left out, here or within, which text has still

	index map[mark][]int // of the elements of a long list, once it is asked for
}

type member struct {
	key, name string // name is the key as it is written
	value     node
}

func (n *node) object() bool { return n.text[0] == '{' }
func (n *node) list() bool   { return n.text[0] == '[' }

// few is up to how many members are looked through one by one.
const few = 16

// place returns the number of the member with a key, or -1.
func (n *node) place(key string) int {
	if n.places != nil {
		if i, ok := n.places[key]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(n.members, func(m member) bool { return m.key == key })
}

// member returns the value of the member with a key, or nil.
func (n *node) member(key string) *node {
	if i := n.place(key); i >= 0 {
		return &n.members[i].value
	}
	return nil
}

// add adds a member in place of one with its key.
func (n *node) add(m member) {
	if i := n.place(m.key); i >= 0 {
		n.members[i], n.changed = m, true
		return
	}
	n.members = append(n.members, m)
	switch {
	case n.places != nil:
		n.places[m.key] = len(n.members) - 1
	case len(n.members) > few:
		n.places = make(map[string]int, 4*few)
		for i := range n.members {
			n.places[n.members[i].key] = i
		}
	}
}

// maxDepth is how deep a document may be, as encoding/json has it.
const maxDepth = 10_000

// parser reads a document. A text that is no JSON makes it fail, or is read as something; it is never read out of
// bounds.
type parser struct {
	text  string
	at    int
	depth int
}

// parse returns the tree of a document.
func parse(text string) (node, bool) {
	p := parser{text: text}
	n, ok := p.value()
	p.space()
	return n, ok && p.at == len(text)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take passes over a byte, with the space before it, if it is there.
func (p *parser) take(b byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == b {
		p.at++
		return true
	}
	return false
}

func (p *parser) value() (n node, ok bool) {
	p.space()
	from := p.at
	if p.at == len(p.text) || p.depth == maxDepth {
		return n, false
	}
	p.depth++
	defer func() { p.depth-- }()
	switch p.text[p.at] {
	case '{':
		ok = p.object(&n)
	case '[':
		ok = p.list(&n)
	case '"':
		p.at = textEnd(p.text, p.at)
		ok = true
	default:
		for p.at < len(p.text) && strings.IndexByte(" \t\r\n,]}:", p.text[p.at]) < 0 {
			p.at++
		}
		ok = p.at > from
	}
	n.text = p.text[from:p.at]
	return n, ok
}

func (p *parser) object(n *node) bool {
	p.at++
	for !p.take('}') {
		if len(n.members) > 0 && !p.take(',') {
			return false
		}
		p.space()
		if p.at == len(p.text) || p.text[p.at] != '"' {
			return false
		}
		from := p.at
		p.at = textEnd(p.text, p.at)
		m := member{name: p.text[from:p.at]}
		m.key = unquote(m.name)
		var ok bool
		if !p.take(':') {
			return false
		}
		if m.value, ok = p.value(); !ok {
			return false
		}
		n.changed = n.changed || m.value.changed
		n.add(m)
	}
	return true
}

func (p *parser) list(n *node) bool {
	p.at++
	for !p.take(']') {
		if len(n.elems) > 0 && !p.take(',') {
			return false
		}
		elem, ok := p.value()
		if !ok {
			return false
		}
		n.changed = n.changed || elem.changed
		n.elems = append(n.elems, elem)
	}
	return true
}

// doc returns the text of a value, without the members that were left out.
func (n *node) doc() string {
	if n.changed {
		var b strings.Builder
		n.writeTo(&b)
		n.text, n.changed = b.String(), false
	}
	return n.text
}

// writeTo writes a value: what has changed by its members or elements, and else its text.
func (n *node) writeTo(b *strings.Builder) {
	switch {
	case !n.changed:
		b.WriteString(n.text)
	case n.object():
		b.WriteByte('{')
		for i := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(n.members[i].name)
			b.WriteByte(':')
			n.members[i].value.writeTo(b)
		}
		b.WriteByte('}')
	default:
		b.WriteByte('[')
		for i := range n.elems {
			if i > 0 {
				b.WriteByte(',')
			}
			n.elems[i].writeTo(b)
		}
		b.WriteByte(']')
	}
}

// textEnd returns the place behind a text that begins at a place.
func textEnd(s string, at int) int {
	for at++; at < len(s); at++ {
		switch s[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(s)
}

// unquote returns what a text is.
func unquote(name string) string {
	if strings.IndexByte(name, '\\') < 0 && len(name) >= 2 {
		return name[1 : len(name)-1]
	}
	var key string
	if json.Unmarshal([]byte(name), &key) != nil {
		return name
	}
	return key
}

// Compact returns a document without the spaces between its parts.
func Compact(text string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return text
	}
	return b.String()
}
