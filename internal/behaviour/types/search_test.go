package types_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// verse is searched by its words, and has a time from which and until which it holds.
type verse struct {
	prom.Model
	Text   string
	Begins time.Time
	Ends   time.Time
}

var verseProto = prom.Proto[verse]()

// Ensure that each engine's own search for words, and its ranges, work as raw conditions beside typed ones.
func TestSearchAndRanges(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2024, 5, n, 0, 0, 0, 0, time.UTC) }
	verseText := prom.TextOf(verseProto, &verseProto.Text)
	indexes := map[string][]string{
		dbtest.NamePostgres: {`CREATE INDEX verse_words ON verse USING gin (to_tsvector('english', text))`},
		dbtest.NameSQLite: {
			`CREATE VIRTUAL TABLE verse_words USING fts5(text, content='verse', content_rowid='_id')`,
			`CREATE TRIGGER verse_added AFTER INSERT ON verse BEGIN INSERT INTO verse_words (rowid, text) VALUES (new._id, new.text); END`,
			`INSERT INTO verse_words (verse_words) VALUES ('rebuild')`,
		},
	}
	words := map[string]string{
		dbtest.NamePostgres: `to_tsvector('english', text) @@ websearch_to_tsquery('english', ?)`,
		dbtest.NameSQLite:   `_id IN (SELECT rowid FROM verse_words WHERE verse_words MATCH ?)`,
	}
	overlaps := map[string]func(from, to time.Time) prom.Cond[*verse]{
		dbtest.NamePostgres: func(from, to time.Time) prom.Cond[*verse] {
			return prom.Raw(verseProto, `tstzrange(begins, ends) && tstzrange(?::timestamptz, ?::timestamptz)`, from, to)
		},
		dbtest.NameSQLite: func(from, to time.Time) prom.Cond[*verse] {
			return prom.Raw(verseProto, `begins < ? AND ends > ?`, to, from)
		},
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[verse](prom.Using(db))
		is.NoErr(repo.Create(ctx, &verse{Text: "The sea of whales", Begins: day(1), Ends: day(4)}))
		for _, sql := range indexes[e.Name] {
			_, err := prom.RawExec(ctx, db, sql)
			is.NoErr(err)
		}
		is.NoErr(repo.Create(ctx, &verse{Text: "The whale's \"sea\"; DROP TABLE verse", Begins: day(4), Ends: day(9)}))
		is.NoErr(repo.Create(ctx, &verse{Text: "A seat", Begins: day(9), Ends: day(10)}))

		count := func(want int, conds ...prom.Cond[*verse]) {
			t.Helper()
			n, err := repo.Where(conds...).Count(ctx)
			is.NoErr(err)
			is.Equal(n, want)
		}
		search := func(text string) prom.Cond[*verse] { return prom.Raw(verseProto, words[e.Name], text) }
		count(2, search("sea"))
		count(1, search("seat"))
		count(1, search("sea"), verseText.HasPrefix("The sea"))
		count(0, search("nothing"))
		count(1, overlaps[e.Name](day(2), day(4)))
		count(2, overlaps[e.Name](day(2), day(5)))
		count(3, overlaps[e.Name](day(1), day(30)))
	})
}
