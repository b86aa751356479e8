package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
)

// asks returns when a connection is asked for, if somebody watches.
func (e *engine) asks() (start time.Time) {
	if e.watch != nil {
		start = time.Now()
	}
	return start
}

// took tells of the wait for a connection.
func (e *engine) took(ctx context.Context, start time.Time, err error) {
	if e.watch == nil {
		return
	}
	var unconnected *pgconn.ConnectError
	if errors.As(err, &unconnected) {
		e.watch.Connected(ctx, start, err)
		return
	}
	e.watch.Waited(ctx, driver.WaitPool, start, err)
}

// connectingSince is the key of the time when a connection was begun, in its custom data.
const connectingSince = "prom_since"

// watchConnections has a pool tell of its new connections.
func watchConnections(cfg *pgxpool.Config, w driver.Watcher) {
	if w == nil {
		return
	}
	before := cfg.BeforeConnect
	cfg.BeforeConnect = func(ctx context.Context, c *pgx.ConnConfig) error {
		start, after := time.Now(), c.AfterConnect
		c.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
			conn.CustomData()[connectingSince] = start
			if after == nil {
				return nil
			}
			return after(ctx, conn)
		}
		if before == nil {
			return nil
		}
		return before(ctx, c)
	}
	after := cfg.AfterConnect
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		if after != nil {
			if err := after(ctx, c); err != nil {
				return err
			}
		}
		start, _ := c.PgConn().CustomData()[connectingSince].(time.Time)
		w.Connected(ctx, start, nil)
		return nil
	}
}
