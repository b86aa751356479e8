package db

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/dbtest"
)

// preparedNames returns the names of the prepared statements of a session, looked at without preparing any.
func preparedNames(ctx context.Context, t *testing.T, db *DB) []string {
	t.Helper()
	is := is.New(t)
	pool, err := PgxPool(ctx, db)
	is.NoErr(err)
	c, err := pool.Acquire(ctx)
	is.NoErr(err)
	defer c.Release()
	results, err := c.Conn().PgConn().Exec(ctx, "SELECT name FROM pg_prepared_statements").ReadAll()
	is.NoErr(err)
	var names []string
	for _, row := range results[0].Rows {
		names = append(names, string(row[0]))
	}
	return names
}

// Ensure that statements are prepared on a connection of its own, under names that are nobody else's and not used
// twice, and that nothing is prepared in a session that is shared.
func TestPooler_Names(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	one, two := connect(t, e.With("pool_max_conns=1")), connect(t, e.With("pool_max_conns=1"))
	seen := map[string]bool{}
	for _, db := range []*DB{one, two, one} {
		do(ctx, t, db, "DEALLOCATE ALL")
		_, _ = ints(ctx, db, "SELECT 1") // may find its statement gone
		is.Equal(count(ctx, t, db, "SELECT 1"), int64(1))
		names := preparedNames(ctx, t, db)
		is.Equal(len(names), 1)
		is.True(strings.HasPrefix(names[0], "prom_") && !seen[names[0]])
		seen[names[0]] = true
	}

	shared := connect(t, dbtest.NewPooler(t, e, 1).With("pool_max_conns=1"))
	pool, err := PgxPool(ctx, shared)
	is.NoErr(err)
	c, err := pool.Acquire(ctx)
	is.NoErr(err)
	postgres.ShareSession(c.Conn()) // as behind a pooler that tells a process number of its own making
	c.Release()
	for range 3 {
		is.Equal(count(ctx, t, shared, "SELECT ? + 1", num(2)), int64(3))
	}
	is.NoErr(shared.Tx(ctx, func(ctx context.Context) error {
		is.Equal(count(ctx, t, shared, "SELECT ? + 1", num(2)), int64(3))
		return nil
	}))
	is.Equal(preparedNames(ctx, t, shared), nil)
}

// Ensure that the prepared statements of a connection may go. In a transaction it is an error that names the option,
// after which the transaction may be repeated.
func TestPooler_Deallocated(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Engine{DSN: dbtest.Postgres(t)}.With("pool_max_conns=1"))
	do(ctx, t, db, "CREATE TABLE t (id bigserial, n int)")
	add := func(ctx context.Context) error {
		return second(db.Exec(ctx, write(db, "INSERT INTO t (n) VALUES (?)", num(1))))
	}
	is.NoErr(add(ctx))
	do(ctx, t, db, "DEALLOCATE ALL")
	var lost *driver.Error
	err := db.Tx(ctx, add)
	is.True(errors.As(err, &lost) && driver.IsStale(err) && strings.Contains(lost.Detail, "default_query_exec_mode=exec"))
	var pg *pgconn.PgError
	is.True(errors.As(err, &pg) && pg.Code == "26000")
	is.NoErr(add(ctx))
	do(ctx, t, db, "DEALLOCATE ALL")
	is.NoErr(db.Tx(ctx, add, Retry(1)))
	is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(3))
}
