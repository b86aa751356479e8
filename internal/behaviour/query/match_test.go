package query_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that case, weeks, days of the week and NULLs in an order are the same on both engines.
// parity: W4 Q12 Q18
func TestSameOnBothEngines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		newYear := time.Date(2021, 1, 3, 12, 0, 0, 0, time.UTC) // a Sunday, in week 53 of 2020
		kit.MustCreate(t, repo, kit.Note{Title: "Abc", Views: 1, At: newYear, Stars: new(2)})
		kit.MustCreate(t, repo, kit.Note{Title: "abc", Views: 2, At: newYear.AddDate(0, 0, 1)})
		kit.MustCreate(t, repo, kit.Note{Title: "ABC", Views: 3, At: newYear.AddDate(0, 0, 7), Stars: new(1)})
		for _, tt := range []struct {
			cond prom.Cond[*kit.Note]
			want []int
		}{
			{kit.NoteTitle.Eq("abc"), []int{2}},
			{kit.NoteTitle.HasPrefix("A"), []int{1, 3}},
			{prom.Fold(kit.NoteTitle).HasPrefix("a"), []int{1, 2, 3}},
			{kit.NoteTitle.Like("_b_"), []int{1, 2}},
			{prom.Week(kit.NoteAt).Eq(53), []int{1}},
			{prom.Week(kit.NoteAt).Eq(1), []int{2, 3}},
			{prom.DayOfWeek(kit.NoteAt).Eq(7), []int{1, 3}},
			{prom.DayOfWeek(kit.NoteAt).In(1), []int{2}},
		} {
			is.Equal(kit.Views(t, repo.Where(tt.cond), false), tt.want)
		}
		is.Equal(kit.Views(t, repo.OrderBy(kit.NoteStars.Asc()), true), []int{3, 1, 2})
		is.Equal(kit.Views(t, repo.OrderBy(kit.NoteStars.Desc()), true), []int{2, 1, 3})
	})
}

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

// Ensure that texts are matched as Go would, whatever wildcards of whichever engine they hold, with the case of
// letters or without, the same on both engines. parity: Q10 Q11 Q12 B27
func TestMatch(t *testing.T) {
	t.Parallel()
	texts := []string{"-", "abc", "ABC", "aXc", "a%c", "a_c", `a\c`, "a*c", "a?c", "a[b]c", "a]c", "a^c", "É", "é", "ǅ",
		"a'c", `a"c`, "%", "_", `\`, "ab\nc", "100%", "it's", "İ", "ß", "日本語"}
	values := append([]string{"", "a", "c", "b", "B", "[", "日", "本", "%%", "a%", "_c", `\%`, "[a-z]", "?c", "*"}, texts...)
	tests := map[string]struct {
		cond func(s string) prom.Cond[*kit.Note]
		want func(text, s string) bool
	}{
		"contains": {kit.NoteTitle.Contains, strings.Contains},
		"prefix":   {kit.NoteTitle.HasPrefix, strings.HasPrefix},
		"suffix":   {kit.NoteTitle.HasSuffix, strings.HasSuffix},
		"contains~": {prom.Fold(kit.NoteTitle).Contains,
			func(a, s string) bool { return strings.Contains(lower(a), lower(s)) }},
		"prefix~": {prom.Fold(kit.NoteTitle).HasPrefix,
			func(a, s string) bool { return strings.HasPrefix(lower(a), lower(s)) }},
		"suffix~": {prom.Fold(kit.NoteTitle).HasSuffix,
			func(a, s string) bool { return strings.HasSuffix(lower(a), lower(s)) }},
		"eq~":  {prom.Fold(kit.NoteTitle).Eq, func(a, s string) bool { return lower(a) == lower(s) }},
		"eq":   {kit.NoteTitle.Eq, func(a, s string) bool { return a == s }},
		"like": {kit.NoteTitle.Like, func(a, s string) bool { return like([]rune(a), []rune(s)) }},
		"not like": {func(s string) prom.Cond[*kit.Note] { return prom.Not(kit.NoteTitle.Like(s)) },
			func(a, s string) bool { return !like([]rune(a), []rune(s)) }},
		"like~": {prom.Fold(kit.NoteTitle).Like,
			func(a, s string) bool { return like([]rune(lower(a)), []rune(lower(s))) }},
		"not like~": {func(s string) prom.Cond[*kit.Note] { return prom.Not(prom.Fold(kit.NoteTitle).Like(s)) },
			func(a, s string) bool { return !like([]rune(lower(a)), []rune(lower(s))) }},
		"not prefix": {func(s string) prom.Cond[*kit.Note] { return prom.Not(kit.NoteTitle.HasPrefix(s)) },
			func(a, s string) bool { return !strings.HasPrefix(a, s) }},
		"less": {kit.NoteTitle.Lt, func(a, s string) bool { return a < s }},
		"in and like": {func(s string) prom.Cond[*kit.Note] {
			return prom.And(kit.NoteTitle.In(s, "abc"), kit.NoteTitle.Like("%"))
		}, func(a, s string) bool { return a == s || a == "abc" }},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Notes(kit.Open(t, e.DSN))
		list := make([]kit.Note, len(texts))
		for i, text := range texts {
			list[i] = kit.Note{Title: text, Views: i}
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
				if got := kit.Views(t, repo.Where(tt.cond(s)), false); !slices.Equal(got, want) {
					t.Errorf("%s %q: %v, not %v", name, s, got, want)
				}
			}
		}
		for _, bad := range []string{"\x00", "\xff"} {
			_, err := repo.Where(kit.NoteTitle.Contains(bad)).All(context.Background())
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}
