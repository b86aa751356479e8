package write_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// after is a log that does something after each statement that begins with a text.
type after map[string]func()

func (a after) Enabled(context.Context, slog.Level) bool { return true }
func (a after) WithAttrs([]slog.Attr) slog.Handler       { return a }
func (a after) WithGroup(string) slog.Handler            { return a }

func (a after) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(attr slog.Attr) bool {
		for begin, do := range a {
			sql := attr.Value.String()
			if attr.Key == "sql" && strings.HasPrefix(sql, begin) && !strings.Contains(sql, "prom_history") {
				do()
			}
		}
		return true
	})
	return nil
}

// Ensure that a write which has missed its row is ErrNotFound though others insert the row before it is looked for:
// nothing has suppressed the write, and the row has no other version.
func TestMissedMeanwhile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := kit.Ended(t)
		others := kit.Open(t, e.DSN)
		log := after{}
		db := kit.Open(t, e.DSN, prom.Logger(slog.New(log)))
		tests := []struct {
			name, verb string
			write      func(post *Post, draft *Draft) error
		}{
			{"DeleteKey", "DELETE", func(p *Post, _ *Draft) error { return posts(db).DeleteKey(ctx, p.ID) }},
			{"Delete", "DELETE", func(p *Post, _ *Draft) error { return posts(db).Delete(ctx, p) }},
			{"Update", "UPDATE", func(p *Post, _ *Draft) error { p.N++; return posts(db).Update(ctx, p) }},
			{"Batch", "UPDATE", func(p *Post, _ *Draft) error {
				var b prom.Batch
				p.N++
				prom.Queue(&b, posts(db)).Update(p)
				return b.Run(ctx)
			}},
			{"Update with a version", "UPDATE",
				func(_ *Post, d *Draft) error { d.Name = "b"; return drafts(db).Update(ctx, d) }},
			{"soft Delete with a version", "UPDATE", func(_ *Post, d *Draft) error { return drafts(db).Delete(ctx, d) }},
			{"HardDelete with a version", "DELETE", func(_ *Post, d *Draft) error { return drafts(db).HardDelete(ctx, d) }},
		}
		for _, tt := range tests {
			is := is.New(t)
			post := kit.MustCreate(t, posts(others), Post{Name: tt.name})
			draft := kit.MustCreate(t, drafts(others), Draft{Name: tt.name}) // with a version
			loaded := *draft
			is.NoErr(posts(others).DeleteKey(ctx, post.ID))
			is.NoErr(drafts(others).HardDelete(ctx, draft))
			done := false
			log[tt.verb] = func() {
				delete(log, tt.verb)
				done = true
				kit.MustCreate(t, posts(others), Post{Model: prom.Model{ID: post.ID}, Name: tt.name})
				kit.MustCreate(t, drafts(others), Draft{Model: prom.Model{ID: loaded.ID}, Name: tt.name})
			}
			err := tt.write(post, &loaded)
			t.Log(tt.name, err)
			is.True(done)
			is.True(errors.Is(err, prom.ErrNotFound))
		}
	})
}

// Ensure that the same write is ErrStale when the row is another one with the same key, which comes to the version of
// the value before it is looked for.
func TestMissedMeanwhile_Version(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		others := kit.Open(t, e.DSN)
		save := func(d *Draft, name string) {
			d.Name = name
			is.NoErr(drafts(others).Save(ctx, d))
		}
		draft := kit.MustCreate(t, drafts(others), Draft{Name: "a"})
		save(draft, "b")
		loaded := *draft // version 2
		is.NoErr(drafts(others).HardDelete(ctx, draft))
		again := kit.MustCreate(t, drafts(others), Draft{Model: prom.Model{ID: loaded.ID}, Name: "c"})
		log := after{}
		log["UPDATE"] = func() { delete(log, "UPDATE"); save(again, "d") }
		loaded.Name = "e"
		err := drafts(kit.Open(t, e.DSN, prom.Logger(slog.New(log)))).Save(ctx, &loaded)
		is.Equal(again.Version, loaded.Version)
		is.True(errors.Is(err, prom.ErrStale))
	})
}

// Ensure that GetOrCreate goes on when others insert the row before each of its inserts, and delete it before each of
// its looks, and that a row which was soft-deleted then is told as that.
func TestGetOrCreateMeanwhile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		others := kit.Open(t, e.DSN)
		log := after{}
		db := kit.Open(t, e.DSN, prom.Logger(slog.New(log)))
		is.NoErr(posts(others).Install(ctx))
		_, err := posts(db).Count(ctx)
		is.NoErr(err)
		rounds, there := 0, false
		log[`SELECT "`] = func() {
			if rounds++; rounds <= 12 {
				kit.MustCreate(t, posts(others), Post{Name: "a"})
				there = true
			}
		}
		log["INSERT"] = func() {
			if there {
				_, err := posts(others).Where(postName.Eq("a")).Delete(ctx)
				is.NoErr(err)
				there = false
			}
		}
		created, err := posts(db).GetOrCreate(ctx, &Post{Name: "a"}, postName)
		is.NoErr(err)
		is.True(created)
		is.True(rounds > 12)

		draft := kit.MustCreate(t, drafts(others), Draft{Name: "b"})
		is.NoErr(drafts(others).Delete(ctx, draft))
		inserts := 0
		delete(log, `SELECT "`)
		log["INSERT"] = func() {
			if inserts++; inserts == 8 {
				_, err := drafts(others).WithoutWhere().WithDeleted().HardDelete(ctx)
				is.NoErr(err)
			}
		}
		_, err = drafts(db).GetOrCreate(ctx, &Draft{Model: prom.Model{ID: draft.ID}, Name: "c"})
		is.True(errors.Is(err, prom.ErrUnique))
	})
}

func drafts(db *prom.DB) *prom.Repo[Draft] { return prom.NewRepo[Draft](prom.Using(db)) }
