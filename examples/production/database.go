package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promotel"
)

// openPool makes the program's pool. The parameters of the URL apply, such as pool_max_conn_lifetime, by which each
// connection is replaced some time after the password has changed.
func openPool(ctx context.Context, c config) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(c.database)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"application_name":                    "conduit",
		"timezone":                            "UTC",
		"lock_timeout":                        "3s",
		"statement_timeout":                   "10s",
		"idle_in_transaction_session_timeout": "30s",
	} {
		if _, told := cfg.ConnConfig.RuntimeParams[name]; !told {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	if c.password != nil {
		cfg.BeforeConnect = func(ctx context.Context, conn *pgx.ConnConfig) (err error) {
			conn.Password, err = c.password(ctx)
			return err
		}
	}
	return pgxpool.NewWithConfig(ctx, cfg)
}

// openDB makes the pool a connection of prom that is traced, measured and logged.
func openDB(pool *pgxpool.Pool, c config, t *telemetry) (*prom.DB, error) {
	options := []promotel.Option{promotel.TracerProvider(t.traces), promotel.MeterProvider(t.meters)}
	db, err := prom.OpenPoolIn(new(prom.Registry), "conduit", pool,
		prom.CallTimeout(15*time.Second),
		prom.Logger(c.log), prom.LogSlow(c.slow),
		prom.Observe(promotel.Observer(options...)),
		prom.SQLComments(func(ctx context.Context) prom.SQLComment {
			return prom.SQLComment{
				Tags:  map[string]string{"application": "conduit", "route": routeOf(ctx)},
				Trace: promotel.Trace(ctx),
			}
		}))
	if err != nil {
		return nil, err
	}
	_, err = promotel.RegisterPool(db, options...)
	return db, err
}
