package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const (
	soakWorkers = 4
	soakRows    = 300     // of each worker, about
	soakGrowth  = 1 << 20 // bytes in ten minutes
)

// Ensure that a program which runs for long needs no more memory, goroutines and files than in its beginning, and that
// what it remembers of statements is bounded. It is a process of its own, so that it measures nobody else's. suite: 32
func TestSoak(t *testing.T) {
	if dbtest.IsChild() {
		d, _ := time.ParseDuration(os.Getenv("CHILD_FOR"))
		soak(t, open(t, os.Getenv("CHILD_DSN")), d)
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		d := time.Duration(dbtest.Size(5, 30*60)) * time.Second
		p := start(t, "TestSoak", "CHILD_DSN="+e.With("pool_maxconn=4"), "CHILD_FOR="+d.String())
		var samples []sample
		for line, ok := p.line(); ok; line, ok = p.line() {
			if strings.HasPrefix(line, "seed") {
				t.Log(line)
				continue
			}
			var s sample
			if _, err := fmt.Sscanf(line, "%d %d %d %d %d %d %d", &s.ms, &s.calls, &s.heap, &s.rss, &s.goroutines, &s.files,
				&s.shapes); err != nil {
				t.Fatalf("the process says %q", line)
			}
			samples = append(samples, s)
		}
		if err := p.cmd.Wait(); err != nil || len(samples) < 4 {
			t.Fatalf("the process ended with %v after %d samples:\n%s", err, len(samples), strings.Join(p.other, "\n"))
		}
		warm := samples[len(samples)/4:]
		first, last := warm[0], warm[len(warm)-1]
		growth := slope(warm, func(s sample) int64 { return s.heap }) * 10 * 60 * 1000
		measured := fmt.Sprintf("%.2f MB in 10 minutes", growth/(1<<20))
		if !dbtest.Full() { // a few seconds say little about ten minutes
			growth = slope(warm, func(s sample) int64 { return s.heap }) * float64(last.ms-first.ms)
			measured = fmt.Sprintf("%.2f MB in %d s", growth/(1<<20), (last.ms-first.ms)/1000)
		}
		if growth > soakGrowth {
			t.Errorf("the heap grows by %s, from %d to %d bytes", measured, first.heap, last.heap)
		}
		most := sample{}
		for _, s := range warm {
			most.shapes, most.goroutines, most.files = max(most.shapes, s.shapes), max(most.goroutines,
				s.goroutines), max(most.files, s.files)
		}
		if most.shapes > 1024 {
			t.Errorf("%d shapes are kept", most.shapes)
		}
		if early := samples[0]; most.goroutines > early.goroutines+30 || most.files > early.files+30 {
			t.Errorf("%d goroutines and %d files, at first %d and %d", most.goroutines, most.files, early.goroutines,
				early.files)
		}
		dbtest.Reportf(t, 32, "%v, %d calls, heap %.2f MB and %s more, resident %d to %d MB, at most %d shapes, %d goroutines, %d files", d, last.calls,
			float64(last.heap)/(1<<20), measured, first.rss>>20, last.rss>>20, most.shapes, most.goroutines, most.files)
	})
}

// sample is what a process holds at a moment.
type sample struct {
	ms, calls, heap, rss      int64
	goroutines, files, shapes int
}

// slope is the growth of a value in a millisecond, by the least squares.
func slope(list []sample, of func(sample) int64) float64 {
	var x, y, xx, xy float64
	for _, s := range list {
		a, b := float64(s.ms-list[0].ms), float64(of(s))
		x, y, xx, xy = x+a, y+b, xx+a*a, xy+a*b
	}
	n := float64(len(list))
	return (n*xy - x*y) / (n*xx - x*x)
}

