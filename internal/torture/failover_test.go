//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// demoted are the calls that a pool makes whose address has moved on from a server that is a standby now.
var demoted = map[string]func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry]) error{
	"create": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		return repo.Create(ctx, &Entry{Worker: 1})
	},
	"create many": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		return repo.CreateMany(ctx, make([]Entry, 3))
	},
	"copy": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		return repo.CreateMany(ctx, make([]Entry, 5000))
	},
	"upsert": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		e := Entry{Worker: 3}
		e.ID = 1
		return repo.Upsert(ctx, &e)
	},
	"save": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		e, err := repo.Get(ctx, 1)
		if err != nil {
			return err
		}
		e.Half++
		return repo.Save(ctx, e)
	},
	"update": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		_, err := repo.Where(entryNo.Eq(0)).Update(ctx, entryHalf.Add(1))
		return err
	},
	"delete": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		_, err := repo.Where(entryNo.Eq(77)).Delete(ctx)
		return err
	},
	"batch": func(ctx context.Context, _ *prom.DB, repo *prom.Repo[Entry]) error {
		var b prom.Batch
		prom.Queue(&b, repo).Create(&Entry{Worker: 2})
		prom.Queue(&b, repo).Create(&Entry{Worker: 2})
		return b.Run(ctx)
	},
	"raw": func(ctx context.Context, db *prom.DB, _ *prom.Repo[Entry]) error {
		_, err := prom.RawExec(ctx, db, `UPDATE entry SET half = half + 1 WHERE no = ?`, 0)
		return err
	},
	"transaction": func(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry]) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			return repo.Create(ctx, &Entry{Worker: 1})
		}, prom.Retry(1))
	},
}

