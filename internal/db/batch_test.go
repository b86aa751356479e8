package db

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a batch whose reader refuses a result that was said to be judged leaves nothing behind, and that neither
// a panic of the reader nor an error in the midst harms the connection.
func TestBatch_Judged(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.With("pool_maxconn=1"))
		do(ctx, t, db, "CREATE TABLE t (a int PRIMARY KEY)")
		judged := write(db, "INSERT INTO t VALUES (2) RETURNING a")
		judged.Batched = driver.BatchJudged
		sts := []*driver.Statement{write(db, "INSERT INTO t VALUES (1) RETURNING a"), judged, read(db, "SELECT a FROM t")}
		for _, in := range []func(fn func(context.Context) error) error{
			func(fn func(context.Context) error) error { return fn(ctx) },
			func(fn func(context.Context) error) error { return db.Tx(ctx, fn) },
		} {
			is.NoErr(in(func(ctx context.Context) error {
				failed, err := db.Batch(ctx, sts, func(i int, rows driver.Rows) error {
					for rows.Next() {
					}
					if i == 1 {
						return errors.ErrUnsupported
					}
					return nil
				})
				is.Equal(failed, 1)
				is.True(errors.Is(err, errors.ErrUnsupported))
				is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
				return nil
			}))
			func() {
				defer func() { is.Equal(recover(), "in the reader") }()
				_ = in(func(ctx context.Context) error {
					_, err := db.Batch(ctx, sts, func(int, driver.Rows) error { panic("in the reader") })
					return err
				})
			}()
			is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(0))
		}
		failed, err := db.Batch(ctx, sts, func(_ int, rows driver.Rows) error {
			for rows.Next() {
			}
			return nil
		})
		is.NoErr(err)
		is.Equal(failed, -1)
		is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(2))
	})
}

// Ensure that rows which were closed may be closed again, whoever uses their connection by then.
func TestRows_ClosedTwice(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.With("pool_maxconn=1"))
		first, err := db.Query(ctx, read(db, "SELECT 1"))
		is.NoErr(err)
		is.True(first.Next())
		is.NoErr(first.Close())
		second, err := db.Query(ctx, read(db, "SELECT 2 UNION ALL SELECT 3"))
		is.NoErr(err)
		t.Cleanup(func() { _ = second.Close() }) // before the DB is closed, which waits for it
		is.True(!first.Next())
		is.NoErr(first.Close())
		n := 0
		for second.Next() {
			n++
		}
		is.NoErr(second.Close())
		is.Equal(n, 2)
	})
}
