package join_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// poolOf returns a pool of the program's on a test's database.
func poolOf(t *testing.T, dsn string, change func(cfg *pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(cfg)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func openPool(t *testing.T, pool *pgxpool.Pool) *prom.DB {
	t.Helper()
	db, err := prom.OpenPoolIn(new(prom.Registry), "", pool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Odd has columns whose types a program may have registered with its connections, in other forms than prom's.
type Odd struct {
	ID    int64   `prom:"key,auto"`
	Price string  `prom:"decimal=10.2"`
	Net   string  `prom:"type=inet"`
	Span  string  `prom:"type=int4range"`
	Pair  *string `prom:"type=pair"`
	Mood  *string `prom:"type=mood"`
	Names []string
}

var (
	odd      = prom.Proto[Odd]()
	oddMood  = prom.NullTextOf(odd, &odd.Mood)
	oddPrice = prom.TextOf(odd, &odd.Price)
)

// use does all kinds of things with a connection.
func use(ctx context.Context, t *testing.T, db *prom.DB) {
	t.Helper()
	is := is.New(t)
	items := kit.Items(db)
	one := kit.Item{Name: "one", No: -1}
	is.NoErr(items.Create(ctx, &one))
	got, err := items.Get(ctx, one.ID)
	is.NoErr(err)
	is.Equal(got.Name, "one")
	got.No = -2
	is.NoErr(items.Save(ctx, got))
	for _, n := range []int{kit.ByArrays, kit.ByCopy} {
		is.NoErr(items.CreateMany(ctx, kit.ManyItems(n)))
		deleted, err := items.Where(kit.ItemNo.Gte(0)).Delete(ctx)
		is.NoErr(err)
		is.Equal(deleted, n)
	}
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		if err := items.Create(ctx, &kit.Item{Name: "one"}); !errors.Is(err, prom.ErrUnique) {
			return fmt.Errorf("%w: not refused", err)
		}
		return items.Create(ctx, &kit.Item{Name: "two"})
	}))
	var b prom.Batch
	first := prom.Queue(&b, items).Get(one.ID)
	all := prom.Queue(&b, items).All(items.OrderBy(kit.ItemName.Asc()))
	is.NoErr(b.Run(ctx))
	is.Equal(value(t, first).No, -2)
	is.Equal(len(value(t, all)), 2)

	odds := prom.NewRepo[Odd](prom.Using(db))
	pair, mood := "(1,a)", "glad"
	in := Odd{Price: "12.30", Net: "10.0.0.1/8", Span: "[1,5)", Pair: &pair, Mood: &mood, Names: []string{"a", "b"}}
	is.NoErr(odds.Create(ctx, &in))
	check := func(o *Odd, err error) {
		t.Helper()
		is.Helper()
		is.NoErr(err)
		is.Equal([]any{o.Price, o.Net, o.Span, *o.Pair, *o.Mood, o.Names}, []any{"12.30", in.Net, in.Span, pair, mood, in.Names})
	}
	check(odds.Get(ctx, in.ID))
	check(odds.Where(oddMood.Eq("glad"), oddPrice.Gt("12")).First(ctx))
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		check(odds.Get(ctx, in.ID))
		return nil
	}))
	var two prom.Batch
	a, c := prom.Queue(&two, odds).Get(in.ID), prom.Queue(&two, items).Get(one.ID)
	is.NoErr(two.Run(ctx))
	check(a.Value())
	is.Equal(value(t, c).Name, "one")
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		var three prom.Batch
		a := prom.Queue(&three, odds).Get(in.ID)
		prom.Queue(&three, items).Get(one.ID)
		if err := three.Run(ctx); err != nil {
			return err
		}
		check(a.Value())
		return nil
	}))
	for range 3 { // what is prepared is used again
		for _, err := range items.OrderBy(kit.ItemNo.Asc()).Each(ctx) {
			is.NoErr(err)
		}
		for _, err := range odds.Query().Stream(ctx) {
			is.NoErr(err)
		}
	}
	if !db.InTx(ctx) {
		watched := 0
		for _, err := range prom.Watch(ctx, items.Query(), prom.WatchFromStart()) { // on a connection of its own
			is.NoErr(err)
			if watched++; watched == 2 {
				break
			}
		}
	}
	tables, err := db.Tables(ctx)
	is.NoErr(err)
	is.Equal(tables, []string{"item", "odd"})
	plan, err := prom.Plan(ctx, items, odds)
	is.NoErr(err)
	is.True(plan.Empty())
}

