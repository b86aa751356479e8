package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the options of a transaction reach PostgreSQL.
// parity: G5 G6 G7
func TestTx_Options(t *testing.T) {
	t.Parallel()
	db := connect(t, dbtest.Postgres(t))
	for _, test := range []struct {
		options                         []TxOption
		isolation, readOnly, deferrable string
	}{
		{nil, "read committed", "off", "off"},
		{[]TxOption{WithIsolation(driver.DefaultIsolation)}, "read committed", "off", "off"},
		{[]TxOption{WithIsolation(driver.ReadCommitted)}, "read committed", "off", "off"},
		{[]TxOption{WithIsolation(driver.RepeatableRead)}, "repeatable read", "off", "off"},
		{[]TxOption{WithIsolation(driver.Serializable)}, "serializable", "off", "off"},
		{[]TxOption{ReadOnly()}, "read committed", "on", "off"},
		{[]TxOption{WithIsolation(driver.Serializable), ReadOnly(), Deferrable()}, "serializable", "on", "on"},
	} {
		is := is.New(t)
		is.NoErr(db.Tx(limited(t), func(ctx context.Context) error {
			is.Equal(text(ctx, t, db, "SHOW transaction_isolation"), test.isolation)
			is.Equal(text(ctx, t, db, "SHOW transaction_read_only"), test.readOnly)
			is.Equal(text(ctx, t, db, "SHOW transaction_deferrable"), test.deferrable)
			return nil
		}, test.options...))
	}
}

// Ensure that every option works on both engines, and that a read-only transaction reads and refuses to write.
// parity: R10, G5 G6
func TestTx_OptionsEverywhere(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		for _, level := range []driver.Isolation{driver.DefaultIsolation, driver.ReadCommitted, driver.RepeatableRead,
			driver.Serializable} {
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, int64(level)) }, WithIsolation(level)))
		}
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(4))
			err := db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, 9) })
			is.True(errors.Is(err, driver.KindReadOnly))
			checkSafe(is, err)
			return nil
		}, ReadOnly(), Deferrable()))
		is.NoErr(insert(ctx, db, 9)) // the connection that it had writes again
		is.Equal(len(stored(t, db)), 5)
	})
}

// Ensure that a transaction of a read-only connection is read-only too, the connection stays so, and it reads.
// parity: R10
func TestTx_ReadOnlyConnection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		do(ctx, t, numbers(ctx, t, e.DSN), "INSERT INTO t VALUES (1)")
		db := connect(t, e.With("readonly=true"))
		for range 2 {
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				is.Equal(count(ctx, t, db, "SELECT count(*) FROM t"), int64(1))
				is.True(errors.Is(insert(ctx, db, 2), driver.KindReadOnly)) // says that it writes
				return nil
			}))
			is.True(errors.Is(db.Tx(ctx, func(ctx context.Context) error {
				return attempt(ctx, db, read(db, "INSERT INTO t VALUES (2)")) // says that it does not
			}), driver.KindReadOnly))
		}
	})
}

// Ensure that options on a nested transaction are an error, before anything runs.
// parity: T2
func TestTx_NestedOptions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			for _, o := range []TxOption{WithIsolation(driver.DefaultIsolation), ReadOnly(), Deferrable(), Retry(1)} {
				err := db.Tx(ctx, func(context.Context) error { t.Error("ran"); return nil }, o)
				is.Equal(driver.KindOf(err), driver.KindOther)
				is.Equal(err.Error(), "prom: begin: database error: a nested transaction is a savepoint, which takes no options; set them on the outermost transaction")
			}
			return insert(ctx, db, 1)
		}))
		is.Equal(stored(t, db), []int64{1})
	})
}

// Ensure that two DBs have transactions of their own in one context.
// parity: T1 R5
func TestTx_TwoDBs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		a, b := numbers(ctx, t, e.DSN), numbers(ctx, t, dbtest.Memory())
		err := a.Tx(ctx, func(ctx context.Context) error {
			is.True(!b.InTx(ctx))
			return b.Tx(ctx, func(ctx context.Context) error {
				is.True(a.InTx(ctx) && b.InTx(ctx))
				is.NoErr(insert(ctx, a, 1))
				is.NoErr(insert(ctx, b, 1))
				return nil
			}, WithIsolation(driver.Serializable)) // no nested one: it may have options
		})
		is.NoErr(err)
		is.Equal(stored(t, a), []int64{1})
		is.Equal(stored(t, b), []int64{1})
		is.True(a.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, a, 2))
			is.NoErr(b.Tx(ctx, func(ctx context.Context) error { return insert(ctx, b, 2) }))
			return errOwn
		}) == errOwn)
		is.Equal(stored(t, a), []int64{1})
		is.Equal(stored(t, b), []int64{1, 2})
	})
}

