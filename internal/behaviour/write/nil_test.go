package write_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a nil value is an error that says so, of each call that takes one.
func TestNil(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		var none *kit.Note
		calls := map[string]func() error{
			"Create":     func() error { return repo.Create(ctx, none) },
			"Save":       func() error { return repo.Save(ctx, none) },
			"Update":     func() error { return repo.Update(ctx, none) },
			"Upsert":     func() error { return repo.Upsert(ctx, none) },
			"Delete":     func() error { return repo.Delete(ctx, none) },
			"HardDelete": func() error { return repo.HardDelete(ctx, none) },
			"Restore":    func() error { return repo.Undelete(ctx, none) },
			"Load":       func() error { return repo.Load(ctx, none) },
			"Reload":     func() error { return repo.Reload(ctx, none) },
			"Validate":   func() error { return repo.Validate(ctx, none) },
			"GetOrCreate": func() error {
				_, err := repo.GetOrCreate(ctx, none)
				return err
			},
			"OnConflict": func() error {
				_, err := repo.OnConflict(kit.NoteTitle).Create(ctx, none)
				return err
			},
			"JSON": func() error {
				_, err := repo.JSON(none)
				return err
			},
			"Batch": func() error {
				var b prom.Batch
				prom.Queue(&b, repo).Create(&kit.Note{Title: "not alone"})
				prom.Queue(&b, repo).Create(none)
				return b.Run(ctx)
			},
		}
		for name, call := range calls {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				err := call()
				is.True(err != nil)
				is.True(strings.Contains(err.Error(), "the value is nil; give the address of a Note"))
			})
		}
		is.New(t).Equal(len(kit.AllOf(t, repo)), 0)
	})
}
