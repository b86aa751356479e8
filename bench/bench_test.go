package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

func TestMain(m *testing.M) {
	if os.Getenv(startupEnv) != "" { // the start of repos is measured in a process of its own: this one
		st, err := measureStart()
		if err != nil || json.NewEncoder(os.Stdout).Encode(st) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	quiet.Store(true)
	os.Exit(m.Run())
}

const testRows = 300

func open(t *testing.T, engine string) Database {
	t.Helper()
	db, err := openDatabase(t.Context(), engine, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Ensure that every peer reads and leaves the same rows, and can do all workloads that it takes part in.
func TestPeers(t *testing.T) {
	hotKeys = testRows
	for _, engine := range []string{Postgres, SQLite} {
		db := open(t, engine)
		for _, lib := range libraries {
			if lib.Engine != engine {
				continue
			}
			t.Run(engine+"/"+lib.Name, func(t *testing.T) {
				is := is.New(t)
				ctx := context.Background()
				is.NoErr(check(ctx, db, lib))
				is.NoErr(checkBlog(ctx, db, lib))
				for _, stock := range []*Stock{itemStock, blogStock} {
					if lib.opener(stock) == nil {
						continue
					}
					s, err := openSeat(ctx, db, lib, stock, testRows, 4, false)
					is.NoErr(err)
					for _, w := range allWorkloads() {
						if w.stock() != stock || w.Only != "" && w.Only != engine {
							continue
						}
						if e := w.op(ctx, s.Peer, s.Table); e != nil {
							_, err := e.slot(3)
							is.NoErr(err) // the workload w.ID
						}
					}
					left, err := s.Table.Texts("SELECT CAST(id AS TEXT) FROM " + stock.Grows)
					is.NoErr(err)
					is.Equal(int64(len(left)), stock.Base(testRows)) // everything that was added is gone
					is.NoErr(s.Close())
				}
			})
		}
	}
}

// Ensure that the check finds a peer which does not do what it should.
func TestCheckFindsWrongPeer(t *testing.T) {
	db := open(t, SQLite)
	tests := map[string]func(p *Peer){
		"get": func(p *Peer) {
			get := p.Get
			p.Get = func(ctx context.Context, id int64) (*Item, error) {
				it, err := get(ctx, id)
				it.Note += "!"
				return it, err
			}
		},
		"list": func(p *Peer) {
			list := p.List
			p.List = func(ctx context.Context, n int) ([]Item, error) { return list(ctx, n-1) }
		},
		"insert many": func(p *Peer) {
			p.InsertMany = func(_ context.Context, items []Item) error {
				for i := range items {
					items[i].ID = int64(checkRows + 10 + i)
				}
				return nil
			}
		},
		"delete": func(p *Peer) { p.Delete = func(context.Context, int64) error { return nil } },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			wrong := *base(SQLite)
			wrong.Open = spoiled(wrong.Open, spoil)
			is := is.New(t)
			err := check(t.Context(), db, &wrong)
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), "is not equal: "+name))
		})
	}
}

