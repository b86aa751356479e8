package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/prom-go/prom/internal/db/driver"
)

// Stats implements [driver.Engine].
func (e *engine) Stats() driver.Stats {
	s := e.pool.Stat()
	opened, ready := uint64(s.NewConnsCount()), uint64(s.IdleConns())+uint64(s.AcquiredConns())
	p := driver.PoolStats{
		Max: int(s.MaxConns()), Total: int(ready), Idle: int(s.IdleConns()), InUse: int(s.AcquiredConns()),
		Connecting: int(s.ConstructingConns()), Waiting: int(e.asking.Load()),
		Acquires: uint64(s.AcquireCount()), Waits: uint64(s.EmptyAcquireCount()), WaitTime: s.EmptyAcquireWaitTime(),
		GaveUp: uint64(s.CanceledAcquireCount()),
		Opened: opened, ClosedIdle: uint64(s.MaxIdleDestroyCount()), ClosedAge: uint64(s.MaxLifetimeDestroyCount()),
	}
	if gone := uint64(s.TotalConns()); opened > gone { // those that are being made are counted on both sides
		p.Closed = opened - gone
	}
	return driver.Stats{Pool: p}
}

// healthQuery asks a standby too, and a server of any version.
const healthQuery = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'yes' ELSE 'no' END || ' ' ||
pg_catalog.current_setting('transaction_read_only') || ' ' || pg_catalog.current_setting('server_version')`

// Health implements [driver.Engine].
func (e *engine) Health(ctx context.Context) (driver.Health, error) {
	var text string
	err := e.answer(ctx, e.ask, func(c *pgx.Conn) (err error) {
		text, err = askOne(ctx, c.PgConn(), healthQuery)
		return err
	})
	if err != nil {
		return driver.Health{}, err
	}
	recovery, rest, _ := strings.Cut(text, " ")
	readOnly, version, _ := strings.Cut(rest, " ")
	return driver.Health{Version: version, Recovery: recovery == "yes", ReadOnly: readOnly == "on"}, nil
}
