package watch

import (
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

var cols = []*schema.Column{{Name: "id", Kind: schema.Int64}}

func at(n int) []schema.Value { return []schema.Value{schema.IntValue(schema.Int64, int64(n))} }

func upTo(n int) (all [][]schema.Value) {
	for i := range n {
		all = append(all, at(i+1))
	}
	return all
}

// given returns a place at which n rows have been given, a tenth of them in each of ten marks.
func given(n int) *Place {
	p := &Place{}
	begin := time.Now().Add(-time.Minute)
	for i := range n {
		if i%(n/10) == 0 {
			p.Look(begin.Add(time.Duration(i/(n/10))*time.Second), time.Second)
		}
		p.Give(at(i + 1))
	}
	return p
}

// again writes a place and reads it.
func again(t *testing.T, p *Place) *Place {
	t.Helper()
	q, ok := Read(p.Append(nil), cols, true)
	if !ok {
		t.Fatal("the cursor cannot be read")
	}
	return q
}

// Ensure that a cursor holds all that a place knows of a few rows, and of many so much that what came late, or went
// away, is noticed in its stretch alone.
func TestPlaceCursor(t *testing.T) {
	is := is.New(t)
	for _, n := range []int{10, 500, 510, 5000, 20_000} {
		p := given(n)
		q := again(t, p)
		is.Equal(q.Append(nil), p.Append(nil))
		is.True(len(p.Append(nil)) < 3000)
		is.Equal(q.Seen, at(n))
		is.Equal(len(q.marks), 10)
		for i := range q.marks {
			is.True(q.marks[i].time.Equal(p.marks[i].time.Truncate(time.Microsecond)))
		}
		due, err := q.Due(time.Second, nil)
		is.NoErr(err)
		is.Equal(due, 10)
		begin := 0
		for due > 0 {
			stretch, to := q.Stretch(due)
			end := int(to[0].Int())
			is.Equal(len(q.Missed(upTo(n)[begin:end])), 0)
			q.Settle(stretch)
			due, begin = due-stretch, end
		}
		is.Equal(q.Settled, at(n))
		is.Equal(q.Held(), 0)
		is.True(len(q.Append(nil)) < 10)
	}
	for name, rows := range map[string][][]schema.Value{
		"gone": slices.Delete(upTo(500), 6, 7), "late": append(upTo(500),
			at(9999)), "both": append(slices.Delete(upTo(500), 6, 7), at(9999)),
	} {
		q := again(t, given(5000))
		if got := q.Missed(rows); len(got) != len(rows) {
			t.Errorf("%s: %d of %d rows come again", name, len(got), len(rows))
		}
		q.Settled = at(250) // a loop was left after these
		is.Equal(len(again(t, q).Missed(upTo(500)[250:])), 250)
	}
}

// Ensure that rows given late are known after a cursor, and are no part of the sums.
func TestPlaceLate(t *testing.T) {
	is := is.New(t)
	p := given(5000)
	for i := range maxCursorKeys {
		is.Equal(p.LateKeys(), maxCursorKeys-i)
		p.GiveLate(at(-i))
	}
	is.Equal(p.LateKeys(), 0)
	q := again(t, p)
	is.True(q.Given(at(0)))
	is.Equal(len(q.Missed(append([][]schema.Value{at(-3), at(0)}, upTo(500)...))), 0)
}

// Ensure that marks are few, however long a transaction is open, and that the first of them stand for a time that is
// not much longer than that of the others.
func TestPlaceThin(t *testing.T) {
	is := is.New(t)
	p, now := &Place{}, time.Now().Add(-time.Hour)
	for i := range 3600 {
		p.Look(now.Add(time.Duration(i)*time.Second), time.Second)
		p.Give(at(i))
	}
	is.True(len(p.marks) <= maxMarks)
	for i := range p.marks {
		is.True(p.marks[i].time.Sub(p.marks[i].begun) < 10*time.Minute)
	}
	again(t, p)
	ended, past := int64(7), int64(9)
	horizon := func() (int64, int64, error) { return ended, past, nil }
	due := func() int {
		n, err := p.Due(time.Second, horizon)
		is.NoErr(err)
		return n
	}
	is.Equal(due(), 0)
	p = again(t, p)
	ended, past = 9, 12
	is.Equal(due(), len(p.marks)) // the numbers are kept
	ended, past = 3, 4            // of another server
	is.Equal(due(), 0)
	ended = 4
	is.Equal(due(), len(p.marks))
}

// Ensure that a cursor of a clock that is ahead is as one of now, and that nothing of a cursor that somebody made is
// trusted.
func FuzzRead(f *testing.F) {
	f.Add(given(20).Append(nil))
	f.Add(given(5000).Append(nil))
	f.Add([]byte{0, 1, byte(schema.Int64), 2, 1, byte(schema.Int64), 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := Read(b, cols, false)
		if !ok {
			return
		}
		for i := range p.marks {
			if p.marks[i].time.After(time.Now()) || p.marks[i].time.Before(p.marks[i].begun) {
				t.Error("a mark of a time that is not yet")
			}
		}
		if n, err := p.Due(0, nil); err != nil || n != len(p.marks) {
			t.Error(n, err)
		}
		q := again(t, p)
		p.Look(time.Now(), time.Second)
		p.Give(at(1))
		q.Settle(len(q.marks))
		if q.Held() != 0 && len(q.marks) == 0 {
			t.Error("keys of nothing")
		}
	})
}
