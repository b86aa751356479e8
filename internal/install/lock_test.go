package install_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

type (
	job struct {
		ID   int64 `prom:"key,auto"`
		Name string
		Note *string `prom:"index"`
		Size int     `prom:"default=1"`
	}
	// jobBefore is job as it was.
	jobBefore struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
)

func (jobBefore) TableName() string { return "job" }

// reading holds a transaction open that has read a table, until the test ends or stop is called.
func reading(t *testing.T, d *db.DB, table string) (stop func()) {
	t.Helper()
	pool, err := db.PgxPool(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := pool.Begin(context.Background())
	if err == nil {
		_, err = tx.Exec(context.Background(), `SELECT count(*) FROM `+table)
	}
	if err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = tx.Rollback(context.Background()) }
	t.Cleanup(stop)
	return stop
}

// Ensure that a change of the schema does not wait for ever behind somebody who reads, in a transaction or not, and
// that it is done when the reader has gone.
func TestLockTimeout(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	reader, db := open(t, e.DSN), open(t, e.With("install_lock_timeout=200ms"))
	_, err := install.Ensure(ctx, db, table[jobBefore](t))
	is.NoErr(err)
	stop := reading(t, reader, "job")

	clock, start := dbtest.NewClock(t), time.Now()
	_, err = install.Ensure(ctx, db, table[job](t))
	is.True(errors.Is(err, driver.KindBusy))
	is.True(clock.Since(start) < 1500*time.Millisecond) // the default is longer

	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is := is.New(t)
		_, err := install.Ensure(ctx, db, table[job](t))
		is.True(errors.Is(err, driver.KindBusy))
		_, err = db.Exec(ctx, &driver.Statement{SQL: `INSERT INTO "job" ("name") VALUES ('goes on')`, Write: true})
		return err
	}))

	waited := make(chan time.Duration)
	go func() { // a reader that comes later waits no longer than that
		start := time.Now()
		_, _ = reader.Inspect(ctx, "job")
		rows, err := reader.Query(ctx, &driver.Statement{SQL: `SELECT count(*) FROM "job"`})
		if err == nil {
			_ = rows.Close()
		}
		waited <- clock.Since(start)
	}()
	_, err = install.Ensure(ctx, db, table[job](t))
	is.True(errors.Is(err, driver.KindBusy))
	is.True(<-waited < 1500*time.Millisecond)

	stop()
	changed, err := install.Ensure(ctx, db, table[job](t))
	is.NoErr(err)
	is.True(changed)
}

// Ensure that the default is to wait two seconds.
func TestLockTimeoutDefault(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := open(t, e.DSN)
	_, err := install.Ensure(ctx, db, table[jobBefore](t))
	is.NoErr(err)
	reading(t, open(t, e.DSN), "job")
	clock, start := dbtest.NewClock(t), time.Now()
	_, err = install.Ensure(ctx, db, table[job](t))
	is.True(errors.Is(err, driver.KindBusy))
	is.True(time.Since(start) > 1500*time.Millisecond)
	is.True(clock.Since(start.Add(2*time.Second)) < 500*time.Millisecond)
}

// Ensure that a transaction's own lock_timeout holds again after an installation in it, one that failed included.
func TestLockTimeoutIsRestored(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := open(t, e.With("lock_timeout=7s"))
	exec := func(ctx context.Context, sql string) error {
		_, err := db.Exec(ctx, &driver.Statement{SQL: sql})
		return err
	}
	is.Equal(lockTimeoutOf(ctx, t, db), "7s")
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is := is.New(t)
		for i, timeout := range []string{"7s", "3s", "0"} {
			if i > 0 {
				is.NoErr(exec(ctx, "SET LOCAL lock_timeout = '"+timeout+"'"))
			}
			changed, err := install.Ensure(ctx, db, []*schema.Table{table[jobBefore](t), table[owner](t), table[job](t)}[i])
			is.NoErr(err)
			is.True(changed)
			is.Equal(lockTimeoutOf(ctx, t, db), timeout)
		}
		is.NoErr(exec(ctx, "SET LOCAL lock_timeout = '4s'"))
		_, err := install.Ensure(ctx, db, table[clash](t))
		is.True(errors.Is(err, driver.KindDrift))
		is.Equal(lockTimeoutOf(ctx, t, db), "4s")
		return nil
	}))
	is.Equal(lockTimeoutOf(ctx, t, db), "7s")
}

// clash wants a key that the table does not have.
type clash struct {
	Other string `prom:"key"`
}

func (clash) TableName() string { return "job" }

func lockTimeoutOf(ctx context.Context, t *testing.T, db *db.DB) string {
	t.Helper()
	rows, err := db.Query(ctx, &driver.Statement{SQL: "SHOW lock_timeout"})
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if rows.Next() {
		text, err = rows.Text(0)
	}
	if err := errors.Join(err, rows.Close()); err != nil {
		t.Fatal(err)
	}
	return text
}

// Ensure that nobody waits, and nothing is locked, where nothing is missing.
// parity: A16
func TestNoLockWhenComplete(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		db, other := open(t, e.DSN), open(t, e.DSN)
		_, err := install.Ensure(ctx, db, table[pet](t))
		is.NoErr(err)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			changed, err := install.Ensure(ctx, db, table[job](t)) // holds what an installation holds, until the end
			is.NoErr(err)
			is.True(changed)
			free, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			changed, err = install.Ensure(free, other, table[pet](t))
			is.True(!changed)
			return err
		}))
	})
}
