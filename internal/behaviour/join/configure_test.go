package join_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the hooks of a pool that prom makes are called for each connection, also for those that are outside of
// the pool: the one that listens, and those of a plan's statements that run alone. What AfterConnect sets, a
// search_path, a role and types, holds for all of them.
func TestConfigurePool(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	dsn := dbtest.Postgres(t)
	admin := kit.Open(t, dsn)
	space := kit.ScanOne[string](t, admin, "SELECT current_schema()::text")
	role := space + "_role"
	kit.RunSQL(t, admin, "CREATE ROLE "+role, "GRANT ALL ON SCHEMA "+space+" TO "+role, "GRANT "+role+" TO CURRENT_USER")
	t.Cleanup(func() {
		kit.RunSQL(t, admin, "DROP OWNED BY "+role, "DROP ROLE "+role)
	})
	makeTypes(t, dsn)
	var before, dialed, after atomic.Int32
	r := new(prom.Registry)
	db, err := r.Open(strings.Replace(dsn, "search_path="+space, "search_path=nowhere", 1),
		prom.ConfigurePool(func(cfg *pgxpool.Config) error {
			cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
				before.Add(1)
				c.RuntimeParams["application_name"] = "joined"
				return nil
			}
			dial := cfg.ConnConfig.DialFunc
			cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
				dialed.Add(1)
				return dial(ctx, network, addr)
			}
			return nil
		}),
		prom.ConfigurePool(func(cfg *pgxpool.Config) error {
			cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
				after.Add(1)
				_, err := c.Exec(ctx, "SET search_path = "+space+"; SET ROLE "+role+"; SET statement_timeout = '5s'")
				if err != nil {
					return err
				}
				return registerTypes(ctx, c)
			}
			return nil
		}))
	is.NoErr(err)
	t.Cleanup(func() { _ = db.Close() })
	use(ctx, t, db)
	is.Equal(kit.ScanOne[string](t, admin, "SELECT tableowner::text FROM pg_tables WHERE tablename = 'item' AND schemaname = '"+space+"'"), role)
	is.Equal(kit.ScanOne[string](t, db, "SELECT current_setting('application_name')"), "joined")
	calls := func() [3]int32 { return [3]int32{before.Load(), dialed.Load(), after.Load()} }
	inPool := calls()
	is.True(inPool[0] > 0 && inPool[0] == inPool[1] && inPool[1] == inPool[2])

	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	items := kit.Items(db)
	for _, err := range prom.Watch(watching, items.Query(), prom.WatchFromStart(), prom.WatchTrigger()) {
		is.NoErr(err)
		break
	}
	listening := calls()
	is.True(listening[0] > inPool[0] && listening[0] == listening[1] && listening[1] == listening[2])
	// An index that is built concurrently needs a connection of its own.
	kit.RunSQL(t, db, "DROP INDEX "+kit.ScanOne[string](t, db,
		"SELECT indexname::text FROM pg_indexes WHERE schemaname = '"+space+"' AND tablename = 'item' AND indexdef LIKE '%(name)'"))
	plan, err := prom.Plan(ctx, items)
	is.NoErr(err)
	done, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking)
	is.NoErr(err)
	is.True(len(done) > 0)
	alone := calls()
	is.True(alone[0] > listening[0] && alone[0] == alone[1] && alone[1] == alone[2])
	is.Equal(kit.ScanOne[string](t, admin, "SELECT tableowner::text FROM pg_tables WHERE tablename = 'item' AND schemaname = '"+space+"'"), role)
}

// Ensure that the error of a hook is told with its cause, is ErrConnection, and shows no secret; and that a program may
// mend what it was about, without a new connection.
func TestConfigurePool_Errors(t *testing.T) {
	t.Parallel()
	const secret = "S3CRET-token"
	cause := errors.New("no token: " + secret)
	for name, configure := range map[string]func(cfg *pgxpool.Config, fail func() error) error{
		"function": func(_ *pgxpool.Config, fail func() error) error { return fail() },
		"BeforeConnect": func(cfg *pgxpool.Config, fail func() error) error {
			cfg.BeforeConnect = func(context.Context, *pgx.ConnConfig) error { return fail() }
			return nil
		},
		"AfterConnect": func(cfg *pgxpool.Config, fail func() error) error {
			cfg.AfterConnect = func(context.Context, *pgx.Conn) error { return fail() }
			return nil
		},
		"PrepareConn": func(cfg *pgxpool.Config, fail func() error) error {
			cfg.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) { return true, fail() }
			return nil
		},
		"DialFunc": func(cfg *pgxpool.Config, fail func() error) error {
			dial := cfg.ConnConfig.DialFunc
			cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if err := fail(); err != nil {
					return nil, err
				}
				return dial(ctx, network, addr)
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := t.Context()
			var mended atomic.Bool
			db := kit.Open(t, dbtest.Postgres(t), prom.ConfigurePool(func(cfg *pgxpool.Config) error {
				return configure(cfg, func() error {
					if mended.Load() {
						return nil
					}
					return cause
				})
			}))
			items := kit.Items(db)
			for _, err := range []error{
				items.Create(ctx, &kit.Item{}), db.Ping(ctx), db.Tx(ctx, func(context.Context) error { return nil }),
				kit.ErrOf(items.Count(ctx)), items.CreateMany(ctx, kit.ManyItems(kit.ByCopy)),
			} {
				is.True(errors.Is(err, prom.ErrConnection))
				is.True(errors.Is(err, cause))
				is.True(!strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret))
				is.True(!errors.Is(err, prom.ErrOutcomeUnknown))
			}
			mended.Store(true)
			is.NoErr(items.Create(ctx, &kit.Item{}))
		})
	}
}

// Ensure that options of a registry apply to the connections of its environment, before their own, and that the
// function for pools is not called for SQLite.
func TestRegistry_SetOptions(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	r := &prom.Registry{Prefix: "PROM_JOIN_TEST"}
	t.Setenv("PROM_JOIN_TEST", dbtest.Postgres(t))
	t.Setenv("PROM_JOIN_TEST_1", dbtest.SQLite(t)+"#file")
	var pools atomic.Int32
	r.SetOptions(prom.Installing(prom.InstallOff), prom.ConfigurePool(func(cfg *pgxpool.Config) error {
		pools.Add(1)
		cfg.ConnConfig.RuntimeParams["application_name"] = "by options"
		return nil
	}))
	t.Cleanup(func() { is.NoErr(r.Close()) })
	db, err := r.Get("")
	is.NoErr(err)
	is.Equal(kit.ScanOne[string](t, db, "SELECT current_setting('application_name')"), "by options")
	is.True(errors.Is(kit.Items(db).Create(ctx, &kit.Item{}), prom.ErrNoTable))
	file, err := r.Get("file")
	is.NoErr(err)
	is.True(errors.Is(kit.Items(file).Create(ctx, &kit.Item{}), prom.ErrNoTable))
	is.Equal(pools.Load(), int32(1))
	own, err := r.Open(dbtest.SQLite(t)+"#own", prom.Installing(prom.InstallAuto))
	is.NoErr(err)
	is.NoErr(kit.Items(own).Create(ctx, &kit.Item{}))
}
