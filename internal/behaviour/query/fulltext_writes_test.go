package query_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// verse has a key that is not the row's number on SQLite, and a row that it goes with.
type verse struct {
	ID   string              `prom:"key"`
	Poem prom.Ref[versePoem] `prom:"poem_id"`
	Text string
	Line int
	_    struct{} `prom:"index=search,fulltext=text"`
}

type versePoem struct {
	prom.Model
	Name string
}

var (
	aVerse    = prom.Proto[verse]()
	verseID   = prom.TextOf(aVerse, &aVerse.ID)
	verseBody = prom.TextOf(aVerse, &aVerse.Text)
	verseLine = prom.NumberOf(aVerse, &aVerse.Line)
	verseText = prom.FullTextOf(aVerse)
)

// Ensure that each way to write keeps the index up to date, also where the key is not the row's number on SQLite, and
// after VACUUM.
func TestFullTextWrites(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, poems := prom.NewRepo[verse](prom.Using(db)), prom.NewRepo[versePoem](prom.Using(db))
		poem := kit.MustCreate(t, poems, versePoem{Name: "p"})
		count := func(query string, want int) {
			t.Helper()
			n, err := repo.Where(verseText.Match(query)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, want)
		}
		check := func() {
			t.Helper()
			if e.Name == dbtest.NameSQLite { // which compares the index with the rows
				kit.RunSQL(t, db, `INSERT INTO "verse_search" ("verse_search", rank) VALUES ('integrity-check', 1)`)
			}
		}
		to := prom.RefTo(poem)
		v := kit.MustCreate(t, repo, verse{ID: "one", Poem: to, Text: "alpha beta"})
		count("alpha", 1)
		v.Text = "gamma"
		is.NoErr(repo.Save(ctx, v))
		count("alpha", 0)
		count("gamma", 1)
		for _, n := range []int{5, 3000} { // by INSERT, and by COPY where there is one
			var list []verse
			for i := range n {
				list = append(list, verse{ID: fmt.Sprint(n, "-", i), Poem: to, Text: "many delta", Line: n})
			}
			is.NoErr(repo.CreateMany(ctx, list))
			check()
		}
		count("delta", 3005)
		_, err := repo.Where(verseLine.Eq(5)).Update(ctx, verseBody.Set("epsilon"))
		is.NoErr(err)
		count("epsilon", 5)
		is.NoErr(repo.Upsert(ctx, &verse{ID: "one", Poem: to, Text: "zeta"}))
		_, err = repo.OnConflict(verseID).UpdateAll().Create(ctx, &verse{ID: "one", Poem: to, Text: "zeta eta"})
		is.NoErr(err)
		_, err = repo.OnConflict(verseID).DoNothing().Create(ctx, &verse{ID: "one", Poem: to, Text: "theta"})
		is.NoErr(err)
		count("zeta eta", 1)
		count("gamma OR theta", 0)
		check()
		// A statement that fails, and a transaction that rolls back, leave no words.
		is.True(repo.Create(ctx, &verse{ID: "one", Poem: to, Text: "iota"}) != nil)
		kit.RolledBack(t, db, func(ctx context.Context) {
			is.NoErr(repo.Create(ctx, &verse{ID: "two", Poem: to, Text: "iota"}))
			n, err := repo.Where(verseText.Match("iota")).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
		})
		count("iota", 0)
		// The key changes, rows go, and SQLite packs what is left.
		_, err = repo.Where(verseID.Eq("one")).Update(ctx, verseID.Set("uno"))
		is.NoErr(err)
		count("zeta", 1)
		n, err := repo.Where(verseText.Match("epsilon")).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 5)
		n, err = repo.Where(verseText.Match("delta"), verseID.HasSuffix("1")).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 300)
		kit.RunSQL(t, db, `VACUUM`)
		check()
		count("delta", 2700)
		list, err := repo.Where(verseText.Match("zeta")).All(ctx)
		is.NoErr(err)
		is.Equal(list[0].ID, "uno")
		// A dump brings the words with the rows.
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, poems, repo))
		is.NoErr(prom.UnsafeClear(ctx, repo))
		count("delta OR zeta", 0)
		check()
		is.NoErr(prom.UnsafeDrop(ctx, repo))
		for _, name := range kit.TablesOf(t, db) {
			is.True(!strings.HasPrefix(name, "verse_search"))
		}
		is.NoErr(prom.UnsafeClear(ctx, poems))
		is.NoErr(prom.Restore(ctx, &dump, poems, repo))
		count("delta", 2700)
		count("zeta", 1)
		check()
		may, err := prom.Plan(ctx, poems, repo)
		is.NoErr(err)
		is.Equal(len(may.Steps), 0)
		is.Equal(len(may.NotModelled), 0)
		// What refers to a row goes with it.
		is.NoErr(poems.Delete(ctx, poem))
		count("delta OR zeta", 0)
		check()
		is.NoErr(prom.UnsafeDropAll(ctx, db))
		is.Equal(len(kit.TablesOf(t, db)), 0)
		kit.MustCreate(t, poems, versePoem{Name: "again"})
		count("delta", 0)
	})
}