// soak puts a mixed load on a database, and tells what the process holds.
func soak(t *testing.T, db *prom.DB, d time.Duration) {
	seed := rand.Uint64()
	tell("seed %d", seed)
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	s := &soaking{db: db, repo: entries(db, "entry"), wide: wideEntries(db, "wide"), raw: entries(db, "raw")}
	begun := time.Now()
	every := max(d/180, 100*time.Millisecond)
	if err := together(soakWorkers+1, func(i int) (err error) {
		defer func() {
			if err != nil {
				cancel() // so that the others end, too
			}
		}()
		if i == soakWorkers {
			for ctx.Err() == nil {
				time.Sleep(every)
				if err := s.sample(begun); err != nil {
					return err
				}
			}
			return nil
		}
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		for no := 1; ctx.Err() == nil; no++ {
			if err := s.step(random, i, no); err != nil {
				return fmt.Errorf("worker %d, step %d: %w", i, no, err)
			}
			time.Sleep(time.Millisecond) // other tests run as well
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

type soaking struct {
	db    *prom.DB
	repo  *prom.Repo[Entry]
	wide  *prom.Repo[WideEntry]
	raw   *prom.Repo[Entry]
	calls atomic.Int64
	drops sync.RWMutex // a table that is dropped again and again while it is made is a table that is not there
}

func (s *soaking) sample(begun time.Time) error {
	runtime.GC()
	runtime.GC() // what a pool kept over the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	shapes := 0
	for _, repo := range []prom.AnyRepo{s.repo, s.wide, s.raw} {
		st, err := prom.CacheStatsOf(repo)
		if err != nil {
			return err
		}
		shapes = max(shapes, st.Shapes)
	}
	files, _ := os.ReadDir("/proc/self/fd")
	tell("%d %d %d %d %d %d %d", time.Since(begun).Milliseconds(), s.calls.Load(), m.HeapAlloc, resident(),
		runtime.NumGoroutine(), len(files), shapes)
	return nil
}

// resident is how much memory of the machine the process has, where the system tells. SQLite has memory that is none of
// Go's, and the race detector some that grows with what it sees.
func resident() int64 {
	text, _ := os.ReadFile("/proc/self/statm")
	if f := strings.Fields(string(text)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// step does one of what programs do.
func (s *soaking) step(random *rand.Rand, worker, no int) error {
	ctx, cancel := within(30 * time.Second)
	defer cancel()
	s.calls.Add(1)
	mine := s.repo.Where(entryWorker.Eq(worker))
	switch random.IntN(16) {
	case 0, 1, 2:
		return s.repo.Create(ctx, &Entry{Worker: worker, No: no})
	case 3:
		list := make([]Entry, random.IntN(20))
		for i := range list {
			list[i] = Entry{Worker: worker, No: no, Half: i}
		}
		return s.repo.CreateMany(ctx, list)
	case 4: // the rows stay about as many
		_, err := mine.Where(entryNo.Lt(no - soakRows)).Delete(ctx)
		return err
	case 5, 6:
		list, err := mine.OrderBy(entryNo.Desc()).Limit(50).All(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		list[0].Half++
		return s.repo.Save(ctx, &list[0])
	case 7:
		_, err := mine.Where(entryNo.In(no, no-1, no-2)).Update(ctx, entryNo.Add(0))
		return err
	case 8:
		n := 0
		for _, err := range mine.Stream(ctx) {
			if n++; err != nil || n == 20 {
				return err
			}
		}
	case 9:
		for _, err := range mine.Each(ctx) {
			if err != nil {
				return err
			}
		}
	case 10:
		err := s.db.Tx(ctx, func(ctx context.Context) error {
			if err := s.repo.Create(ctx, &Entry{Worker: worker, No: no, Half: 1}); err != nil {
				return err
			}
			return errUndone
		})
		if !errors.Is(err, errUndone) {
			return fmt.Errorf("a transaction that was to be undone: %w", err)
		}
	case 11:
		var b prom.Batch
		prom.Queue(&b, s.repo).Create(&Entry{Worker: worker, No: no})
		count := prom.Queue(&b, s.repo).Count(mine)
		if err := b.Run(ctx); err != nil {
			return err
		}
		_, err := count.Value()
		return err
	case 12: // a program that writes values into its SQL
		_, err := s.raw.Where(prom.Raw(prom.Proto[Entry](), fmt.Sprintf("no = %d AND worker = %d", no, worker))).Count(ctx)
		return err
	case 13:
		return s.canceled(random, worker, no)
	case 14:
		s.drops.RLock()
		defer s.drops.RUnlock()
		return s.wide.Create(ctx, &WideEntry{Worker: worker, No: no})
	case 15:
		return s.rare(ctx, random)
	}
	return nil
}

var errUndone = errors.New("undone")

// canceled writes with a context that ends at any moment.
func (s *soaking) canceled(random *rand.Rand, worker, no int) error {
	ctx, cancel := within(time.Duration(random.IntN(2000)) * time.Microsecond)
	defer cancel()
	err := s.db.Tx(ctx, func(ctx context.Context) error { return s.repo.Create(ctx, &Entry{Worker: worker, No: no}) })
	if err != nil && !errors.Is(err, prom.ErrTimeout) && !errors.Is(err, prom.ErrOutcomeUnknown) {
		return fmt.Errorf("beyond its deadline: %w", err)
	}
	return nil
}

// rare does what programs do now and then.
func (s *soaking) rare(ctx context.Context, random *rand.Rand) error {
	switch random.IntN(40) {
	case 0:
		s.drops.Lock()
		defer s.drops.Unlock()
		return prom.UnsafeDrop(ctx, s.wide)
	case 1:
		s.drops.RLock()
		defer s.drops.RUnlock()
		return prom.UnsafeClear(ctx, s.wide)
	case 2: // another program that opens and closes it
		db, err := new(prom.Registry).Open(os.Getenv("CHILD_DSN"))
		if err != nil {
			return err
		}
		_, err = prom.RawExec(ctx, db, `DELETE FROM "entry" WHERE half < 0`)
		if errors.Is(err, prom.ErrNoTable) {
			err = nil
		}
		return errors.Join(err, db.Close())
	}
	return nil
}
