//go:build unix

package failover_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// hosts remembers which server has answered each statement and each transaction.
type hosts struct {
	mu   sync.Mutex
	last string
}

func (h *hosts) option() prom.OpenOption {
	return prom.OnEvent(func(_ context.Context, e *prom.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if e.Kind == prom.EventStatement || e.Kind == prom.EventTx {
			h.last = e.Host
		}
	})
}

// standby reports whether the last one was answered by a standby.
func (h *hosts) standby() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last != ""
}

// until waits until a server has some role and state.
func until(t *testing.T, db *prom.DB, address string, role prom.HostRole, state prom.HostState) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		_ = db.Ping(kit.Ended(t))
		for _, h := range db.Hosts() {
			if strings.HasSuffix(h.Address, address) && h.Role == role && h.State == state {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not a %s that %s: %+v", address, role, state, db.Hosts())
		}
	}
}

// Ensure which calls standbys answer, and which the primary.
func TestReplicas_Calls(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1})
	standby := cluster.Standbys[0]
	var seen hosts
	db := kit.Open(t, cluster.Hosts().DSN+"&reads=replicas&replica_wait=30s&max_lag=1s", seen.option())
	items := prom.NewRepo[kit.Item](prom.Using(db))
	is.NoErr(items.CreateMany(ctx, kit.ManyItems(200)))
	until(t, db, address(standby), prom.HostStandby, prom.HostServes)
	until(t, db, address(cluster.Primary), prom.HostPrimary, prom.HostServes)
	_, err := items.Count(ctx) // behind rows of which no position is known
	is.NoErr(err)

	first, err := items.OrderBy(kit.ItemNo.Asc()).First(ctx)
	is.NoErr(err)
	calls := []struct {
		name    string
		standby bool
		call    func(ctx context.Context) error
	}{
		{"get", true, func(ctx context.Context) error { _, err := items.Get(ctx, first.ID); return err }},
		{"first", true, func(ctx context.Context) error { _, err := items.First(ctx); return err }},
		{"count", true, func(ctx context.Context) error { _, err := items.Count(ctx); return err }},
		{"exists", true, func(ctx context.Context) error { _, err := items.Exists(ctx); return err }},
		{"each", true, func(ctx context.Context) error {
			for _, err := range items.Query().Each(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"stream", true, func(ctx context.Context) error {
			for _, err := range items.Query().Stream(ctx) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"page", true, func(ctx context.Context) error {
			_, err := items.OrderBy(kit.ItemNo.Asc()).PageAt(ctx, 3, 1)
			return err
		}},
		{"batch of reads", true, func(ctx context.Context) error {
			var b prom.Batch
			prom.Queue(&b, items).Count(items.Query())
			prom.Queue(&b, items).Get(first.ID)
			return b.Run(ctx)
		}},
		{"read-only transaction", true, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error {
				_, err := prom.RawQuery[int](db, "SELECT 1").All(ctx)
				return err
			}, prom.ReadOnly())
		}},
		{"dump", true, func(ctx context.Context) error { return prom.Dump(ctx, io.Discard, items) }},
		{"primary", false, func(ctx context.Context) error { _, err := items.Count(prom.Primary(ctx)); return err }},
		{"reload", false, func(ctx context.Context) error { return items.Reload(ctx, first) }},
		{"raw", false, func(ctx context.Context) error { _, err := prom.RawQuery[int](db, "SELECT 1").All(ctx); return err }},
		{"create", false, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: "new"}) }},
		{"get or create", false, func(ctx context.Context) error {
			_, err := items.GetOrCreate(ctx, &kit.Item{Name: "new"}, kit.ItemName)
			return err
		}},
		{"update", false, func(ctx context.Context) error {
			_, err := items.Where(kit.ItemNo.Eq(7)).Update(ctx, kit.ItemNo.Set(7))
			return err
		}},
		{"transaction", false, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error { _, err := items.Count(ctx); return err })
		}},
		{"serializable", false, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error { _, err := items.Count(ctx); return err }, prom.ReadOnly(),
				prom.WithIsolation(prom.Serializable))
		}},
		{"batch that writes", false, func(ctx context.Context) error {
			var b prom.Batch
			prom.Queue(&b, items).Count(items.Query())
			prom.Queue(&b, items).Create(&kit.Item{Name: "batch"})
			return b.Run(ctx)
		}},
	}
	for _, c := range calls {
		if err := c.call(ctx); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if seen.standby() != c.standby {
			t.Errorf("%s: answered by a standby: %v", c.name, seen.standby())
		}
	}

	// A standby that has not replayed a write does not answer for its scope, and does for others.
	standby.SQL(t, "SELECT pg_wal_replay_pause()")
	quick := kit.Open(t, cluster.Hosts().DSN+"&reads=replicas&replica_wait=1ms&max_lag=0", seen.option())
	on := items.Using(quick)
	until(t, quick, address(standby), prom.HostStandby, prom.HostServes)
	mine, others := prom.ReadScope(ctx), prom.ReadScope(ctx)
	before, err := on.Count(others)
	is.NoErr(err)
	is.True(seen.standby())
	is.NoErr(on.Create(mine, &kit.Item{Name: "late"}))
	n, err := on.Count(mine)
	is.NoErr(err)
	is.True(!seen.standby())
	is.Equal(n, before+1)
	n, err = on.Count(others)
	is.NoErr(err)
	is.True(seen.standby())
	is.Equal(n, before)
	n, err = on.Count(prom.Stale(mine))
	is.NoErr(err)
	is.True(seen.standby())
	is.Equal(n, before)
	n, err = on.Count(ctx) // the process has written it
	is.NoErr(err)
	is.Equal(n, before+1)

	// A position goes to another process as text.
	text, err := prom.ReadPosition(mine)
	is.NoErr(err)
	there := items.Using(kit.Open(t, cluster.Hosts().DSN+"&reads=replicas&replica_wait=1ms&max_lag=0", seen.option()))
	carried, err := prom.ReadScopeAt(ctx, text)
	is.NoErr(err)
	n, err = there.Count(carried)
	is.NoErr(err)
	is.Equal(n, before+1)
	_, err = prom.ReadScopeAt(ctx, "a;b")
	is.True(err != nil)

	// A standby that is behind for longer than max_lag answers nobody.
	until(t, db, address(standby), prom.HostStandby, prom.HostBehind)
	standby.SQL(t, "SELECT pg_wal_replay_resume()")
	until(t, db, address(standby), prom.HostStandby, prom.HostServes)
}

