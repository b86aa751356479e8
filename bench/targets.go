package main

import (
	"math"
	"slices"
)

// What a target bounds.
const (
	inRatio  = "ratio"              // of times, to the base or to Against
	inNs     = "time"               // of an operation
	inAllocs = "allocations"        // of an operation
	inBytes  = "bytes"              // alive
	inGrowth = "exponent of growth" // 1 is linear
	inSpeed  = "ratio of speeds"    // to the base; here more is better
)

// Target is a bound that prom is held to.
type Target struct {
	Engine  string // "" for both
	Contest string
	Entrant string // promName unless said
	What    string
	Bound   float64
	Against string // the entrant that the ratio is to, unless the base
}

// targets is the one list of them.
var targets = []Target{
	{Engine: Postgres, Contest: "insert", What: inRatio, Bound: 1.02},
	{Engine: Postgres, Contest: "bulk10k", What: inRatio, Bound: 0.50},
	{Engine: Postgres, Contest: "bulk1k", What: inRatio, Bound: 0.70},
	{Engine: Postgres, Contest: "get", What: inRatio, Bound: 0.98},
	{Engine: Postgres, Contest: "list100", What: inRatio, Bound: 0.80},
	{Engine: Postgres, Contest: "list10k", What: inRatio, Bound: 0.70},
	{Engine: Postgres, Contest: "list10k", What: inRatio, Bound: 0.88, Against: sizedName},
	{Engine: Postgres, Contest: "stream", What: inRatio, Bound: 0.75},
	{Engine: Postgres, Contest: "update", What: inRatio, Bound: 1.03},
	{Engine: Postgres, Contest: "column", What: inRatio, Bound: 1.03},
	{Engine: Postgres, Contest: "delete", What: inRatio, Bound: 1.03},
	{Engine: Postgres, Contest: "getmany", What: inRatio, Bound: 0.12},
	{Engine: Postgres, Contest: "tx10", What: inRatio, Bound: 0.40},
	{Engine: Postgres, Contest: "get16", What: inRatio, Bound: 0.98},
	{Engine: Postgres, Contest: "upsert", What: inRatio, Bound: 0.98},
	{Engine: Postgres, Contest: "upsert1k", What: inRatio, Bound: 0.75},
	{Engine: Postgres, Contest: "eager", What: inRatio, Bound: 0.60},
	{Engine: Postgres, Contest: "levels", What: inRatio, Bound: 0.80},
	{Engine: Postgres, Contest: "manytomany", What: inRatio, Bound: 0.80},
	{Engine: Postgres, Contest: "newest", What: inRatio, Bound: 0.80},
	{Engine: Postgres, Contest: "groupby", What: inRatio, Bound: 0.95},
	{Engine: Postgres, Contest: "pagenext", What: inRatio, Bound: 0.90},
	{Engine: Postgres, Contest: "pageprev", What: inRatio, Bound: 0.90},
	{Engine: Postgres, Contest: "documents", What: inRatio, Bound: 0.90},
	{Engine: Postgres, Contest: "mix-p50", What: inRatio, Bound: 0.90},
	{Engine: Postgres, Contest: "mix-p99", What: inRatio, Bound: 1},
	{Engine: Postgres, Contest: "mix-p99.9", What: inRatio, Bound: 1},
	{Engine: Postgres, Contest: "routed", Entrant: "prom, reads=replicas", What: inRatio, Bound: 1.05},

	{Engine: SQLite, Contest: "insert", What: inRatio, Bound: 0.80},
	{Engine: SQLite, Contest: "bulk10k", What: inRatio, Bound: 0.42},
	{Engine: SQLite, Contest: "get", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "list100", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "list10k", What: inRatio, Bound: 0.20},
	{Engine: SQLite, Contest: "stream", What: inRatio, Bound: 0.20},
	{Engine: SQLite, Contest: "update", What: inRatio, Bound: 0.90},
	{Engine: SQLite, Contest: "column", What: inRatio, Bound: 0.90},
	{Engine: SQLite, Contest: "upsert", What: inRatio, Bound: 0.60},
	{Engine: SQLite, Contest: "upsert1k", What: inRatio, Bound: 0.50},
	{Engine: SQLite, Contest: "tx10", What: inRatio, Bound: 0.45},
	{Engine: SQLite, Contest: "get16", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "readwrite", What: inSpeed, Bound: 1.5},
	{Engine: SQLite, Contest: "eager", What: inRatio, Bound: 0.20},
	{Engine: SQLite, Contest: "levels", What: inRatio, Bound: 0.35},
	{Engine: SQLite, Contest: "manytomany", What: inRatio, Bound: 0.35},
	{Engine: SQLite, Contest: "newest", What: inRatio, Bound: 0.35},
	{Engine: SQLite, Contest: "groupby", What: inRatio, Bound: 0.75},
	{Engine: SQLite, Contest: "pagenext", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "pageprev", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "documents", What: inRatio, Bound: 0.50},
	{Engine: SQLite, Contest: "mix-p50", What: inRatio, Bound: 0.40},
	{Engine: SQLite, Contest: "mix-p99", What: inRatio, Bound: 0.60},
	{Engine: SQLite, Contest: "mix-p99.9", What: inRatio, Bound: 1},

	{Engine: Postgres, Contest: "get", What: inAllocs, Bound: 6},
	{Engine: Postgres, Contest: "insert", What: inAllocs, Bound: 6},
	{Engine: Postgres, Contest: "update", What: inAllocs, Bound: 5},
	{Engine: Postgres, Contest: "column", What: inAllocs, Bound: 5},
	{Engine: Postgres, Contest: "delete", What: inAllocs, Bound: 5},
	{Engine: SQLite, Contest: "get", What: inAllocs, Bound: 3},
	{Engine: SQLite, Contest: "insert", What: inAllocs, Bound: 2},
	{Engine: SQLite, Contest: "update", What: inAllocs, Bound: 2},
	{Engine: SQLite, Contest: "column", What: inAllocs, Bound: 2},
	{Engine: SQLite, Contest: "upsert", What: inAllocs, Bound: 2},
	{Engine: SQLite, Contest: "delete", What: inAllocs, Bound: 2},
	{Contest: "list100", What: inAllocs, Bound: 110},
	{Contest: "list10k", What: inAllocs, Bound: 10_100},
	{Contest: "stream", What: inAllocs, Bound: 100_000}, // of 100,000 rows
	{Engine: Postgres, Contest: "bulk10k", What: inAllocs, Bound: 100},

	{Contest: "tracking", Entrant: trackedName, What: inRatio, Bound: 1.15},
	{Contest: "heap", What: inBytes, Bound: 4 << 20},
	{Contest: "growth-rows", What: inGrowth, Bound: maxGrowth},
	{Contest: "growth-columns", What: inGrowth, Bound: maxGrowth},
	{Contest: "growth-in", What: inGrowth, Bound: maxGrowth},
	{Contest: "shape", What: inNs, Bound: 500},
	{Contest: "shape", What: inAllocs, Bound: 4},
	{Contest: "startup", What: inNs, Bound: 10e6},
}

