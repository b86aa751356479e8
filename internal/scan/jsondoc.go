package scan

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// jsonDoc is a document that is being read, for a [jsonReader].
type jsonDoc struct {
	text  string
	at    int
	own   bool // parts of the text may be kept
	depth int
}

// jsonDocs are for the next documents.
var jsonDocs = sync.Pool{New: func() any { return &jsonDoc{} }}

func (d *jsonDoc) done() {
	*d = jsonDoc{}
	jsonDocs.Put(d)
}

// deepestRead is how deep lists and objects may be within one another.
const deepestRead = 100

func (d *jsonDoc) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\n', '\t', '\r':
			d.at++
		default:
			return
		}
	}
}

// next reports whether a character is next, and goes behind it.
func (d *jsonDoc) next(c byte) bool {
	if d.at < len(d.text) && d.text[d.at] == c {
		d.at++
		return true
	}
	return false
}

// word is next for a word. What follows it is seen by who goes on.
func (d *jsonDoc) word(w string) bool {
	if strings.HasPrefix(d.text[d.at:], w) {
		d.at += len(w)
		return true
	}
	return false
}

// elements returns how many elements the list has that is next, if there is one.
func (d *jsonDoc) elements() (n int) {
	open, empty := 0, true
	for i := d.at; i < len(d.text); i++ {
		switch d.text[i] {
		case ' ', '\n', '\t', '\r':
			continue
		case ',':
			if open == 1 {
				n++
			}
		case '"':
			for i++; i < len(d.text) && d.text[i] != '"'; i++ {
				if d.text[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if open++; open == 1 {
				continue
			}
		case ']', '}':
			if open--; open <= 0 {
				if !empty {
					n++
				}
				return n
			}
		}
		empty = false
	}
	return 0
}

// list goes through a list, whose elements are read by each.
func (d *jsonDoc) list(each func() bool) bool {
	if d.depth++; d.depth > deepestRead || !d.next('[') {
		return false
	}
	if d.space(); d.next(']') {
		d.depth--
		return true
	}
	for {
		if !each() {
			return false
		}
		if d.space(); d.next(']') {
			d.depth--
			return true
		}
		if !d.next(',') {
			return false
		}
		d.space()
	}
}

// object goes through an object. The value of a key is read by each; keep says whether it keeps the key.
func (d *jsonDoc) object(keep bool, each func(name string) bool) bool {
	if d.depth++; d.depth > deepestRead || !d.next('{') {
		return false
	}
	if d.space(); d.next('}') {
		d.depth--
		return true
	}
	for {
		name, ok := d.string(keep)
		if !ok {
			return false
		}
		if d.space(); !d.next(':') {
			return false
		}
		if d.space(); !each(name) {
			return false
		}
		if d.space(); d.next('}') {
			d.depth--
			return true
		}
		if !d.next(',') {
			return false
		}
		d.space()
	}
}

// string reads a text, which is kept beyond the reading or not.
func (d *jsonDoc) string(keep bool) (string, bool) {
	if !d.next('"') {
		return "", false
	}
	ascii := true
	for i := d.at; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			s := d.text[d.at:i]
			d.at = i + 1
			if !ascii && !utf8.ValidString(s) {
				return "", false
			}
			if keep && !d.own {
				s = strings.Clone(s)
			}
			return s, true
		case c == '\\':
			return d.escaped(i)
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", false
}

// escapes are the characters that stand for others behind a backslash.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads the rest of a text whose first escape is at i.
func (d *jsonDoc) escaped(i int) (string, bool) {
	b := append(make([]byte, 0, 2*(i-d.at)+16), d.text[d.at:i]...)
	for i < len(d.text) {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			return string(b), utf8.Valid(b)
		case c < ' ':
			return "", false
		case c != '\\':
			b = append(b, c)
			i++
		case i+1 < len(d.text) && escapes[d.text[i+1]] != 0:
			b = append(b, escapes[d.text[i+1]])
			i += 2
		case i+6 <= len(d.text) && d.text[i+1] == 'u':
			r, err := strconv.ParseUint(d.text[i+2:i+6], 16, 16)
			if err != nil || !utf8.ValidRune(rune(r)) { // half of a pair
				return "", false
			}
			b = utf8.AppendRune(b, rune(r))
			i += 6
		default:
			return "", false
		}
	}
	return "", false
}

// number reads a number, and tells whether it is one without a fraction and an exponent. It is "" where there is none.
func (d *jsonDoc) number() (text string, whole bool) {
	from, i := d.at, d.at
	digits := func() bool {
		first := i
		for i < len(d.text) && d.text[i] >= '0' && d.text[i] <= '9' {
			i++
		}
		return i > first
	}
	if i < len(d.text) && d.text[i] == '-' {
		i++
	}
	if i < len(d.text) && d.text[i] == '0' {
		i++
	} else if !digits() {
		return "", false
	}
	whole = true
	if i < len(d.text) && d.text[i] == '.' {
		whole = false
		if i++; !digits() {
			return "", false
		}
	}
	if i < len(d.text) && d.text[i]|0x20 == 'e' {
		whole = false
		if i++; i < len(d.text) && (d.text[i] == '+' || d.text[i] == '-') {
			i++
		}
		if !digits() {
			return "", false
		}
	}
	d.at = i
	return d.text[from:i], whole
}

// any reads a value of any form as encoding/json does for an empty interface.
func (d *jsonDoc) any() (any, bool) {
	if d.at == len(d.text) {
		return nil, false
	}
	switch d.text[d.at] {
	case '"':
		s, ok := d.string(true)
		return s, ok
	case '{':
		m, n := map[string]any{}, 0
		ok := d.object(true, func(name string) (ok bool) {
			n++
			m[name], ok = d.any()
			return ok
		})
		return m, ok && n == len(m)
	case '[':
		list := []any{}
		ok := d.list(func() bool {
			v, ok := d.any()
			list = append(list, v)
			return ok
		})
		return list, ok
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	text, _ := d.number()
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// skip goes behind a value of any form.
func (d *jsonDoc) skip() bool {
	if d.at == len(d.text) {
		return false
	}
	switch d.text[d.at] {
	case '"':
		_, ok := d.string(false)
		return ok
	case '{':
		return d.object(false, func(string) bool { return d.skip() })
	case '[':
		return d.list(d.skip)
	case 't':
		return d.word("true")
	case 'f':
		return d.word("false")
	case 'n':
		return d.word("null")
	}
	text, _ := d.number()
	return text != ""
}