// makeTypes makes the types of [Odd].
func makeTypes(t *testing.T, dsn string) {
	t.Helper()
	kit.RunSQL(t, kit.Open(t, dsn), `CREATE TYPE mood AS ENUM ('glad', 'sad')`, `CREATE TYPE pair AS (n integer, s text)`)
}

// registerTypes registers types of the database with a connection, as a program does for its own queries, and one
// of PostgreSQL's in another form.
func registerTypes(ctx context.Context, c *pgx.Conn) error {
	types, err := c.LoadTypes(ctx, []string{"mood", "pair"})
	if err != nil {
		return err
	}
	c.TypeMap().RegisterTypes(types)
	c.TypeMap().RegisterType(&pgtype.Type{Name: "numeric", OID: pgtype.NumericOID, Codec: &pgtype.TextFormatOnlyCodec{Codec: pgtype.NumericCodec{}}})
	return nil
}

// Ensure that all works on a pool of the program's, in each way in which that may send statements, whatever types it
// has registered; and that the program's own queries get what they are used to.
func TestOpenPool(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(cfg *pgxpool.Config){
		"default":                func(*pgxpool.Config) {},
		"types":                  func(cfg *pgxpool.Config) { cfg.AfterConnect = registerTypes },
		"tracer":                 func(cfg *pgxpool.Config) { cfg.ConnConfig.Tracer = &tracer{} },
		"cache_describe":         func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe },
		"exec":                   func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec },
		"simple_protocol":        func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol },
		"describe_exec":          func(cfg *pgxpool.Config) { cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec },
		"deallocates on release": func(cfg *pgxpool.Config) { cfg.AfterRelease = deallocates },
		"hooks": func(cfg *pgxpool.Config) {
			space := cfg.ConnConfig.RuntimeParams["search_path"]
			delete(cfg.ConnConfig.RuntimeParams, "search_path")
			cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
				c.RuntimeParams["application_name"] = "hooked"
				return nil
			}
			cfg.PrepareConn = func(ctx context.Context, c *pgx.Conn) (bool, error) {
				_, err := c.Exec(ctx, "SET search_path = "+space)
				return c.PgConn().ParameterStatus("application_name") == "hooked", err
			}
			cfg.AfterRelease = func(c *pgx.Conn) bool {
				_, err := c.Exec(context.Background(), "DISCARD ALL")
				return err == nil
			}
		},
		"types and cache_describe": func(cfg *pgxpool.Config) {
			cfg.AfterConnect, cfg.ConnConfig.DefaultQueryExecMode = registerTypes, pgx.QueryExecModeCacheDescribe
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dsn := dbtest.Postgres(t)
			makeTypes(t, dsn)
			pool := poolOf(t, dsn, func(cfg *pgxpool.Config) { cfg.MaxConns = 3; change(cfg) })
			db := openPool(t, pool)
			use(t.Context(), t, db)
			var no int
			is.NoErr(pool.QueryRow(t.Context(), `SELECT no FROM item WHERE name = $1`, "one").Scan(&no))
			is.Equal(no, -2)
			kit.Idle(t, db)
		})
	}
}

// Ensure that prom finds out about a pooler that gives a connection of the program's another session with each
// transaction, and that a transaction which the program began there is of one piece.
func TestOpenPool_Pooler(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]pgx.QueryExecMode{"exec": pgx.QueryExecModeExec, "default": pgx.QueryExecModeCacheStatement} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := t.Context()
			dsn := dbtest.Postgres(t)
			makeTypes(t, dsn)
			pooled := dbtest.NewPooler(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dsn}, 2)
			pool := poolOf(t, pooled.DSN, func(cfg *pgxpool.Config) { cfg.MaxConns, cfg.ConnConfig.DefaultQueryExecMode = 4, mode })
			db := openPool(t, pool)
			items := kit.Items(db)
			is.NoErr(prom.Install(ctx, items))
			is.NoErr(kit.Together(4, func(i int) error {
				for j := range 10 {
					if err := items.Create(ctx, &kit.Item{Name: fmt.Sprint(i, " ", j)}); err != nil {
						return err
					}
				}
				return nil
			}))
			inside, tx := joined(ctx, t, db, pool)
			for j := range 10 {
				is.NoErr(items.Create(inside, &kit.Item{Name: fmt.Sprint("tx ", j)}))
			}
			is.NoErr(tx.Rollback(ctx))
			is.Equal(kit.Count(t, items.Query()), 40)
		})
	}
}

