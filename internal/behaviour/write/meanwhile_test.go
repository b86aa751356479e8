package write_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// after is a log that does something once, when a statement has been executed that begins with a verb.
type after struct {
	verb  string
	armed atomic.Bool
	do    func()
}

func (a *after) Enabled(context.Context, slog.Level) bool { return true }
func (a *after) WithAttrs([]slog.Attr) slog.Handler       { return a }
func (a *after) WithGroup(string) slog.Handler            { return a }

func (a *after) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "sql" && strings.HasPrefix(attr.Value.String(), a.verb) && a.armed.CompareAndSwap(true, false) {
			a.do()
		}
		return true
	})
	return nil
}

// Ensure that a write which has missed its row is ErrNotFound though others insert the row before it is looked for: nothing has suppressed
// the write, and the row has no other version.
func TestMissedMeanwhile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := kit.Ended(t)
		others := kit.Open(t, e.DSN)
		log := &after{}
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
				posts(db).Batch(&b).Update(p)
				return b.Run(ctx)
			}},
			{"Update with a version", "UPDATE", func(_ *Post, d *Draft) error { d.Name = "b"; return drafts(db).Update(ctx, d) }},
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
			*log = after{verb: tt.verb, do: func() {
				kit.MustCreate(t, posts(others), Post{Model: prom.Model{ID: post.ID}, Name: tt.name})
				kit.MustCreate(t, drafts(others), Draft{Model: prom.Model{ID: loaded.ID}, Name: tt.name})
			}}
			log.armed.Store(true)
			err := tt.write(post, &loaded)
			t.Log(tt.name, err)
			is.True(!log.armed.Load())
			is.True(errors.Is(err, prom.ErrNotFound))
		}
	})
}

// Ensure that the same write is ErrStale when the row is another one with the same key, which comes to the version of the value before it is looked for.
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
		log := &after{verb: "UPDATE", do: func() { save(again, "d") }}
		log.armed.Store(true)
		loaded.Name = "e"
		err := drafts(kit.Open(t, e.DSN, prom.Logger(slog.New(log)))).Save(ctx, &loaded)
		is.Equal(again.Version, loaded.Version)
		is.True(errors.Is(err, prom.ErrStale))
	})
}

func drafts(db *prom.DB) *prom.Repo[Draft] { return prom.NewRepo[Draft](prom.Using(db)) }