// Ensure that a COMMIT whose answer is lost is neither success nor failure but of a kind of its own, and that the
// transaction may have happened. parity: E1, trap 12 suite: 11
func TestTx_CommitUnknown(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // a file has no answers to lose
		}
		is := is.New(t)
		ctx := limited(t)
		p, through := dbtest.NewProxy(t, e)
		direct, db := numbers(ctx, t, e.DSN), connect(t, through.DSN)
		fact := db.Mark("fact")
		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			fact.Set(ctx)
			p.Lose("commit")
			return nil
		})
		is.True(errors.Is(err, driver.KindOutcomeUnknown))
		is.True(!errors.Is(err, driver.KindConnection))
		is.True(!driver.IsUnsent(err))
		checkSafe(is, err)
		is.True(!fact.IsSet(ctx))
		eventually(t, "the server has committed", func() bool { return len(stored(t, direct)) == 1 })
		is.Equal(stored(t, db), []int64{1}) // the DB works on

		err = db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 2))
			p.Cut() // before the COMMIT
			return nil
		})
		is.True(errors.Is(err, driver.KindOutcomeUnknown) || errors.Is(err, driver.KindConnection))
		is.Equal(stored(t, db), []int64{1})
		dbtest.Reportf(t, 11, "a lost answer to COMMIT is commit-unknown")
	})
}

// Ensure that a context that ends while the answer to COMMIT is awaited leaves the outcome open.
// parity: E1, trap 12
func TestTx_CommitCanceled(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := dbtest.Postgres(t)
	db, other := connect(t, dsn), connect(t, dsn)
	do(limited(t), t, db, "CREATE TABLE t (n INT PRIMARY KEY)",
		`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$`,
		`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`)
	ctx, cancel := context.WithCancel(limited(t))
	defer cancel()
	var watching sync.WaitGroup
	err := db.Tx(ctx, func(ctx context.Context) error {
		pid := backendOf(ctx, t, db)
		watching.Go(func() {
			eventually(t, "it commits", func() bool {
				n, err := ints(limited(t), other,
					"SELECT count(*) FROM pg_stat_activity WHERE pid = ? AND query ILIKE 'commit%' AND wait_event = 'PgSleep'", num(pid))
				return err == nil && n[0] == 1
			})
			cancel()
		})
		return insert(ctx, db, 1)
	})
	watching.Wait()
	is.True(errors.Is(err, driver.KindOutcomeUnknown)) // it would have succeeded
	is.True(errors.Is(err, context.Canceled))
}

// Ensure that an error which the database finds at the COMMIT is that error, and that the transaction has not happened.
// parity: E1 T3
func TestTx_CommitFails(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		do(ctx, t, db, "CREATE TABLE child (n INT REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
		for range 2 {
			err := db.Tx(ctx, func(ctx context.Context) error {
				is.NoErr(insert(ctx, db, 1))
				_, err := db.Exec(ctx, write(db, "INSERT INTO child VALUES (77)"))
				return err
			})
			is.True(errors.Is(err, driver.KindForeignKey))
			var e *driver.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Op, "commit")
			is.Equal(len(stored(t, db)), 0)
		}
	})
}

// Ensure that a transaction whose failed statement was ignored does not pretend to have committed on
// PostgreSQL, and commits the rest on SQLite, where an error undoes its statement alone. parity: T3 B4
func TestTx_Swallowed(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		err := db.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(insert(ctx, db, 1))
			_ = insert(ctx, db, 1)
			return nil
		})
		if db.Dialect().Features().ErrorAborts {
			is.True(errors.Is(err, driver.KindClosed))
			is.Equal(len(stored(t, db)), 0)
			return
		}
		is.NoErr(err)
		is.Equal(stored(t, db), []int64{1})
	})
}

