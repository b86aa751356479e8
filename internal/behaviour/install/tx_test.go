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

// Ensure that an installation inside a transaction loses nothing of what the transaction did before.
// parity: A14 B4
func TestInstallKeepsTheTransaction(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.MustCreate(t, kit.OldThings(db), kit.OldThing{Name: "old"})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is := is.New(t)
			is.NoErr(kit.OldThings(db).Create(ctx, &kit.OldThing{Name: "before"}))
			is.NoErr(kit.Notes(db).Create(ctx, &kit.Note{Title: "makes its table"}))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				return kit.Things(db).Create(ctx, &kit.Thing{Name: "adds its columns"})
			}))
			return kit.Items(db).Create(ctx, &kit.Item{Name: "makes its table"})
		}))
		is.Equal(len(kit.AllOf(t, kit.Things(db))), 3)
		is.Equal(len(kit.AllOf(t, kit.Notes(db))), 1)
		is.Equal(len(kit.AllOf(t, kit.Items(db))), 1)
	})
}

// Ensure that what a transaction installed goes when it rolls back, that the library knows it, and makes it again.
// parity: A15
func TestRollbackRemovesTable(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		repo := kit.Things(db)
		for range 2 {
			kit.RolledBack(t, db, func(ctx context.Context) {
				is.NoErr(repo.Create(ctx, &kit.Thing{Name: "gone"}))
				is.NoErr(repo.Create(ctx, &kit.Thing{Name: "gone too"}))
			})
		}
		is.Equal(kit.Starting(log.Take(), "CREATE TABLE"), 2)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // after a rollback, in a transaction again
			err := db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(repo.Create(ctx, &kit.Thing{Name: "gone"}))
				return kit.ErrUndo
			})
			is.True(errors.Is(err, kit.ErrUndo))
			return repo.Create(ctx, &kit.Thing{Name: "stays"}) // in the same one, after a savepoint that went
		}))
		list := kit.AllOf(t, repo)
		is.Equal(len(list), 1)
		is.Equal(list[0].Name, "stays")
		is.Equal(thingIndexes(t, db), 2)
	})
}

// Ensure that added columns go with a rollback too.
// parity: A15
func TestRollbackRemovesColumns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.MustCreate(t, kit.OldThings(db), kit.OldThing{Name: "old"})
		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(kit.Things(db).Create(ctx, &kit.Thing{Name: "gone"})) })
		is.Equal(thingIndexes(t, db), 1)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return kit.Things(db).Create(ctx, &kit.Thing{Name: "new"}) }))
		is.Equal(len(kit.AllOf(t, kit.Things(db))), 2)
	})
}

// Ensure that a table dropped by somebody else is made again: at once outside transactions and on SQLite, and where the
// error has ended a transaction, by the next one. parity: A1 A7
func TestDroppedByAnotherSession(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Things(db)
		for _, undo := range [][]string{
			{`DROP TABLE "thing"`},
			{`DROP INDEX "thing_code"`, `ALTER TABLE "thing" DROP COLUMN "code"`},
		} {
			is := is.New(t)
			is.NoErr(repo.Create(ctx, &kit.Thing{}))
			kit.RunSQL(t, db, undo...)
			is.NoErr(repo.Create(ctx, &kit.Thing{}))
			kit.RunSQL(t, db, undo...)
			is.Equal(len(kit.AllOf(t, repo)) > 0, undo[0][5:10] == "INDEX")
			kit.RunSQL(t, db, undo...)
			is.NoErr(repo.CreateMany(ctx, make([]kit.Thing, 600)))

			kit.RunSQL(t, db, undo...)
			create := func(ctx context.Context) error { return repo.Create(ctx, &kit.Thing{Name: "tx"}) }
			if err := db.Tx(ctx, create); err != nil {
				is.True(e.Name == dbtest.NamePostgres)
				is.True(errors.Is(err, prom.ErrNoTable) || errors.Is(err, prom.ErrNoColumn))
				is.NoErr(db.Tx(ctx, create))
			}
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				_, err := repo.All(ctx)
				return err
			}))
		}
	})
}

// Ensure that closing a connection forgets what is known of its tables: a file may be another one then.
// parity: R11 A1
func TestCloseForgets(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, other := kit.Open(t, e.DSN), kit.Open(t, e.DSN)
		for range 2 {
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return kit.Things(db).Create(ctx, &kit.Thing{}) }))
			is.NoErr(db.Close())
			if e.Mode == "memory" { // which has ended
				return
			}
			kit.RunSQL(t, other, "DROP TABLE thing")
		}
	})
}
