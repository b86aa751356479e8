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

// found is a result of a search.
type found struct {
	Title    string
	Rank     float64
	Headline string
	Rows     int64
}

var aFound = prom.Proto[found]()

// Ensure that a headline marks the words that match, in whole texts and in excerpts, and that HTML is safe.
func TestFullTextHeadline(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := tracts(t, kit.Open(t, e.DSN))
		long := strings.Repeat("word ", 100) + "before needle after " + strings.Repeat("word ", 100)
		kit.MustCreate(t, repo, tract{Title: "Long", Body: &long})
		marks := prom.HeadlineOptions{Start: `<b class="x">`, Stop: `\'</b>`}
		one := func(id int64, term prom.Expr[*tract, string]) string {
			s, err := prom.Scalar(ctx, repo.Where(tractID.Eq(id)), term)
			is.NoErr(err)
			return s
		}
		is.Equal(one(1, tractText.Headline(tractTitle, "generic", prom.HeadlineOptions{})), "Go \x02generics\x03")
		is.Equal(one(1, tractText.Headline(tractTitle, "generic go", marks)), `<b class="x">Go\'</b> <b class="x">generics\'</b>`)
		is.Equal(one(4, tractText.Headline(tractBody, "go", prom.HeadlineOptions{})), "") // NULL
		is.Equal(one(4, tractText.Headline(tractBody, "go", prom.HeadlineOptions{MaxWords: 5})), "")
		is.Equal(one(1, tractText.Headline(tractTitle, "rust", prom.HeadlineOptions{})), "Go generics") // no match
		is.Equal(one(1, tractText.Headline(tractTitle, "", prom.HeadlineOptions{})), "Go generics")
		is.Equal(one(1, tractText.Headline(tractTitle, "-rust", prom.HeadlineOptions{})), "Go generics")
		is.Equal(one(2, tractText.Headline(tractTitle, "go OR rust", prom.HeadlineOptions{})), "\x02Rust\x03 traits")
		is.Equal(prom.HeadlineHTML(one(5, tractText.Headline(tractBody, "bold", prom.HeadlineOptions{}))),
			"nothing &lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; more")
		is.Equal(prom.HeadlineHTML("a\x03b\x02c\x02<\x03d\x02e"), "ab<mark>c&lt;</mark>de")

		excerpt := one(6, tractText.Headline(tractBody, "needle", prom.HeadlineOptions{MaxWords: 10}))
		is.True(strings.Contains(excerpt, "\x02needle\x03 after word"))
		n := len(strings.Fields(excerpt))
		is.True(n >= 8 && n <= 10)
		for _, q := range []string{"rust", "long", "", "-rust"} { // nothing in the body: its beginning
			excerpt = one(6, tractText.Headline(tractBody, q, prom.HeadlineOptions{MaxWords: 10}))
			is.True(strings.HasPrefix(excerpt, "word word word") && len(strings.Fields(excerpt)) <= 10)
		}
	})
}