// Ensure that a backend that is killed in a transaction does not lose the error, and that a retry of the whole works.
// parity: R12 B16
func TestTx_Killed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	dsn := dbtest.Postgres(t)
	db, admin := numbers(ctx, t, dsn), connect(t, dsn)
	err := db.Tx(ctx, func(inner context.Context) error {
		is.NoErr(insert(inner, db, 1))
		pid := backendOf(inner, t, db)
		is.NoErr(second(ints(ctx, admin, "SELECT pg_terminate_backend(?)::int", num(pid))))
		waitUntilGone(t, admin, pid)
		return nil
	})
	is.True(errors.Is(err, driver.KindConnection) || errors.Is(err, driver.KindOutcomeUnknown))
	var pg *pgconn.PgError
	_ = errors.As(err, &pg)
	is.Equal(len(stored(t, db)), 0)
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return insert(ctx, db, 1) }))
}

// Ensure that random trees of nested transactions, 20 deep, leave what a model in memory says.
// parity: T2 T4 T5
// suite: 13
func TestTx_RandomTrees(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := numbers(ctx, t, e.DSN)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		tree := &tree{random: rand.New(rand.NewPCG(seed, 0)), db: db}
		trees := dbtest.Size(25, 10_000)
		for i := range trees {
			if i%50 == 49 { // what is compared does not grow without end
				do(ctx, t, db, "DELETE FROM t")
				tree.rows = nil
			}
			before := tree.rows
			tree.straight = i == 0 // down to the bottom once
			if err := db.Tx(ctx, func(ctx context.Context) error { return tree.grow(ctx, 1) }); err != nil {
				is.True(errors.Is(err, errOwn))
				tree.rows = before
			}
			want := slices.Sorted(slices.Values(tree.rows))
			is.True(slices.Equal(stored(t, db), want))
		}
		is.True(tree.deepest == 20)
		dbtest.Reportf(t, 13, "%s: %d trees, %d deep, identical", e.Mode, trees, tree.deepest)
	})
}

// tree is a random tree of transactions, and what it should leave.
type tree struct {
	random  *rand.Rand
	db      *DB
	rows    []int64
	next    int64
	deepest int

	straight bool
}

func (r *tree) grow(ctx context.Context, depth int) error {
	r.deepest = max(r.deepest, depth)
	for range 1 + r.random.IntN(3) {
		if depth == 20 || !r.straight && r.random.IntN(3) == 0 {
			r.next++
			if err := insert(ctx, r.db, r.next); err != nil {
				return err
			}
			r.rows = append(slices.Clip(r.rows), r.next)
			continue
		}
		before := r.rows
		if err := r.nest(ctx, depth); err != nil {
			r.rows = before
			if r.random.IntN(4) == 0 || !errors.Is(err, errOwn) {
				return err
			}
		}
		if depth > 2 {
			break // long rather than wide
		}
	}
	if r.random.IntN(8) == 0 {
		return fmt.Errorf("at %d: %w", depth, errOwn)
	}
	return nil
}

// nest runs a nested transaction that may panic instead of failing.
func (r *tree) nest(ctx context.Context, depth int) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = v.(error)
		}
	}()
	return r.db.Tx(ctx, func(ctx context.Context) error {
		err := r.grow(ctx, depth+1)
		if err != nil && r.random.IntN(2) == 0 {
			panic(err)
		}
		return err
	})
}

// Ensure that a pool of four serves many goroutines, and those whose context ends while they wait hear it on time.
// parity: R19
// suite: 15
func TestTx_SmallPool(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	db := numbers(limited(t), t, e.With("pool_max_conns=4"))
	pool, err := PgxPool(limited(t), db)
	is.NoErr(err)
	is.Equal(pool.Config().MaxConns, int32(4))
	clock := dbtest.NewClock(t)
	var group sync.WaitGroup
	errs := make([]error, 200)
	for i := range errs {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(20+i)*time.Millisecond)
			defer cancel()
			deadline, _ := ctx.Deadline()
			err := db.Tx(ctx, func(ctx context.Context) error { return attempt(ctx, db, read(db, "SELECT pg_sleep(0.02)")) })
			if late := clock.Since(deadline); late > 2*time.Second {
				err = fmt.Errorf("late by %v", late)
			} else if k := driver.KindOf(err); k == driver.KindTimeout || k == driver.KindOutcomeUnknown {
				err = nil
			}
			errs[i] = err
		})
	}
	group.Wait()
	is.NoErr(errors.Join(errs...))
	eventually(t, "nothing is acquired", func() bool { return pool.Stat().AcquiredConns() == 0 })
	is.Equal(count(limited(t), t, db, "SELECT 1"), int64(1))
	dbtest.Reportf(t, 15, "postgres: %d goroutines on 4 connections, all served or told of their deadline, nothing acquired at the end", len(errs))
}
