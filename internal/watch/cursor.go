package watch

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/schema"
)

// maxCursorKeys is of how many of the rows given a cursor holds the keys. Of the others it holds sums.
const maxCursorKeys = 500

// sum tells whether some rows are the same as some others: their number, and the sum of their hashes.
type sum struct {
	n    uint64
	hash uint64
}

func (s *sum) add(key string) {
	h := sha256.Sum256([]byte(key))
	s.join(sum{1, binary.BigEndian.Uint64(h[:])})
}

func (s *sum) join(other sum) {
	s.n += other.n
	s.hash += other.hash
}

// total returns the sum of all rows of the stretch that have been given, but for those that were given late.
func (m *mark) total() sum {
	for m.known.n < uint64(len(m.keys)) {
		m.known.add(m.keys[m.known.n])
	}
	s := m.rest
	s.join(m.known)
	return s
}

// cursorForm is what a cursor begins with. In a first form, which began with 0 or 1, there were no marks.
const cursorForm = 2

// Append writes a place.
func (p *Place) Append(b []byte) []byte {
	left := maxCursorKeys
	late := len(p.marks) // those from here on are written with the rows that were given late
	for ; late > 0 && len(p.marks[late-1].late) <= left; late-- {
		left -= len(p.marks[late-1].late)
	}
	keys := len(p.marks) // and those from here on with their keys
	for ; keys > 0 && p.marks[keys-1].rest == (sum{}) && len(p.marks[keys-1].keys) <= left; keys-- {
		left -= len(p.marks[keys-1].keys)
	}
	b = appendAt(append(b, cursorForm), p.Settled)
	b = binary.AppendUvarint(b, uint64(len(p.marks)))
	for i := range p.marks {
		m := &p.marks[i]
		b = appendAt(b, m.at)
		b = binary.AppendVarint(b, m.begun.UnixMicro())
		b = binary.AppendVarint(b, m.time.Sub(m.begun).Microseconds())
		b = binary.AppendUvarint(b, uint64(m.past))
		if i < keys {
			b = appendKeys(appendSum(b, m.total()), nil)
		} else {
			b = appendKeys(appendSum(b, sum{}), m.keys)
		}
		if i < late {
			b = appendKeys(b, nil)
		} else {
			b = appendKeys(b, m.late)
		}
	}
	return b
}

func appendAt(b []byte, at []schema.Value) []byte {
	if at == nil {
		return append(b, 0)
	}
	return token.AppendTuple(append(b, 1), at)
}

func appendSum(b []byte, s sum) []byte {
	if b = binary.AppendUvarint(b, s.n); s.n > 0 {
		b = binary.BigEndian.AppendUint64(b, s.hash)
	}
	return b
}

func appendKeys(b []byte, keys []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(keys)))
	for _, key := range keys {
		b = append(b, key...)
	}
	return b
}

// Read reads what Append has written, now or in an earlier version, of values that the columns may have; see
// [token.ReadTuple].
func Read(b []byte, cols []*schema.Column, signed bool) (*Place, bool) {
	r := reader{b: b, cols: cols, signed: signed, left: maxCursorKeys, p: &Place{}, now: time.Now()}
	if len(b) > 0 && b[0] == cursorForm {
		r.b = b[1:]
		r.marks()
	} else {
		r.first()
	}
	return r.p, !r.bad && len(r.b) == 0
}

// reader reads a cursor. Once something is bad, nothing is read any more.
type reader struct {
	b      []byte
	bad    bool
	cols   []*schema.Column
	signed bool // see token.ReadTuple
	left   int  // keys that may come
	p      *Place
	now    time.Time
}

func (r *reader) marks() {
	r.p.Settled = r.at()
	r.p.Seen = r.p.Settled
	n := r.uvarint(maxMarks)
	for i := uint64(0); i < n && !r.bad; i++ {
		m := mark{at: r.at()}
		begun, span := r.varint(), r.varint()
		m.past = int64(r.uvarint(math.MaxInt64))
		m.rest = r.sum()
		m.keys, m.late = r.keys(), r.keys()
		// A clock that was ahead would let places settle too late, and one that is behind too early: that is part of
		// the time to settle.
		m.begun = r.past(time.UnixMicro(begun))
		m.time = r.past(time.UnixMicro(begun).Add(time.Duration(min(max(0, span), math.MaxInt64/1000)) * time.Microsecond))
		r.p.marks = append(r.p.marks, m)
		r.p.Seen = m.at
	}
}

// first reads the first form: two places, and the keys of rows that have been given. Those may be behind the second
// place.
func (r *reader) first() {
	r.p.Settled, r.p.Seen = r.at(), r.at()
	keys := r.keys()
	if len(keys) > 0 || !slices.EqualFunc(r.p.Settled, r.p.Seen, schema.Value.Equal) {
		r.p.marks = []mark{{at: r.p.Seen, begun: r.now, time: r.now, late: keys}}
	}
}

func (r *reader) past(t time.Time) time.Time {
	if t.After(r.now) {
		return r.now
	}
	return t
}

func (r *reader) at() []schema.Value {
	if r.uvarint(1) == 0 || r.bad {
		return nil
	}
	return r.tuple()
}

func (r *reader) tuple() []schema.Value {
	at, rest, ok := token.ReadTuple(r.b, r.cols, r.signed)
	r.took(len(r.b)-len(rest), ok)
	return at
}

func (r *reader) keys() (keys []string) {
	n := r.uvarint(uint64(r.left))
	for i := uint64(0); i < n && !r.bad; i++ {
		if at := r.tuple(); !r.bad {
			keys = append(keys, r.p.note(at))
		}
	}
	r.left -= len(keys)
	return keys
}

func (r *reader) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if r.took(n, n > 0 && v <= most); r.bad {
		return 0
	}
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.took(n, n > 0)
	return v
}

func (r *reader) sum() (s sum) {
	if s.n = r.uvarint(math.MaxInt64); s.n == 0 {
		return s
	}
	if r.took(0, len(r.b) >= 8); !r.bad {
		s.hash = binary.BigEndian.Uint64(r.b)
		r.took(8, true)
	}
	return s
}

// took passes over n bytes, unless they were not what they have to be.
func (r *reader) took(n int, ok bool) {
	if r.bad = r.bad || !ok; r.bad {
		r.b = nil
		return
	}
	r.b = r.b[n:]
}
