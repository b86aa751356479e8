package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a table that is dropped is made again by the next call, in a transaction too, and that one which others
// refer to is kept. parity: N5 N6 A15
func TestUnsafeDrop(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		is.NoErr(prom.UnsafeDrop(ctx, repo)) // there is none
		kit.MustCreate(t, repo, kit.Note{Title: "a"})
		is.NoErr(prom.UnsafeDrop(ctx, repo))
		is.Equal(len(kit.AllOf(t, repo)), 0)
		is.Equal(kit.MustCreate(t, repo, kit.Note{Title: "b"}).ID, int64(1))

		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(repo.Create(ctx, &kit.Note{Title: "c"}))
			is.NoErr(prom.UnsafeDrop(ctx, repo))
			is.NoErr(repo.Create(ctx, &kit.Note{Title: "d"}))
			return nil
		}))
		is.Equal(kit.AllOf(t, repo)[0].Title, "d")
		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(prom.UnsafeDrop(ctx, repo)) })
		is.Equal(len(kit.AllOf(t, repo)), 1)

		parishes, chapels := kit.ParishesOf(t, db)
		err := prom.UnsafeDrop(ctx, parishes)
		is.True(errors.Is(err, prom.ErrForeignKey))
		is.Equal(err.Error(), "prom: drop parish: foreign key violation: these tables refer to it: chapel; drop those first, or all by UnsafeDropAll")
		is.Equal(len(kit.AllOf(t, chapels)), 2)
	})
}

// Ensure that all rows go, with those that refer to them, and nothing else.
// parity: N7 A3
func TestUnsafeClear(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		is.NoErr(prom.UnsafeClear(ctx, repo)) // makes the table
		kit.MustCreate(t, repo, kit.Note{Title: "a"})
		parishes, chapels := kit.ParishesOf(t, db)
		is.NoErr(prom.UnsafeClear(ctx, chapels))
		is.Equal(len(kit.AllOf(t, chapels)), 0)
		for _, parish := range kit.AllOf(t, parishes) {
			is.True(parish.Main == nil && parish.Near != nil)
		}
		is.NoErr(prom.UnsafeClear(ctx, parishes))
		is.Equal(len(kit.AllOf(t, parishes)), 0)
		is.Equal(len(kit.AllOf(t, repo)), 1)
	})
}

// Ensure that all tables are dropped or cleared in spite of circles, views and odd names, and that nothing is when
// there is nothing. parity: N6 N8 B35
func TestUnsafeAll(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		is.NoErr(prom.UnsafeDropAll(ctx, db))
		is.NoErr(prom.UnsafeClearAll(ctx, db))
		kit.RunSQL(t, db, `CREATE TABLE "cascade" (a INTEGER)`, `INSERT INTO "cascade" VALUES (1)`,
			`CREATE TABLE "q""b" (a INTEGER)`)
		parishes, chapels := kit.ParishesOf(t, db)
		kit.RunSQL(t, db, `CREATE VIEW "busy" AS SELECT name FROM chapel`, `CREATE VIEW "busier" AS SELECT name FROM busy`)

		is.NoErr(prom.UnsafeClearAll(ctx, db))
		is.Equal(len(kit.AllOf(t, parishes))+len(kit.AllOf(t, chapels)), 0)
		is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM "cascade"`), 0)
		is.Equal(kit.MustCreate(t, parishes, kit.Parish{Name: "Ulm", Budget: "1"}).ID, int64(1)) // counted anew
		is.NoErr(prom.UnsafeClearAll(ctx, db))
		kit.ParishesOf(t, db)

		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(prom.UnsafeDropAll(ctx, db)) })
		is.Equal(len(kit.AllOf(t, chapels)), 2)
		is.NoErr(prom.UnsafeDropAll(ctx, db))
		tables, err := db.Tables(ctx)
		is.NoErr(err)
		views, err := db.Views(ctx)
		is.NoErr(err)
		is.Equal(len(tables)+len(views), 0)
		kit.ParishesOf(t, db)
		is.Equal(len(kit.AllOf(t, parishes)), 2)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(prom.UnsafeDropAll(ctx, db))
			return parishes.Create(ctx, &kit.Parish{Name: "Ulm", Budget: "1"})
		}))
		is.Equal(len(kit.AllOf(t, parishes)), 1)
	})
}

// Ensure that a read-only connection, or transaction, refuses all of it.
// parity: R10 N5
func TestUnsafeReadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.ParishesOf(t, db)
		reader := kit.Open(t, e.With("readonly=true"))
		chapels := prom.NewRepo[kit.Chapel](prom.Using(reader))
		for _, err := range []error{prom.UnsafeDrop(ctx, chapels), prom.UnsafeClear(ctx, chapels),
			prom.UnsafeDropAll(ctx, reader), prom.UnsafeClearAll(ctx, reader)} {
			is.True(errors.Is(err, prom.ErrReadOnly))
		}
		err := db.Tx(ctx, func(ctx context.Context) error { return prom.UnsafeDropAll(ctx, db) }, prom.ReadOnly())
		is.True(errors.Is(err, prom.ErrReadOnly))
		is.Equal(len(kit.AllOf(t, chapels)), 2)
	})
}
