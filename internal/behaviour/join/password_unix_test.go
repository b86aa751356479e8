//go:build unix

package join_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that no call fails while the password of a role changes again and again, when BeforeConnect supplies it: in a
// pool that prom makes, and in one of the program's.
func TestBeforeConnect_Password(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	own := dbtest.NewOwn(t, dbtest.OwnConfig{HBA: []string{"host all app 127.0.0.1/32 scram-sha-256"}})
	admin := kit.Open(t, own.DSN("prom"))
	kit.RunSQL(t, admin, "CREATE ROLE app LOGIN PASSWORD 'p0'", "GRANT ALL ON SCHEMA public TO app")
	// The server has a new password a moment before the program, and connections are made all the time.
	var password atomic.Pointer[string]
	first := "p0"
	password.Store(&first)
	configure := func(cfg *pgxpool.Config) error {
		cfg.MaxConnLifetime = time.Millisecond
		cfg.MaxConns = 4
		cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
			c.Password = *password.Load()
			return nil
		}
		return nil
	}
	wrong := own.DSN("app:wrong")
	is.True(errors.Is(kit.Open(t, wrong).Ping(ctx), prom.ErrPermission))
	made := kit.Open(t, wrong, prom.ConfigurePool(configure))
	joined := openPool(t, poolOf(t, wrong, func(cfg *pgxpool.Config) { _ = configure(cfg) }))
	is.NoErr(prom.Install(ctx, kit.Items(made)))

	stop := time.Now().Add(3 * time.Second)
	changes := 0
	var calls, connects atomic.Int64
	is.NoErr(kit.Together(5, func(i int) error {
		if i == 0 {
			for ; time.Now().Before(stop); changes++ {
				next := "p" + time.Now().Format("150405.000000000")
				raw, err := admin.SQL(ctx)
				if err != nil {
					return err
				}
				if _, err = raw.ExecContext(ctx, "ALTER ROLE app PASSWORD '"+next+"'"); err != nil {
					return err
				}
				time.Sleep(10 * time.Millisecond)
				password.Store(&next)
				time.Sleep(200 * time.Millisecond)
			}
			return nil
		}
		items := kit.Items([]*prom.DB{made, joined}[i%2])
		for time.Now().Before(stop) {
			if _, err := items.Count(ctx); err != nil {
				return err
			}
			calls.Add(1)
		}
		return nil
	}))
	for _, db := range []*prom.DB{made, joined} {
		pool, err := prom.PgxPool(ctx, db)
		is.NoErr(err)
		connects.Add(pool.Stat().NewConnsCount())
	}
	t.Logf("%d changes, %d calls, %d connections", changes, calls.Load(), connects.Load())
	is.True(changes > 5)
	is.True(connects.Load() > int64(changes))
}
