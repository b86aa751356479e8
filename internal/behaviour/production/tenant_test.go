package production_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// deed is what each tenant stores.
type deed struct {
	prom.Model
	Owner string
}

// fileTenants has a file for each tenant.
func fileTenants(t *testing.T, o prom.TenantOptions, options ...prom.OpenOption) *prom.Tenants {
	t.Helper()
	dir := t.TempDir()
	ts := prom.NewTenants(func(_ context.Context, id string) (string, error) {
		return "sqlite://" + filepath.Join(dir, id+".db") + "?history=false&_synchronous=OFF", nil
	}, o, options...)
	t.Cleanup(func() { _ = ts.Close() })
	return ts
}

// schemaTenants has a schema of one database for each of n tenants, and returns how many connections they have now.
func schemaTenants(t *testing.T, n int, o prom.TenantOptions, options ...prom.OpenOption) (*prom.Tenants, func() int) {
	t.Helper()
	u, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	space, app := q.Get("search_path"), fmt.Sprintf("tenants-%d", time.Now().UnixNano())
	admin := kit.Open(t, u.String()+"#admin")
	for i := 0; i < n; i += 100 {
		var sql strings.Builder
		for k := i; k < min(n, i+100); k++ {
			fmt.Fprintf(&sql, "CREATE SCHEMA %s;", name(space, k))
		}
		kit.RunSQL(t, admin, sql.String())
	}
	t.Cleanup(func() {
		for i := 0; i < n; i += 50 {
			var sql strings.Builder
			for k := i; k < min(n, i+50); k++ {
				fmt.Fprintf(&sql, "DROP SCHEMA IF EXISTS %s CASCADE;", name(space, k))
			}
			kit.RunSQL(t, admin, sql.String())
		}
	})
	ts := prom.NewTenants(func(_ context.Context, id string) (string, error) {
		v := *u
		q := u.Query()
		q.Set("search_path", space+"_"+id)
		q.Set("application_name", app)
		q.Set("history", "false")
		v.RawQuery = q.Encode()
		return v.String(), nil
	}, o, options...)
	t.Cleanup(func() { _ = ts.Close() })
	return ts, func() int {
		return kit.ScanOne[int](t, admin, "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"+app+"'")
	}
}

func name(space string, k int) string { return fmt.Sprintf(`"%s_t%d"`, space, k) }

// eachTenants runs a test on files, and on schemas of PostgreSQL, for n tenants named t0, t1 and so on.
func eachTenants(t *testing.T, n int, o prom.TenantOptions, fn func(t *testing.T, ts *prom.Tenants, conns func() int),
	options ...prom.OpenOption) {
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			fn(t, fileTenants(t, o, options...), nil)
			return
		}
		ts, conns := schemaTenants(t, n, o, options...)
		fn(t, ts, conns)
	})
}

