package transfer

import (
	"encoding/json"
	"strings"
)

// documentHash returns the hash of a JSON document. Spaces, the order of keys, the writing of numbers and all but the
// last of equal keys do not count: jsonb keeps none of them. A text that is no document has a hash too.
func documentHash(s string) uint64 {
	r := documentReader{s: s}
	h := r.value()
	if r.skip(); r.bad || r.at != len(s) {
		var no hasher
		no.text('!', s)
		return no.h
	}
	return h
}

// documentReader reads a document from left to right. What is wrong is noted, and ends the reading.
type documentReader struct {
	s   string
	at  int
	bad bool
}

func (r *documentReader) skip() {
	for r.at < len(r.s) && (r.s[r.at] == ' ' || r.s[r.at] == '\n' || r.s[r.at] == '\t' || r.s[r.at] == '\r') {
		r.at++
	}
}

// is reports whether a character follows, and goes behind it.
func (r *documentReader) is(c byte) bool {
	r.skip()
	if r.at < len(r.s) && r.s[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *documentReader) value() uint64 {
	r.skip()
	var h hasher
	switch {
	case r.bad || r.at == len(r.s):
		r.bad = true
	case r.s[r.at] == '"':
		h.text('s', r.text())
	case r.is('['):
		h.word('[')
		for n := 0; !r.bad && !r.is(']'); n++ {
			r.bad = r.bad || n > 0 && !r.is(',')
			h.word(r.value())
		}
	case r.is('{'):
		h.word(r.members())
	default:
		from := r.at
		for r.at < len(r.s) && !strings.ContainsRune(",]} \n\t\r:", rune(r.s[r.at])) {
			r.at++
		}
		switch word := r.s[from:r.at]; {
		case word == "true" || word == "false" || word == "null":
			h.text('w', word)
		case word == "":
			r.bad = true
		default:
			h.text('n', plainNumber(word))
		}
	}
	return h.h
}

// members returns the hash of an object behind its bracket: a sum, in which the order of its keys does not count.
func (r *documentReader) members() uint64 {
	type member struct{ key, hash uint64 }
	var few [16]member
	list := few[:0]
	var places map[uint64]int // of many members, by the hashes of their keys
	for n := 0; !r.bad && !r.is('}'); n++ {
		if n > 0 && !r.is(',') {
			r.bad = true
		}
		r.skip()
		if r.bad || r.at == len(r.s) || r.s[r.at] != '"' {
			r.bad = true
			break
		}
		var h hasher
		h.text('k', r.text())
		key := h.h
		if !r.is(':') {
			r.bad = true
		}
		h.word(r.value())
		at := -1
		if places == nil {
			for i := range list {
				if list[i].key == key {
					at = i
				}
			}
		} else if i, ok := places[key]; ok {
			at = i
		}
		if at >= 0 {
			list[at].hash = h.h
			continue
		}
		if list = append(list, member{key, h.h}); len(list) == cap(few[:]) {
			places = map[uint64]int{}
			for i, m := range list {
				places[m.key] = i
			}
		} else if places != nil {
			places[key] = len(list) - 1
		}
	}
	var h hasher
	h.word('{')
	var sum uint64
	for _, m := range list {
		sum += m.hash
	}
	h.word(sum)
	return h.h
}

// text reads a text in quotes.
func (r *documentReader) text() string {
	from, plain := r.at, true
	for r.at++; r.at < len(r.s); r.at++ {
		switch r.s[r.at] {
		case '\\':
			plain = false
			r.at++
		case '"':
			r.at++
			if plain {
				return r.s[from+1 : r.at-1]
			}
			var text string
			r.bad = r.bad || json.Unmarshal([]byte(r.s[from:r.at]), &text) != nil
			return text
		}
	}
	r.bad = true
	return ""
}
