package prom

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/prom-go/prom/schema"
)

// place is how far a watch has come in the order of its rows. Up to settled no row can come any more. From there to seen all rows that
// were committed have been given, and others may be committed late; beyond seen nothing has been looked at. A nil place is before
// all rows.
type place struct {
	settled, seen []schema.Value
	given         map[string]struct{} // the rows beyond settled that have been given, by their values
	marks         []mark
}

// mark is a former value of seen, on its way to become settled.
type mark struct {
	at    []schema.Value
	begun time.Time // of the first look that it stands for
	time  time.Time // of the last
	past  int64     // all transactions with smaller numbers must have ended; 0 while that is not known
	keys  []string  // of the rows given since the mark before
}

// give notes that a row is given.
func (p *place) give(at []schema.Value) string {
	if p.given == nil {
		p.given = map[string]struct{}{}
	}
	key := string(appendTuple(nil, at))
	p.given[key] = struct{}{}
	return key
}

func (p *place) wasGiven(at []schema.Value) bool {
	_, ok := p.given[string(appendTuple(nil, at))]
	return ok
}

// look notes that all rows up to a place have been looked at. Looks that follow each other closely share a mark.
func (p *place) look(at []schema.Value, when time.Time, keys []string, settle time.Duration) {
	p.seen = at
	if n := len(p.marks); n > 0 && p.marks[n-1].past == 0 && when.Sub(p.marks[n-1].begun) < settle/8 {
		m := &p.marks[n-1]
		m.at, m.time, m.keys = at, when, append(m.keys, keys...)
		return
	}
	p.marks = append(p.marks, mark{at: at, begun: when, time: when, keys: keys})
}

// late notes the keys of rows that were committed late: they are held as long as the last mark.
func (p *place) late(keys []string) {
	if n := len(p.marks); n > 0 {
		p.marks[n-1].keys = append(p.marks[n-1].keys, keys...)
	}
}

// settle makes the n-th mark settled.
func (p *place) settle(n int) {
	if n == 0 {
		return
	}
	for _, m := range p.marks[:n] {
		for _, key := range m.keys {
			delete(p.given, key)
		}
	}
	p.settled = p.marks[n-1].at
	p.marks = slices.Delete(p.marks, 0, n)
	if len(p.marks) == 0 {
		p.given = nil // a map does not shrink
	}
}

// maxCursorKeys is how many of the rows given a cursor holds.
const maxCursorKeys = 500

// append writes a place: settled, seen, and the rows given in between. When those are too many, it goes back to settled, from where
// all of them but some are given again.
func (p *place) append(b []byte) []byte {
	seen, keys := p.seen, make([]string, 0, min(len(p.given), maxCursorKeys))
	if len(p.given) > maxCursorKeys {
		seen = p.settled
	}
	for key := range p.given {
		if len(keys) == maxCursorKeys {
			break
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, at := range [][]schema.Value{p.settled, seen} {
		if at == nil {
			b = append(b, 0)
			continue
		}
		b = appendTuple(append(b, 1), at)
	}
	b = binary.AppendUvarint(b, uint64(len(keys)))
	for _, key := range keys {
		b = append(b, key...)
	}
	return b
}

// readPlace reads what append has written.
func readPlace(b []byte, cols []*schema.Column) (p place, err error) {
	for _, at := range []*[]schema.Value{&p.settled, &p.seen} {
		if len(b) == 0 || b[0] > 1 {
			return p, errToken
		}
		set := b[0] == 1
		if b = b[1:]; set {
			if *at, b, err = readTuple(b, cols); err != nil {
				return p, err
			}
		}
	}
	n, size := binary.Uvarint(b)
	if size <= 0 || n > maxCursorKeys {
		return p, errToken
	}
	b = b[size:]
	var keys []string
	for range n {
		var at []schema.Value
		if at, b, err = readTuple(b, cols); err != nil {
			return p, err
		}
		keys = append(keys, p.give(at))
	}
	if len(b) > 0 {
		return p, errToken
	}
	if n > 0 || !slices.EqualFunc(p.settled, p.seen, schema.Value.Equal) {
		now := time.Now()
		p.marks = []mark{{at: p.seen, begun: now, time: now, keys: keys}}
	}
	return p, nil
}