// Ensure that a thousand tenants, or fewer in the short form, work at the same time with ten connections, that each
// sees its own rows, that there are never more connections than the budget has, and that closed tenants keep no memory.
// suite: 44
func TestTenants_Thousand(t *testing.T) {
	t.Parallel()
	const budget = 10
	n := dbtest.Size(60, 1000)
	deeds := prom.NewRepo[deed]()
	o := prom.TenantOptions{MaxConns: budget, PerTenant: 1}
	eachTenants(t, n, o, func(t *testing.T, ts *prom.Tenants, conns func() int) {
		is := is.New(t)
		ctx := kit.Ended(t)
		stop, most := make(chan struct{}), 0
		var watch sync.WaitGroup
		if conns != nil {
			watch.Go(func() {
				for {
					most = max(most, conns())
					select {
					case <-stop:
						return
					case <-time.After(5 * time.Millisecond):
					}
				}
			})
		}
		stopped := sync.OnceFunc(func() { close(stop); watch.Wait() })
		defer stopped()
		round := func(from, to int) {
			t.Helper()
			var next atomic.Int64
			next.Store(int64(from))
			is.NoErr(kit.Together(20, func(int) error {
				for k := next.Add(1) - 1; k < int64(to); k = next.Add(1) - 1 {
					id := fmt.Sprintf("t%d", k)
					db, err := ts.DB(ctx, id)
					if err != nil {
						return err
					}
					own := deeds.Using(db)
					if err := own.Create(ctx, &deed{Owner: id}); err != nil {
						return err
					}
					all, err := own.Query().All(ctx)
					if err != nil {
						return err
					}
					if len(all) != 1 || all[0].Owner != id {
						return fmt.Errorf("tenant %s sees %v", id, all)
					}
					if s := ts.Stats(); s.Reserved > budget || s.Open > budget {
						return fmt.Errorf("too many connections: %+v", s)
					}
				}
				return nil
			}))
		}
		round(0, n/4)
		early := heap(ts)
		round(n/4, n)
		late := heap(ts)
		if late > early+6<<20 {
			t.Errorf("the heap has grown from %d to %d KB", early>>10, late>>10)
		}
		s := ts.Stats()
		is.True(s.Opened >= uint64(n))
		is.True(s.Known < n/4)
		is.Equal(s.Busy, 0)
		if stopped(); most > budget {
			t.Errorf("the server had %d connections, and the budget has %d", most, budget)
		}
		dbtest.Reportf(t, 44, "%d tenants, %d opened, at most %d connections; heap %d and then %d KB", n, s.Opened,
			max(most, s.Reserved), early>>10, late>>10)
		is.NoErr(ts.Close())
		is.Equal(ts.Stats().Reserved, 0)
	})
}

