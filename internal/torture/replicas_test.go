//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Shelf and Leaf are a parent that is never deleted and its children: a leaf that is shown has a shelf.
type (
	Shelf struct {
		prom.Model
		Worker int
	}
	Leaf struct {
		prom.Model
		Shelf  prom.Ref[Shelf] `prom:"shelf_id,index"`
		Worker int             `prom:"index"`
		No     int
	}
)

var (
	leaf       = prom.Proto[Leaf]()
	leafShelf  = prom.RefOf(leaf, &leaf.Shelf)
	leafWorker = prom.NumberOf(leaf, &leaf.Worker)
	leafNo     = prom.NumberOf(leaf, &leaf.No)
	leafID     = prom.NumberOf(leaf, &leaf.ID)
)

// reading is one worker that writes its own leaves, and reads them and those of others.
type reading struct {
	worker  int
	db      *prom.DB
	shelves *prom.Repo[Shelf]
	leaves  *prom.Repo[Leaf]
	rnd     *rand.Rand
	own     map[int64]int // the No of the worker's leaves that are there, by key
	gone    []int64       // keys of the worker's leaves that were deleted
	common  *common

	reads, missed, nowhere, back int
}

// common is what all workers know of each other.
type common struct {
	mu    sync.Mutex
	acked map[int64]int // the No of the shared leaves, as of the last commit that was acknowledged
	hot   []int64       // the keys of the shared leaves, to which all write
}

// atLeast returns what a shared leaf has at least.
func (c *common) atLeast(key int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acked[key]
}

func (c *common) ack(key int64, no int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acked[key] = max(c.acked[key], no)
}

// write writes something and remembers it once it is acknowledged.
func (r *reading) write(ctx context.Context) error {
	var key int64
	for k := range r.own {
		key = k
		break
	}
	switch n := r.rnd.IntN(8); {
	case n == 0 || key == 0: // with a shelf of its own, in a transaction
		var l Leaf
		err := r.db.Tx(ctx, func(ctx context.Context) error {
			s := Shelf{Worker: r.worker}
			if err := r.shelves.Create(ctx, &s); err != nil {
				return err
			}
			l = Leaf{Shelf: prom.NewRef[Shelf](s.ID), Worker: r.worker, No: 1}
			return r.leaves.Create(ctx, &l)
		})
		if err != nil {
			return err
		}
		r.own[l.ID] = 1
	case n == 1: // in two calls
		s := Shelf{Worker: r.worker}
		if err := r.shelves.Create(ctx, &s); err != nil {
			return err
		}
		l := Leaf{Shelf: prom.NewRef[Shelf](s.ID), Worker: r.worker, No: 1}
		if err := r.leaves.Create(ctx, &l); err != nil {
			return err
		}
		r.own[l.ID] = 1
	case n == 2 && len(r.own) > 3:
		if _, err := r.leaves.Where(leafID.Eq(key)).Delete(ctx); err != nil {
			return err
		}
		delete(r.own, key)
		r.gone = append(r.gone, key)
	case n == 3: // in a batch
		var b prom.Batch
		for range 2 {
			prom.Queue(&b, r.leaves).UpdateWhere(r.leaves.Where(leafID.Eq(key)), leafNo.Add(1))
		}
		if err := b.Run(ctx); err != nil {
			return err
		}
		r.own[key] += 2
	case n == 4:
		if _, err := prom.RawExec(ctx, r.db, `UPDATE leaf SET no = no + 1 WHERE _id = ?`, key); err != nil {
			return err
		}
		r.own[key]++
	case n == 5: // of a leaf that all write to
		key = r.common.hot[r.rnd.IntN(len(r.common.hot))]
		list, err := prom.UpdateReturning(ctx, r.leaves.Where(leafID.Eq(key)), leafNo.Add(1))
		if err != nil {
			return err
		}
		r.common.ack(key, list[0].No)
	case n == 6:
		l, err := r.leaves.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("to save: %w", err)
		}
		l.No++
		if err := r.leaves.Save(ctx, l); err != nil {
			return err
		}
		r.own[key] = l.No
	default:
		if _, err := r.leaves.Where(leafID.Eq(key)).Update(ctx, leafNo.Add(1)); err != nil {
			return err
		}
		r.own[key]++
	}
	return nil
}

