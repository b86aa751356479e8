package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"
)

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
