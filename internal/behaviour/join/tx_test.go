package join_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// eachPool runs a test on a connection of a pool of the program's, on one of prom's own, in which the program begins
// its transactions in another pool or in that one, and where pgx runs the statements.
func eachPool(t *testing.T, fn func(t *testing.T, db *prom.DB, pool *pgxpool.Pool)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool){
		"joined": func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool) {
			pool := poolOf(t, dsn, nil)
			return openPool(t, pool), pool
		},
		"other": func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool) {
			return kit.Open(t, dsn), poolOf(t, dsn, nil)
		},
		"own": func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool) {
			db := kit.Open(t, dsn)
			pool, err := prom.PgxPool(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			return db, pool
		},
		"exec": func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool) {
			pool := poolOf(t, dsn, func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec })
			return openPool(t, pool), pool
		},
		"types": func(t *testing.T, dsn string) (*prom.DB, *pgxpool.Pool) {
			pool := poolOf(t, dsn, func(cfg *pgxpool.Config) {
				cfg.AfterConnect, cfg.ConnConfig.DefaultQueryExecMode = registerTypes, pgx.QueryExecModeCacheDescribe
			})
			return openPool(t, pool), pool
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Postgres(t)
			makeTypes(t, dsn)
			db, pool := open(t, dsn)
			fn(t, db, pool)
		})
	}
}

// joined begins a transaction of the program's and joins it.
func joined(ctx context.Context, t *testing.T, db *prom.DB, pool *pgxpool.Pool) (context.Context, pgx.Tx) {
	t.Helper()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	inside, err := prom.WithPgxTx(ctx, db, tx)
	if err != nil {
		t.Fatal(err)
	}
	return inside, tx
}

// Ensure that all that prom does in a transaction of the program's is part of it: gone with its rollback, there with
// its commit, beside the program's own statements, and ErrClosed after its end.
func TestWithPgxTx(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, pool *pgxpool.Pool) {
		is := is.New(t)
		ctx := t.Context()
		items := kit.Items(db)
		for _, commit := range []bool{false, true} {
			inside, tx := joined(ctx, t, db, pool)
			is.True(db.InTx(inside))
			use(inside, t, db) // makes the tables too
			_, err := tx.Exec(ctx, `UPDATE item SET no = 50 WHERE name = $1`, "one")
			is.NoErr(err)
			got, err := items.Where(kit.ItemName.Eq("one")).One(inside)
			is.NoErr(err)
			is.Equal(got.No, 50)
			if commit {
				is.NoErr(tx.Commit(ctx))
			} else {
				is.NoErr(tx.Rollback(ctx))
			}
			for _, err := range []error{
				items.Create(inside, &kit.Item{Name: "late"}), kit.ErrOf(items.Count(inside)),
				db.Tx(inside, func(context.Context) error { return nil }), items.CreateMany(inside, kit.ManyItems(kit.ByCopy)),
				kit.FirstError(items.Query().Stream(inside)),
			} {
				is.True(errors.Is(err, prom.ErrClosed))
			}
			kit.Idle(t, db)
			tables := kit.TablesOf(t, db)
			is.Equal(len(tables) > 0, commit)
		}
		n, err := items.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
	})
}

// Ensure that a failed write leaves the program's transaction as it was, that prom's transactions in it are savepoints,
// and that goroutines may share its context.
func TestWithPgxTx_Savepoints(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, pool *pgxpool.Pool) {
		is := is.New(t)
		ctx := t.Context()
		items := kit.Items(db)
		is.NoErr(prom.Install(ctx, items))
		inside, tx := joined(ctx, t, db, pool)
		is.NoErr(items.Create(inside, &kit.Item{Name: "a"}))
		is.True(errors.Is(items.Create(inside, &kit.Item{Name: "a"}), prom.ErrUnique))
		is.True(errors.Is(db.Tx(inside, func(ctx context.Context) error {
			is.NoErr(items.Create(ctx, &kit.Item{Name: "b"}))
			return kit.ErrUndo
		}), kit.ErrUndo))
		is.NoErr(db.Tx(inside, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: "c"}) }))
		is.NoErr(kit.Together(4, func(i int) error { return items.Create(inside, &kit.Item{Name: fmt.Sprint("g", i)}) }))
		sp, err := tx.Begin(ctx)
		is.NoErr(err)
		is.NoErr(items.Create(inside, &kit.Item{Name: "in the savepoint"}))
		is.NoErr(sp.Rollback(ctx))
		is.True(db.Tx(inside, func(context.Context) error { return nil }, prom.ReadOnly()) != nil)
		is.NoErr(tx.Commit(ctx))
		n, err := items.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 6)
	})
}

