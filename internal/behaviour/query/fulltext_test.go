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

// tract is a model with a full-text index, and scribe one whose rows it refers to.
type tract struct {
	prom.Model
	Scribe  *prom.Ref[scribe] `prom:"scribe_id"`
	Title   string
	Body    *string
	Views   int
	Gone    *time.Time `prom:"deleted"`
	Marked  string     `prom:"computed"`
	Matches int        `prom:"computed"`
	_       struct{}   `prom:"fulltext='title A, body B',language=english"`
}

type scribe struct {
	prom.Model
	Name   string
	Tracts prom.Many[tract]
	Found  int64    `prom:"computed"`
	_      struct{} `prom:"fulltext=name"`
}

var (
	aTract       = prom.Proto[tract]()
	tractID      = prom.NumberOf(aTract, &aTract.ID)
	tractTitle   = prom.TextOf(aTract, &aTract.Title)
	tractBody    = prom.NullTextOf(aTract, &aTract.Body)
	tractViews   = prom.NumberOf(aTract, &aTract.Views)
	tractMarked  = &aTract.Marked
	tractScribe  = prom.NullRefOf(aTract, &aTract.Scribe)
	tractText    = prom.FullTextOf(aTract)
	aScribe      = prom.Proto[scribe]()
	scribeName   = prom.TextOf(aScribe, &aScribe.Name)
	scribeTracts = prom.ManyOf(aScribe, &aScribe.Tracts)
	scribeText   = prom.FullTextOf(aScribe, &aScribe.Name)
)

func tracts(t *testing.T, db *prom.DB) *prom.Repo[tract] {
	t.Helper()
	repo := prom.NewRepo[tract](prom.Using(db))
	for _, e := range []tract{
		{Title: "Go generics", Body: new("Type parameters and type sets in Go.")},
		{Title: "Rust traits", Body: new("Traits bound type parameters; generics in Rust.")},
		{Title: "The running cat", Body: new("A cat that runs in the hat.")},
		{Title: "Go", Body: nil},
		{Title: "", Body: new("nothing <b>bold</b> & more")},
	} {
		kit.MustCreate(t, repo, e)
	}
	return repo
}

func foundIn(t *testing.T, q *prom.Query[tract]) []int64 {
	t.Helper()
	list, err := q.OrderBy(tractID.Asc()).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]int64, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	return ids
}

// Ensure that queries find the same rows on both engines, whatever they are made of, and none is a syntax error.
func TestFullTextMatch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo := tracts(t, kit.Open(t, e.DSN))
		all := []int64{1, 2, 3, 4, 5}
		for _, tt := range []struct {
			query string
			want  []int64
		}{
			{"go", []int64{1, 4}},
			{"GO Generics", []int64{1}},
			{"generic", []int64{1, 2}}, // stems
			{"run", []int64{3}},
			{"rust OR cat", []int64{2, 3}},
			{"rust or cat", []int64{2, 3}},
			{"type -rust", []int64{1}},
			{"-go", []int64{2, 3, 5}},
			{"-go -rust", []int64{3, 5}},
			{"-go OR generics", []int64{1, 2, 3, 5}},
			{"go -generics OR -type", []int64{3, 4, 5}},
			{`"type parameters"`, []int64{1, 2}},
			{`"parameters type"`, nil},
			{`type -"type sets"`, []int64{2}},
			{`"cat that runs in the hat"`, []int64{3}},
			{`"type sets`, []int64{1}}, // which is not closed
			{"gener*", []int64{1, 2}},
			{`"type param"*`, []int64{1, 2}},
			{"-gener*", []int64{3, 4, 5}},
			{"the cat", []int64{3}}, // with a stop word
			{"the", nil},
			{"-the", nil},
			{"the OR cat", []int64{3}},
			{"", nil}, {"   ", nil}, {"-", nil}, {`""`, nil}, {"*", nil}, {"&|!()", nil}, {`"-"`, nil},
			{"go & generics", []int64{1}},
			{"or", nil}, {"or go", []int64{1, 4}}, {"go or", []int64{1, 4}}, // a stop word where it stands alone
			{"go OR OR rust", []int64{1, 2, 4}},
			{`go' OR "x\" & :*'`, []int64{1, 4}},
			{`title:go NEAR(go)`, nil},
			{`^go`, []int64{1, 4}},
			{`{title}:go`, nil},
			{"go:*", []int64{1, 4}},
			{`\`, nil}, {`\'`, nil}, {`go\`, []int64{1, 4}}, {"'go'", []int64{1, 4}},
			{"NOT go", []int64{1, 4}}, // a stop word
			{"bold more", []int64{5}},
			{"--go", []int64{2, 3, 5}},
		} {
			t.Run(tt.query, func(t *testing.T) {
				is := is.New(t)
				is.Equal(foundIn(t, repo.Where(tractText.Match(tt.query))), append([]int64{}, tt.want...))
				rest := slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return slices.Contains(tt.want, id) })
				is.Equal(foundIn(t, repo.Where(prom.Not(tractText.Match(tt.query)))), rest)
				is.Equal(foundIn(t, repo.Where(prom.Or(tractText.Match(tt.query), tractID.Eq(4)))),
					slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return id != 4 && !slices.Contains(tt.want, id) }))
				_, err := repo.OrderBy(tractText.Rank(tt.query).Desc()).All(context.Background())
				is.NoErr(err)
				list, err := repo.Compute(prom.Col(tractMarked, tractText.Headline(tractTitle, tt.query,
					prom.HeadlineOptions{MaxWords: 5}))).All(context.Background())
				is.NoErr(err)
				is.Equal(len(list), 5)
			})
		}
	})
}