// read reads something, and compares it with what must be shown.
func (r *reading) read(ctx context.Context, whole bool) error {
	r.reads++
	var key int64
	for k := range r.own {
		key = k
		break
	}
	switch n := r.rnd.IntN(8); {
	case n < 2 && key > 0:
		l, err := r.leaves.Get(ctx, key)
		if err != nil && !errors.Is(err, prom.ErrNotFound) {
			return err
		}
		if err != nil || l.No != r.own[key] {
			r.missed++
		}
	case n == 2 && len(r.gone) > 0:
		there, err := r.leaves.Where(leafID.Eq(r.gone[r.rnd.IntN(len(r.gone))])).Exists(ctx)
		if err != nil {
			return err
		}
		if there {
			r.missed++
		}
	case n == 3:
		count, err := r.leaves.Where(leafWorker.Eq(r.worker)).Count(ctx)
		if err != nil {
			return err
		}
		if count != len(r.own) {
			r.missed++
		}
	case n == 4: // the newest leaves of all, with their shelves
		list, err := r.leaves.OrderBy(leafID.Desc()).Limit(5).With(leafShelf).All(ctx)
		if err != nil {
			return err
		}
		for _, l := range list {
			if _, ok := l.Shelf.Get(); !ok {
				r.nowhere++
			}
		}
	case n == 5: // the same in two calls
		l, err := r.leaves.OrderBy(leafID.Desc()).First(ctx)
		if err != nil {
			return err
		}
		if _, err := r.shelves.Get(ctx, l.Shelf.Key()); errors.Is(err, prom.ErrNotFound) {
			r.nowhere++
		} else if err != nil {
			return err
		}
	case n == 6: // in a transaction, of one snapshot
		err := r.db.Tx(ctx, func(ctx context.Context) error {
			sum := 0
			for l, err := range r.leaves.Where(leafWorker.Eq(r.worker)).OrderBy(leafID.Asc()).Stream(ctx) {
				if err != nil {
					return err
				}
				if r.own[l.ID] != l.No {
					r.missed++
				}
				sum++
			}
			if sum != len(r.own) {
				r.missed++
			}
			return nil
		}, prom.ReadOnly(), prom.WithIsolation(prom.RepeatableRead), prom.Retry(3))
		if err != nil {
			return err
		}
	default: // what others have written, and what was shown before
		key := r.common.hot[r.rnd.IntN(len(r.common.hot))]
		least := 0
		if whole {
			least = r.common.atLeast(key)
		}
		last := 0
		for range 2 {
			l, err := r.leaves.Get(ctx, key)
			if err != nil {
				return err
			}
			if l.No < least {
				r.missed++
			}
			if l.No < last {
				r.back++
			}
			last = l.No
		}
	}
	return nil
}

// readWhileWriting has workers write and read for a time, half of them in scopes of their own, one for each few calls
// that the position goes through as text, and returns what they found.
func readWhileWriting(t *testing.T, db *prom.DB, d time.Duration, during func()) (sum reading, writes int64) {
	t.Helper()
	const workers = 8
	ctx, cancel := within(d + 2*time.Minute)
	defer cancel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	first := rand.IntN(1 << 24) // so that the leaves of earlier workers are no worker's
	shelves, leaves := prom.NewRepo[Shelf](prom.Using(db)), prom.NewRepo[Leaf](prom.Using(db))
	shared := &common{acked: map[int64]int{}}
	setup := prom.ReadScope(ctx)
	for range 3 {
		s := Shelf{Worker: -1}
		if err := shelves.Create(setup, &s); err != nil {
			t.Fatal(err)
		}
		l := Leaf{Shelf: prom.NewRef[Shelf](s.ID), Worker: -1}
		if err := leaves.Create(setup, &l); err != nil {
			t.Fatal(err)
		}
		shared.hot = append(shared.hot, l.ID)
	}
	start, err := prom.ReadPosition(setup)
	if err != nil {
		t.Fatal(err)
	}
	var wrote atomic.Int64
	var list [workers]reading
	end := time.Now().Add(d)
	done := make(chan error, 1)
	go func() {
		done <- together(workers, func(i int) error {
			r := &list[i]
			*r = reading{worker: first + i, db: db, shelves: shelves, leaves: leaves, own: map[int64]int{}, common: shared,
				rnd: rand.New(rand.NewPCG(seed, uint64(i)))}
			position := start
			for time.Now().Before(end) {
				inside := ctx
				if i%2 == 1 {
					var err error
					if inside, err = prom.ReadScopeAt(ctx, position); err != nil {
						return err
					}
				}
				for range 1 + r.rnd.IntN(8) {
					if r.rnd.IntN(4) == 0 {
						if err := r.write(inside); err != nil {
							return err
						}
						wrote.Add(1)
					} else if err := r.read(inside, i%2 == 0); err != nil {
						return err
					}
				}
				if i%2 == 1 {
					var err error
					if position, err = prom.ReadPosition(inside); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}()
	if during != nil {
		during()
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		sum.reads, sum.missed = sum.reads+r.reads, sum.missed+r.missed
		sum.nowhere, sum.back = sum.nowhere+r.nowhere, sum.back+r.back
	}
	return sum, wrote.Load()
}

// replicated returns a connection to a cluster whose standbys answer reads, once they do.
func replicated(t *testing.T, c *dbtest.Cluster, options string) *prom.DB {
	t.Helper()
	db := open(t, c.Hosts().With("reads=replicas&pool_maxconn=8"+options))
	serving(t, db, len(c.Standbys))
	return db
}

// serving waits until that many standbys answer reads.
func serving(t *testing.T, db *prom.DB, n int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if err := db.Ping(context.Background()); err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, h := range db.Hosts() {
			if h.Role == prom.HostStandby && h.State == prom.HostServes {
				open++
			}
		}
		if open == n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d standbys answer reads: %+v", open, n, db.Hosts())
		}
	}
}

// routed returns how many of the reads the standbys have answered, and how many the primary instead of them.
func routed(db *prom.DB) (standbys, primary uint64) {
	for _, h := range db.Hosts() {
		if h.Role == prom.HostPrimary {
			primary += h.Reads
		} else {
			standbys += h.Reads
		}
	}
	return standbys, primary
}

// Ensure that reads of standbys never miss what was written in their scope, never go back, and show no reference that
// leads nowhere, whether the standbys follow at once or are late; and that the reads are answered by the standbys if
// these follow at once. suite: 47
func TestReplicas(t *testing.T) {
	t.Parallel()
	long := time.Duration(dbtest.Size(2, 30)) * time.Second
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 2})
	for i := range dbtest.Size(1, 2) {
		db := replicated(t, cluster, "")
		r, writes := readWhileWriting(t, db, long, nil)
		standbys, primary := routed(db)
		share := 100 * float64(standbys) / float64(standbys+primary)
		if r.missed+r.nowhere+r.back > 0 || share < 90 {
			t.Errorf("%d writes missed, %d references lead nowhere, %d reads went back, %.1f%% on standbys",
				r.missed, r.nowhere, r.back, share)
		}
		dbtest.Reportf(t, 47, "round %d: %d writes, %d reads, 0 missed, %.1f%% on standbys", i+1, writes, r.reads, share)
	}
	for _, s := range cluster.Standbys {
		s.Set(t, "recovery_min_apply_delay", "200ms")
	}
	for i := range dbtest.Size(1, 2) {
		db := replicated(t, cluster, "")
		r, writes := readWhileWriting(t, db, long, nil)
		standbys, primary := routed(db)
		if r.missed+r.nowhere+r.back > 0 {
			t.Errorf("delayed: %d writes missed, %d references lead nowhere, %d reads went back", r.missed, r.nowhere, r.back)
		}
		dbtest.Reportf(t, 47, "200 ms late, round %d: %d writes, %d reads, 0 missed, %.1f%% on standbys",
			i+1, writes, r.reads, 100*float64(standbys)/float64(standbys+primary))
	}
}

