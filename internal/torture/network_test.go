package torture

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const (
	faultRows = 400                    // that iterations read
	faultLate = 250 * time.Millisecond // how long after its context a call may end
)

// faults makes each of the faults that a network has.
var faults = map[dbtest.ToxicKind]func(r *rand.Rand) dbtest.Toxic{
	dbtest.Latency:   func(r *rand.Rand) dbtest.Toxic { return dbtest.Toxic{Delay: milliseconds(r, 20, 400)} },
	dbtest.Down:      func(*rand.Rand) dbtest.Toxic { return dbtest.Toxic{} },
	dbtest.Bandwidth: func(r *rand.Rand) dbtest.Toxic { return dbtest.Toxic{Bytes: 100 + r.IntN(4000)} },
	dbtest.SlowClose: func(r *rand.Rand) dbtest.Toxic { return dbtest.Toxic{Delay: milliseconds(r, 100, 800)} },
	dbtest.Timeout: func(r *rand.Rand) dbtest.Toxic {
		return dbtest.Toxic{Delay: milliseconds(r, 1, 500) * time.Duration(r.IntN(2))}
	},
	dbtest.Reset: func(r *rand.Rand) dbtest.Toxic { return dbtest.Toxic{Delay: milliseconds(r, 0, 50)} },
	dbtest.Slicer: func(r *rand.Rand) dbtest.Toxic {
		return dbtest.Toxic{Bytes: 1 + r.IntN(40), Delay: milliseconds(r, 1, 5)}
	},
	dbtest.Limit: func(r *rand.Rand) dbtest.Toxic { return dbtest.Toxic{Bytes: 1 + r.IntN(3000)} },
}

// breaks has the faults that no call gets through. Others slow what is sent, so that it is chance whether a call still
// ends in time.
var breaks = map[dbtest.ToxicKind]bool{dbtest.Down: true, dbtest.Timeout: true, dbtest.Reset: true, dbtest.Limit: true}

func milliseconds(r *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+r.IntN(to-from)) * time.Millisecond
}

// Ensure that each call ends with its context, whatever the network does, that no write is repeated or told wrong, and
// that the program goes on when the fault is gone. suite: 11
func TestPostgresNetwork(t *testing.T) {
	t.Parallel()
	for _, kind := range slices.Sorted(maps.Keys(faults)) {
		t.Run(strings.ReplaceAll(string(kind), " ", "_"), func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, kind)
			f.run(time.Duration(dbtest.Size(2, 60)) * time.Second)
			f.check()
		})
	}
}

// faulty is a database behind a network with a fault.
type faulty struct {
	t        *testing.T
	kind     dbtest.ToxicKind
	random   *rand.Rand
	network  *dbtest.Network
	db       *prom.DB // through the network
	direct   *prom.DB
	writes   *outcomes
	installs *outcomes
	clock    *dbtest.Clock

	calls, failed atomic.Int64
	mu            sync.Mutex
	late          time.Duration // the most
	bad           []error
}

func newFaulty(t *testing.T, kind dbtest.ToxicKind) *faulty {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	straight := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	f := &faulty{t: t, kind: kind, random: rand.New(rand.NewPCG(seed, 0)), clock: dbtest.NewClock(t),
		direct: open(t, straight.DSN)}
	rows := make([]Entry, faultRows)
	for i := range rows {
		rows[i].No = i
	}
	ctx := context.Background()
	if err := errors.Join(entries(f.direct, "row").CreateMany(ctx, rows),
		entries(f.direct, "entry").Install(ctx)); err != nil {
		t.Fatal(err)
	}
	network, e := dbtest.NewNetwork(t, straight)
	f.network, f.db = network, open(t, e.With("pool_maxconn=6"))
	f.writes, f.installs = newOutcomes(f.db, "entry"), newOutcomes(f.db, "unused")
	return f
}

