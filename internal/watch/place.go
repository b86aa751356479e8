// Package watch keeps the place of a watch: how far it has come in the order of its rows, and the text of that. It
// knows no database.
package watch

import (
	"slices"
	"time"

	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/schema"
)

// Place is how far a watch has come in the order of its rows. Up to Settled no row can come any more. From there to
// Seen all rows that were committed have been given, and others may be committed late; beyond Seen nothing has been
// looked at. A nil place is before all rows. The zero Place is the beginning of a watch that gives all rows.
type Place struct {
	Settled, Seen []schema.Value

	given map[string]struct{} // the rows that marks hold keys of
	marks []mark
}

// mark is a former value of Seen, on its way to become settled. Its stretch are the rows from the mark before it, or
// from Settled, up to it.
type mark struct {
	at    []schema.Value
	begun time.Time // of the first look that it stands for
	time  time.Time // of the last
	past  int64     // all transactions with smaller numbers must have ended; 0 while that is not known
	keys  []string  // of rows of its stretch that have been given
	late  []string  // of rows that were given out of order, and come before it
	rest  sum       // of the other rows of its stretch that have been given, whose keys a cursor did not hold
	known sum       // of the first of keys, as many as it counts
}

// maxMarks is the most marks of a place. It bounds the text of a cursor.
const maxMarks = 32

// Settles returns the time when the first mark may settle, and false if all has settled.
func (p *Place) Settles(settle time.Duration) (time.Time, bool) {
	if len(p.marks) == 0 {
		return time.Time{}, false
	}
	return p.marks[0].time.Add(settle), true
}

// Look notes that the rows which are given next were read at a time. Looks that follow each other closely share a mark.
func (p *Place) Look(when time.Time, settle time.Duration) {
	if n := len(p.marks); n > 0 && p.marks[n-1].past == 0 && when.Sub(p.marks[n-1].begun) < settle/8 {
		p.marks[n-1].time = when
		return
	}
	p.marks = append(p.marks, mark{at: p.Seen, begun: when, time: when})
	if len(p.marks) > maxMarks {
		p.thin()
	}
}

// thin joins the two neighbours that stand for the shortest time together. The last mark is not one of them.
func (p *Place) thin() {
	least := 0
	span := func(i int) time.Duration { return p.marks[i+1].time.Sub(p.marks[i].begun) }
	for i := 1; i+2 < len(p.marks); i++ {
		if span(i) < span(least) {
			least = i
		}
	}
	p.join(least, 2)
}

// join combines n marks into one, which settles when the last of them would.
func (p *Place) join(i, n int) {
	m := &p.marks[i]
	for _, next := range p.marks[i+1 : i+n] {
		m.at, m.time, m.past = next.at, next.time, next.past
		m.keys, m.late = append(m.keys, next.keys...), append(m.late, next.late...)
		m.rest.join(next.rest)
	}
	p.marks = slices.Delete(p.marks, i+1, i+n)
}

// Reach notes that all rows up to a place have been looked at.
func (p *Place) Reach(at []schema.Value) {
	p.Seen = at
	p.marks[len(p.marks)-1].at = at
}

// Give notes that the next row is given, and that it has been reached.
func (p *Place) Give(at []schema.Value) {
	m := &p.marks[len(p.marks)-1]
	m.keys = append(m.keys, p.note(at))
	p.Reach(at)
}

// GiveLate notes that a row is given out of order. It is held as long as the last mark.
func (p *Place) GiveLate(at []schema.Value) {
	m := &p.marks[len(p.marks)-1]
	m.late = append(m.late, p.note(at))
}

// LateKeys returns how many more rows may be given late before a cursor cannot hold the keys of all of them.
func (p *Place) LateKeys() int {
	n := maxCursorKeys
	for i := range p.marks {
		n -= len(p.marks[i].late)
	}
	return max(0, n)
}

func (p *Place) note(at []schema.Value) string {
	if p.given == nil {
		p.given = map[string]struct{}{}
	}
	key := string(token.AppendTuple(nil, at))
	p.given[key] = struct{}{}
	return key
}

// Given reports whether a row is known to have been given.
func (p *Place) Given(at []schema.Value) bool {
	_, ok := p.given[string(token.AppendTuple(nil, at))]
	return ok
}

// Held returns the number of rows that are known to have been given.
func (p *Place) Held() int { return len(p.given) }

// Due returns how many marks settle once the rows up to them have been looked at again. That is so when the values of
// all rows that could come before them had been made, and their INSERTs had reached the database, by a moment, and all
// transactions that were open at that moment have ended by now. The horizon of the database's transactions, below which
// all have ended, and the next number that it would give to one, are asked for when they are needed; horizon is nil
// where what is written is written in turn.
func (p *Place) Due(settle time.Duration, horizon func() (ended, next int64, err error)) (n int, err error) {
	var ended, next int64
	for i := range p.marks {
		m := &p.marks[i]
		if time.Since(m.time) < settle {
			break
		}
		if horizon != nil {
			if next == 0 {
				if ended, next, err = horizon(); err != nil {
					return 0, err
				}
			}
			if m.past == 0 || m.past > next { // of a cursor that is older than the server
				m.past = next
			}
			if ended < m.past {
				continue
			}
		}
		n = i + 1
	}
	return n, nil
}

// Stretch returns how many of the first n marks are looked at together when they settle, and up to where that is.
func (p *Place) Stretch(n int) (together int, to []schema.Value) {
	for together < n && p.marks[together].rest == (sum{}) {
		together++
	}
	together = max(together, 1)
	return together, p.marks[together-1].at
}

// Missed returns which of the rows between Settled and the first mark, or several of which the keys are known, have not
// been given. When the rows of which nothing but the sum is known are not the same any more, all of them count as not
// given.
func (p *Place) Missed(all [][]schema.Value) (missed [][]schema.Value) {
	for _, at := range all {
		if !p.Given(at) {
			missed = append(missed, at)
		}
	}
	m := &p.marks[0]
	if m.rest == (sum{}) {
		return missed
	}
	var now sum
	for _, at := range missed {
		now.add(string(token.AppendTuple(nil, at)))
	}
	if m.rest == now {
		return nil
	}
	m.rest = sum{}
	return missed
}

// Settle settles the first n marks.
func (p *Place) Settle(n int) {
	if n == 0 {
		return
	}
	for _, m := range p.marks[:n] {
		for _, keys := range [][]string{m.keys, m.late} {
			for _, key := range keys {
				delete(p.given, key)
			}
		}
	}
	p.Settled = p.marks[n-1].at
	p.marks = slices.Delete(p.marks, 0, n)
	if len(p.marks) == 0 {
		p.given = nil // a map does not shrink
	}
}

// Known returns the place from which on all rows that have been given are known, up to Seen.
func (p *Place) Known() []schema.Value {
	for i := len(p.marks) - 1; i >= 0; i-- {
		if p.marks[i].rest != (sum{}) {
			return p.marks[i].at
		}
	}
	return p.Settled
}
