package core_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a repo is found by its model, and works on values that are known at run time only.
func TestFor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.Notes(db)
		repo, err := core.For(reflect.TypeFor[kit.Note](), inner(db))
		is.NoErr(err)
		n := &kit.Note{Title: "a"}
		is.NoErr(repo.CreateAny(ctx, n))
		is.True(n.ID > 0)
		is.True(repo.CreateAny(ctx, kit.Note{}) != nil)
		is.NoErr(repo.UnsafeDeleteAny(ctx, n))
		is.NoErr(repo.UnsafeDeleteAny(ctx, n)) // it is gone
		is.True(repo.UnsafeDeleteAny(ctx, &kit.Parish{}) != nil)
		is.Equal(len(kit.AllOf(t, kit.Notes(db))), 0)
		type never struct{ A int }
		_, err = core.For(reflect.TypeFor[never](), inner(db))
		is.Equal(err.Error(), "prom: no repo of core_test.never has been made; call prom.NewRepo[never]() first")
	})
}

// inner returns a connection as the library's own.
func inner(d *prom.DB) *db.DB { return (*db.DB)(d) }
