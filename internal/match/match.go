// Package match finds patterns in texts for SQLite. Its time grows with the text, where that of SQLite's own LIKE, GLOB
// and instr grows with text times pattern, and it can be canceled.
package match

import "strings"

// Way is a way of matching.
type Way uint8

// The ways. In a pattern of Like, % stands for any text, _ for any character and \ makes the next character an ordinary
// one.
const (
	Like Way = iota
	Suffix
	Contains
)

// Matcher matches texts with patterns. It keeps what it made of the last pattern, and is not safe for concurrent use.
type Matcher struct {
	way     Way
	fold    bool // ignore the case of A to Z
	known   bool
	given   string // the pattern
	pattern string // as it is compared
	parts   []part // of Like: what stands between %
	work    int    // since find has asked whether it shall end
}

// New returns a matcher.
func New(way Way, fold bool) *Matcher { return &Matcher{way: way, fold: fold} }

// part is a text in which some characters may be any: they are between its pieces.
type part []string

// Match reports whether a text matches a pattern. Now and then, in long work, it asks whether the work has ended, and
// then says that it was stopped. It keeps neither text.
func (m *Matcher) Match(text, pattern string, ended func() bool) (matches, stopped bool) {
	if !m.known || m.given != pattern {
		m.take(strings.Clone(pattern))
	}
	switch m.way {
	case Suffix:
		if len(text) < len(m.pattern) {
			return false, false
		}
		return m.folded(text[len(text)-len(m.pattern):]) == m.pattern, false
	case Contains:
		return strings.Contains(m.folded(text), m.pattern), false
	}
	return m.like(m.folded(text), ended)
}

func (m *Matcher) take(pattern string) {
	m.known, m.given, m.pattern = true, pattern, pattern
	if m.fold {
		m.pattern = lower(pattern)
	}
	if m.way != Like {
		return
	}
	var piece strings.Builder
	m.parts = []part{nil}
	end := func() {
		last := &m.parts[len(m.parts)-1]
		*last = append(*last, piece.String())
		piece.Reset()
	}
	for i := 0; i < len(m.pattern); i++ {
		switch c := m.pattern[i]; {
		case c == '%':
			end()
			m.parts = append(m.parts, nil)
		case c == '_':
			end()
		case c == '\\' && i+1 < len(m.pattern):
			i++
			piece.WriteByte(m.pattern[i])
		default:
			piece.WriteByte(c)
		}
	}
	end()
}

// folded returns a text as it is compared.
func (m *Matcher) folded(text string) string {
	if !m.fold {
		return text
	}
	return lower(text)
}

// lower returns a text with a to z for A to Z.
func lower(s string) string {
	first := strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' })
	if first < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:first])
	for i := first; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// like matches the parts from the left to the right, each where it is first found: if one can be matched further to the
// right, so can it there. The last one stands at the end.
func (m *Matcher) like(text string, ended func() bool) (matches, stopped bool) {
	m.work = 0
	at, ok := m.parts[0].at(text, 0)
	if !ok || len(m.parts) == 1 {
		return ok && at == len(text), false
	}
	last := len(m.parts) - 1
	for _, p := range m.parts[1:last] {
		if at, ok, stopped = m.find(p, text, at, ended); !ok || stopped {
			return false, stopped
		}
	}
	begin, ok := m.parts[last].before(text)
	return ok && begin >= at, false
}

// askEvery is after how many bytes that were looked at find asks whether it shall end.
const askEvery = 64 << 10

// find returns the end of the first place from at on where a part stands.
func (m *Matcher) find(p part, text string, at int, ended func() bool) (end int, ok, stopped bool) {
	size := len(p)
	for _, piece := range p {
		size += len(piece)
	}
	for at <= len(text) {
		i := strings.Index(text[at:], p[0])
		if i < 0 {
			return 0, false, false
		}
		at += i
		if end, ok = p.at(text, at); ok {
			return end, true, false
		}
		if at == len(text) {
			break
		}
		at += char(text[at:])
		if m.work += i + size; m.work > askEvery {
			if m.work = 0; ended() {
				return 0, false, true
			}
		}
	}
	return 0, false, false
}

// at returns the end of a part that begins at a place.
func (p part) at(text string, at int) (end int, ok bool) {
	for i, piece := range p {
		if i > 0 {
			if at == len(text) {
				return 0, false
			}
			at += char(text[at:])
		}
		if !strings.HasPrefix(text[at:], piece) {
			return 0, false
		}
		at += len(piece)
	}
	return at, true
}

// before returns the beginning of a part that stands at the end of a text.
func (p part) before(text string) (begin int, ok bool) {
	at := len(text)
	for i := len(p) - 1; i >= 0; i-- {
		if !strings.HasSuffix(text[:at], p[i]) {
			return 0, false
		}
		at -= len(p[i])
		if i > 0 {
			if at == 0 {
				return 0, false
			}
			for at--; at > 0 && text[at]&0xc0 == 0x80; at-- {
			}
		}
	}
	return at, true
}

// char returns the length of the first character, as SQLite counts it.
func char(text string) int {
	n := 1
	if text[0] >= 0xc0 {
		for n < len(text) && text[n]&0xc0 == 0x80 {
			n++
		}
	}
	return n
}
