package query_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// scrap is a model whose words are compared as they are.
type scrap struct {
	ID    int64 `prom:"key"`
	Head  string
	Text  *string
	Extra *string
	_     struct{} `prom:"fulltext='head, text, extra'"`
	_     struct{} `prom:"index=one,fulltext=head"`
}

var (
	aScrap         = prom.Proto[scrap]()
	scrapID        = prom.NumberOf(aScrap, &aScrap.ID)
	scrapHeadField = prom.TextOf(aScrap, &aScrap.Head)
	scrapAll       = prom.FullTextOf(aScrap, &aScrap.Text, &aScrap.Head, &aScrap.Extra)
	scrapHead      = prom.FullTextOf(aScrap, &aScrap.Head)
)

// words of documents and queries: letters and digits of several scripts, with the cases of letters that fold.
var scrapWords = []string{"go", "Go", "gopher", "rust", "or", "not", "and", "near", "café", "CAFÉ", "cafe", "über", "Über", "straße",
	"данные", "Данные", "δελτα", "日本", "a", "b", "x1", "42", "4two", "the", "The"}

// scrapText makes a text, in which words are set apart by spaces and punctuation.
func scrapText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(6) {
		b.WriteString(scrapWords[r.IntN(len(scrapWords))])
		b.WriteString([]string{" ", ", ", " ", "! ", "; ", " (", ") ", " \"", "\n"}[r.IntN(9)])
	}
	return b.String()
}

// scrapQuery makes a query, and what it means.
func scrapQuery(r *rand.Rand) (text string, any [][]scrapTerm) {
	var parts []string
	for range 1 + r.IntN(3) {
		var all []scrapTerm
		var list []string
		for range 1 + r.IntN(3) {
			term := scrapTerm{not: r.IntN(4) == 0, prefix: r.IntN(5) == 0}
			for range 1 + r.IntN(3)*r.IntN(2) {
				term.words = append(term.words, scrapWords[r.IntN(len(scrapWords))])
			}
			s := strings.Join(term.words, " ")
			if len(term.words) > 1 || strings.EqualFold(s, "or") {
				s = `"` + s + `"`
			}
			if term.prefix {
				s += "*"
			}
			if term.not {
				s = "-" + s
			}
			all, list = append(all, term), append(list, s)
		}
		any, parts = append(any, all), append(parts, strings.Join(list, []string{" ", "  ", " & ", " , "}[r.IntN(4)]))
	}
	return strings.Join(parts, []string{" OR ", " or "}[r.IntN(2)]), any
}

// scrapTerm is a word, a phrase or a prefix.
type scrapTerm struct {
	words       []string
	not, prefix bool
}

// in reports whether one of the texts has the words, one after the other.
func (t scrapTerm) in(texts [][]string) bool {
	for _, words := range texts {
		for i := range words {
			if i+len(t.words) > len(words) {
				break
			}
			same := true
			for j, w := range t.words {
				have, want := words[i+j], strings.ToLower(w)
				same = same && (have == want || t.prefix && j == len(t.words)-1 && strings.HasPrefix(have, want))
			}
			if same {
				return true
			}
		}
	}
	return false
}

// Ensure that random queries find in random texts what they say, the same rows on both engines and in Go. A phrase goes
// from one field to the next on PostgreSQL alone.
func TestFullTextDifferential(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[scrap](prom.Using(kit.Open(t, e.DSN)))
		r := rand.New(rand.NewPCG(19, 8)) //nolint:gosec // the same rows and queries in each run
		rows := make([]scrap, 150)
		for i := range rows {
			rows[i] = scrap{ID: int64(i + 1), Head: scrapText(r)}
			if r.IntN(3) > 0 {
				rows[i].Text = new(scrapText(r))
			}
			if r.IntN(3) > 0 {
				rows[i].Extra = new(scrapText(r))
			}
		}
		is.NoErr(repo.CreateMany(ctx, rows))
		split := func(texts ...*string) (list [][]string) {
			for _, s := range texts {
				if s != nil {
					list = append(list, strings.FieldsFunc(strings.ToLower(*s), func(r rune) bool { return strings.ContainsRune(" ,!;()\"\n", r) }))
				}
			}
			return list
		}
		ids := func(cond prom.Cond[*scrap]) []int64 {
			list, err := prom.Pluck(repo.Where(cond), scrapID).OrderBy(scrapID.Asc()).All(ctx)
			is.NoErr(err)
			return list
		}
		matches := 0
		for range 400 {
			text, any := scrapQuery(r)
			want, wantHead := []int64{}, []int64{}
			for _, row := range rows {
				all := split(&row.Head, row.Text, row.Extra)
				if e.Name == dbtest.NamePostgres {
					all = [][]string{slices.Concat(all...)}
				}
				holds := func(texts [][]string) bool {
					return slices.ContainsFunc(any, func(terms []scrapTerm) bool {
						return !slices.ContainsFunc(terms, func(t scrapTerm) bool { return t.in(texts) == t.not })
					})
				}
				if holds(all) {
					want = append(want, row.ID)
				}
				if holds(split(&row.Head)) {
					wantHead = append(wantHead, row.ID)
				}
			}
			got, head := ids(scrapAll.Match(text)), ids(scrapHead.Match(text))
			if !slices.Equal(got, want) || !slices.Equal(head, wantHead) {
				t.Fatalf("%q: %v instead of %v, and of Head %v instead of %v", text, got, want, head, wantHead)
			}
			matches += len(want)
		}
		is.True(matches > 1000)
	})
}

// Ensure that no text is a syntax error, and none reaches beyond its argument.
func TestFullTextGarbage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[scrap](prom.Using(kit.Open(t, e.DSN)))
		kit.MustCreate(t, repo, scrap{ID: 1, Head: "go"})
		parts := []string{"go", "OR", "AND", "NOT", "NEAR", "NEAR(", "-", "*", "\"", "'", "\\", "(", ")", "{", "}", ":", ":*", "^", "+", "&",
			"|", "!", "<->", "<2>", ",", ".", "%", "_", "a-b", "a@b.c", "http://a/b?c=d", "<b>", "&amp;", "1.5e3", "-1", "rowid", "rank",
			"scrap_fts", "head", "\u0301", "a\u0301b", "\u200b", "𞤀", "ǅ", "İ", "\ue000", "\r\n", "\x01", "?", "$1", ";"}
		r := rand.New(rand.NewPCG(19, 9)) //nolint:gosec // the same queries in each run
		for range 400 {
			var b strings.Builder
			for range 1 + r.IntN(7) {
				b.WriteString(parts[r.IntN(len(parts))] + []string{"", " "}[r.IntN(2)])
			}
			q := b.String()
			_, err := repo.Where(scrapAll.Match(q)).OrderBy(scrapAll.Rank(q).Desc()).All(ctx)
			if err != nil {
				t.Fatalf("%q: %v", q, err)
			}
			if _, err = prom.Scalar(ctx, repo.Query(), scrapAll.Headline(scrapHeadField, q, prom.HeadlineOptions{})); err != nil {
				t.Fatalf("%q: %v", q, err)
			}
		}
		n, err := repo.Query().Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}
