package postgres

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server that hangs takes connections and never answers: its kernel does. So each attempt to connect would first
// wait for it as long as connect_timeout, and each connection that ends with its context would keep its place in the
// pool while pgx asks the server to cancel, for 15 s. Where a failover is expected, a host that did not answer gets
// less time for a while, and what was canceled on it is given up.

const (
	silentTime  = 30 * time.Second // how long a host is known to be silent
	silentLimit = time.Second      // for a host that is
	cancelLimit = 2 * time.Second  // for a request to cancel, and for what follows it
)

// silences are the addresses that did not answer.
type silences struct {
	mu    sync.Mutex
	since map[string]time.Time
}

func (s *silences) set(addr string, silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if silent {
		s.since[addr] = time.Now()
	} else {
		delete(s.since, addr)
	}
}

func (s *silences) silent(addr string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, ok := s.since[addr]
	return ok && time.Since(since) < silentTime
}

// limitSilence makes a configuration remember hosts that did not answer within its connect_timeout.
func limitSilence(cfg *pgx.ConnConfig) {
	known, next, timeout := &silences{since: map[string]time.Time{}}, cfg.DialFunc, cfg.ConnectTimeout
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		limit := time.Duration(0)
		// A request to cancel has a deadline of its own, which is later.
		if end, ok := ctx.Deadline(); ok && timeout > 0 && time.Until(end) > timeout+time.Second {
			limit = cancelLimit
		}
		if known.silent(addr) {
			limit = silentLimit
		}
		dialing := ctx
		if limit > 0 {
			var cancel context.CancelFunc
			dialing, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		c, err := next(dialing, network, addr)
		if err != nil {
			if errors.Is(dialing.Err(), context.DeadlineExceeded) {
				known.set(addr, true)
			}
			return nil, err
		}
		return newListened(ctx, c, limit, func(silent bool) { known.set(addr, silent) }), nil
	}
}

// listened is a connection of which it is found out whether the server answers. The context that pgx dials with ends
// when the connection is made, and a connection that cannot be made is closed before.
type listened struct {
	net.Conn
	stop func()
}

func newListened(ctx context.Context, c net.Conn, limit time.Duration, tell func(silent bool)) *listened {
	var late *time.Timer
	if limit > 0 {
		late = time.AfterFunc(limit, func() {
			tell(true)
			_ = c.SetDeadline(time.Unix(1, 0)) // what waits for an answer ends
		})
	}
	answered := context.AfterFunc(ctx, func() {
		if late == nil || late.Stop() {
			tell(errors.Is(ctx.Err(), context.DeadlineExceeded))
		}
	})
	return &listened{c, func() {
		answered()
		if late != nil {
			late.Stop()
		}
	}}
}

// Close implements [net.Conn].
func (l *listened) Close() error {
	l.stop()
	return l.Conn.Close()
}

// NetConn returns the connection itself.
func (l *listened) NetConn() net.Conn { return l.Conn }

// abandon has the end of a broken connection take no longer than a request to cancel may.
func abandon(c *pgx.Conn) {
	if !c.IsClosed() {
		return
	}
	done, conn := c.PgConn().CleanupDone(), c.PgConn().Conn()
	late := time.NewTimer(cancelLimit + cancelLimit/4)
	go func() {
		defer late.Stop()
		select {
		case <-done:
		case <-late.C:
			_ = conn.Close()
		}
	}()
}
