package sqlite

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure that times are written as package time writes them, and read back.
func TestTimeText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	first := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	check := func(at time.Time) {
		is.Helper()
		text := AppendTime(nil, at)
		is.Equal(string(text), at.UTC().Format(TimeLayout))
		back, ok := ParseTime(text)
		is.True(ok)
		is.True(back.Equal(at.Truncate(time.Microsecond)))
		is.Equal(back.Location(), time.UTC)
		day := AppendDate(nil, at)
		is.Equal(string(day), at.Format(DateLayout))
		midnight, ok := ParseTime(day)
		is.True(ok)
		y, m, d := at.Date()
		is.True(midnight.Equal(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)))
	}
	for range 20000 {
		check(time.Unix(first+random.Int64N(last-first+1), random.Int64N(1e9)).UTC())
	}
	for at := time.Date(1896, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 1910; at = at.AddDate(0, 0, 1) {
		check(at)
	}
	for _, at := range []time.Time{time.Unix(first, 0).UTC(), time.Unix(last, 999999999).UTC(), {},
		time.Date(2000, 2, 29, 0, 0, 0, 0, time.FixedZone("", 3600))} {
		check(at)
	}
	for range 1000 {
		d := time.Duration(random.Int64N(int64(24*time.Hour))) / 1000 * 1000
		is.Equal(string(AppendClock(nil, d)), time.Time{}.Add(d).Format(ClockLayout))
	}
}

// Ensure that what is not exactly such a text is refused, as package time refuses it.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2024-02-29T23:59:59.999999Z", "2024-02-29", "2023-02-29", "2023-02-29T00:00:00.000000Z",
		"0000-02-29", "9999-12-31T24:00:00.000000Z",
		"2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31", "2024-01-01T00:60:00.000000Z", "2024-01-01t00:00:00.000000Z", "2024-01-01T00:00:60.000000Z", "1900-02-29", "", "2024-1-01x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := ParseTime(b)
		layout := TimeLayout
		if len(b) == len(DateLayout) {
			layout = DateLayout
		}
		want, err := time.Parse(layout, string(b))
		// Package time takes a comma for the point, and an hour of one digit.
		if ok != (err == nil && want.Format(layout) == string(b)) || ok && !got.Equal(want) {
			t.Errorf("%q is %v, %v; package time says %v, %v", b, got, ok, want, err)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	text := []byte("2024-02-29T23:59:59.999999Z")
	for b.Loop() {
		ParseTime(text)
	}
}

func BenchmarkAppendTime(b *testing.B) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 999999000, time.UTC)
	var buf []byte
	for b.Loop() {
		buf = AppendTime(buf[:0], at)
	}
}
