package differential_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// source makes choices from bytes. When they are used up, each choice is the first, which is always the simplest, so
// that a failure shrinks with its bytes.
type source struct {
	bytes []byte
	at    int
}

func newSource(seed, i uint64, size int) *source {
	r := rand.New(rand.NewPCG(seed, i)) //nolint:gosec // not a secret
	s := &source{bytes: make([]byte, size)}
	for j := range s.bytes {
		s.bytes[j] = byte(r.Uint32())
	}
	return s
}

// n returns a number from 0 to below k, which is at most 256.
func (s *source) n(k int) int {
	if s.at >= len(s.bytes) {
		return 0
	}
	s.at++
	return int(s.bytes[s.at-1]) % k
}

func (s *source) chance(of int) bool { return s.n(of) == of-1 }

func pick[E any](s *source, list ...E) E { return list[s.n(len(list))] }

// The values of the columns, hostile ones among them.

func (s *source) int() int { return s.n(24) - 5 }

func (s *source) count() int64 { return int64(s.n(12)) }

func (s *source) big() int64 {
	return pick(s, 0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64-1, math.MinInt64+1, math.MaxInt32+1,
		math.MinInt32-1, 1<<53+1, -1<<53-1, int64(s.n(9)))
}

// float returns a number of few binary digits: sums and products of several are exact.
func (s *source) float() float64 { return float64(s.n(65)-20) / 4 }

func (s *source) wild() float64 {
	return pick(s, 0, 0.1, -0.1, 1e300, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1),
		1.0/3, 1e15+0.5, float64(s.n(9)))
}

var letters = []string{"a", "b", "A", "B", "%", "_", "é", "É", "'", `"`, `\`, "?", " ", "日", "$1", "\n", "😀", "--", "[",
	"*", ":a", "ß", "İ"}

func (s *source) text() string {
	if s.chance(12) {
		return pick(s, "NULL", "'; DROP TABLE node; --", `\`, `\\%`, "\u200b", "\U0010ffff", "\ufeffa", "12", "1e3",
			strings.Repeat("ab", 60))
	}
	var b strings.Builder
	for range s.n(5) {
		b.WriteString(pick(s, letters...))
	}
	return b.String()
}

func (s *source) time() time.Time {
	if s.chance(16) {
		return pick(s, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
			time.Date(1969, 12, 31, 23, 59, 59, 1000, time.UTC),
			time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(1900, 3, 1, 12, 0, 0, 0, time.UTC))
	}
	return time.Date(2023, 12, 25, 0, 0, 0, 0,
		time.UTC).Add(time.Duration(s.n(240)) * 97 * time.Minute).Add(time.Duration(s.n(3)) * 499_999 * time.Microsecond)
}

// decimal returns a number as its column holds it, with two digits behind the point.
func (s *source) decimal() string {
	return pick(s, "0.00", "1.00", "-1.00", "9.99", "10.00", "-9.50", "100.10", "0.01", "-0.01", "9999999999.99",
		"-9999999999.99", strconv.Itoa(s.n(30))+".50")
}

func (s *source) bool() bool { return s.chance(2) }
