package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// askSoon is askOne within the time that connecting may take: a pool that makes a connection gives it no deadline, and
// what hangs would keep its place in the pool.
func askSoon(ctx context.Context, c *pgx.Conn, sql string) (string, error) {
	timeout := c.Config().ConnectTimeout
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return askOne(ctx, c.PgConn(), sql)
}

// askOne asks the server for one text, by the simple protocol, which prepares nothing and leaves no snapshot behind.
func askOne(ctx context.Context, c *pgconn.PgConn, sql string) (string, error) {
	results, err := c.Exec(ctx, sql).ReadAll()
	if err != nil {
		return "", err
	}
	if len(results) != 1 || len(results[0].Rows) != 1 {
		return "", errPipeline()
	}
	text := first(results[0].Rows[0])
	if text == nil {
		return "", errPipeline()
	}
	return string(text), nil
}
