package production_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// slow runs for a minute, or until somebody ends it.
func slow(db *prom.DB) prom.RawRows[int] {
	if db.Dialect().Name() == dbtest.NameSQLite {
		return prom.RawQuery[int](db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
	}
	return prom.RawQuery[int](db, "SELECT CAST(length(CAST(pg_sleep(60) AS text)) AS bigint)")
}

func titled(n int) []kit.Note {
	list := make([]kit.Note, n)
	for i := range list {
		list[i].Title = "t"
	}
	return list
}

// both opens a database with an option of the DSN, and with the same one by code.
func both(t *testing.T, e dbtest.Engine, dsn string, code prom.OpenOption, fn func(t *testing.T, db *prom.DB)) {
	t.Run("dsn", func(t *testing.T) { fn(t, kit.Open(t, e.With(dsn))) })
	t.Run("code", func(t *testing.T) { fn(t, kit.Open(t, e.DSN, code)) })
}

// Ensure that a statement ends at the statement timeout with ErrTimeout, whatever its context, and that the connection
// is good afterwards. A deadline of the context that is earlier counts.
func TestStatementTimeout(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		both(t, e, "statement_timeout=100ms&pool_maxconn=1", prom.StatementTimeout(100*time.Millisecond),
			func(t *testing.T, db *prom.DB) {
				is := is.New(t)
				for _, ctx := range []context.Context{context.Background(), kit.Ended(t)} {
					_, err := slow(db).First(ctx)
					is.True(errors.Is(err, prom.ErrTimeout))
					is.True(!errors.Is(err, context.DeadlineExceeded))
				}
				kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "after"})
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
				defer cancel()
				_, err := slow(db).First(ctx)
				is.True(errors.Is(err, context.DeadlineExceeded))
				err = db.Tx(context.Background(), func(ctx context.Context) error {
					_, err := slow(db).First(ctx)
					return err
				})
				is.True(errors.Is(err, prom.ErrTimeout))
				kit.Idle(t, db)
			})
	})
}

// Ensure that a lock timeout by code holds on both engines.
func TestLockTimeout(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		holder := kit.Open(t, e.DSN)
		waits := kit.Open(t, e.DSN, prom.LockTimeout(50*time.Millisecond))
		patient := kit.Open(t, e.DSN, prom.LockTimeout(0))
		n := kit.MustCreate(t, kit.Notes(holder), kit.Note{Title: "held"})
		var waited chan error
		is.NoErr(holder.Tx(kit.Ended(t), func(ctx context.Context) error {
			n.Title = "changed"
			if err := kit.Notes(holder).Save(ctx, n); err != nil {
				return err
			}
			_, err := kit.Notes(waits).Where(kit.NoteID.Eq(n.ID)).Update(kit.Ended(t), kit.NoteViews.Set(2))
			is.True(errors.Is(err, prom.ErrBusy))
			waited = make(chan error, 1)
			go func() {
				_, err := kit.Notes(patient).Where(kit.NoteID.Eq(n.ID)).Update(context.Background(), kit.NoteViews.Set(3))
				waited <- err
			}()
			time.Sleep(100 * time.Millisecond)
			return nil
		}))
		is.NoErr(<-waited)
	})
}

// Ensure that a transaction that runs no statement for too long is rolled back, lets others write, and says so at its
// next call and at its commit; and that one that runs statements may take longer.
func TestIdleInTransactionTimeout(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		both(t, e, "idle_in_transaction_session_timeout=100ms", prom.IdleInTransactionTimeout(100*time.Millisecond),
			func(t *testing.T, db *prom.DB) {
				is := is.New(t)
				ctx := kit.Ended(t)
				notes := kit.Notes(db)
				is.NoErr(prom.UnsafeDropAll(ctx, db)) // of the other way to set it
				kept := kit.MustCreate(t, notes, kit.Note{Title: "kept"})
				for _, calls := range []bool{true, false} {
					err := db.Tx(ctx, func(in context.Context) error {
						if _, err := notes.Where(kit.NoteID.Eq(kept.ID)).Update(in, kit.NoteViews.Set(1)); err != nil {
							return err
						}
						// It waits for the row, or the file, that the transaction holds.
						if _, err := notes.Where(kit.NoteID.Eq(kept.ID)).Update(ctx, kit.NoteStars.Set(3)); err != nil {
							t.Errorf("the lock is still held: %v", err)
						}
						if !calls {
							return nil
						}
						err := notes.Create(in, &kit.Note{Title: "late"})
						is.True(errors.Is(err, prom.ErrTimeout))
						is.True(notes.Create(in, &kit.Note{Title: "later"}) != nil)
						return err
					})
					is.True(errors.Is(err, prom.ErrTimeout))
				}
				kit.Idle(t, db)
				got, err := notes.Query().All(ctx)
				is.NoErr(err)
				is.Equal(len(got), 1)
				is.Equal(got[0].Views, 0)
				is.NoErr(db.Tx(ctx, func(in context.Context) error {
					for range 6 {
						time.Sleep(30 * time.Millisecond)
						if err := notes.Create(in, &kit.Note{Title: "steady"}); err != nil {
							return err
						}
					}
					return nil
				}))
				is.Equal(kit.Count(t, notes.Query()), 7)
			})
	})
}

