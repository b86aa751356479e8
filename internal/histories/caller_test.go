package histories

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/prom-go/prom"
)

// useRegisters has goroutines use registers, and returns what each call has answered.
func useRegisters(db *prom.DB, j *job) answer {
	options := []prom.RepoOption{prom.Using(db)}
	if j.Coalesce {
		options = append(options, prom.BatchGets())
	}
	repo, marked := prom.NewRepo[Register](options...), prom.NewRepo[Marked](options...)
	callers := make([]*caller, j.Workers)
	var wg sync.WaitGroup
	for i := range callers {
		id := 1000*j.Site + i
		callers[i] = &caller{repo: repo, marked: marked, db: db, job: j, id: id,
			random: rand.New(rand.NewPCG(j.Seed, uint64(id))),
			loaded: map[int64]*Register{}, copies: map[int64]*Marked{}, failures: map[string]int{}}
		wg.Go(callers[i].run)
	}
	wg.Wait()
	a := answer{Failures: map[string]int{}}
	for _, c := range callers {
		a.Calls = append(a.Calls, c.calls...)
		for kind, n := range c.failures {
			a.Failures[kind] += n
		}
		if c.wrong != nil {
			a.Wrong += c.wrong.Error() + "\n"
		}
	}
	return a
}

// caller is a goroutine that calls, one call after the other.
type caller struct {
	repo   *prom.Repo[Register]
	marked *prom.Repo[Marked]
	db     *prom.DB
	job    *job
	id     int
	random *rand.Rand
	serial int64
	loaded map[int64]*Register // what it has got of each register
	copies map[int64]*Marked   // the same, with soft deletion

	calls    []call
	failures map[string]int
	wrong    error
}

// mixes are which calls a history has.
var mixes = map[string][]string{
	"register": {"read", "read", "read", "create", "save", "save", "delete", "delete key", "set", "set if value",
		"set if version", "upsert", "insert or nothing", "insert or read"},
	"counter": {"read", "read", "add", "add", "add", "insert or add", "insert or add", "set if value"},
	"mixed":   slices.Sorted(maps.Keys(calls)),
	"marked":  slices.Sorted(maps.Keys(markedCalls)),
}

func (c *caller) run() {
	mix := mixes[c.job.Mix]
	for range c.job.Steps {
		c.call(mix[c.random.IntN(len(mix))])
		if c.wrong != nil {
			return
		}
	}
}

// value returns one that nobody else writes.
func (c *caller) value() int64 {
	c.serial++
	return (int64(c.id)+1)*1_000_000 + c.serial
}

// call makes one call on one register, or a few calls that are one on several, and writes down what it has answered.
func (c *caller) call(do string) {
	ctx, cancel := hurried(c.job, c.random)
	defer cancel()
	key := c.job.First + c.random.Int64N(c.job.Keys)
	in := input{Do: do, Soft: c.job.Mix == "marked"}
	ways := calls[do]
	if in.Soft {
		ways = markedCalls[do]
	}
	way := ways[c.random.IntN(len(ways))]
	if c.job.Broken != "" && do == "add" {
		way = broken[c.job.Broken]
	}
	in.By = way.by
	switch do {
	case "add", "insert or add":
		in.A = 1 + c.random.Int64N(1_000_000)
	default:
		in.A = c.value()
	}
	v := c.loaded[key]
	switch do {
	case "save", "delete", "mark", "restore", "set if version", "set if value":
		if v == nil {
			return
		}
		if in.B = v.Version; do == "set if value" {
			in.B = v.Value
		}
	}
	made := call{Client: c.id, Key: key, Input: in, Call: now()}
	rows, err := way.do(ctx, c, key, in)
	made.Return = now()
	var ok bool
	if made.Output, ok = c.output(err); !ok {
		return
	}
	if made.Output.Outcome == done && rows.outcome != "" {
		made.Output.Outcome = rows.outcome
	}
	if err != nil || rows.list == nil {
		c.calls = append(c.calls, made)
		return
	}
	for key, row := range rows.list { // most calls have one row
		made.Key = key
		if made.Output.Outcome == done && row == nil {
			made.Output.Outcome = none
		}
		one := made
		if row != nil {
			one.Output.Row, one.Output.Value, one.Output.Version = true, row.Value, row.Version
			if do != "delete" && do != "delete key" {
				c.loaded[key] = row
			}
		} else if do == "read" {
			one.Output.Outcome = none
		}
		c.calls = append(c.calls, one)
		made.Output.Outcome = done
	}
}

// errNotNow is of a call that was not made.
var errNotNow = errors.New("the value is not one for this call")

// output returns the output of a call with an error, or false when it is as if there had been no call.
func (c *caller) output(err error) (output, bool) {
	switch {
	case errors.Is(err, errNotNow):
		return output{}, false
	case err == nil:
		return output{Outcome: done}, true
	case errors.Is(err, prom.ErrOutcomeUnknown):
		c.failures["unknown"]++
		return output{Outcome: unknown}, true
	case errors.Is(err, prom.ErrNotFound):
		return output{Outcome: none}, true
	case errors.Is(err, prom.ErrStale):
		return output{Outcome: stale}, true
	case errors.Is(err, prom.ErrUnique):
		return output{Outcome: taken}, true
	}
	c.failures[outcomeOf(err)]++
	rest(err, c.random)
	if !mayFail(err) {
		c.wrong = err
	}
	return output{}, false
}