// heap returns the bytes in use, after the tenants that nobody holds have gone.
func heap(ts *prom.Tenants) uint64 {
	var m runtime.MemStats
	for range 20 {
		runtime.GC()
		if s := ts.Stats(); s.Known <= s.Open {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Ensure that a tenant whose DB is kept connects again after it was closed, for room or because it was idle; that one
// in a transaction is not closed; and that a call waits for room and ends with its context.
func TestTenants_Room(t *testing.T) {
	t.Parallel()
	deeds := prom.NewRepo[deed]()
	o := prom.TenantOptions{MaxConns: 4, PerTenant: 2, IdleAfter: 300 * time.Millisecond}
	eachTenants(t, 6, o, func(t *testing.T, ts *prom.Tenants, _ func() int) {
		is := is.New(t)
		ctx := kit.Ended(t)
		var dbs []*prom.DB
		for k := range 6 {
			db, err := ts.DB(ctx, fmt.Sprintf("t%d", k))
			is.NoErr(err)
			is.Equal(db.Name(), fmt.Sprintf("t%d", k))
			again, err := ts.DB(ctx, db.Name())
			is.NoErr(err)
			is.True(again == db)
			is.NoErr(deeds.Using(db).Create(ctx, &deed{Owner: db.Name()}))
			dbs = append(dbs, db)
		}
		s := ts.Stats()
		is.True(s.ClosedForRoom+s.ClosedIdle >= 4)
		is.True(!dbs[0].IsOpen())
		is.Equal(kit.Count(t, deeds.Using(dbs[0]).Query()), 1)

		// Both halves of the budget are in transactions; on SQLite one takes three connections of four.
		held := []*prom.DB{dbs[1], dbs[2]}
		if dbs[0].Dialect().Name() == dbtest.NameSQLite {
			held = held[:1]
		}
		var hold func(ctx context.Context, rest []*prom.DB, fn func()) error
		hold = func(in context.Context, rest []*prom.DB, fn func()) error {
			if len(rest) == 0 {
				fn()
				return nil
			}
			return rest[0].Tx(in, func(in context.Context) error { return hold(in, rest[1:], fn) })
		}
		is.NoErr(hold(ctx, held, func() {
			time.Sleep(450 * time.Millisecond) // longer than a tenant may be idle
			for _, db := range held {
				is.True(db.IsOpen())
			}
			is.Equal(ts.Stats().Busy, len(held))
			_, err := deeds.Using(dbs[3]).Query().All(short(t))
			is.True(errors.Is(err, prom.ErrTimeout))
			is.True(strings.Contains(err.Error(), "MaxConns"))
			canceled, cancel := context.WithCancel(ctx)
			cancel()
			_, err = deeds.Using(dbs[3]).Query().All(canceled)
			is.True(errors.Is(err, prom.ErrCanceled))
		}))
		// Those who wait get room when it comes.
		got := make(chan error, 4)
		is.NoErr(hold(ctx, held, func() {
			for _, db := range []*prom.DB{dbs[3], dbs[4], dbs[3], dbs[5]} {
				go func() { _, err := deeds.Using(db).Query().All(ctx); got <- err }()
			}
			for end := time.Now().Add(5 * time.Second); ts.Stats().Waiting < 4 && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			is.Equal(ts.Stats().Waiting, 4)
		}))
		for range 4 {
			is.NoErr(<-got)
		}
		for end := time.Now().Add(5 * time.Second); ts.Stats().Reserved > 0 && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		s = ts.Stats()
		is.Equal([]int{s.Open, s.Reserved, s.Busy, s.Waiting}, []int{0, 0, 0, 0})
		is.True(s.ClosedIdle > 0)
		for _, db := range dbs {
			is.True(!db.IsOpen())
		}
		is.NoErr(dbs[2].Close()) // of what is closed
		is.NoErr(dbs[2].Ping(ctx))
		is.NoErr(dbs[2].Close())
		is.Equal(ts.Stats().Reserved, 0)
		is.Equal(kit.Count(t, deeds.Using(dbs[2]).Query()), 1)
		runtime.KeepAlive(dbs)
	})
}

// Ensure that tenants bear calls of all kinds at once while they are opened, closed for room, for idleness, by hand and
// forgotten.
func TestTenants_Concurrent(t *testing.T) {
	t.Parallel()
	deeds := prom.NewRepo[deed]()
	o := prom.TenantOptions{MaxConns: 7, PerTenant: 1, IdleAfter: 2 * time.Millisecond}
	eachTenants(t, 10, o, func(t *testing.T, ts *prom.Tenants, _ func() int) {
		is := is.New(t)
		ctx := kit.Ended(t)
		var wrote atomic.Int64
		is.NoErr(kit.Together(12, func(worker int) error {
			for i := range 40 {
				id := fmt.Sprintf("t%d", (worker*7+i)%10)
				db, err := ts.DB(ctx, id)
				if err != nil {
					return err
				}
				own := deeds.Using(db)
				switch i % 8 {
				case 0:
					err = db.Tx(ctx, func(ctx context.Context) error { return own.Create(ctx, &deed{Owner: id}) })
					wrote.Add(1)
				case 1:
					err = own.CreateMany(ctx, []deed{{Owner: id}, {Owner: id}})
					wrote.Add(2)
				case 2:
					for d, loopErr := range own.Query().Stream(ctx) {
						if err = loopErr; err == nil && d.Owner != id {
							err = fmt.Errorf("%s sees a row of %s", id, d.Owner)
						}
					}
				case 3:
					err = db.Health(ctx).Err
				case 4:
					if worker == 0 {
						err = db.Close()
					}
				case 5:
					if worker == 1 {
						err = ts.Forget(id)
					}
				default:
					err = own.Create(ctx, &deed{Owner: id})
					wrote.Add(1)
				}
				if err != nil && !errors.Is(err, prom.ErrClosed) { // by Close or Forget of another goroutine
					return fmt.Errorf("%s, %d: %w", id, i%8, err)
				}
				if err != nil {
					t.Logf("closed beside: %v", err)
				}
			}
			return nil
		}))
		total := 0
		for k := range 10 {
			db, err := ts.DB(ctx, fmt.Sprintf("t%d", k))
			is.NoErr(err)
			total += kit.Count(t, deeds.Using(db).Query())
		}
		is.True(total > 0 && int64(total) <= wrote.Load())
	})
}

// Ensure that mistakes are errors that name the tenant and hold no DSN.
func TestTenants_Errors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	unknown := errors.New("no such customer")
	ts := prom.NewTenants(func(_ context.Context, id string) (string, error) {
		switch id {
		case "unknown":
			return "", unknown
		case "broken":
			return "postgres://u:SECRET@h/db?nonsense=SECRET", nil
		case "memory":
			return "sqlite://:memory:", nil
		case "large":
			return "postgres://u:SECRET@h/db?pool_maxconn=50", nil
		}
		return "postgres://u:SECRET@127.0.0.1:1/db?connect_timeout=1", nil
	}, prom.TenantOptions{MaxConns: 10}, prom.CallTimeout(2*time.Second))
	for id, want := range map[string]string{"unknown": "no such customer", "broken": "nonsense", "memory": "use a file",
		"large": "raise MaxConns", "": "without a name"} {
		_, err := ts.DB(ctx, id)
		is.True(err != nil)
		kit.NoSecret(t, err)
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: got %v", id, err)
		}
	}
	_, err := ts.DB(ctx, "unknown")
	is.True(errors.Is(err, unknown))
	db, err := ts.DB(ctx, "down")
	is.NoErr(err)
	err = db.Ping(context.Background())
	is.True(errors.Is(err, prom.ErrConnection))
	is.True(strings.Contains(err.Error(), "connection down"))
	kit.NoSecret(t, err)
	is.NoErr(ts.Close())
	is.True(errors.Is(db.Ping(ctx), prom.ErrClosed))
	_, err = ts.DB(ctx, "down")
	is.True(errors.Is(err, prom.ErrClosed))
}

// Ensure that goroutines that ask for a tenant at the same time get the same DB.
func TestTenants_Same(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ts := fileTenants(t, prom.TenantOptions{})
	var mu sync.Mutex
	seen := map[*prom.DB]bool{}
	is.NoErr(kit.Together(20, func(int) error {
		db, err := ts.DB(context.Background(), "one")
		mu.Lock()
		defer mu.Unlock()
		seen[db] = true
		return err
	}))
	is.Equal(len(seen), 1)
}

// Ensure that the connection of a watch counts in the budget as long as the watch runs, and that it hears of rows of
// its tenant also when the tenant has been closed for others meanwhile.
func TestTenants_Watch(t *testing.T) {
	t.Parallel()
	deeds := prom.NewRepo[deed]()
	o := prom.TenantOptions{MaxConns: 4, PerTenant: 2}
	eachTenants(t, 3, o, func(t *testing.T, ts *prom.Tenants, _ func() int) {
		is := is.New(t)
		ctx, cancel := context.WithCancel(kit.Ended(t))
		defer cancel()
		db, err := ts.DB(ctx, "t0")
		is.NoErr(err)
		own := deeds.Using(db)
		is.NoErr(own.Install(ctx))
		before := ts.Stats().Reserved
		heard, ended := make(chan string, 8), make(chan error, 1)
		go func() {
			var last error
			for d, err := range prom.Watch(ctx, own.Query(), prom.WatchTrigger(), prom.WatchFromStart(),
				prom.WatchEvery(20*time.Millisecond)) {
				if last = err; err == nil {
					heard <- d.Owner
				}
			}
			ended <- last
		}()
		for _, owner := range []string{"first", "second"} {
			is.NoErr(own.Create(ctx, &deed{Owner: owner}))
			select {
			case got := <-heard:
				is.Equal(got, owner)
			case err := <-ended:
				t.Fatal(owner, err)
			case <-time.After(20 * time.Second):
				t.Fatalf("nothing is heard of the %s: %+v", owner, ts.Stats())
			}
			is.True(ts.Stats().Reserved <= 4)
			if db.Dialect().Name() == dbtest.NamePostgres { // on SQLite two tenants have no room beside it
				is.Equal(ts.Stats().Reserved, before+1)
				for _, id := range []string{"t1", "t2"} {
					other, err := ts.DB(ctx, id)
					is.NoErr(err)
					is.NoErr(deeds.Using(other).Create(ctx, &deed{Owner: id}))
				}
				is.True(ts.Stats().Reserved <= 4)
				before = 2
			}
		}
		cancel()
		if err := <-ended; err != nil {
			is.True(errors.Is(err, prom.ErrCanceled))
		}
		is.NoErr(ts.Close())
		is.Equal(ts.Stats().Reserved, 0)
	})
}
