package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Ping asks the server for an answer.
func (e *engine) Ping(ctx context.Context) error {
	return e.answer(ctx, e.acquire, func(c *pgx.Conn) error { return c.Ping(ctx) })
}

// answer asks the server for something that may be asked twice. A connection that broke while it was idle says nothing
// about the server: it is asked on another one.
func (e *engine) answer(ctx context.Context, take func(context.Context) (*pgxpool.Conn, error),
	ask func(*pgx.Conn) error) error {
	for again := false; ; again = true {
		c, err := take(ctx)
		if err != nil {
			return ErrorOf(err)
		}
		err = ask(c.Conn())
		broken := c.Conn().IsClosed()
		giveBack(c, err)
		if err == nil || !broken || again || ctx.Err() != nil {
			return ErrorOf(err)
		}
	}
}
