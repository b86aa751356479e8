package scan

import "unsafe"

// arena copies texts into chunks that many of them share, instead of giving each an allocation of its own. A string
// keeps its chunk alive, so chunks are small and long texts stay out of them.
type arena struct {
	chunk []byte
	next  int // size of the next chunk, at least
}

const (
	firstChunk = 512  // the second chunk of a result; the first has the size of the first row's texts
	lastChunk  = 4096 // the most that one string can keep alive, but for a row whose texts are more together
	longText   = 1024 // a text that is longer has an allocation of its own
)

// reserve makes room for n bytes, which are what the texts of one row need.
func (a *arena) reserve(n int) {
	if cap(a.chunk)-len(a.chunk) >= n {
		return
	}
	size := max(n, a.next)
	a.chunk = make([]byte, 0, size)
	a.next = min(max(firstChunk, 2*a.next), lastChunk)
}

// text returns b as a string.
func (a *arena) text(b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case len(b) > longText, len(b) > cap(a.chunk)-len(a.chunk):
		return string(b)
	}
	from := len(a.chunk)
	a.chunk = append(a.chunk, b...)
	// The bytes were written just now and are never written again: a chunk is only appended to.
	return unsafe.String(&a.chunk[from], len(b))
}

// set makes the string at p hold b. A string that does already, such as one that a write reads back, stays.
func (a *arena) set(p *string, b []byte) {
	if *p != string(b) {
		*p = a.text(b)
	}
}
