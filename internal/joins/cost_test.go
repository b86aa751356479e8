package joins

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// idle is a tracer that does nothing.
type idle struct{}

func (idle) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}
func (idle) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// BenchmarkHooks measures what each hook of a pool, and a transaction of the program's, costs a get by key. Rounds of
// all of them take turns, each on a new connection, so that what else the machine does meets them alike: the system may
// put both ends of a connection on one CPU, and then a call takes several times as long. So its metrics are of the
// round that a fifth of the rounds are faster than: microseconds, and the ratio to the same call without the hook.
func BenchmarkHooks(b *testing.B) {
	ctx := b.Context()
	dsn := dbtest.Postgres(b)
	config := func(change func(cfg *pgxpool.Config)) func() *prom.DB {
		return func() *prom.DB {
			db, err := new(prom.Registry).Open(dsn, prom.ConfigurePool(func(cfg *pgxpool.Config) error { change(cfg); return nil }))
			if err != nil {
				b.Fatal(err)
			}
			return db
		}
	}
	joined := func(change func(cfg *pgxpool.Config)) func() *prom.DB {
		return func() *prom.DB {
			cfg, err := pgxpool.ParseConfig(dsn)
			if err != nil {
				b.Fatal(err)
			}
			change(cfg)
			pool, err := pgxpool.NewWithConfig(ctx, cfg)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(pool.Close)
			db, err := prom.OpenPoolIn(new(prom.Registry), "", pool)
			if err != nil {
				b.Fatal(err)
			}
			return db
		}
	}
	type call func(db *prom.DB, orders *prom.Repo[Order], round func(ctx context.Context)) error
	plain := func(_ *prom.DB, _ *prom.Repo[Order], round func(ctx context.Context)) error { round(ctx); return nil }
	ways := []struct {
		name string
		open func() *prom.DB
		call call
		base int
	}{
		{"none", config(func(*pgxpool.Config) {}), plain, 0},
		{"none-again", config(func(*pgxpool.Config) {}), plain, 0},
		{"BeforeConnect", config(func(cfg *pgxpool.Config) {
			cfg.BeforeConnect = func(context.Context, *pgx.ConnConfig) error { return nil }
		}), plain, 0},
		{"AfterConnect", config(func(cfg *pgxpool.Config) {
			cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
				_, err := c.Exec(ctx, "SET search_path FROM CURRENT")
				return err
			}
		}), plain, 0},
		{"DialFunc", config(func(cfg *pgxpool.Config) {
			dial := cfg.ConnConfig.DialFunc
			cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) { return dial(ctx, network, addr) }
		}), plain, 0},
		{"PrepareConn", config(func(cfg *pgxpool.Config) {
			cfg.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) { return true, nil }
		}), plain, 0},
		{"AfterRelease", config(func(cfg *pgxpool.Config) {
			cfg.AfterRelease = func(*pgx.Conn) bool { return true }
		}), plain, 0},
		{"tracer", config(func(cfg *pgxpool.Config) { cfg.ConnConfig.Tracer = idle{} }), plain, 0},
		{"OpenPool", joined(func(*pgxpool.Config) {}), plain, 0},
		{"cache_describe", config(func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe }), plain, 0},
		{"Tx", config(func(*pgxpool.Config) {}), func(db *prom.DB, _ *prom.Repo[Order], round func(ctx context.Context)) error {
			return db.Tx(ctx, func(ctx context.Context) error { round(ctx); return nil })
		}, 10},
		{"WithPgxTx", joined(func(*pgxpool.Config) {}), func(db *prom.DB, _ *prom.Repo[Order], round func(ctx context.Context)) error {
			pool, err := prom.PgxPool(ctx, db)
			if err != nil {
				return err
			}
			return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				inside, err := prom.WithPgxTx(ctx, db, tx)
				if err == nil {
					round(inside)
				}
				return err
			})
		}, 10},
	}
	const gets = 60
	times := make([][]time.Duration, len(ways))
	dbs, repos := make([]*prom.DB, len(ways)), make([]*prom.Repo[Order], len(ways))
	order := Order{Who: "ada"}
	for i, w := range ways {
		dbs[i] = w.open()
		b.Cleanup(func() { _ = dbs[i].Close() })
		repos[i] = prom.NewRepo[Order](prom.Using(dbs[i]))
		if i == 0 {
			if err := repos[i].Create(ctx, &order); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := repos[i].Get(ctx, order.ID); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for i, w := range ways {
			pool, err := prom.PgxPool(ctx, dbs[i])
			if err != nil {
				b.Fatal(err)
			}
			pool.Reset()
			for range 20 {
				if _, err := repos[i].Get(ctx, order.ID); err != nil {
					b.Fatal(err)
				}
			}
			err = w.call(dbs[i], repos[i], func(ctx context.Context) {
				start := time.Now()
				for range gets {
					if _, err := repos[i].Get(ctx, order.ID); err != nil {
						b.Fatal(err)
					}
				}
				times[i] = append(times[i], time.Since(start)/gets)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	fifth := func(i int) float64 {
		slices.Sort(times[i])
		return float64(times[i][len(times[i])/5]) / float64(time.Microsecond)
	}
	for i, w := range ways {
		b.ReportMetric(fifth(i), w.name+"-µs")
		b.ReportMetric(fifth(i)/fifth(w.base), w.name+"-ratio")
	}
}
