package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/pprof"
	"time"
)

// Contest is one line of a table: several ways to do the same thing.
type Contest struct {
	ID       string
	Unit     string // what one operation is
	Tails    bool   // the entrants time their operations one by one
	Entrants []*Entrant
}

// Entrant is one who takes part in a contest. The first one of a contest is its base.
type Entrant struct {
	Name    string
	Prepare func(n int) error // before n operations, and not timed; may be nil
	Run     func(n int) error // n operations
	After   func() error      // after Run, and not timed; may be nil
	Times   []time.Duration   // of the operations of the last Run, in a contest of tails
}

// againName marks the base that takes part a second time, to show the noise.
const againName = "base again (A/A)"

// Options of the measuring.
type Options struct {
	Rounds int
	Slot   time.Duration
	Seed   uint64

	stopped func() bool // says that the run is to end
}

var errStopped = errors.New("interrupted")

// Result is what came out of a contest.
type Result struct {
	ID, Engine, Title, Unit string
	Rounds                  int
	Lines                   []*Line
	Tolerance               float64   // what the pair A/A says that chance may do
	Growth                  float64   // of contests between sizes: the exponent of the cost
	Tails                   []*Result `json:"-"` // of contests of tails, one for each of tails, to be reported by themselves
}

// Line is the result of one entrant.
type Line struct {
	Name      string
	Ops       int       // in a slot
	Ns        []float64 // an operation, for each round
	Median    float64   // of Ns
	Ratio     float64   // the median of the ratios within each round
	Low, High float64   // the quarters of these ratios
	Allocs    float64   // an operation
	Bytes     float64   // an operation
}

// Base returns the line that the others are compared with.
func (r *Result) Base() *Line { return r.Lines[0] }

// Line returns the line of a name, or nil.
func (r *Result) Line(name string) *Line {
	for _, l := range r.Lines {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Tail is the time that a part of the operations did not exceed.
type Tail struct {
	Name string
	Part float64
}

var tails = []Tail{{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}}

// id is that of the result of a tail.
func (t Tail) id(contest string) string { return contest + "-" + t.Name }

// hold measures a contest: slots of many operations, the entrants in turn and in another order each round.
func (c *Contest) hold(o Options, progress func(string)) (*Result, error) {
	r := &Result{ID: c.ID, Unit: c.Unit, Rounds: o.Rounds}
	if c.Tails {
		for range tails {
			r.Tails = append(r.Tails, &Result{Unit: c.Unit, Rounds: o.Rounds})
		}
	}
	for _, e := range c.Entrants {
		progress(e.Name)
		l := &Line{Name: e.Name}
		if err := e.calibrate(l, o.Slot); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.ID, e.Name, err)
		}
		r.Lines = append(r.Lines, l)
		for _, t := range r.Tails {
			t.Lines = append(t.Lines, &Line{Name: e.Name})
		}
	}
	order := make([]int, len(c.Entrants))
	for i := range order {
		order[i] = i
	}
	rnd := rand.New(rand.NewPCG(o.Seed, uint64(len(c.ID))))
	for round := range o.Rounds {
		progress(fmt.Sprintf("round %d of %d", round+1, o.Rounds))
		rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if o.stopped != nil && o.stopped() {
				return nil, errStopped
			}
			var ns float64
			var err error
			labels := pprof.Labels("contest", c.ID, "peer", c.Entrants[i].Name)
			pprof.Do(context.Background(), labels, func(context.Context) { ns, err = c.Entrants[i].slot(r.Lines[i].Ops) })
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.ID, c.Entrants[i].Name, err)
			}
			r.Lines[i].note(ns, o.Slot)
			r.noteTails(i, c.Entrants[i].Times)
		}
	}
	r.summarize()
	for _, t := range r.Tails {
		t.summarize()
	}
	return r, nil
}

// noteTails adds the times of single operations of an entrant.
func (r *Result) noteTails(entrant int, times []time.Duration) {
	if len(r.Tails) == 0 {
		return
	}
	ns := make([]float64, len(times))
	for i, t := range times {
		ns[i] = float64(t.Nanoseconds())
	}
	for i, tail := range tails {
		l := r.Tails[i].Lines[entrant]
		l.Ns = append(l.Ns, quantile(ns, tail.Part))
	}
}

// slot runs n operations and returns how many nanoseconds they took. The garbage of whoever ran before is collected
// first.
func (e *Entrant) slot(n int) (float64, error) {
	if e.Prepare != nil {
		if err := e.Prepare(n); err != nil {
			return 0, fmt.Errorf("prepare: %w", err)
		}
	}
	runtime.GC()
	start := time.Now()
	err := e.Run(n)
	took := time.Since(start)
	if err == nil && e.After != nil {
		err = e.After()
	}
	return float64(took.Nanoseconds()), err
}

// calibrate finds how many operations fill a slot, and counts the allocations of one. What the first operation does
// once for all, connecting and preparing, is over then.
func (e *Entrant) calibrate(l *Line, slot time.Duration) error {
	if _, err := e.slot(1); err != nil {
		return err
	}
	want := float64(slot.Nanoseconds())
	for l.Ops = 1; ; {
		// The better of two: a stall of the machine must not pass for the cost of an operation.
		first, err := e.slot(l.Ops)
		if err != nil {
			return err
		}
		ns := first
		if first < 2*want {
			second, err := e.slot(l.Ops)
			if err != nil {
				return err
			}
			ns = min(first, second)
		}
		if ns >= want/4 {
			l.Ops = max(1, int(float64(l.Ops)*want/ns+0.5))
			break
		}
		l.Ops = max(l.Ops+1, min(l.Ops*16, int(float64(l.Ops)*want/2/ns)))
	}
	return e.count(l)
}

// note adds the time of a slot, and sets the number of operations of the next one by what is known then.
func (l *Line) note(ns float64, slot time.Duration) {
	l.Ns = append(l.Ns, ns/float64(l.Ops))
	l.Ops = max(1, int(float64(slot.Nanoseconds())/quantile(l.Ns, 0.5)+0.5))
}

// count notes the allocations and bytes of one operation: the least of three passes, because what the runtime and the
// drivers' own goroutines allocate in between can only add to it.
func (e *Entrant) count(l *Line) error {
	n := max(1, min(l.Ops/4, 200))
	for pass := range 3 {
		if e.Prepare != nil {
			if err := e.Prepare(n); err != nil {
				return err
			}
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		err := e.Run(n)
		runtime.ReadMemStats(&after)
		if err != nil {
			return err
		}
		if e.After != nil {
			if err := e.After(); err != nil {
				return err
			}
		}
		allocs := float64(after.Mallocs-before.Mallocs) / float64(n)
		bytes := float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
		if pass == 0 || allocs < l.Allocs {
			l.Allocs = allocs
		}
		if pass == 0 || bytes < l.Bytes {
			l.Bytes = bytes
		}
	}
	return nil
}