// Ensure that a pool whose address leads to another server follows it at the first write, whichever call that is: the
// connections are still there, to the former primary, which is a standby. suite: 46
func TestFailover_Demoted(t *testing.T) {
	t.Parallel()
	ctx, cancel := within(time.Minute)
	defer cancel()
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1})
	former, next := cluster.Primary, cluster.Standbys[0]
	address, e := dbtest.NewAddress(t, former.Engine())
	db := open(t, e.With("pool_maxconn=4"))
	repo := entries(db, "entry")
	fill := make([]Entry, 10)
	if err := repo.CreateMany(ctx, fill); err != nil {
		t.Fatal(err)
	}
	former.Demote(t, next)                   // which is a standby as well for a moment, as in a switch-over
	for err := errors.New(""); err != nil; { // connections that broke meanwhile
		err = db.Ping(ctx)
	}
	if err := repo.Create(ctx, &Entry{}); !errors.Is(err, prom.ErrReadOnly) || !strings.Contains(err.Error(), "the server is a standby") {
		t.Errorf("a write on a standby: %v", err)
	}
	next.Promote(t)
	calls := 0
	for name, call := range demoted {
		address.Lead(t, former.Engine())
		address.Cut()
		// All connections of the pool are to the standby.
		if err := together(4, func(int) error {
			for {
				_, err := prom.RawQuery[bool](db, "SELECT pg_sleep(0.05) IS NULL").All(ctx)
				if !errors.Is(err, prom.ErrConnection) {
					return err
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		address.Lead(t, next.Engine())
		if _, err := repo.Count(ctx); err != nil { // still on the standby
			t.Errorf("%s: a read: %v", name, err)
		}
		if err := call(ctx, db, repo); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := one[int](t, db, "SELECT pg_is_in_recovery()::int"); n != 0 {
			t.Errorf("%s: the pool still has connections to the standby", name)
		}
		calls++
	}
	dbtest.Reportf(t, 46, "%d calls on a demoted server, each followed to the next one", calls)
}

// pulse writes all the time, each row by a call that has two seconds, and remembers the moment of each success.
type pulse struct {
	o         *outcomes
	ended     atomic.Bool
	done      chan error
	succeeded atomic.Int64 // when the last write began that succeeded, in nanoseconds
	failed    atomic.Value // an error
	late      atomic.Int64 // the longest time that a call took beyond its context, in nanoseconds
}

func newPulse(t *testing.T, o *outcomes, workers int, timeout time.Duration) *pulse {
	t.Helper()
	p := &pulse{o: o, done: make(chan error, 1)}
	t.Cleanup(func() { p.ended.Store(true) })
	go func() {
		p.done <- together(workers, func(worker int) error {
			for no := 1; !p.ended.Load(); no++ {
				ctx, cancel := within(timeout)
				write := o.single
				if no%2 == 0 {
					write = o.pair
				}
				start := time.Now()
				err := write(ctx, worker, no)
				over := time.Since(start) - timeout
				for was := p.late.Load(); int64(over) > was && !p.late.CompareAndSwap(was, int64(over)); was = p.late.Load() {
				}
				cancel()
				if err == nil {
					p.succeeded.Store(start.UnixNano())
				} else {
					p.failed.Store(fmt.Errorf("%w", err))
				}
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		})
	}()
	return p
}

// last returns an error of the writers.
func (p *pulse) last() error {
	err, _ := p.failed.Load().(error)
	return err
}

// since waits for a write that began after a moment and succeeded, and returns how long it took.
func (p *pulse) since(t *testing.T, moment time.Time) time.Duration {
	t.Helper()
	for p.succeeded.Load() < moment.UnixNano() {
		if time.Since(moment) > 30*time.Second {
			t.Fatal("no write succeeds any more: ", p.last(), p.o.kinds)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(moment)
}

// end stops the writers. No call may have taken much longer than its context.
func (p *pulse) end(t *testing.T) {
	t.Helper()
	p.ended.Store(true)
	if err := <-p.done; err != nil {
		t.Fatal(err)
	}
	if late := time.Duration(p.late.Load()); late > bound(250*time.Millisecond) {
		t.Errorf("a call took %v longer than its context", late)
	}
}

// Ensure that writers go on soon after a standby was promoted, when the primary does not end but hangs: its processes
// are stopped, or the network to it swallows what is sent. All have the DSN with the three hosts and no option more.
// suite: 46
func TestFailover_Hangs(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"frozen", "swallowed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 2, Sync: true})
			network, e := dbtest.NewNetwork(t, cluster.Primary.Engine())
			first, hosts := e.DSN, cluster.Hosts()
			u, err := url.Parse(first)
			if err != nil {
				t.Fatal(err)
			}
			hosts.DSN = strings.Replace(hosts.DSN, fmt.Sprintf("127.0.0.1:%d,", cluster.Primary.Port), u.Host+",", 1)
			db := open(t, hosts.With("pool_maxconn=8"))
			o := newOutcomes(db, "entry")
			ctx, cancel := within(10 * time.Second)
			defer cancel()
			if err := o.single(ctx, 99, 0); err != nil { // and installs
				t.Fatal(err)
			}
			clock := dbtest.NewClock(t)
			p := newPulse(t, o, 8, 2*time.Second)
			p.since(t, time.Now())
			if how == "frozen" {
				cluster.Primary.Freeze(t)
			} else if err := network.Set(dbtest.Toxic{Kind: dbtest.Timeout}); err != nil {
				t.Fatal(err)
			}
			hung := time.Now()
			time.Sleep(time.Second)
			cluster.Failover(t)
			promoted := time.Now()
			took := p.since(t, promoted)
			sinceHung := clock.Since(hung)
			p.end(t)
			after := open(t, cluster.Primary.Engine().DSN)
			acknowledged, happened := o.check(t, halves(t, after, "entry"))
			if took > bound(7*time.Second) {
				t.Errorf("the first success was %v after the promotion", took)
			}
			t.Log(o.kinds)
			dbtest.Reportf(t, 46, "%s: first success %v after the promotion, %v after it hung; %d acknowledged, 0 lost; %d unknown had happened; latest %v past its context",
				how, took.Round(time.Millisecond), sinceHung.Round(time.Millisecond), acknowledged, happened, time.Duration(p.late.Load()).Round(time.Millisecond))
		})
	}
}

// Ensure that a bank loses nothing when its primary is killed or hangs and a standby takes its place, over and over,
// with synchronous replication: its ledger equals its balances, and what was acknowledged is there. suite: 46
func TestFailover_Bank(t *testing.T) {
	t.Parallel()
	d := time.Duration(dbtest.Size(2, 5*60)) * time.Second
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 2, Sync: true, Settings: []string{"deadlock_timeout=200ms"}})
	slots := map[*dbtest.Own]*dbtest.Address{}
	var hosts []string
	for _, server := range append([]*dbtest.Own{cluster.Primary}, cluster.Standbys...) {
		address, e := dbtest.NewAddress(t, server.Engine())
		u, err := url.Parse(e.DSN)
		if err != nil {
			t.Fatal(err)
		}
		slots[server], hosts = address, append(hosts, u.Host)
	}
	e := dbtest.Engine{DSN: "postgres://prom@" + strings.Join(hosts, ",") + "/postgres?sslmode=disable&pool_maxconn=16"}
	db := open(t, e.With("failover_wait=20s"))
	b := opened(t, db, db)
	failovers := 0
	b.run(t, bankWorkers, d, func(random *rand.Rand) error {
		time.Sleep(milliseconds(random, 500, 1500))
		former := cluster.Primary
		frozen, thaw := random.IntN(2) == 0 && dbtest.Full(), func() {}
		if frozen {
			thaw = former.Freeze(t)
		} else {
			former.Kill(t)
		}
		time.Sleep(milliseconds(random, 0, 500))
		cluster.Failover(t)
		failovers++
		acknowledged := b.acknowledged.Load()
		for end := time.Now().Add(30 * time.Second); b.acknowledged.Load() == acknowledged; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				return errors.New("the bank does not go on")
			}
		}
		if frozen {
			thaw()
			former.Kill(t)
		}
		if !dbtest.Full() {
			time.Sleep(d)
			return nil
		}
		slot := slots[former]
		delete(slots, former)
		fresh := cluster.Add(t)
		slots[fresh] = slot
		slot.Lead(t, fresh.Engine())
		slot.Cut()
		return nil
	})
	b.direct = open(t, cluster.Primary.Engine().DSN)
	b.check(t, 46, d, fmt.Sprintf("%d failovers", failovers))
}
