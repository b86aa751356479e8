package events_test

import (
	"context"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that statements with the same arguments have the same hash, and others another one, lists too; and that one
// without arguments has none.
func TestArgsHash(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var mu sync.Mutex
		var hashes []uint64
		db := kit.Open(t, e.DSN, prom.OnEvent(func(_ context.Context, e *prom.Event) {
			if e.Kind == prom.EventStatement && (e.Op == "query" || e.Op == "count") {
				mu.Lock()
				hashes = append(hashes, e.ArgsHash())
				mu.Unlock()
			}
		}))
		notes := kit.Notes(db)
		is.NoErr(notes.Install(t.Context()))
		ask := func(conds ...prom.Cond[*kit.Note]) uint64 {
			hashes = nil
			_, err := notes.Where(conds...).All(t.Context())
			is.NoErr(err)
			is.Equal(len(hashes), 1)
			return hashes[0]
		}
		is.Equal(ask(kit.NoteTitle.Eq("a")), ask(kit.NoteTitle.Eq("a")))
		is.True(ask(kit.NoteTitle.Eq("a")) != ask(kit.NoteTitle.Eq("b")))
		is.Equal(ask(kit.NoteViews.In(1, 2)), ask(kit.NoteViews.In(1, 2)))
		is.True(ask(kit.NoteViews.In(1, 2)) != ask(kit.NoteViews.In(1, 3)))
		is.True(ask(kit.NoteTitle.In("a", "b")) != ask(kit.NoteTitle.In("ab", "")))
		hashes = nil
		_, err := notes.Count(t.Context())
		is.NoErr(err)
		is.Equal(hashes, []uint64{0})
	})
}