// maxGrowth is the exponent up to which growth counts as linear: work that grows with the square has 2, and what no
// longer fits the processor's caches makes even the simplest loop a little more than 1.
const maxGrowth = 1.2

// Verdict is what became of a target.
type Verdict struct {
	Target
	Engine    string
	Title     string
	Value     float64
	Tolerance float64 // by which a noisy value may miss the bound, as a part of it
}

// Met reports whether the bound is kept.
func (v Verdict) Met() bool {
	if v.What == inSpeed {
		return v.Value >= v.Bound
	}
	return v.Value <= v.Bound
}

// Behind reports whether the bound is missed by more than the noise.
func (v Verdict) Behind() bool {
	if v.What == inSpeed {
		return v.Value < v.Bound*(1-v.Tolerance)
	}
	return v.Value > v.Bound*(1+v.Tolerance)
}

// judge compares results with the targets.
func judge(results []*Result) []Verdict {
	var verdicts []Verdict
	for _, r := range results {
		for _, t := range targets {
			if t.Contest != r.ID || t.Engine != "" && t.Engine != r.Engine {
				continue
			}
			if v, ok := t.judge(r); ok {
				verdicts = append(verdicts, v)
			}
		}
	}
	return verdicts
}

func (t Target) judge(r *Result) (v Verdict, ok bool) {
	v = Verdict{Target: t, Engine: r.Engine, Title: r.Title}
	if v.Entrant == "" {
		v.Entrant = promName
	}
	if t.What == inGrowth {
		v.Value, v.Tolerance = r.Growth, r.Tolerance
		return v, r.Growth != 0
	}
	l := r.Line(v.Entrant)
	if l == nil {
		return v, false
	}
	switch t.What {
	case inRatio:
		v.Value, v.Tolerance = l.Ratio, max(r.Tolerance, l.spread())
		if t.Against != "" {
			other := r.Line(t.Against)
			if other == nil {
				return v, false
			}
			v.Value = ratioOf(l, other).Mid
		}
	case inSpeed:
		v.Value, v.Tolerance = 1/l.Ratio, max(r.Tolerance, l.spread())
	case inNs:
		v.Value, v.Tolerance = l.Median, r.Tolerance
	case inAllocs:
		// Once in a while something else allocates too, and what is made for many calls counts for a part of each.
		v.Value = math.Round(l.Allocs)
	case inBytes:
		v.Value = l.Bytes
	}
	return v, true
}

// held reports whether there is a target for one of the results of a source.
func held(engine string, results []string) bool {
	for _, t := range targets {
		if slices.Contains(results, t.Contest) && (t.Engine == "" || t.Engine == engine) {
			return true
		}
	}
	return false
}
