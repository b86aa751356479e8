package prom_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// like is what LIKE means: % any text, _ any character, \ an ordinary one.
func like(s, pattern []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(s) == 0
	case pattern[0] == '%':
		return like(s, pattern[1:]) || len(s) > 0 && like(s[1:], pattern)
	case len(s) == 0:
		return false
	case pattern[0] == '_':
		return like(s[1:], pattern[1:])
	case pattern[0] == '\\' && len(pattern) > 1:
		return s[0] == pattern[1] && like(s[1:], pattern[2:])
	}
	return s[0] == pattern[0] && like(s[1:], pattern[1:])
}

// lower folds the letters A to Z and no others.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Ensure that texts are matched as Go would, whatever wildcards of whichever engine they hold, with the case of letters or
// without, the same on both engines. parity: Q10 Q11 Q12 B27
func TestMatch(t *testing.T) {
	t.Parallel()
	texts := []string{"-", "abc", "ABC", "aXc", "a%c", "a_c", `a\c`, "a*c", "a?c", "a[b]c", "a]c", "a^c", "É", "é", "ǅ", "a'c", `a"c`, "%", "_", `\`, "ab\nc", "100%", "it's", "İ", "ß", "日本語"}
	values := append([]string{"", "a", "c", "b", "B", "[", "日", "本", "%%", "a%", "_c", `\%`, "[a-z]", "?c", "*"}, texts...)
	tests := map[string]struct {
		cond func(s string) prom.Cond[Note]
		want func(text, s string) bool
	}{
		"contains":    {NoteTitle.Contains, strings.Contains},
		"prefix":      {NoteTitle.HasPrefix, strings.HasPrefix},
		"suffix":      {NoteTitle.HasSuffix, strings.HasSuffix},
		"contains~":   {NoteTitle.ContainsFold, func(a, s string) bool { return strings.Contains(lower(a), lower(s)) }},
		"prefix~":     {NoteTitle.HasPrefixFold, func(a, s string) bool { return strings.HasPrefix(lower(a), lower(s)) }},
		"suffix~":     {NoteTitle.HasSuffixFold, func(a, s string) bool { return strings.HasSuffix(lower(a), lower(s)) }},
		"eq~":         {NoteTitle.EqFold, func(a, s string) bool { return lower(a) == lower(s) }},
		"eq":          {NoteTitle.Eq, func(a, s string) bool { return a == s }},
		"like":        {NoteTitle.Like, func(a, s string) bool { return like([]rune(a), []rune(s)) }},
		"not like":    {NoteTitle.NotLike, func(a, s string) bool { return !like([]rune(a), []rune(s)) }},
		"like~":       {NoteTitle.LikeFold, func(a, s string) bool { return like([]rune(lower(a)), []rune(lower(s))) }},
		"not like~":   {NoteTitle.NotLikeFold, func(a, s string) bool { return !like([]rune(lower(a)), []rune(lower(s))) }},
		"not prefix":  {func(s string) prom.Cond[Note] { return prom.Not(NoteTitle.HasPrefix(s)) }, func(a, s string) bool { return !strings.HasPrefix(a, s) }},
		"less":        {NoteTitle.Lt, func(a, s string) bool { return a < s }},
		"in and like": {func(s string) prom.Cond[Note] { return prom.And(NoteTitle.In(s, "abc"), NoteTitle.Like("%")) }, func(a, s string) bool { return a == s || a == "abc" }},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		list := make([]Note, len(texts))
		for i, text := range texts {
			list[i] = Note{Title: text, Views: i}
		}
		is.NoErr(repo.CreateMany(context.Background(), list))
		for name, tt := range tests {
			for _, s := range values {
				var want []int
				for i, text := range texts {
					if tt.want(text, s) {
						want = append(want, i)
					}
				}
				if got := views(t, repo.Where(tt.cond(s)), false); !slices.Equal(got, want) {
					t.Errorf("%s %q: %v, not %v", name, s, got, want)
				}
			}
		}
		for _, bad := range []string{"\x00", "\xff"} {
			_, err := repo.Where(NoteTitle.Contains(bad)).All(context.Background())
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that the parts of a time are those of Go in UTC, weeks those of ISO 8601, on both engines, with any operator.
// parity: Q18
func TestDateParts(t *testing.T) {
	t.Parallel()
	times := []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC), time.Date(2023, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2021, 1, 3, 1, 2, 3, 999_500_000, time.UTC), time.Date(2020, 12, 31, 0, 0, 0, 1000, time.UTC),
		time.Date(2018, 12, 31, 5, 59, 59, 999_499_000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 7, 1, 0, 30, 0, 0, time.FixedZone("", 14*3600)), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	week := func(t time.Time) int { _, w := t.ISOWeek(); return w }
	parts := map[string]struct {
		of   func(prom.TimeField[moment]) prom.PartField[moment]
		want func(time.Time) int
		day  bool // a day has it too
	}{
		"year":    {prom.TimeField[moment].Year, time.Time.Year, true},
		"quarter": {prom.TimeField[moment].Quarter, func(t time.Time) int { return (int(t.Month()) + 2) / 3 }, true},
		"month":   {prom.TimeField[moment].Month, func(t time.Time) int { return int(t.Month()) }, true},
		"week":    {prom.TimeField[moment].Week, week, true},
		"day":     {prom.TimeField[moment].Day, time.Time.Day, true},
		"weekday": {prom.TimeField[moment].DayOfWeek, func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }, true},
		"yearday": {prom.TimeField[moment].DayOfYear, time.Time.YearDay, true},
		"hour":    {prom.TimeField[moment].Hour, time.Time.Hour, false},
		"minute":  {prom.TimeField[moment].Minute, time.Time.Minute, false},
		"second":  {prom.TimeField[moment].Second, time.Time.Second, false},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[moment](prom.Using(open(t, e.DSN)))
		for _, at := range times {
			m := moment{At: at, Day: at.UTC()}
			is.NoErr(repo.Create(context.Background(), &m))
			this := momentAt.Eq(at)
			for name, part := range parts {
				want := part.want(at.UTC())
				fields := []prom.PartField[moment]{part.of(momentAt)}
				if part.day {
					fields = append(fields, part.of(momentDay))
				}
				for _, f := range fields {
					if count(t, repo.Where(this, f.Eq(want), f.In(want, 77), f.NotIn(77), f.Gt(want-1), f.Gte(want), f.Lt(want+1), f.Lte(want), f.Ne(want+1), f.Between(want, want))) != 1 {
						t.Errorf("%s of %v is not %d", name, at.UTC(), want)
					}
				}
			}
		}
		list, err := repo.OrderBy(momentAt.Month().Desc(), momentAt.Year().Asc()).All(context.Background())
		is.NoErr(err)
		is.True(slices.IsSortedFunc(list, func(a, b moment) int {
			if c := int(b.At.Month()) - int(a.At.Month()); c != 0 {
				return c
			}
			return a.At.Year() - b.At.Year()
		}))
	})
}
