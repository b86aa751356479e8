package join_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the pgx.Tx of prom's transaction runs statements of each kind in it, in turn with prom's own, and that
// its end is not the program's: neither Commit nor Rollback do anything.
func TestPgxTx(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, _ *pgxpool.Pool) {
		is := is.New(t)
		items := kit.Items(db)
		count := func(ctx context.Context, want int) {
			t.Helper()
			is.Helper()
			n, err := items.Count(ctx)
			is.NoErr(err)
			is.Equal(n, want)
		}
		var kept pgx.Tx
		is.NoErr(db.Tx(t.Context(), func(ctx context.Context) error {
			tx, err := prom.PgxTx(ctx)
			is.NoErr(err)
			kept = tx
			is.NoErr(items.Create(ctx, &kit.Item{Name: "a", No: 1}))
			for i := range 3 { // what both have prepared, in turn
				var no int
				is.NoErr(tx.QueryRow(ctx, `SELECT no FROM item WHERE name = $1`, "a").Scan(&no))
				is.Equal(no, 1+i)
				tag, err := tx.Exec(ctx, `UPDATE item SET no = no + $1`, 1)
				is.NoErr(err)
				is.Equal(tag.RowsAffected(), int64(1))
				got, err := items.Where(kit.ItemName.Eq("a")).One(ctx)
				is.NoErr(err)
				is.Equal(got.No, 2+i)
			}
			is.Equal(tx.QueryRow(ctx, `SELECT no FROM item WHERE name = 'none'`).Scan(new(int)), pgx.ErrNoRows)
			n, err := tx.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"name", "no", "_created", "_updated"},
				pgx.CopyFromRows([][]any{{"b", 2, time.Now(), time.Now()}, {"c", 3, time.Now(), time.Now()}}))
			is.NoErr(err)
			is.Equal(n, int64(2))
			rows, err := tx.Query(ctx, `SELECT name FROM item ORDER BY name`)
			is.NoErr(err)
			names, err := pgx.CollectRows(rows, pgx.RowTo[string])
			is.NoErr(err)
			is.Equal(names, []string{"a", "b", "c"})
			count(ctx, 3)
			b := &pgx.Batch{}
			b.Queue(`UPDATE item SET no = 0`)
			b.Queue(`SELECT count(*) FROM item`).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
			is.NoErr(tx.SendBatch(ctx, b).Close())
			is.Equal(n, int64(3))
			_, err = tx.Prepare(ctx, "mine", `SELECT $1::int`)
			is.NoErr(err)
			is.NoErr(tx.QueryRow(ctx, "mine", 5).Scan(&n))
			lo := tx.LargeObjects()
			_, err = lo.Create(ctx, 0)
			is.NoErr(err)
			is.True(tx.Commit(ctx) != nil)
			is.True(tx.Rollback(ctx) != nil)
			count(ctx, 3)
			return nil
		}))
		count(t.Context(), 3)
		ctx := t.Context()
		_, execErr := kept.Exec(ctx, `SELECT 1`)
		_, queryErr := kept.Query(ctx, `SELECT 1`)
		_, beginErr := kept.Begin(ctx)
		_, copyErr := kept.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"name"}, pgx.CopyFromRows(nil))
		_, prepareErr := kept.Prepare(ctx, "late", `SELECT 1`)
		b := &pgx.Batch{}
		b.Queue(`SELECT 1`)
		for _, err := range []error{execErr, queryErr, beginErr, copyErr, prepareErr,
			kept.QueryRow(ctx, `SELECT 1`).Scan(new(int)), kept.SendBatch(ctx, b).Close()} {
			is.True(errors.Is(err, pgx.ErrTxClosed))
			is.True(errors.Is(err, prom.ErrClosed))
		}
	})
}

// Ensure that Begin makes a savepoint, also within another, and that its rollback takes what prom did, learned and was
// given since: rows, tables and functions after the commit.
func TestPgxTx_Savepoints(t *testing.T) {
	t.Parallel()
	eachPool(t, func(t *testing.T, db *prom.DB, _ *pgxpool.Pool) {
		is := is.New(t)
		items := kit.Items(db)
		var called []string
		after := func(ctx context.Context, name string) {
			is.Helper()
			is.NoErr(db.AfterCommit(ctx, func(context.Context) { called = append(called, name) }))
		}
		is.NoErr(db.Tx(t.Context(), func(ctx context.Context) error {
			tx, err := prom.PgxTxOn(ctx, db)
			is.NoErr(err)
			after(ctx, "a")
			sp, err := tx.Begin(ctx)
			is.NoErr(err)
			is.NoErr(items.Create(ctx, &kit.Item{Name: "a"})) // makes the table
			after(ctx, "b")
			is.NoErr(sp.Rollback(ctx))
			is.True(errors.Is(sp.Rollback(ctx), pgx.ErrTxClosed))
			is.NoErr(items.Create(ctx, &kit.Item{Name: "b"})) // makes it again
			err = pgx.BeginFunc(ctx, tx, func(sp pgx.Tx) error {
				_, err := sp.Exec(ctx, `INSERT INTO item SELECT * FROM item`)
				return err
			})
			var pg *pgconn.PgError
			is.True(errors.As(err, &pg))
			is.NoErr(pgx.BeginFunc(ctx, tx, func(outer pgx.Tx) error {
				after(ctx, "c")
				inner, err := outer.Begin(ctx)
				is.NoErr(err)
				after(ctx, "d")
				is.NoErr(items.Create(ctx, &kit.Item{Name: "c"}))
				is.NoErr(inner.Rollback(ctx))
				return items.Create(ctx, &kit.Item{Name: "d"})
			}))
			return db.Tx(ctx, func(ctx context.Context) error { // a savepoint of prom's
				tx, err := prom.PgxTx(ctx)
				is.NoErr(err)
				_, err = tx.Exec(ctx, `UPDATE item SET no = 9`)
				return err
			})
		}))
		got, err := items.OrderBy(kit.ItemName.Asc()).All(t.Context())
		is.NoErr(err)
		is.Equal(len(got), 2)
		is.Equal([]any{got[0].Name, got[1].Name, got[0].No}, []any{"b", "d", 9})
		is.Equal(called, []string{"a", "c"})
	})
}

