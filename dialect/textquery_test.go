package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// searched is a table with full-text indexes, of one language without weights and of one with.
var searched = func() *schema.Table {
	title, body := &schema.Column{Name: "title", Kind: schema.Text}, &schema.Column{Name: `b"o'dy`, Kind: schema.Text, Null: true}
	id := &schema.Column{Name: "id", Kind: schema.Int64, Key: true, KeyLen: 1, Auto: true}
	cols := []schema.IndexColumn{{Column: title}, {Column: body}}
	return &schema.Table{Name: `a "table's`, Columns: []*schema.Column{id, title, body}, Key: []*schema.Column{id},
		Indexes: []*schema.Index{
			{Name: "plain", Columns: cols, Method: "gin", FullText: &schema.FullText{Language: "simple"}},
			{Name: "weighted", Columns: cols, Method: "gin", FullText: &schema.FullText{Language: "english", Weights: []byte("AD")}},
		}}
}()

// Ensure that full-text indexes, searches and queries are written as the golden files show.
func TestGoldenFullText(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var b strings.Builder
			column := func(name string) string { return "t." + d.Quote(name) }
			alias := func() string { return "a" }
			for i, ix := range searched.Indexes {
				fmt.Fprintf(&b, "%s;\n", strings.Join(d.CreateIndex(searched, ix), ";\n"))
				for _, s := range []dialect.TextSearch{{Use: dialect.TextMatch}, {Use: dialect.TextRank},
					{Use: dialect.TextHeadline, Document: "title", Start: `<b class="x">`, Stop: "</b>"},
					{Use: dialect.TextHeadline, Document: "title", MaxWords: 10}} {
					s.Index, s.Language = i, ix.FullText.Language
					text, err := d.TextSearch(&s, searched, "t", column, alias)
					is.NoErr(err)
					fmt.Fprintf(&b, "%s;\n", text)
				}
			}
			for _, q := range []string{"", "go", "Go generics", `"type sets" x*`, `"k b"*`, "k OR b c -d", "-k", "-k -b", "-k OR b", "-k OR -b",
				"-k OR b OR c -d", "-k -b OR -c OR d e", "k -b -c", "the cat", "-the", "the OR the", `"cat in the hat"`, "don't", `k"b\c'd`, "or k or", "k or or b",
				"k & b", "--x", `"open`, "the*"} {
				parsed, err := dialect.ParseTextQuery(q)
				is.NoErr(err)
				s := dialect.TextSearch{Query: parsed, Words: parsed.WithoutStopWords("english"), Index: 1, Language: "english"}
				rank := s
				rank.Use = dialect.TextRank
				fmt.Fprintf(&b, "-- %s (inverted: %t)\n%s\n%s\n", q, s.Words.Inverted(), d.TextArgs(&s)[0].Text(), d.TextArgs(&rank)[0].Text())
			}
			golden(t, d, "fulltext", b.String())
		})
	}
}

// Ensure that a query that no engine takes is refused.
func TestParseTextQueryRefuses(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, q := range []string{"a\x00", "a\xff", strings.Repeat("a", 1025), strings.Repeat("a ", 8193)} {
		_, err := dialect.ParseTextQuery(q)
		is.True(err != nil)
	}
}

func FuzzParseTextQuery(f *testing.F) {
	for _, s := range []string{`a "b c" -d OR e*`, `"`, "- -", "or or or"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := dialect.ParseTextQuery(s)
		if err != nil {
			return
		}
		for _, all := range q.Any {
			if len(all) == 0 {
				t.Fatalf("%q: an alternative without words", s)
			}
			for _, a := range all {
				if len(a.Words) == 0 {
					t.Fatalf("%q: a phrase without words", s)
				}
			}
		}
		for _, d := range dialects {
			use := dialect.TextSearch{Query: q, Words: q.WithoutStopWords("english")}
			for _, quote := range []string{`"`, "'"} {
				if text := d.TextArgs(&use)[0].Text(); d.Name() == "sqlite" == (quote == `"`) && strings.Count(text, quote)%2 != 0 {
					t.Fatalf("%q: %s has an open quote", s, text)
				}
			}
		}
	})
}
