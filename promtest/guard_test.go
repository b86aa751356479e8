package promtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Ensure that a call with another context than that of the transaction around it fails the test with the lines of both,
// in goroutines that the function of the transaction starts too, and that calls which are outside on purpose, of
// another connection or of another goroutine do not.
func TestForgottenContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		outside := t.Context()
		var tx, call string
		for name, inside := range map[string]func(ctx context.Context, p *press) error{
			"read": func(_ context.Context, p *press) error {
				call = line(+1)
				_, err := p.writers.Count(outside)
				return err
			},
			"nested": func(ctx context.Context, p *press) error {
				return p.db.Tx(ctx, func(context.Context) error {
					call = line(+1)
					_, err := p.writers.Where(writerName.Eq("a")).All(outside)
					return err
				})
			},
			"goroutine": func(_ context.Context, p *press) error {
				failed := make(chan error)
				go func() {
					call = line(+1)
					_, err := p.writers.Count(outside)
					failed <- err
				}()
				return <-failed
			},
			"transaction": func(_ context.Context, p *press) error {
				if e.Name != dbtest.NamePostgres { // SQLite has one writer
					call = line(+1)
					_, err := p.writers.Count(outside)
					return err
				}
				call = line(+1)
				return p.db.Tx(outside, func(ctx context.Context) error { return p.writers.Create(ctx, &Writer{Name: "b"}) })
			},
			"raw": func(_ context.Context, p *press) error {
				call = line(+1)
				_, err := prom.RawQuery[int](p.db, "SELECT 1").All(outside)
				return err
			},
		} {
			text := record(t, func(tb testing.TB) {
				p := guarded(tb, t, e)
				tx = line(+1)
				is.NoErr(p.db.Tx(outside, func(ctx context.Context) error { return inside(ctx, p) }))
			})
			for _, part := range []string{"does not use the transaction's context", "the transaction begins at /", tx + "\n",
				"the call (", call + "\n", "prom.WithoutTx"} {
				if !strings.Contains(text, part) || strings.Count(text, "promtest:") != 1 {
					t.Errorf("%s: %q lacks %q", name, text, part)
				}
			}
		}
		text := record(t, func(tb testing.TB) {
			p, other := guarded(tb, t, e), guarded(tb, t, e)
			begun, end := make(chan bool), make(chan bool)
			ended := make(chan error)
			work := make(chan func() error)
			worked := make(chan error)
			go func() { // a worker that the test has started
				for f := range work {
					worked <- f()
				}
			}()
			defer close(work)
			is.NoErr(p.db.Tx(outside, func(ctx context.Context) error {
				_, err := p.writers.Count(prom.WithoutTx(ctx))
				is.NoErr(err)
				_, err = other.writers.Count(outside)
				is.NoErr(err)
				work <- func() error { _, err := p.writers.Count(outside); return err }
				return <-worked
			}))
			go func() {
				ended <- p.db.Tx(outside, func(context.Context) error {
					begun <- true
					<-end
					return nil
				})
			}()
			<-begun
			_, err := p.writers.Count(outside) // of a goroutine without a transaction
			is.NoErr(err)
			end <- true
			is.NoErr(<-ended)
			is.NoErr(p.db.Tx(outside, func(ctx context.Context) error {
				is.NoErr(p.writers.Create(ctx, &Writer{Name: "c"}))
				return p.db.AfterCommit(ctx, func(ctx context.Context) {
					_, err := p.writers.Count(ctx)
					is.NoErr(err)
				})
			}))
			_, err = p.writers.Count(outside)
			is.NoErr(err)
		})
		is.Equal(text, "")

		// A connection of several tests: the context tells the test.
		shared, err := new(prom.Registry).Open(dsnOf(t, e), promtest.Guards(nil))
		is.NoErr(err)
		defer shared.Close()
		is.NoErr(newPress(shared).writers.Install(outside))
		text = record(t, func(tb testing.TB) {
			is.NoErr(shared.Tx(promtest.Budget(tb, outside, 0), func(context.Context) error {
				_, err := newPress(shared).writers.Count(outside)
				return err
			}))
		})
		is.True(strings.Contains(text, "does not use the transaction's context"))
	})
}

// guarded returns a service on a database whose guards fail tb.
func guarded(tb testing.TB, t *testing.T, e dbtest.Engine) *press {
	t.Helper()
	db, err := new(prom.Registry).Open(dsnOf(t, e), promtest.Guards(tb))
	if err != nil {
		t.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	p := newPress(db)
	if err := prom.Install(t.Context(), p.writers, p.essays); err != nil {
		t.Fatal(err)
	}
	return p
}

// dsnOf returns an empty database with several connections.
func dsnOf(t *testing.T, e dbtest.Engine) string {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		return dbtest.Postgres(t)
	}
	return "sqlite://" + t.TempDir() + "/test.db"
}

// Ensure that a call with the wrong context is told too if it waits for the transaction, and so only looks at a table
// that is not known yet.
func TestForgottenContextThatWaits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	call := ""
	text := record(t, func(tb testing.TB) {
		db, err := new(prom.Registry).Open("sqlite://:memory:?busy_timeout=50ms", promtest.Guards(tb))
		is.NoErr(err)
		defer db.Close() //nolint:errcheck // it has nothing to keep
		writers := prom.NewRepo[Writer](prom.Using(db))
		is.NoErr(db.Tx(t.Context(), func(context.Context) error {
			call = line(+1)
			_, err := writers.Count(t.Context())
			is.True(errors.Is(err, prom.ErrBusy))
			return nil
		}))
	})
	is.True(strings.Contains(text, "does not use the transaction's context"))
	is.True(strings.Contains(text, "the call (writer) is at"))
	is.True(strings.Contains(text, call+"\n"))
}
