package postgres

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// A failover makes another server take the writes. What a pool knows of the one before is then of no use, and it is not
// told: connections to a server that hangs are silent, and a server that comes back as a standby answers them and
// refuses to write. So
//
//   - a connection that is to write and meets a standby takes the pool's other connections of its time with it. Nothing
//     has happened, so the call runs once more, on a new connection;
//   - the same is done when the ping of a connection that was idle is not answered: those that were idle with it would
//     each cost the same time;
//   - a call waits for a connection that cannot be made, by the option failover_wait.
//
// A pool of the program's own is left as it is.

// failover is what a pool knows of the server that takes its writes.
type failover struct {
	wait   time.Duration // for a connection that cannot be made; 0 for not at all
	call   time.Duration // the option call_timeout
	writes bool          // the connections are to write
	pool   atomic.Pointer[pgxpool.Pool]
	era    atomic.Uint64 // counts how often all connections were given up
}

// eraKey is the key of a connection's era, in its custom data.
const eraKey = "prom_era"

// readOnlyCode is read_only_sql_transaction, and what a standby says to a write.
const readOnlyCode = "25006"

// expectFailover adds to the configuration of a pool what finds out that its server has been replaced.
func expectFailover(d dsn.DSN, cfg *pgxpool.Config) *failover {
	f := &failover{wait: max(0, d.Options.FailoverWait), call: d.Options.CallTimeout}
	switch attrs, _ := dsn.Lookup(d, "target_session_attrs"); attrs {
	case "", "any", "read-write", "primary":
		f.writes = !d.Options.ReadOnly
	}
	if f.writes {
		before := cfg.ConnConfig.OnPgError
		cfg.ConnConfig.OnPgError = func(c *pgconn.PgConn, e *pgconn.PgError) bool {
			return !(e.Code == readOnlyCode && f.refused(c, e)) && (before == nil || before(c, e))
		}
	}
	if dsn.FailsOver(d, cfg) {
		if cfg.ShouldPing == nil {
			cfg.ShouldPing = f.ping(cfg.PingTimeout)
		}
		limitSilence(cfg.ConnConfig)
		close := cfg.BeforeClose
		cfg.BeforeClose = func(c *pgx.Conn) {
			if close != nil {
				close(c)
			}
			abandon(c)
		}
	}
	return f
}

// begin tells of a new connection.
func (f *failover) begin(c *pgx.Conn) { c.PgConn().CustomData()[eraKey] = f.era.Load() }

// expire gives all connections of the pool up that are of the time of one of them. Those in use are closed when they
// are given back.
func (f *failover) expire(c *pgconn.PgConn) {
	era, ok := c.CustomData()[eraKey].(uint64)
	if pool := f.pool.Load(); ok && pool != nil && f.era.CompareAndSwap(era, era+1) {
		pool.Reset()
	}
}

// What the hint of an error says, by which it is known.
const (
	hintStandby   = "the server is a standby"
	hintUncertain = "the server may be a standby"
)

// refused is called when a server has refused to write. It reports whether another server may take the write, so that
// the connection ends: the error would not carry its hint otherwise.
func (f *failover) refused(c *pgconn.PgConn, e *pgconn.PgError) bool {
	s, _ := c.CustomData()[sessionKey].(*session)
	if s == nil || s.readOnly {
		return false
	}
	switch status := c.ParameterStatus("in_hot_standby"); {
	case status == "on", s.alone && status == "" && s.standby == isStandby:
		e.Hint = hintStandby
	case s.alone && (status == "off" || s.standby == isPrimary):
		return false // its role or its database is read-only
	default: // a pooler tells what was so when it connected
		e.Hint = hintUncertain
	}
	f.expire(c)
	return true
}

// ping returns the function of a pool that decides whether it pings a connection. It pings by itself, and leaves one
// that did not answer to the pool, which finds it closed.
func (f *failover) ping(timeout time.Duration) func(context.Context, pgxpool.ShouldPingParams) bool {
	const silent = time.Second
	return func(ctx context.Context, p pgxpool.ShouldPingParams) bool {
		if !shouldPing(ctx, p) {
			return false
		}
		start, answered := time.Now(), make(chan error, 1)
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
			defer cancel()
			answered <- p.Conn.Ping(ctx)
		}()
		select {
		case err := <-answered:
			if err == nil {
				return false
			}
		case <-ctx.Done():
			_ = p.Conn.PgConn().Conn().Close() // so that its ping ends
			<-answered
		}
		if time.Since(start) >= silent {
			f.expire(p.Conn.PgConn())
		}
		return true
	}
}

// awaitServer asks for a connection again and again after one could not be made, for as long as failover_wait says.
// Nothing was sent, so that nothing is done twice.
func (e *engine) awaitServer(ctx context.Context, err error, ask func() error) error {
	const first, most = 20 * time.Millisecond, 500 * time.Millisecond
	if e.failover == nil || e.failover.wait <= 0 {
		return err
	}
	wait := e.failover.wait
	if _, has := ctx.Deadline(); !has && e.failover.call > 0 {
		wait = min(wait, e.failover.call) // of work that may take longer than call_timeout
	}
	end := time.Now().Add(wait)
	for pause := first; err != nil && mayPass(err); pause = min(2*pause, most) {
		left := time.Until(end)
		if left <= 0 {
			driver.FactsOf(driver.AsIs(err)).Waited = true
			return err
		}
		select {
		case <-time.After(min(pause, left)):
			err = ask()
		case <-ctx.Done():
			return driver.Unsent(driver.EndOfContext(ctx.Err()))
		}
	}
	return err
}

// mayPass reports whether an error says that no connection could be made, and it may be otherwise soon.
func mayPass(err error) bool {
	e := driver.AsIs(err)
	if e == nil || e.Kind != driver.KindConnection || !driver.IsUnsent(err) {
		return false
	}
	var connect *pgconn.ConnectError
	if !errors.As(err, &connect) {
		return hasSign(err, "too many failed attempts acquiring connection") // each was found broken
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return slices.Contains([]string{"57P01", "57P02", "57P03", "53300", "53200", "53000"}, pg.Code) ||
			pg.Code[:2] == "08"
	}
	return !slices.Contains([]string{DetailUntrusted, DetailOtherHost, DetailExpired, detailBadCert, detailNoTLS,
		DetailCertRefused}, e.Detail)
}
