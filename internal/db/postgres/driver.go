package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// Driver is the [Driver] of PostgreSQL.
type Driver struct {
	Pool      *pgxpool.Pool                 // of the program; nil for one of the DSN
	Configure []func(*pgxpool.Config) error // called with the configuration of the DSN, one after the other
}

// Dialect implements [Driver].
func (Driver) Dialect(dsn.DSN) dialect.Dialect { return postgres.Dialect{} }

// Open implements [Driver].
func (d Driver) Open(ctx context.Context, name dsn.DSN, w driver.Watcher) (driver.Engine, error) {
	if d.Pool != nil {
		return joinPool(d.Pool, w), nil
	}
	e, err := makePool(ctx, name, d.Configure, w)
	if err != nil {
		return nil, err
	}
	return e, nil
}