// Ensure that searches may stand wherever conditions and terms may.
func TestFullTextPlaces(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, writers := tracts(t, db), prom.NewRepo[scribe](prom.Using(db))
		ann, bob := kit.MustCreate(t, writers, scribe{Name: "Ann Go"}), kit.MustCreate(t, writers, scribe{Name: "Bob"})
		_, err := repo.Where(tractID.In(1, 3)).Update(ctx, tractScribe.Set(ann.ID))
		is.NoErr(err)
		_, err = repo.Where(tractID.Eq(2)).Update(ctx, tractScribe.Set(bob.ID))
		is.NoErr(err)
		match, rank := tractText.Match("generics"), tractText.Rank("generics")
		headline := tractText.Headline(tractTitle, "generics", prom.HeadlineOptions{})

		// Projections, with relations and pages, and the rows of a page.
		p := prom.Select(repo.Where(match).OrderBy(rank.Desc()), aFound, prom.Col(&aFound.Title, tractTitle), prom.Col(&aFound.Rank, rank),
			prom.Col(&aFound.Headline, headline))
		list, err := p.All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.Equal([]any{list[0].Title, list[0].Headline, list[1].Headline}, []any{"Go generics", "Go \x02generics\x03", "Rust traits"})
		is.True(list[0].Rank > list[1].Rank)
		page, err := p.Page(ctx, 2, 1)
		is.NoErr(err)
		is.Equal([]any{page.Total, page.Rows[0].Title}, []any{2, "Rust traits"})
		list, err = prom.Select(repo.Where(match).OrderBy(rank.Desc()).Limit(1), aFound, prom.Col(&aFound.Title, tractTitle),
			prom.Col(&aFound.Headline, headline), prom.Col(&aFound.Rank, rank), prom.Col(&aFound.Rows, prom.Via(tractScribe, prom.Val(aScribe, int64(7))))).All(ctx)
		is.NoErr(err)
		is.Equal([]any{len(list), list[0].Headline}, []any{1, "Go \x02generics\x03"})
		rows, err := repo.Where(match).OrderBy(rank.Desc(), tractID.Asc()).With(tractScribe).PageAt(ctx, 1, 1)
		is.NoErr(err)
		is.Equal([]any{rows.Total, rows.Rows[0].ID}, []any{2, int64(2)})
		computed, err := repo.Where(match).Compute(prom.Col(&aTract.Marked, headline)).OrderBy(tractID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(computed[0].Marked, "Go \x02generics\x03")

		// Groups and windows.
		list, err = prom.Select(repo.Query(), aFound, prom.Col(&aFound.Rows, prom.Count(aTract).Filter(match))).All(ctx)
		is.NoErr(err)
		is.Equal(list[0].Rows, int64(2))
		_, err = prom.Pluck(repo.Query(), prom.RowNumber(prom.OrderWindow(rank.Desc()))).All(ctx)
		is.NoErr(err)

		// Relations, in both directions, and what is behind them.
		is.Equal(foundIn(t, repo.Where(tractScribe.Has(scribeText.Match("go")))), []int64{1, 3})
		is.Equal(foundIn(t, repo.Where(tractScribe.Has(scribeText.Match("go")), tractText.Match("cat"))), []int64{3})
		is.Equal(foundIn(t, repo.Where(prom.Via(tractScribe, scribeText.Rank("go")).Gt(0))), []int64{1, 3})
		is.Equal(foundIn(t, repo.Where(prom.Truth(prom.Via(tractScribe, prom.Term[*scribe, bool](scribeText.Match("go")))), match)), []int64{1})
		ws, err := writers.Where(scribeTracts.Has(match)).OrderBy(scribeName.Asc()).With(scribeTracts.Where(match).OrderBy(rank.Desc()).
			Limit(1)).Compute(prom.Col(&aScribe.Found, scribeTracts.Count(match))).All(ctx)
		is.NoErr(err)
		is.Equal([]any{len(ws), ws[0].Found, ws[0].Tracts.Rows()[0].Title}, []any{2, int64(1), "Go generics"})

		// Subqueries, and the rows of other queries, which have no index.
		is.Equal(foundIn(t, repo.Where(prom.InQuery(tractID, prom.Pluck(repo.Where(match), tractID)))), []int64{1, 2})
		is.Equal(foundIn(t, prom.Union(repo.Where(match), repo.Where(tractText.Match("cat")))), []int64{1, 2, 3})
		_, err = prom.Union(repo.Where(match), repo.Where(tractText.Match("cat"))).Where(match).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = prom.LimitBy(repo.Where(match).OrderBy(rank.Desc()), 1, tractScribe).All(ctx)
		is.NoErr(err)

		// Writes by query, in transactions, which see their own rows.
		kit.RolledBack(t, db, func(ctx context.Context) {
			n, err := repo.Where(match).Update(ctx, tractTitle.Set("nothing"), tractViews.SetTo(prom.Case(tractViews,
				prom.Then(tractText.Match("rust"), prom.Val(aTract, 9)))))
			is.NoErr(err)
			is.Equal(n, 2)
			c, err := repo.Where(tractText.Match("nothing")).Count(ctx)
			is.NoErr(err)
			is.Equal(c, 3)
			c, err = repo.Where(tractText.Match("go"), tractTitle.Eq("nothing")).Count(ctx)
			is.NoErr(err)
			is.Equal(c, 1) // by its body
			n, err = repo.Where(tractText.Match("nothing")).Delete(ctx)
			is.NoErr(err)
			is.Equal(n, 3)
			c, err = repo.Where(tractText.Match("nothing")).WithDeleted().Count(ctx)
			is.NoErr(err)
			is.Equal(c, 3) // which are soft-deleted
			n, err = repo.Where(tractText.Match("nothing")).WithDeleted().HardDelete(ctx)
			is.NoErr(err)
			is.Equal(n, 3)
		})
		is.Equal(foundIn(t, repo.Where(match)), []int64{1, 2})
		claimed, err := prom.Claim(ctx, repo.Where(match, tractViews.Eq(0)).OrderBy(rank.Desc()), 1, tractViews.Set(1))
		is.NoErr(err)
		is.Equal(claimed[0].ID, int64(1))
		for tract, err := range repo.Where(match).OrderBy(rank.Desc()).Stream(ctx) {
			is.NoErr(err)
			is.True(tract.ID > 0)
		}
		// Pages by keyset follow the rank.
		ids, token := []int64{}, ""
		for {
			page, err := repo.Where(match).OrderBy(rank.Desc(), tractID.Asc()).KeysetPage(ctx, token, 1)
			if err != nil {
				is.True(errors.Is(err, prom.ErrValidation))
				break
			}
			for _, r := range page.Rows {
				ids = append(ids, r.ID)
			}
			if token = page.Next; token == "" {
				is.Equal(ids, []int64{1, 2})
				break
			}
		}
		t.Log(ids)
	})
}