// Ensure that rows and results that are not closed neither keep the transaction from its end nor reach the next user of
// the connection; until then prom's calls wait.
func TestPgxTx_LeftOpen(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(ctx context.Context, tx pgx.Tx) func() error{
		"rows": func(ctx context.Context, tx pgx.Tx) func() error {
			rows, _ := tx.Query(ctx, `SELECT generate_series(1, 1000)`)
			rows.Next()
			return func() error {
				if rows.Next() {
					return nil
				}
				return rows.Err()
			}
		},
		"row": func(ctx context.Context, tx pgx.Tx) func() error {
			row := tx.QueryRow(ctx, `SELECT 1`)
			return func() error { return row.Scan(new(int)) }
		},
		"batch": func(ctx context.Context, tx pgx.Tx) func() error {
			b := &pgx.Batch{}
			b.Queue(`SELECT 1`)
			r := tx.SendBatch(ctx, b)
			return r.Close
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := kit.Open(t, dbtest.Postgres(t)+"&pool_max_conns=1")
			items := kit.Items(db)
			is.NoErr(items.Create(t.Context(), &kit.Item{Name: "a"}))
			var later func() error
			is.NoErr(db.Tx(t.Context(), func(ctx context.Context) error {
				tx, err := prom.PgxTx(ctx)
				is.NoErr(err)
				later = leave(ctx, tx)
				short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				is.True(errors.Is(kit.ErrOf(items.Count(short)), prom.ErrTimeout)) // it waits for its turn
				return nil
			}))
			is.True(errors.Is(later(), prom.ErrClosed))
			is.Equal(kit.Count(t, items.Query()), 1)
			kit.Idle(t, db)
		})
	}
}

// Ensure that goroutines may use prom and the pgx.Tx of one transaction at the same time.
func TestPgxTx_Together(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := kit.Open(t, dbtest.Postgres(t))
	items := kit.Items(db)
	is.NoErr(db.Tx(t.Context(), func(ctx context.Context) error {
		tx, err := prom.PgxTx(ctx)
		is.NoErr(err)
		is.NoErr(items.Create(ctx, &kit.Item{Name: "first"}))
		return kit.Together(8, func(i int) error {
			for j := range 20 {
				switch i % 4 {
				case 0:
					if err := items.Create(ctx, &kit.Item{Name: fmt.Sprint(i, " ", j)}); err != nil {
						return err
					}
				case 1:
					if _, err := tx.Exec(ctx, `UPDATE item SET no = no + 1 WHERE name = $1`, "first"); err != nil {
						return err
					}
				case 2:
					rows, err := tx.Query(ctx, `SELECT name FROM item`)
					if err != nil {
						return err
					}
					if _, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
						return err
					}
				default:
					if err := tx.QueryRow(ctx, `SELECT no FROM item WHERE name = $1`, "first").Scan(new(int)); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}))
	is.Equal(kit.Count(t, items.Query()), 41)
}

// Ensure that what has no pgx.Tx is told, and that a statement that fails in one ends the transaction.
func TestPgxTx_Errors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	db, file := kit.Open(t, dbtest.Postgres(t)), kit.Open(t, dbtest.SQLite(t))
	_, err := prom.PgxTx(ctx)
	is.True(err != nil)
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		return file.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.PgxTx(ctx)
			is.True(err != nil)
			_, err = prom.PgxTxOn(ctx, file)
			is.True(err != nil)
			_, err = prom.PgxTxOn(ctx, db)
			return err
		})
	}))
	err = db.Tx(ctx, func(ctx context.Context) error {
		tx, err := prom.PgxTx(ctx)
		is.NoErr(err)
		_, err = tx.Exec(ctx, `SELECT 1/0`)
		is.True(err != nil)
		return nil
	})
	is.True(errors.Is(err, prom.ErrClosed))
	var ended context.Context
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error { ended = ctx; return nil }))
	_, err = prom.PgxTx(ended)
	is.True(errors.Is(err, prom.ErrClosed))
}
