//go:build unix

package torture

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that programs go on by themselves when PostgreSQL is stopped in the middle of their work and starts again, and
// that nothing they were told is wrong. suite: 10
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	const workers = 8
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	server := dbtest.NewOwn(t, dbtest.OwnConfig{Settings: []string{"deadlock_timeout=200ms", "max_connections=100"}})
	db := open(t, server.Engine().With("pool_maxconn=8"))
	o := newOutcomes(db, "entry")
	// When the last write began that succeeded, in nanoseconds: one that begins after the server is ready shows that the
	// program goes on.
	var succeeded atomic.Int64
	var ended atomic.Bool
	done := make(chan error, 1)
	go func() {
		done <- together(workers, func(worker int) error {
			for no := 1; !ended.Load(); no++ {
				ctx, cancel := within(5 * time.Second)
				write := o.single
				if no%2 == 0 {
					write = o.pair
				}
				err := write(ctx, worker, no)
				cancel()
				if err == nil {
					succeeded.Store(time.Now().UnixNano())
				}
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		})
	}()
	stops := dbtest.Size(2, 20)
	var delays []time.Duration
	clock := dbtest.NewClock(t)
	for range stops {
		time.Sleep(time.Duration(200+random.IntN(800)) * time.Millisecond)
		server.Kill(t)
		time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
		server.Start(t)
		ready := time.Now()
		for succeeded.Load() < ready.UnixNano() && time.Since(ready) < time.Minute {
			time.Sleep(time.Millisecond)
		}
		delays = append(delays, clock.Since(ready))
	}
	ended.Store(true)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	slices.Sort(delays)
	if last := delays[len(delays)-1]; last > bound(time.Second) {
		t.Errorf("the first success was %v after the server was ready", last)
	}
	acknowledged, happened := o.check(t, halves(t, db, "entry"))
	if acknowledged < stops {
		t.Errorf("%d writes were acknowledged", acknowledged)
	}
	t.Log(o.kinds)
	dbtest.Reportf(t, 10, "%d stops, %d writes acknowledged, 0 lost, 0 doubled; %d failed, of which %d had happened; first success %v after ready, %v at the latest",
		stops, acknowledged, len(o.told)-acknowledged, happened, delays[len(delays)/2].Round(time.Millisecond), delays[len(delays)-1].Round(time.Millisecond))
}
