package conn

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// unbounded are the settings of a connection that would end a statement which may take as long as it needs.
var unbounded = []string{"lock_timeout", "statement_timeout"}

// Alone runs a statement that cannot be part of a transaction, such as CREATE INDEX CONCURRENTLY, which waits for all transactions that have
// begun before: on PostgreSQL on a connection of its own, without the timeouts of the DSN. The context alone bounds it.
func Alone(ctx context.Context, db *DB, st *Statement) error {
	if err := db.check(st); err != nil {
		return err
	}
	e, err := db.open(ctx)
	if err != nil {
		return err
	}
	start := db.log.begin()
	if pg, ok := unwrap(e).(*pgEngine); ok {
		err = pg.alone(ctx, st.SQL)
	} else {
		_, err = e.exec(ctx, st)
	}
	if err != nil {
		err = db.describe(err, st)
	}
	db.log.end(ctx, start, st, err)
	return err
}

func (e *pgEngine) alone(ctx context.Context, sql string) error {
	l, err := e.connectAlone(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	_, err = l.conn.Exec(ctx, sql)
	return postgresError(err)
}

// connectAlone makes a connection that is none of the pool's, without the timeouts of the DSN.
func (e *pgEngine) connectAlone(ctx context.Context) (*pgListener, error) {
	cfg := e.pool.Config().ConnConfig
	for _, name := range unbounded {
		delete(cfg.RuntimeParams, name)
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, postgresError(err)
	}
	return &pgListener{c}, nil
}

// holdLock begins a transaction that may be idle for long, and keeps no snapshot meanwhile.
const holdLock = `BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`

// lockPause is how long it is until a lock is asked for again.
const lockPause = 100 * time.Millisecond

// Serialized runs fn under the lock under which plans are applied, for which it waits as long as the context lasts. The transaction that holds it is
// on a connection of its own and idle, without a snapshot for whose end others would wait.
func Serialized(ctx context.Context, db *DB, fn func() error) error {
	lock := db.dialect.ApplyLock()
	if lock == "" {
		return fn()
	}
	release, err := db.serialize(ctx, lock)
	if err != nil {
		return db.describe(err, &Statement{Op: "apply"})
	}
	defer release()
	return fn()
}

func (db *DB) serialize(ctx context.Context, lock string) (release func(), err error) {
	e, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	l, err := unwrap(e).(*pgEngine).connectAlone(ctx)
	if err != nil {
		return nil, err
	}
	_, err = l.conn.PgConn().Exec(ctx, holdLock).ReadAll()
	for got := false; err == nil && !got; {
		// In the extended protocol a portal would keep its snapshot until the end of the transaction.
		var answers []*pgconn.Result
		if answers, err = l.conn.PgConn().Exec(ctx, lock).ReadAll(); err != nil {
			break
		}
		if got = string(answers[0].Rows[0][0]) == "t"; !got {
			select {
			case <-time.After(lockPause):
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
	}
	if err != nil {
		l.close()
		return nil, postgresError(err)
	}
	return l.close, nil
}