// Ensure that a table that was made in a transaction of the program's is not believed in after its rollback, neither of
// the whole nor to a savepoint of which prom does not know.
func TestWithPgxTx_Tables(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, pool *pgxpool.Pool) {
		is := is.New(t)
		ctx := t.Context()
		items := kit.Items(db)
		inside, tx := joined(ctx, t, db, pool)
		for i := range 3 {
			sp, err := tx.Begin(ctx)
			is.NoErr(err)
			is.NoErr(items.Create(inside, &kit.Item{Name: fmt.Sprint(i)}))
			is.NoErr(db.Tx(inside, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: fmt.Sprint("n", i)}) }))
			is.NoErr(sp.Rollback(ctx))
		}
		is.NoErr(items.Create(inside, &kit.Item{Name: "a"}))
		is.NoErr(tx.Rollback(ctx))
		is.Equal(kit.TablesOf(t, db), nil)
		again, other := joined(ctx, t, db, pool)
		is.NoErr(items.Create(again, &kit.Item{Name: "a"}))
		is.NoErr(other.Rollback(ctx))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: "a"}) }))
	})
}

// Ensure that what cannot be is told: functions after a commit that prom does not learn of, a context with a
// transaction of the connection, a transaction that has ended, and a connection of SQLite.
func TestWithPgxTx_Errors(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, pool *pgxpool.Pool) {
		is := is.New(t)
		ctx := t.Context()
		inside, tx := joined(ctx, t, db, pool)
		never := func(context.Context) { t.Error("it is called") }
		is.True(db.AfterCommit(inside, never) != nil)
		is.True(prom.AfterCommit(inside, never) != nil)
		is.True(db.Tx(inside, func(ctx context.Context) error { return prom.AfterCommit(ctx, never) }) != nil)
		_, err := prom.WithPgxTx(inside, db, tx)
		is.True(err != nil)
		is.True(db.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.WithPgxTx(ctx, db, tx)
			return err
		}) != nil)
		_, err = prom.WithPgxTx(ctx, kit.Open(t, dbtest.SQLite(t)), tx)
		is.True(err != nil)
		_, err = prom.WithPgxTx(ctx, db, nil)
		is.True(err != nil)
		is.NoErr(tx.Commit(ctx))
		_, err = prom.WithPgxTx(ctx, db, tx)
		is.True(errors.Is(err, prom.ErrClosed))

		raw, tx := joined(ctx, t, db, pool) // that is ended by SQL
		_, err = tx.Exec(ctx, "COMMIT")
		is.NoErr(err)
		is.True(errors.Is(kit.Items(db).Create(raw, &kit.Item{Name: "a"}), prom.ErrClosed))

		failed, tx := joined(ctx, t, db, pool)
		_, err = tx.Exec(ctx, "SELECT 1/0")
		is.True(err != nil)
		is.True(errors.Is(kit.ErrOf(kit.Items(db).Count(failed)), prom.ErrClosed))
		is.NoErr(tx.Rollback(ctx))
		late, err := pool.Begin(ctx)
		is.NoErr(err)
		defer late.Rollback(context.Background()) //nolint:errcheck // of the test
		_, _ = late.Exec(ctx, "SELECT 1/0")
		_, err = prom.WithPgxTx(ctx, db, late) // as it stands
		is.NoErr(err)
	})
}