// Ensure the same while a standby is promoted in the middle, with synchronous replication, and another one follows it:
// what was acknowledged is shown, by whichever server answers. suite: 47
func TestReplicas_Promotion(t *testing.T) {
	t.Parallel()
	ctx, cancel := within(10 * time.Minute)
	defer cancel()
	cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 2, Sync: true})
	db := replicated(t, cluster, "&failover_wait=30s&max_lag=1s")
	leaves, shelves := prom.NewRepo[Leaf](prom.Using(db)), prom.NewRepo[Shelf](prom.Using(db))
	s := Shelf{}
	if err := shelves.Create(ctx, &s); err != nil {
		t.Fatal(err)
	}
	const workers = 4
	var acked, missed, reads atomic.Int64
	var ended atomic.Bool
	done := make(chan error, 1)
	go func() {
		done <- together(workers, func(i int) error {
			l := Leaf{Shelf: prom.NewRef[Shelf](s.ID), Worker: i}
			if err := leaves.Create(ctx, &l); err != nil {
				return err
			}
			least := 0
			for n := 1; !ended.Load(); n++ {
				call, cancel := context.WithTimeout(ctx, 30*time.Second)
				_, err := leaves.Where(leafID.Eq(l.ID)).Update(call, leafNo.Set(n))
				cancel()
				if err == nil {
					least = n
					acked.Add(1)
				}
				got, err := leaves.Get(ctx, l.ID)
				if err != nil {
					continue // no server, for a moment
				}
				reads.Add(1)
				if got.No < least {
					missed.Add(1)
				}
				least = max(least, got.No)
			}
			return nil
		})
	}()
	busy := func(from int64) {
		for end := time.Now().Add(time.Minute); acked.Load() < from+int64(dbtest.Size(20, 500)) && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	busy(acked.Load())
	cluster.Primary.Kill(t)
	cluster.Failover(t)
	serving(t, db, 1)
	busy(acked.Load())
	ended.Store(true)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	standbys, primary := routed(db)
	if missed.Load() > 0 || acked.Load() == 0 {
		t.Errorf("%d of %d reads missed a write, of %d", missed.Load(), reads.Load(), acked.Load())
	}
	dbtest.Reportf(t, 47, "a promotion: %d writes, %d reads, 0 missed, %d by standbys, %d by the primary",
		acked.Load(), reads.Load(), standbys, primary)
}
