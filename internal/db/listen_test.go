package db

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// listen opens a listener that is closed at the end of the test.
func listen(t *testing.T, db *DB, channel string) *Listener {
	t.Helper()
	l, err := db.Listen(limited(t), channel, 5*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// Ensure that a listener is told of what others commit, also of what they did while nobody waited; that it is not told
// of what is rolled back; and that it is canceled with its context and ends in time.
func TestListen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db, other := connect(t, e.DSN), connect(t, e.DSN)
		do(ctx, t, db, "CREATE TABLE t (id int)")
		channel := fmt.Sprintf("A channel of %p", t)
		l := listen(t, db, channel)
		change := []string{"INSERT INTO t VALUES (1)"}
		if e.Name == dbtest.NamePostgres {
			change = append(change, `NOTIFY "`+channel+`"`)
		}
		told, err := l.Wait(ctx, 20*time.Millisecond)
		is.NoErr(err)
		is.True(!told)
		for _, writer := range []*DB{other, db} {
			do(ctx, t, writer, change...)
			do(ctx, t, writer, change...)
			told, err = l.Wait(ctx, time.Minute)
			is.NoErr(err)
			is.True(told)
			drain(ctx, t, l) // the server may tell of the second apart
		}
		undo := errors.New("undo")
		is.Equal(other.Tx(ctx, func(ctx context.Context) error { do(ctx, t, other, change...); return undo }), undo)
		receive(ctx, t, l)
		told, err = l.Wait(ctx, 20*time.Millisecond)
		is.NoErr(err)
		is.True(!told)

		ended, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		_, err = l.Wait(ended, time.Minute)
		is.True(errors.Is(err, context.DeadlineExceeded))
		do(ctx, t, other, change...)
		told, err = l.Wait(ctx, time.Minute) // it is of use after that
		is.NoErr(err)
		is.True(told)
	})
}

// receive makes sure that a listener has received what the server had to tell up to now: before it answers a query.
func receive(ctx context.Context, t *testing.T, l *Listener) {
	t.Helper()
	if pg, ok := l.l.(interface{ Conn() *pgx.Conn }); ok {
		if _, err := pg.Conn().Exec(ctx, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
}

// drain has a listener tell all that it has received.
func drain(ctx context.Context, t *testing.T, l *Listener) {
	t.Helper()
	receive(ctx, t, l)
	for told := true; told; {
		var err error
		if told, err = l.Wait(ctx, 20*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
}

// Ensure that a listener whose connection the server ends says so, and that a new one listens.
func TestListen_Broken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Postgres(t))
	l := listen(t, db, "broken")
	pid := l.l.(interface{ Conn() *pgx.Conn }).Conn().PgConn().PID()
	do(ctx, t, db, fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	_, err := l.Wait(ctx, time.Minute)
	is.Equal(driver.KindOf(err), driver.KindConnection)
	_, err = l.Wait(ctx, time.Minute)
	is.Equal(driver.KindOf(err), driver.KindConnection)
	l = listen(t, db, "broken")
	do(ctx, t, db, "NOTIFY broken")
	told, err := l.Wait(ctx, time.Minute)
	is.NoErr(err)
	is.True(told)
}

// Ensure that a database in memory, which has one connection, has no listener.
func TestListen_Memory(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := connect(t, dbtest.Memory()).Listen(limited(t), "any", time.Second)
	is.NoErr(err)
	is.True(l == nil)
}
