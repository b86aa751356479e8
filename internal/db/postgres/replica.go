package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/internal/db/driver"
)

// replica is what an engine knows for those who choose among the servers of a database, see [driver.Replica].
type replica struct {
	meet func(driver.Standing) error // nil for nobody

	live sync.Map // *pgx.Conn that are open, when somebody meets them

	mu     sync.Mutex
	looker *listener      // the connection of Look
	ending sync.WaitGroup // for those of before
}

// standingText asks a server about itself. The timeline of a standby is told to members of pg_read_all_stats.
const standingText = `SELECT pg_catalog.concat_ws(' ', r.standby::int,
CASE WHEN r.standby THEN coalesce(pg_catalog.pg_last_wal_replay_lsn() - '0/0', 0)
ELSE pg_catalog.pg_current_wal_insert_lsn() - '0/0' END,
CASE WHEN r.standby THEN coalesce(pg_catalog.pg_last_wal_receive_lsn() - '0/0', 0) ELSE 0 END,
CASE WHEN r.standby THEN coalesce((SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver), 0)
ELSE ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int END,
(extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint)
FROM (SELECT pg_catalog.pg_is_in_recovery() AS standby) r`

func standingOf(ctx context.Context, c *pgx.Conn) (s driver.Standing, err error) {
	text, err := askSoon(ctx, c, standingText)
	if err != nil {
		return s, err
	}
	var standby int
	var started int64
	if _, err := fmt.Sscan(text, &standby, &s.Position, &s.Received, &s.Timeline, &started); err != nil {
		return s, errPipeline()
	}
	s.Standby, s.Started, s.Position = standby == 1, time.UnixMicro(started), logEnd(s.Position)
	return s, nil
}

// Meet implements [driver.Replica].
func (e *engine) Meet(fn func(driver.Standing) error) { e.meet = fn }

// met is called with each new connection of the pool.
func (e *engine) met(ctx context.Context, c *pgx.Conn) error {
	if e.meet == nil {
		return nil
	}
	s, err := standingOf(ctx, c)
	if err != nil {
		return err
	}
	if err := e.meet(s); err != nil {
		return err
	}
	e.live.Store(c, nil)
	return nil
}

// Break implements [driver.Replica].
func (e *engine) Break() {
	e.pool.Reset()
	e.live.Range(func(c, _ any) bool {
		_ = c.(*pgx.Conn).PgConn().Conn().Close()
		return true
	})
}

// Look implements [driver.Replica].
func (e *engine) Look(ctx context.Context) (driver.Standing, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.looker == nil {
		c, err := e.connect(ctx)
		if err != nil {
			return driver.Standing{}, err
		}
		e.looker = &listener{c, e.beforeClose}
	}
	s, err := standingOf(ctx, e.looker.conn)
	if err != nil {
		e.ending.Go(e.looker.Close) // a server that hangs takes its time
		e.looker = nil
		return s, ErrorOf(err)
	}
	return s, nil
}

// endLook closes the connection of Look.
func (e *engine) endLook() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.looker != nil {
		e.looker.Close()
		e.looker = nil
	}
	e.ending.Wait()
}

// BeginAt implements [driver.Replica]. The position is asked for before the transaction begins, which may have one
// snapshot for all.
func (e *engine) BeginAt(ctx context.Context, opts driver.TxOptions, log *driver.Log) (driver.Tx, error) {
	if log != nil && log.Before {
		c, err := e.acquire(ctx)
		if err != nil {
			return nil, err
		}
		t, err := e.beginOn(ctx, c, opts, log)
		return t, err
	}
	return e.Begin(ctx, opts)
}