// Ensure that the check of the blog does so too.
func TestCheckBlogFindsWrongPeer(t *testing.T) {
	db := open(t, SQLite)
	tests := map[string]func(p *Peer){
		"eager: the users with posts": func(p *Peer) { p.Eager.Posts = p.Eager.Newest },
		"eager: the users with posts with comments": func(p *Peer) {
			p.Eager.Comments = p.Eager.Posts
		},
		"eager: the users with their newest posts": func(p *Peer) { p.Eager.Newest = p.Eager.Posts },
		"eager: the posts with tags": func(p *Peer) {
			tags := p.Eager.Tags
			p.Eager.Tags = func(ctx context.Context, after int64, n int) (Late[Post], error) { return tags(ctx, after+1, n) }
		},
		"totals": func(p *Peer) {
			totals := p.Totals
			p.Totals = func(ctx context.Context, over int64) ([]Total, error) { return totals(ctx, over-1) }
		},
		"keyset": func(p *Peer) {
			keyset := p.Keyset
			p.Keyset = func(ctx context.Context, cursor string, n int) (KeysetPage, error) {
				page, err := keyset(ctx, cursor, n)
				page.Prev = ""
				return page, err
			}
		},
		"edit document": func(p *Peer) {
			edit := p.EditDocument
			p.EditDocument = func(ctx context.Context, after int64, n, at int) (Late[Document], error) {
				if _, err := edit(ctx, after, n, at); err != nil {
					return nil, err
				}
				return edit(ctx, after, n, at) // once too often
			}
		},
		"service: the list": func(p *Peer) {
			list := p.Service.List
			p.Service.List = func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error) {
				return list(ctx, viewer+1, before)
			}
		},
		"service: the feed": func(p *Peer) {
			feed := p.Service.Feed
			p.Service.Feed = func(ctx context.Context, viewer int64) ([]Entry, error) { return feed(ctx, viewer+1) }
		},
		"service: the new post": func(p *Peer) { p.Service.Create = func(context.Context, *Post) error { return nil } },
		"service: the table": func(p *Peer) {
			p.Service.Rename = func(context.Context, int64, string, time.Time) error { return nil }
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			wrong := *base(SQLite)
			wrong.Blog = spoiled(wrong.Blog, spoil)
			is := is.New(t)
			err := checkBlog(t.Context(), db, &wrong)
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), "is not equal: "+name))
		})
	}
}

// base returns the library that the others are compared with.
func base(engine string) *Library {
	for _, l := range libraries {
		if l.Engine == engine && l.Base {
			return l
		}
	}
	return nil
}

type opener = func(ctx context.Context, at Place) (*Peer, error)

// spoiled opens a peer that spoil has changed.
func spoiled(open opener, spoil func(*Peer)) opener {
	return func(ctx context.Context, at Place) (*Peer, error) {
		p, err := open(ctx, at)
		if err == nil {
			spoil(p)
		}
		return p, err
	}
}

// Ensure that the times of single operations make results of their own.
func TestTails(t *testing.T) {
	is := is.New(t)
	e := &Entrant{Name: "base"}
	e.Run = func(n int) error {
		e.Times = make([]time.Duration, n)
		for i := range e.Times {
			e.Times[i] = time.Duration(i + 1)
		}
		time.Sleep(time.Duration(n) * time.Microsecond)
		return nil
	}
	c := &Contest{ID: "mix", Tails: true, Entrants: []*Entrant{e}}
	r, err := c.hold(Options{Rounds: 3, Slot: time.Millisecond}, func(string) {})
	is.NoErr(err)
	is.Equal(len(r.Tails), len(tails))
	for _, tail := range r.Tails {
		is.Equal(len(tail.Lines[0].Ns), 3)
	}
	is.True(r.Tails[0].Lines[0].Median < r.Tails[1].Lines[0].Median)
}

// Ensure that a whole run, of prom and the base, gives a report with all that there is, and that the documentation can
// be made of it.
func TestRun(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	page := filepath.Join(dir, "benchmarks.md")
	is.NoErr(os.WriteFile(page, []byte("before\n"+beginMark+"old\n"+endMark+"after\n"), 0o644))
	file := filepath.Join(dir, "report.json")
	args := []string{"-rounds", "1", "-slot", "100us", "-rows", "300", "-peers", "prom", "-dir", dir, "-json", file}
	is.NoErr(run(args, io.Discard))

	var out strings.Builder
	is.NoErr(run([]string{"-from", file, "-docs", dir}, &out))
	for _, engine := range []string{Postgres, SQLite, ""} {
		for _, src := range sources() {
			if src.on(engine) {
				is.True(strings.Contains(out.String(), src.Title)) // src.ID is in the report
			}
		}
	}
	got, err := os.ReadFile(page)
	is.NoErr(err)
	is.True(strings.HasPrefix(string(got), "before\n"+beginMark))
	is.True(strings.HasSuffix(string(got), endMark+"after\n"))
	is.True(!strings.Contains(string(got), "old"))
	for _, engine := range []string{Postgres, SQLite} {
		chart, err := os.ReadFile(filepath.Join(dir, "img", "bench-"+engine+".svg"))
		is.NoErr(err)
		d := xml.NewDecoder(strings.NewReader(string(chart)))
		for err == nil {
			_, err = d.Token()
		}
		is.True(errors.Is(err, io.EOF)) // well-formed
		is.True(strings.Contains(string(got), "img/bench-"+engine+".svg"))
	}
}

