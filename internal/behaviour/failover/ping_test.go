package failover_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// brittle is a connection that breaks at the next write when it is told to.
type brittle struct {
	net.Conn
	era *atomic.Int64
	of  int64
}

func (b brittle) Write(p []byte) (int, error) {
	if b.era.Load() != b.of {
		_ = b.Conn.Close()
	}
	return b.Conn.Write(p)
}

// Ensure that connections which broke while they were idle, and do not show it before they are used, are no failure of
// a ping: the server answers.
func TestPing_BrokenIdle(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	const conns = 3
	var era, dials atomic.Int64
	db := kit.Open(t, dbtest.Postgres(t), prom.ConfigurePool(func(cfg *pgxpool.Config) error {
		cfg.MaxConns = conns
		dial := cfg.ConnConfig.DialFunc
		cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			dials.Add(1)
			return brittle{c, &era, era.Load()}, err
		}
		return nil
	}))
	pool, err := prom.PgxPool(ctx, db)
	is.NoErr(err)
	taken := make([]*pgxpool.Conn, conns)
	for i := range taken {
		taken[i], err = pool.Acquire(ctx)
		is.NoErr(err)
	}
	for _, c := range taken {
		c.Release()
	}
	before := dials.Load()
	era.Add(1)
	is.NoErr(db.Ping(ctx))
	is.True(dials.Load() > before) // it was a new connection that answered
}
