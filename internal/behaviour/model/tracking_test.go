package model_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// client is tracked, and has a key and times under names of its own.
type client struct {
	prom.Tracking
	Number  int64     `prom:"key,auto"`
	Since   time.Time `prom:"created"`
	Changed time.Time `prom:"updated"`
	Name    string
	Tags    []string
}

// basis is what an application embeds in all its models; visit embeds it, and refers to a client.
type basis struct {
	prom.Tracking
	ID      prom.UUID `prom:"key,auto"`
	Version int       `prom:"version"`
}

type visit struct {
	basis
	Client prom.Ref[client]
	Note   string
}

// Ensure that a model without the columns of prom.Model is tracked as one with them: what was loaded and not changed is
// not written, in place changes too, new values are told from stored ones, and stale ones found.
func TestTracking(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		clients, visits := prom.NewRepo[client](prom.Using(db)), prom.NewRepo[visit](prom.Using(db))
		names := []string{}
		for _, c := range clients.Schema().Columns {
			names = append(names, c.Name)
		}
		is.Equal(names, []string{"number", "since", "changed", "name", "tags"})

		c := client{Name: "a", Tags: []string{"x", "y"}}
		is.True(c.IsNew())
		is.NoErr(clients.Save(ctx, &c))
		is.True(!c.IsNew())
		is.Equal(c.Number, int64(1))
		got, err := clients.Get(ctx, c.Number)
		is.NoErr(err)
		is.Equal(len(clients.Modified(got)), 0)
		got.Tags[1] = "z"
		is.Equal(clients.Modified(got), []string{"tags"})
		log.Take()
		is.NoErr(clients.Save(ctx, got))
		is.Equal(kit.Starting(log.Take(), "UPDATE"), 1)
		is.NoErr(clients.Reload(ctx, &c))
		is.Equal(c.Tags[1], "z")
		is.True(!c.Changed.Before(c.Since))

		v := visit{Client: prom.RefTo(&c), Note: "n"}
		is.NoErr(visits.Create(ctx, &v))
		list, err := visits.All(ctx)
		is.NoErr(err)
		mine, theirs := list[0], list[0]
		theirs.Note = "theirs"
		is.NoErr(visits.Save(ctx, &theirs))
		mine.Note = "mine"
		is.True(errors.Is(visits.Save(ctx, &mine), prom.ErrStale))
		is.NoErr(visits.Delete(ctx, &theirs))
		is.True(theirs.IsNew())
		is.True(errors.Is(visits.Update(ctx, &visit{Note: "never saved"}), prom.ErrValidation))
		proto := prom.Proto[visit]()
		note := prom.TextOf(proto, &proto.Note)
		n, err := visits.Where(note.Eq("n")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}