// Ensure that what no engine can look for is refused before it is asked.
func TestFullTextRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := tracts(t, kit.Open(t, e.DSN))
		for _, q := range []string{strings.Repeat("a ", 9000), strings.Repeat("a", 1025), "a\x00b", "a\xff"} {
			_, err := repo.Where(tractText.Match(q)).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			_, err = repo.OrderBy(tractText.Rank(q).Desc()).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		for _, h := range []prom.Expr[*tract, string]{
			tractText.Headline(tractViews, "go", prom.HeadlineOptions{}),
			tractText.Headline(prom.Upper(tractTitle), "go", prom.HeadlineOptions{}),
			tractText.Headline(tractTitle, "go", prom.HeadlineOptions{MaxWords: 1}),
			tractText.Headline(tractTitle, "go", prom.HeadlineOptions{MaxWords: 65}),
			tractText.Headline(tractTitle, "go", prom.HeadlineOptions{MaxWords: -1}),
			tractText.Headline(tractTitle, "go", prom.HeadlineOptions{Start: "\x00"}),
		} {
			_, err := repo.Compute(prom.Col(tractMarked, h)).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		var zero prom.FullText[*tract]
		_, err := repo.Where(zero.Match("go")).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		// Many words are one query.
		_, err = repo.Where(tractText.Match(strings.Repeat("go OR a -b ", 1400))).All(ctx)
		is.NoErr(err)
		_, err = repo.Where(tractText.Match(strings.Repeat("-b OR ", 2000) + "a")).All(ctx)
		is.NoErr(err)
	})
}

// Ensure that the rank puts better matches first, and is a term like any other.
func TestFullTextRank(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := tracts(t, kit.Open(t, e.DSN))
		kit.MustCreate(t, repo, tract{Title: "Zig", Body: new("generics in Zig and go go go")})
		order := func(q *prom.Query[tract]) (titles []string) {
			list, err := q.All(ctx)
			is.NoErr(err)
			for _, e := range list {
				titles = append(titles, e.Title)
			}
			return titles
		}
		match, rank := tractText.Match("generics"), tractText.Rank("generics")
		is.Equal(order(repo.Where(match).OrderBy(rank.Desc(), tractID.Asc()))[0], "Go generics") // its weight is A
		is.Equal(order(repo.Where(match).OrderBy(rank.Asc(), tractID.Asc()))[2], "Go generics")
		is.Equal(order(repo.Where(match, rank.Gt(0)).OrderBy(rank.Desc()).Limit(1).Offset(0)), []string{"Go generics"})
		is.Equal(len(order(repo.Where(match).OrderBy(rank.Desc(), tractID.Asc()).Limit(2).Offset(1))), 2)
		for _, q := range []string{"", "-generics", "nothing OR -generics", "go"} {
			ranks, err := prom.Pluck(repo.OrderBy(tractID.Asc()), tractText.Rank(q)).All(ctx)
			is.NoErr(err)
			is.Equal(len(ranks), 6) // of all rows, and not NULL
		}
		best, err := prom.Scalar(ctx, repo.Where(match), prom.Max(rank))
		is.NoErr(err)
		is.True(best > 0)
		n, err := repo.Where(match).OrderBy(rank.Desc()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	})
}