// Ensure that every target is about something that is measured, and has a sensible bound.
func TestTargets(t *testing.T) {
	is := is.New(t)
	for _, target := range targets {
		found := false
		for _, engine := range []string{Postgres, SQLite, ""} {
			if target.Engine != "" && target.Engine != engine {
				continue
			}
			for _, src := range sources() {
				found = found || slices.Contains(src.results(), target.Contest) && src.on(engine)
			}
		}
		is.True(found) // target.Contest
		is.True(target.Bound > 0)
	}
}

func TestVerdicts(t *testing.T) {
	result := func(ratio, tolerance float64) *Result {
		return &Result{Engine: SQLite, ID: "get", Tolerance: tolerance, Lines: []*Line{
			{Name: "base", Ratio: 1}, {Name: promName, Ratio: ratio, Allocs: 3.4},
		}}
	}
	tests := []struct {
		ratio, tolerance float64
		want             string
	}{
		{0.39, 0.02, "met"}, {0.41, 0.05, "within noise"}, {0.43, 0.05, "**behind**"},
	}
	for _, tt := range tests {
		is := is.New(t)
		verdicts := judge([]*Result{result(tt.ratio, tt.tolerance)})
		is.Equal(len(verdicts), 2) // the ratio and the allocations
		is.Equal(verdicts[0].outcome(), tt.want)
		is.Equal(verdicts[1].outcome(), "met")
	}
	is := is.New(t)
	speed := Verdict{Target: Target{What: inSpeed, Bound: 1.5}, Value: 1.45, Tolerance: 0.05}
	is.Equal(speed.outcome(), "within noise")
	speed.Value = 1.3
	is.Equal(speed.outcome(), "**behind**")
}

func TestRatios(t *testing.T) {
	is := is.New(t)
	r := &Result{Lines: []*Line{
		{Name: "base", Ns: []float64{100, 200, 100}},
		{Name: againName, Ns: []float64{110, 200, 100}},
		{Name: promName, Ns: []float64{50, 120, 40}}, // within the rounds: 0.5, 0.6, 0.4
	}}
	r.summarize()
	is.Equal(r.Line(promName).Ratio, 0.5)
	is.Equal(r.Line(promName).Median, 50.0)
	is.Equal(r.Line(againName).Ratio, 1.0)
	is.True(r.Tolerance >= minTolerance)
	is.Equal(quantile([]float64{4, 1, 3, 2}, 0.5), 2.5)
	is.Equal(quantile([]float64{7}, 0.25), 7.0)
}

func TestFigures(t *testing.T) {
	is := is.New(t)
	is.Equal(thousands(1234567.4), "1,234,567")
	is.Equal(thousands(999), "999")
	is.Equal(thousands(12.34), "12.3")
	is.Equal(nanoseconds(950), "950 ns")
	is.Equal(nanoseconds(12345), "12.3 µs")
	is.Equal(nanoseconds(float64(3*time.Millisecond)), "3.00 ms")
}

func TestFlags(t *testing.T) {
	is := is.New(t)
	cfg, _, err := parse([]string{"-check"})
	is.NoErr(err)
	is.Equal(cfg.Rounds, 9)
	cfg, _, err = parse([]string{"-check", "-rounds", "3", "-engine", "none"})
	is.NoErr(err)
	is.Equal(cfg.Rounds, 3)
	is.Equal(cfg.engines, []string{""})
	for _, wrong := range [][]string{{"-engine", "mysql"}, {"-run", "("}, {"-rounds", "0"}, {"more"}} {
		_, _, err := parse(wrong)
		is.True(err != nil)
	}
}
