package sqlite3

import "unsafe"

// cacheSize is how many statements a connection keeps prepared. cacheFront is how many of them are found without
// hashing their text; a power of two.
const (
	cacheSize  = 256
	cacheFront = 32
)

// cache keeps the prepared statements of a connection by their text. A caller that has its texts in a cache of its own
// hands in the same string each time, so the place of the string in memory finds the statement first, and only then its
// content.
type cache struct {
	front  [cacheFront]*Stmt
	byText map[string]*Stmt
	tick   uint64 // counts look-ups; a statement remembers its last
}

// place is where a text is looked for in front.
func place(sql string) uintptr {
	p := uintptr(unsafe.Pointer(unsafe.StringData(sql))) // a number to choose by; nothing is read through it
	return (p>>4 ^ p>>12 ^ uintptr(len(sql))) & (cacheFront - 1)
}

// get returns the statement of a text, or nil.
func (ch *cache) get(sql string) *Stmt {
	ch.tick++
	i := place(sql)
	s := ch.front[i]
	// s.sql is kept, so no other string is in its place: one that is there, of the same length, is the same.
	if s != nil && len(s.sql) == len(sql) && unsafe.StringData(s.sql) == unsafe.StringData(sql) {
		s.used = ch.tick
		return s
	}
	if s = ch.byText[sql]; s != nil {
		s.used = ch.tick
		if len(sql) > 0 {
			// The newer string is the one that is asked for next time. Its place may hold it without the old one's content
			// changing, as they are equal.
			s.sql = sql
			ch.front[i] = s
		}
	}
	return s
}

// put adds a statement, and makes room by finalizing the one that was not used for longest. One in use stays.
func (ch *cache) put(s *Stmt) {
	if ch.byText == nil {
		ch.byText = map[string]*Stmt{}
	}
	if len(ch.byText) >= cacheSize {
		var oldest *Stmt
		for _, x := range ch.byText {
			if !x.busy && (oldest == nil || x.used < oldest.used) {
				oldest = x
			}
		}
		if oldest != nil {
			ch.remove(oldest)
			oldest.finalize()
		}
	}
	s.used, s.cached = ch.tick, true
	ch.byText[s.sql] = s
	ch.front[place(s.sql)] = s
}

// remove forgets a statement.
func (ch *cache) remove(s *Stmt) {
	delete(ch.byText, s.sql)
	for i, x := range ch.front {
		if x == s {
			ch.front[i] = nil
		}
	}
	s.cached = false
}

// clear finalizes all statements.
func (ch *cache) clear() {
	for _, s := range ch.byText {
		s.finalize()
	}
	*ch = cache{}
}