func address(o *dbtest.Own) string { return ":" + port(o) }

func port(o *dbtest.Own) string {
	_, rest, _ := strings.Cut(o.Engine().DSN, "127.0.0.1:")
	port, _, _ := strings.Cut(rest, "/")
	return port
}

// Ensure that reads go on when a standby is killed, hangs, ends a read because of what it replays, or becomes the
// primary.
func TestReplicas_Failures(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 2,
		Settings: []string{"max_standby_streaming_delay=0"}})
	one, two := cluster.Standbys[0], cluster.Standbys[1]
	var seen hosts
	db := kit.Open(t, cluster.Hosts().DSN+"&reads=replicas&max_lag=400ms&replica_wait=5s", seen.option())
	items := prom.NewRepo[kit.Item](prom.Using(db))
	is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))
	until(t, db, address(one), prom.HostStandby, prom.HostServes)
	until(t, db, address(two), prom.HostStandby, prom.HostServes)

	// Another program locks the table while a standby reads it: the standby ends the read.
	done := make(chan error, 1)
	go func() {
		slow := items.Where(prom.Raw(prom.Proto[kit.Item](), "pg_sleep(1) IS NOT NULL"))
		n, err := slow.Count(ctx)
		if err == nil && n != 1 {
			err = errors.New("another number of rows")
		}
		done <- err
	}()
	time.Sleep(200 * time.Millisecond)
	cluster.Primary.SQL(t, "BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE; COMMIT")
	is.NoErr(<-done)

	// A table that the standby does not have yet.
	one.SQL(t, "SELECT pg_wal_replay_pause()")
	two.SQL(t, "SELECT pg_wal_replay_pause()")
	cluster.Primary.SQL(t, "CREATE TABLE note (LIKE item INCLUDING ALL)")
	_, err := prom.NewRepo[note](prom.Using(db)).Count(prom.ReadScope(ctx))
	is.NoErr(err)
	one.SQL(t, "SELECT pg_wal_replay_resume()")
	two.SQL(t, "SELECT pg_wal_replay_resume()")

	clock := dbtest.NewClock(t)
	thaw := one.Freeze(t)
	began := time.Now()
	for range 20 { // each in a scope of its own, so that all servers are tried
		n, err := items.Count(prom.ReadScope(ctx))
		is.NoErr(err)
		is.Equal(n, 1)
	}
	t.Logf("20 reads with a standby that hangs: %v", clock.Since(began))
	is.True(clock.Since(began) < 15*time.Second) // and not as long as pgx asks the server to cancel
	until(t, db, address(one), prom.HostStandby, prom.HostAway)
	thaw()
	until(t, db, address(one), prom.HostStandby, prom.HostServes)

	one.Kill(t)
	for range 20 {
		_, err := items.Count(prom.ReadScope(ctx))
		is.NoErr(err)
	}
	until(t, db, address(one), prom.HostStandby, prom.HostAway)

	former := cluster.Primary
	former.Kill(t)
	two.Promote(t)
	until(t, db, address(two), prom.HostPrimary, prom.HostServes)
	names := 0
	for err = errors.New(""); err != nil; names++ {
		err = items.Create(ctx, &kit.Item{Name: fmt.Sprint("b", names)})
	}
	n, err := items.Count(ctx)
	is.NoErr(err)
	is.True(n >= 2)
}

type note struct {
	prom.Model
	Name string
	No   int
}

// Ensure that a reader endpoint answers reads, though nobody knows which server is behind it, and that reads=replicas
// is refused where it has no meaning.
func TestReplicas_Endpoint(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1})
	endpoint, e := dbtest.NewAddress(t, cluster.Standbys[0].Engine())
	_ = endpoint
	_, rest, _ := strings.Cut(e.DSN, "@")
	where, _, _ := strings.Cut(rest, "/")
	var seen hosts
	db := kit.Open(t, cluster.Primary.Engine().DSN+"&reads=replicas&replica_wait=5s&replica="+where, seen.option())
	items := prom.NewRepo[kit.Item](prom.Using(db))
	is.NoErr(items.Create(ctx, &kit.Item{Name: "a"}))
	until(t, db, where, prom.HostEndpoint, prom.HostServes)
	for !seen.standby() { // once the standby has replayed the row
		n, err := items.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	}
	for _, refused := range []string{"sqlite://:memory:?reads=replicas", "postgres://h/d?reads=replicas",
		"postgres://h,i/d?reads=replicas&readonly=true", "postgres://h,i/d?max_lag=2s", "postgres://h/d?replica=i",
		"postgres://h,i/d?reads=replicas&target_session_attrs=any"} {
		_, err := prom.ParseDSN(refused)
		is.True(err != nil)
	}
}
