package failover_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
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
// a call of which nothing was sent: the server answers, and a new connection reaches it.
func TestBrokenIdle(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, joined %v", mode, joined), func(t *testing.T) {
				t.Parallel()
				brokenIdle(t, "default_query_exec_mode="+mode, joined)
			})
		}
	}
}

// brokenIdle makes calls on a pool of prom's, or on one of the program's that prom joins, all of whose idle connections
// break.
func brokenIdle(t *testing.T, option string, joined bool) {
	is := is.New(t)
	ctx := kit.Ended(t)
	const conns = 3
	var era, dials atomic.Int64
	configure := func(cfg *pgxpool.Config) error {
		cfg.MaxConns = conns
		dial := cfg.ConnConfig.DialFunc
		cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			dials.Add(1)
			return brittle{c, &era, era.Load()}, err
		}
		return nil
	}
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	var db *prom.DB
	if joined {
		cfg, err := pgxpool.ParseConfig(e.With(option))
		is.NoErr(err)
		is.NoErr(configure(cfg))
		own, err := pgxpool.NewWithConfig(ctx, cfg)
		is.NoErr(err)
		t.Cleanup(own.Close)
		db, err = prom.OpenPoolIn(new(prom.Registry), "", own)
		is.NoErr(err)
	} else {
		db = kit.Open(t, e.With(option), prom.ConfigurePool(configure))
	}
	items := prom.NewRepo[kit.Item](prom.Using(db))
	is.NoErr(items.Install(ctx))
	pool, err := prom.PgxPool(ctx, db)
	is.NoErr(err)
	for name, call := range map[string]func() error{
		"ping":   func() error { return db.Ping(ctx) },
		"health": func() error { return db.Health(ctx).Err },
		"batch": func() error {
			var b prom.Batch
			prom.Queue(&b, items).Create(&kit.Item{Name: name(&dials)})
			return b.Run(ctx)
		},
		"read":     func() error { return kit.ErrOf(items.Count(ctx)) },
		"create":   func() error { return items.Create(ctx, &kit.Item{Name: name(&dials)}) },
		"raw":      func() error { return kit.ErrOf(prom.RawExec(ctx, db, "UPDATE item SET name = name WHERE false")) },
		"describe": func() error { return kit.ErrOf(db.Describe(ctx, "item")) },
		"check":    func() error { return prom.Check(ctx, items) },
		"plan":     func() error { return kit.ErrOf(prom.Plan(ctx, items)) },
		"transaction": func() error {
			return db.Tx(ctx, func(ctx context.Context) error { return kit.ErrOf(items.Count(ctx)) })
		},
		"bulk": func() error {
			many := make([]kit.Item, 300)
			for i := range many {
				many[i].Name = name(&dials) + " " + strconv.Itoa(i)
			}
			return items.CreateMany(ctx, many)
		},
		"page": func() error { return kit.ErrOf(items.Query().Page(ctx, 1, 2)) },
		"stream": func() error {
			for _, err := range items.Query().Stream(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"dump": func() error { return prom.Dump(ctx, io.Discard, items) },
	} {
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
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		is.True(dials.Load() > before) // it was a new connection that answered
	}
}

func name(n *atomic.Int64) string { return strconv.FormatInt(n.Load(), 10) }
