package read_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a loop whose context has ended gets the error in place of the next row, also when that row has come
// already.
func TestLoop_ContextEnds(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 40)
		loops := map[string]func(ctx context.Context) iter.Seq[error]{
			"Stream": func(ctx context.Context) iter.Seq[error] { return errorsOf(repo.Stream(ctx)) },
			"Each":   func(ctx context.Context) iter.Seq[error] { return errorsOf(repo.Query().Each(ctx)) },
			"Each in an order": func(ctx context.Context) iter.Seq[error] {
				return errorsOf(repo.OrderBy(kit.NoteViews.Desc()).Each(ctx))
			},
			"Stream of a column": func(ctx context.Context) iter.Seq[error] {
				return errorsOf(prom.Pluck(repo.Query(), kit.NoteViews).Stream(ctx))
			},
			"Stream of raw SQL": func(ctx context.Context) iter.Seq[error] {
				return errorsOf(prom.RawQuery[kit.Note](repo, "SELECT * FROM note").Stream(ctx))
			},
		}
		for name, loop := range loops {
			for _, inTx := range []bool{false, true} {
				is := is.New(t)
				ctx, cancel := context.WithCancel(context.Background())
				rows, failed := 0, error(nil)
				run := func(ctx context.Context) error {
					for err := range loop(ctx) {
						if err != nil {
							failed = err
							continue
						}
						if rows++; rows == 3 {
							cancel()
						}
					}
					return failed
				}
				if inTx {
					_ = db.Tx(ctx, run)
				} else {
					_ = run(ctx)
				}
				cancel()
				if rows != 3 || !errors.Is(failed, prom.ErrCanceled) || !errors.Is(failed, context.Canceled) ||
					!strings.Contains(failed.Error(), "note") {
					t.Errorf("%s, in a transaction %v: %d rows and %v", name, inTx, rows, failed)
				}
				n, err := repo.Count(context.Background()) // nothing is left behind
				is.NoErr(err)
				is.Equal(n, 40)
			}
		}
		kit.Idle(t, db)
	})
}

// errorsOf ranges over the errors of a loop, nil for each row.
func errorsOf[V any](rows iter.Seq2[V, error]) iter.Seq[error] {
	return func(yield func(error) bool) {
		for _, err := range rows {
			if !yield(err) {
				return
			}
		}
	}
}
