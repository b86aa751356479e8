package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that conditions that are left out, and those built in a loop, say what is left, and that nothing left never
// means every row. parity: Q3 Q14 Q15 Q16 B28
func TestConditionsBuilt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		_, notes := noteStore(t, e.DSN)
		count := func(conds ...prom.Cond[*kit.Note]) int {
			t.Helper()
			n, err := notes.Where(conds...).Count(ctx)
			is.NoErr(err)
			return n
		}
		three := kit.NoteViews.Eq(3)
		none := prom.If(false, three)
		is.Equal(count(prom.If(true, three)), 1)
		is.Equal(count(none), 3)
		is.Equal(count(three, none), 1)
		is.Equal(count(prom.And(none, three, none)), 1)
		is.Equal(count(prom.And(none)), 3)
		is.Equal(count(prom.Or(none, three)), 1)
		is.Equal(count(prom.Or(prom.And(none), prom.Or(three), none)), 1)
		is.Equal(count(prom.Or(none, none)), 0)
		is.Equal(count(prom.Not(none)), 3)
		is.Equal(count(prom.Or(prom.Not(none), three)), 1)
		is.Equal(count(prom.Not(prom.Or(none))), 3)
		_, err := notes.Where(none, prom.And(none), prom.Not(none)).Delete(ctx)
		is.True(errors.Is(err, prom.ErrValidation)) // that would be every row

		var anyOf []prom.Cond[*kit.Note]
		is.Equal(count(prom.Or(anyOf...)), 0)
		for _, v := range []int{3, -1, 99} {
			anyOf = append(anyOf, prom.And(kit.NoteViews.Eq(v),
				prom.If(v < 0, prom.Raw(prom.Proto[kit.Note](), "title LIKE ?", "it%"))))
		}
		is.Equal(count(prom.Or(anyOf...)), 2)
		for i := range 3000 { // deeper than a parser goes
			anyOf = append(anyOf, prom.Raw(prom.Proto[kit.Note](), "views = ?", 1000+i))
		}
		is.Equal(count(prom.Or(anyOf...)), 2)
	})
}

// Ensure that fields by name do what typed fields do, and are refused what those could not say.
// parity: Q3 Q9 Q10 Q18
func TestAnyField(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		_, notes := noteStore(t, e.DSN)
		field := func(name string) *prom.AnyField[*kit.Note] {
			f, err := prom.FieldByName(notes, name)
			is.NoErr(err)
			return f
		}
		title, views, stars, at := field("title"), field("views"), field("stars"), field("at")
		year, err := at.Part("year")
		is.NoErr(err)
		parsed, err := views.Parse("3")
		is.NoErr(err)
		for i, tt := range []struct {
			cond prom.Cond[*kit.Note]
			want int
		}{
			{stars.IsNull(), 1}, {stars.NotNull(), 2}, {views.Between(-1, "3"), 2}, {views.Between(3.0, int8(3)),
				1}, {views.Eq(parsed), 1},
			{title.Like("a%"), 1}, {title.NotLike("a%"), 2}, {title.LikeFold("A%"), 1},
			{title.Contains(`%_\`), 1}, {title.NotContains("?"), 2}, {title.ContainsFold("QUOTED"),
				1}, {title.NotContainsFold("QUOTED"), 2},
			{title.HasPrefix("it"), 1}, {title.HasPrefixFold("IT"), 1}, {title.HasSuffix("b"), 1}, {title.HasSuffixFold("B"),
				1}, {title.EqFold("A?B"), 1},
			{year.Eq(2024), 2}, {year.In(2025, 1), 1},
		} {
			n, err := notes.Where(tt.cond).Count(ctx)
			if err != nil || n != tt.want {
				t.Errorf("%d: %d, %v", i, n, err)
			}
		}
		for _, tt := range []struct {
			cond prom.Cond[*kit.Note]
			says string
		}{
			{views.Contains("3"), "not a text"}, {views.NotLike("3"), "not a text"}, {views.Between(nil, 3), "NULL"},
			{views.Eq("three"), "must be a whole number"}, {views.Eq(1.5),
				"must be a whole number, and is of type float64"}, {stars.Eq(parsed), "another column"}, {title.Contains("\xff"), "UTF-8"},
		} {
			_, err := notes.Where(tt.cond).Count(ctx)
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %v", tt.says, err)
			}
		}
		_, err = title.Part("year")
		is.True(err != nil)
		_, err = at.Part("century")
		is.True(err != nil)
		_, err = prom.FieldByName(notes, `title" OR 1=1 --`)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that names which are words of SQL, or hold quotes, work in conditions, orders and raw SQL, by their quoted
// form. parity: B15 B41 Q45
func TestRawHostileNames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		type odd struct {
			Order int    `prom:"name='order',key,min=1"`
			Quote string `prom:"name='say \"hi\"'"`
		}
		repo := prom.NewRepo[odd](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.Create(ctx, &odd{Order: 1, Quote: `"`}))
		is.NoErr(repo.Create(ctx, &odd{Order: 2, Quote: "b"}))
		f, err := prom.FieldByName(repo, `say "hi"`)
		is.NoErr(err)
		order, err := prom.FieldByName(repo, "order")
		is.NoErr(err)
		list, err := repo.Where(f.Contains(`"`), order.Gt(0)).OrderBy(order.Desc(), f.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(list, []odd{{1, `"`}})
		raw, err := prom.RawQuery[odd](repo,
			`SELECT "order", "say ""hi""" FROM odd WHERE "say ""hi""" <> ? ORDER BY "order" DESC`, "").All(ctx)
		is.NoErr(err)
		is.Equal(raw, []odd{{2, "b"}, {1, `"`}})
	})
}
