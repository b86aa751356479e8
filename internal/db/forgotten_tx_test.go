package db

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a call which forgot its transaction's context, and waits for that transaction in vain, says so on both
// engines, and on PostgreSQL by the log too, once; and that one which waits for somebody else does not.
func TestTx_ContextForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		var log bytes.Buffer
		dsn := e.With("pool_max_conns=3&lock_timeout=200ms")
		if e.Name == dbtest.NameSQLite {
			dsn = e.With("busy_timeout=200ms")
		}
		db, err := new(Registry).Open(dsn, Logger(slog.New(slog.NewTextHandler(&log, nil))))
		is.NoErr(err)
		defer db.Close()
		do(ctx, t, db, "CREATE TABLE t (n int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
		update := func(ctx context.Context) error { return second(db.Exec(ctx, write(db, "UPDATE t SET n = n"))) }
		told := func(err error) bool {
			return err != nil && driver.KindOf(err) == driver.KindBusy && strings.Contains(err.Error(), "use th") &&
				strings.Contains(err.Error(), "context")
		}
		is.NoErr(db.Tx(ctx, func(inner context.Context) error {
			is.NoErr(update(inner))
			is.True(told(update(ctx)))
			err := db.Tx(ctx, func(ctx context.Context) error { return update(ctx) })
			is.True(told(err))
			return update(inner)
		}))
		if e.Name == dbtest.NamePostgres {
			is.Equal(strings.Count(log.String(), "does not use the transaction's context"), 1)
		}

		held, release := make(chan struct{}), make(chan struct{})
		ended := make(chan error)
		go func() {
			ended <- db.Tx(ctx, func(ctx context.Context) error {
				err := update(ctx)
				close(held)
				<-release
				return err
			})
		}()
		<-held
		err = update(ctx)
		is.Equal(driver.KindOf(err), driver.KindBusy)
		if e.Name == dbtest.NamePostgres {
			is.True(!told(err)) // it is somebody else's
		}
		if e.Name == dbtest.NamePostgres {
			err = db.Tx(ctx, func(inner context.Context) error { return update(inner) })
			is.True(driver.KindOf(err) == driver.KindBusy && !told(err)) // it has the context
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			is.True(!strings.Contains(update(short).Error(), forgottenText))
		}
		close(release)
		is.NoErr(<-ended)
	})
}