// Ensure that nested transactions, batches, streams and a rollback bear the end of an idle transaction.
func TestIdleInTransactionTimeout_Levels(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("idle_in_transaction_session_timeout=50ms"))
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "kept"})
		idle := func(in context.Context) { time.Sleep(250 * time.Millisecond) }
		for name, fn := range map[string]func(in context.Context) error{
			"nested": func(in context.Context) error {
				return db.Tx(in, func(in context.Context) error { idle(in); return nil })
			},
			"nest later": func(in context.Context) error {
				idle(in)
				return db.Tx(in, func(context.Context) error { return nil })
			},
			"bulk": func(in context.Context) error { idle(in); return notes.CreateMany(in, titled(40)) },
			"read": func(in context.Context) error { idle(in); _, err := notes.Query().All(in); return err },
		} {
			err := db.Tx(kit.Ended(t), fn)
			if !errors.Is(err, prom.ErrTimeout) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		is.Equal(kit.Count(t, notes.Query()), 1)
		kit.Idle(t, db)
	})
}

// Ensure that a call without a deadline gets that of call_timeout, on the pool, in a transaction and while it waits for
// a connection; and that a call with its own keeps it.
func TestCallTimeout(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		both(t, e, "call_timeout=600ms", prom.CallTimeout(600*time.Millisecond), func(t *testing.T, db *prom.DB) {
			is := is.New(t)
			bg := context.Background()
			passed := func(err error) {
				t.Helper()
				if !errors.Is(err, prom.ErrTimeout) || !strings.Contains(err.Error(), "call_timeout") {
					t.Errorf("got %v, want the end by call_timeout", err)
				}
			}
			kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "before"})
			_, err := slow(db).First(bg)
			passed(err)
			passed(db.Tx(bg, func(ctx context.Context) error {
				time.Sleep(700 * time.Millisecond) // the transaction itself has no deadline
				if _, err := kit.Notes(db).Query().All(ctx); err != nil {
					t.Error(err)
				}
				_, err := slow(db).First(ctx)
				return err
			}))
			began := time.Now()
			ctx, cancel := context.WithTimeout(bg, time.Second)
			defer cancel()
			_, err = slow(db).First(ctx)
			is.True(errors.Is(err, prom.ErrTimeout))
			is.True(!strings.Contains(err.Error(), "call_timeout"))
			is.True(time.Since(began) > 900*time.Millisecond)
			canceled, stop := context.WithCancel(bg)
			stop()
			is.True(errors.Is(db.Ping(canceled), prom.ErrCanceled))
			kit.Idle(t, db)
		})
	})
}

// Ensure that call_timeout bounds the wait for a connection.
func TestCallTimeout_Wait(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		plain := kit.Notes(kit.Open(t, e.DSN))
		kit.MustCreate(t, plain, kit.Note{Title: "before"})
		db := kit.Open(t, e.With("call_timeout=500ms&pool_maxconn=1"))
		is.NoErr(db.Ping(kit.Ended(t))) // connects, without call_timeout
		is.NoErr(db.Tx(context.Background(), func(context.Context) error {
			done := make(chan error, 1)
			go func() { done <- kit.Notes(db).Create(context.Background(), &kit.Note{Title: "waits"}) }()
			err := <-done
			is.True(errors.Is(err, prom.ErrTimeout))
			is.True(strings.Contains(err.Error(), "call_timeout"))
			go func() { done <- db.Tx(context.Background(), func(context.Context) error { return nil }) }()
			is.True(errors.Is(<-done, prom.ErrTimeout))
			return nil
		}))
		is.Equal(kit.Count(t, plain.Query()), 1)
	})
}

// Ensure that what is long by nature gets no deadline: the body of a stream, and an installation.
func TestCallTimeout_Long(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		plain := kit.Notes(kit.Open(t, e.DSN))
		is.NoErr(plain.CreateMany(kit.Ended(t), titled(5000)))
		db := kit.Open(t, e.With("call_timeout=600ms"))
		for name, in := range map[string]func(fn func(ctx context.Context) error) error{
			"pool": func(fn func(ctx context.Context) error) error { return fn(context.Background()) },
			"tx":   func(fn func(ctx context.Context) error) error { return db.Tx(context.Background(), fn) },
		} {
			err := in(func(ctx context.Context) error {
				n := 0
				for _, err := range kit.Notes(db).Query().Stream(ctx) {
					if err != nil {
						return err
					}
					if n++; n == 2 {
						time.Sleep(800 * time.Millisecond)
					}
				}
				is.Equal(n, 5000)
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if e.Name == dbtest.NameSQLite {
			return
		}
		// Somebody holds the table, so that the new column has to wait for longer than a call may take.
		type Note struct {
			kit.Note
			More string `prom:"default="`
		}
		locked, release := make(chan error), make(chan struct{})
		go func() {
			_ = plain.Tx(kit.Ended(t), func(ctx context.Context) error {
				_, err := prom.RawExec(ctx, plain, "LOCK TABLE note IN ACCESS SHARE MODE")
				locked <- err
				<-release
				return nil
			})
		}()
		is.NoErr(<-locked)
		time.AfterFunc(1200*time.Millisecond, func() { close(release) })
		is.NoErr(prom.NewRepo[Note](prom.Using(db), prom.Table("note")).Install(context.Background()))
	})
}