// run has all kinds of calls while the fault comes and goes.
func (f *faulty) run(d time.Duration) {
	f.t.Helper()
	done := make(chan struct{})
	calls := []func(ctx context.Context, worker, no int) error{f.query, f.writes.single, f.writes.pair, f.install,
		f.iterate}
	seed := f.random.Uint64()
	working := make(chan error, 1)
	go func() {
		working <- together(2*len(calls), func(worker int) error {
			random := rand.New(rand.NewPCG(seed, uint64(worker)))
			for no := 1; !closed(done); no++ {
				f.call(milliseconds(random, 100, 1500),
					func(ctx context.Context) error { return calls[worker%len(calls)](ctx, worker, no) })
				time.Sleep(milliseconds(random, 1, 40))
			}
			return nil
		})
	}()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(milliseconds(f.random, 500, 1500))
		toxic := faults[f.kind](f.random)
		toxic.Kind, toxic.Way = f.kind, dbtest.Way(f.random.IntN(3))
		if err := f.network.Set(toxic); err != nil {
			f.t.Fatal(err)
		}
		time.Sleep(milliseconds(f.random, 300, 1500))
		if err := f.network.Set(dbtest.Toxic{}); err != nil {
			f.t.Fatal(err)
		}
	}
	close(done)
	if err := <-working; err != nil {
		f.t.Error(err)
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// call makes a call with a deadline, and notes how late it ended and what it returned.
func (f *faulty) call(d time.Duration, fn func(ctx context.Context) error) {
	ctx, cancel := within(d)
	defer cancel()
	deadline, _ := ctx.Deadline()
	err := fn(ctx)
	now := time.Now()
	late := f.clock.Between(deadline, now)
	f.calls.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = max(f.late, late)
	if late > bound(faultLate) {
		f.bad = append(f.bad, fmt.Errorf("a call ended %v after its context, with %w", late, err))
	}
	var e *prom.Error
	if err != nil {
		f.failed.Add(1)
		if !errors.As(err, &e) {
			f.bad = append(f.bad, fmt.Errorf("an error without a kind: %w", err))
		}
	}
}

func (f *faulty) query(ctx context.Context, _, no int) error {
	list, err := entries(f.db, "row").Where(entryNo.Eq(no % faultRows)).All(ctx)
	if err == nil && (len(list) != 1 || list[0].No != no%faultRows) {
		return fmt.Errorf("the query for %d found %v", no%faultRows, list)
	}
	return err
}

// install writes into a table that is not there.
func (f *faulty) install(ctx context.Context, worker, no int) error {
	repo := entries(f.db, fmt.Sprintf("i_%d_%d", worker, no))
	return f.installs.note(worker, no, false, repo.Create(ctx, &Entry{Worker: worker, No: no}))
}

// iterate reads all rows, by each of the ways to do so. Rows that come are right, whether or not there is an error
// later.
func (f *faulty) iterate(ctx context.Context, _, no int) error {
	q := entries(f.db, "row").OrderBy(entryNo.Asc())
	loop := q.Stream
	if no%2 == 0 {
		loop = q.Each
	}
	n := 0
	for e, err := range loop(ctx) {
		if err != nil {
			return err
		}
		if e.No != n {
			return fmt.Errorf("the row %d has the number %d", n, e.No)
		}
		n++
	}
	if n != faultRows {
		return fmt.Errorf("%d rows, and no error", n)
	}
	return nil
}

// check looks at what is there when the network is well again.
func (f *faulty) check() {
	t := f.t
	t.Helper()
	for _, err := range f.bad[:min(len(f.bad), 10)] {
		t.Error(err)
	}
	ctx, cancel := within(10 * time.Second)
	defer cancel()
	begun := time.Now()
	if err := f.writes.single(ctx, -1, 1); err != nil {
		t.Errorf("without a fault: %v", err)
	}
	recovery := time.Since(begun)
	noLocks(t, f.direct)
	acknowledged, happened := f.writes.check(t, halves(t, f.direct, "entry"))
	have := map[half]int{}
	tables, err := f.direct.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	installed := 0
	for _, table := range tables {
		if strings.HasPrefix(table, "i_") {
			wholeTable(t, f.direct, table, false)
			maps.Copy(have, halves(t, f.direct, table))
			installed++
		}
	}
	f.installs.check(t, have)
	if acknowledged == 0 {
		t.Error("no write was acknowledged")
	}
	if f.network.Met() == 0 && f.kind != dbtest.SlowClose { // whether a connection is closed meanwhile is chance
		t.Error("the fault met nothing")
	}
	if breaks[f.kind] && f.failed.Load() == 0 {
		t.Error("no call failed")
	}
	t.Log(f.writes.kinds, f.installs.kinds)
	dbtest.Reportf(t, 11, "%s: %d calls, %d failed, the latest %v after its context; %d writes acknowledged, 0 lost, 0 repeated, %d commits unknown, %d that failed had happened; %d tables; well after %v",
		f.kind, f.calls.Load(), f.failed.Load(), f.late.Round(time.Millisecond), acknowledged, f.writes.kinds[prom.ErrOutcomeUnknown.Error()], happened,
		installed, recovery.Round(time.Millisecond))
}
