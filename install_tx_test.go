package prom_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an installation inside a transaction loses nothing of what the transaction did before.
// parity: A14 B4
func TestInstallKeepsTheTransaction(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		mustCreate(t, oldThings(db), OldThing{Name: "old"})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is := is.New(t)
			is.NoErr(oldThings(db).Create(ctx, &OldThing{Name: "before"}))
			is.NoErr(notes(db).Create(ctx, &Note{Title: "makes its table"}))
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				return things(db).Create(ctx, &Thing{Name: "adds its columns"})
			}))
			return items(db).Create(ctx, &Item{Name: "makes its table"})
		}))
		is.Equal(len(allOf(t, things(db))), 3)
		is.Equal(len(allOf(t, notes(db))), 1)
		is.Equal(len(allOf(t, items(db))), 1)
	})
}

// Ensure that what a transaction installed goes when it rolls back, that the library knows it, and makes it again.
// parity: A15
func TestRollbackTakesTheTableAway(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log statements
		db := open(t, e.DSN, log.option())
		repo := things(db)
		for range 2 {
			rolledBack(t, db, func(ctx context.Context) {
				is.NoErr(repo.Create(ctx, &Thing{Name: "gone"}))
				is.NoErr(repo.Create(ctx, &Thing{Name: "gone too"}))
			})
		}
		is.Equal(starting(log.take(), "CREATE TABLE"), 2)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // after a rollback, in a transaction again
			err := db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(repo.Create(ctx, &Thing{Name: "gone"}))
				return errUndo
			})
			is.True(errors.Is(err, errUndo))
			return repo.Create(ctx, &Thing{Name: "stays"}) // in the same one, after a savepoint that went
		}))
		list := allOf(t, repo)
		is.Equal(len(list), 1)
		is.Equal(list[0].Name, "stays")
		is.Equal(thingIndexes(t, db), 2)
	})
}

// Ensure that added columns go with a rollback too.
// parity: A15
func TestRollbackTakesColumnsAway(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		mustCreate(t, oldThings(db), OldThing{Name: "old"})
		rolledBack(t, db, func(ctx context.Context) { is.NoErr(things(db).Create(ctx, &Thing{Name: "gone"})) })
		is.Equal(thingIndexes(t, db), 1)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return things(db).Create(ctx, &Thing{Name: "new"}) }))
		is.Equal(len(allOf(t, things(db))), 2)
	})
}

// Ensure that a table dropped by somebody else is made again: at once outside transactions and on SQLite, and where the error
// has ended a transaction, by the next one.
// parity: A1 A7
func TestDroppedBehindOurBack(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := open(t, e.DSN)
		repo := things(db)
		for _, undo := range [][]string{
			{`DROP TABLE "thing"`},
			{`DROP INDEX "thing_code"`, `ALTER TABLE "thing" DROP COLUMN "code"`},
		} {
			is := is.New(t)
			is.NoErr(repo.Create(ctx, &Thing{}))
			runSQL(t, db, undo...)
			is.NoErr(repo.Create(ctx, &Thing{}))
			runSQL(t, db, undo...)
			is.Equal(len(allOf(t, repo)) > 0, undo[0][5:10] == "INDEX")
			runSQL(t, db, undo...)
			is.NoErr(repo.CreateMany(ctx, make([]Thing, 600)))

			runSQL(t, db, undo...)
			create := func(ctx context.Context) error { return repo.Create(ctx, &Thing{Name: "tx"}) }
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

// Ensure that closing a connection forgets what is known of its tables: a database in memory is empty then.
// parity: R11 A1
func TestCloseForgets(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		for range 2 {
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return things(db).Create(ctx, &Thing{}) }))
			is.NoErr(db.Close())
		}
	})
}
