package torture

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a column which is to be added while somebody reads for long is an error when the time for it has passed,
// that those who read meanwhile wait no longer than that, and that it is added when the reader has gone. On SQLite it
// waits for nobody. suite: 8
func TestAlterBehindReader(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		reading := time.Duration(dbtest.Size(2, 10)) * time.Second
		timeout := time.Duration(dbtest.Size(500, 2000)) * time.Millisecond // as install_lock_timeout is, unless said
		dsn := e.DSN
		if e.Name == dbtest.NamePostgres {
			dsn = e.With("install_lock_timeout=" + timeout.String())
		}
		db, other := open(t, e.DSN), open(t, dsn)
		repo, wide := entries(db, "entry"), wideEntries(other, "entry")
		if err := repo.Create(ctx, &Entry{No: 1}); err != nil {
			t.Fatal(err)
		}
		if err := other.Ping(ctx); err != nil { // connecting is no part of the waiting
			t.Fatal(err)
		}
		clock, slack := dbtest.NewClock(t), bound(500*time.Millisecond)
		var waited, longest time.Duration
		err := db.Tx(ctx, func(tx context.Context) error {
			if _, err := repo.All(tx); err != nil {
				return err
			}
			end := time.Now().Add(reading)
			done := make(chan error, 1)
			go func() {
				begun := time.Now()
				err := wide.Create(ctx, &WideEntry{No: 2})
				waited = clock.Since(begun)
				done <- err
			}()
			var altered error
			for altering := true; altering; {
				select {
				case altered = <-done:
					altering = false
				case <-time.After(10 * time.Millisecond):
				}
				begun := time.Now()
				if _, err := repo.All(ctx); err != nil {
					return err
				}
				longest = max(longest, clock.Since(begun))
			}
			if e.Name == dbtest.NamePostgres && !errors.Is(altered, prom.ErrBusy) ||
				e.Name == dbtest.NameSQLite && altered != nil {
				t.Errorf("the column that was to be added: %v", altered)
			}
			time.Sleep(time.Until(end))
			return nil
		}, prom.ReadOnly())
		if err != nil {
			t.Fatal(err)
		}
		if waited > timeout+slack || longest > timeout+slack {
			t.Errorf("it waited %v, and a reader %v", waited, longest)
		}
		if err := wide.Create(ctx, &WideEntry{No: 3}); err != nil {
			t.Errorf("behind the reader: %v", err)
		}
		dbtest.Reportf(t, 8, "a reader of %v: told after %v of %v, others read within %v", reading,
			waited.Round(time.Millisecond), timeout,
			longest.Round(time.Millisecond))
	})
}
