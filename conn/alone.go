package conn

import (
	"context"

	"github.com/jackc/pgx/v5"
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
		err = describe(err, st)
	}
	db.log.end(ctx, start, st, err)
	return err
}

func (e *pgEngine) alone(ctx context.Context, sql string) error {
	cfg := e.pool.Config().ConnConfig
	for _, name := range unbounded {
		delete(cfg.RuntimeParams, name)
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return postgresError(err)
	}
	l := &pgListener{c}
	defer l.close()
	_, err = c.Exec(ctx, sql)
	return postgresError(err)
}
