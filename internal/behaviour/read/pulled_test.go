package read_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// pulledLoops are the loops that hold a statement while their body runs.
func pulledLoops(repo *prom.Repo[kit.Note]) map[string]func(ctx context.Context) iter.Seq[error] {
	return map[string]func(ctx context.Context) iter.Seq[error]{
		"Stream": func(ctx context.Context) iter.Seq[error] { return errorsOf(repo.Stream(ctx)) },
		"Stream of a column": func(ctx context.Context) iter.Seq[error] {
			return errorsOf(prom.Pluck(repo.Query(), kit.NoteViews).Stream(ctx))
		},
		"Stream of raw SQL": func(ctx context.Context) iter.Seq[error] {
			return errorsOf(prom.RawQuery[kit.Note](repo, "SELECT * FROM note").Stream(ctx))
		},
		"Stream of raw SQL that writes": func(ctx context.Context) iter.Seq[error] {
			return errorsOf(prom.RawQuery[kit.Note](repo, "UPDATE note SET views = views RETURNING *").Stream(ctx))
		},
		"Each": func(ctx context.Context) iter.Seq[error] { return errorsOf(repo.Query().Each(ctx)) },
	}
}

// Ensure that a transaction whose function returns ends at once, though a loop over its rows was pulled from and not
// stopped: what was written is there, the writer is free, and the loop ends with an error when it is pulled again.
func TestPulled_NotStopped(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 40)
		for name, loop := range pulledLoops(repo) {
			for _, nested := range []bool{false, true} {
				is := is.New(t)
				ctx := kit.Ended(t)
				before, err := repo.Count(ctx)
				is.NoErr(err)
				var next func() (error, bool)
				var stop func()
				pull := func(ctx context.Context) error {
					if err := repo.Create(ctx, &kit.Note{Title: "written"}); err != nil {
						return err
					}
					next, stop = iter.Pull(loop(ctx))
					err, _ := next()
					return err
				}
				err = db.Tx(ctx, func(ctx context.Context) error {
					if nested {
						return db.Tx(ctx, pull)
					}
					return pull(ctx)
				})
				is.NoErr(err)
				n, err := repo.Count(ctx)
				is.NoErr(err)
				is.Equal(n, before+1)
				is.NoErr(repo.Create(ctx, &kit.Note{Title: "beside"}))
				_, err = repo.Where(kit.NoteTitle.In("written", "beside")).Delete(ctx)
				is.NoErr(err)
				if name != "Each" { // which has rows of its batch left
					err, ok := next()
					if !ok || !errors.Is(err, prom.ErrClosed) {
						t.Errorf("%s, nested %v: pulled again: %v", name, nested, err)
					}
				}
				stop()
				kit.Idle(t, db)
			}
		}
	})
}

// Ensure that one whose body fails, panics or whose context ends rolls back with a loop that was left open, and that
// stopping it afterwards touches nothing.
func TestPulled_RolledBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 40)
		for name, loop := range pulledLoops(repo) {
			for _, end := range []string{"error", "panic", "context"} {
				is := is.New(t)
				ctx, cancel := context.WithCancel(kit.Ended(t))
				var stop func()
				func() {
					defer func() {
						if p := recover(); (p != nil) != (end == "panic") {
							t.Errorf("%s: %v", name, p)
						}
					}()
					err := db.Tx(ctx, func(ctx context.Context) error {
						is.NoErr(repo.Create(ctx, &kit.Note{Title: "written"}))
						var next func() (error, bool)
						next, stop = iter.Pull(loop(ctx))
						err, _ := next()
						is.NoErr(err)
						switch end {
						case "error":
							return kit.ErrUndo
						case "panic":
							panic(end)
						}
						cancel()
						return nil
					})
					is.True(errors.Is(err, kit.ErrUndo) == (end == "error"))
					is.True(errors.Is(err, prom.ErrCanceled) == (end == "context"))
				}()
				cancel()
				n, err := repo.Where(kit.NoteTitle.Eq("written")).Count(kit.Ended(t))
				is.NoErr(err)
				is.Equal(n, 0)
				stop()
				is.NoErr(repo.Create(kit.Ended(t), &kit.Note{Title: "beside"}))
				kit.Idle(t, db)
			}
		}
	})
}

// Ensure that a transaction ends with its context though a statement of it that another goroutine runs does not.
func TestTransaction_StatementWithoutItsContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 1)
		slow := "SELECT CAST(pg_sleep(60) AS text)"
		if e.Name == dbtest.NameSQLite {
			slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
		}
		ctx, cancel := context.WithTimeout(kit.Ended(t), 300*time.Millisecond)
		defer cancel()
		clock, begun := dbtest.NewClock(t), time.Now()
		ended := make(chan error, 1)
		err := db.Tx(ctx, func(ctx context.Context) error {
			go func() {
				_, err := prom.RawQuery[*string](db, slow).First(context.WithoutCancel(ctx))
				ended <- err
			}()
			time.Sleep(100 * time.Millisecond)
			return nil
		})
		is.True(errors.Is(err, prom.ErrTimeout))
		is.True(clock.Since(begun) < 10*time.Second)
		is.True(<-ended != nil)
		is.NoErr(repo.Create(kit.Ended(t), &kit.Note{Title: "beside"}))
	})
}