// deallocates has a connection forget all that is prepared, as a program may for a pooler.
func deallocates(c *pgx.Conn) bool {
	_, err := c.Exec(context.Background(), "DEALLOCATE ALL")
	return err == nil
}

// Ensure that a pool stays the program's: Close leaves it open, the next call uses it again, and a pool that the
// program has closed is ErrClosed.
func TestOpenPool_Close(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	pool := poolOf(t, dbtest.Postgres(t), nil)
	db := openPool(t, pool)
	items := kit.Items(db)
	is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))
	is.True(db.IsOpen())
	is.NoErr(db.Close())
	is.NoErr(db.Close())
	is.True(!db.IsOpen())
	is.NoErr(pool.Ping(ctx))
	is.NoErr(items.Create(ctx, &kit.Item{Name: "b"}))
	std, err := db.SQL(ctx)
	is.NoErr(err)
	is.NoErr(std.PingContext(ctx))
	same, err := prom.PgxPool(ctx, db)
	is.NoErr(err)
	is.Equal(same, pool)
	pool.Close()
	is.True(errors.Is(items.Create(ctx, &kit.Item{Name: "c"}), prom.ErrClosed))
	is.True(errors.Is(db.Tx(ctx, func(context.Context) error { return nil }), prom.ErrClosed))
}

// Ensure that events tell of each connection of a pool of the program's, once.
func TestOpenPool_Events(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	pool := poolOf(t, dbtest.Postgres(t), func(cfg *pgxpool.Config) { cfg.MaxConns = 1 })
	var connects atomic.Int32
	db, err := prom.OpenPoolIn(new(prom.Registry), "", pool, prom.OnEvent(func(_ context.Context, e *prom.Event) {
		if e.Kind == prom.EventConnect {
			connects.Add(1)
		}
	}))
	is.NoErr(err)
	t.Cleanup(func() { _ = db.Close() })
	for want := range int32(2) {
		for range 3 {
			is.NoErr(db.Ping(ctx))
		}
		is.Equal(connects.Load(), want+1)
		pool.Reset()
	}
}

// Ensure that the names of pools are those of connections, and that what prints a connection prints no password.
func TestOpenPool_Names(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const secret = "S3CRET-password"
	pool := poolOf(t, "postgres://me:"+secret+"@[::1]:5433,other:5434/shop?sslmode=prefer&default_transaction_read_only=on", nil)
	r := new(prom.Registry)
	db, err := prom.OpenPoolIn(r, "shop-1", pool)
	is.NoErr(err)
	is.Equal(db.Name(), "shop-1")
	is.Equal(r.Names(), []string{"shop-1"})
	is.True(db.ReadOnly())
	text := fmt.Sprint(db, db.DSN(), db.LogValue()) + fmt.Sprintf("%#v %+v", db.DSN(), db.DSN())
	is.True(!strings.Contains(text, secret))
	is.True(strings.HasPrefix(db.String(), "postgres://me@[::1]:5433,other:5434/shop?"))
	_, err = prom.ParseDSN(db.String())
	is.NoErr(err)
	for _, name := range []string{"a b", "#", "a#b", "ü", "/"} {
		_, err := prom.OpenPoolIn(r, name, pool)
		is.True(err != nil)
	}
	_, err = prom.OpenPoolIn(r, "nil", nil)
	is.True(err != nil)
	_, err = prom.OpenPoolIn(r, "late", pool, prom.ConfigurePool(func(*pgxpool.Config) error { return nil }))
	is.True(err != nil && strings.Contains(err.Error(), "cannot be changed"))
	for _, o := range []prom.OpenOption{prom.StatementTimeout(time.Second), prom.LockTimeout(time.Second),
		prom.IdleInTransactionTimeout(time.Second)} {
		_, err = prom.OpenPoolIn(r, "late", pool, o)
		is.True(err != nil && strings.Contains(err.Error(), "RuntimeParams"))
	}
	r.SetOptions(prom.ConfigurePool(func(*pgxpool.Config) error { return nil }), prom.StatementTimeout(time.Second)) // for those of DSNs
	_, err = prom.OpenPoolIn(r, "later", pool, prom.Installing(prom.InstallOff), prom.CallTimeout(time.Second))
	is.NoErr(err)
	is.Equal(r.Names(), []string{"later", "shop-1"})
}

// value returns a value of a batch.
func value[V any](t *testing.T, r *prom.Result[V]) V {
	t.Helper()
	v, err := r.Value()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
