package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// measure holds the contests of the engines, and those that need none.
func measure(ctx context.Context, cfg config) (*Report, error) {
	report := &Report{Config: cfg}
	for _, engine := range cfg.engines {
		results, facts, err := measureEngine(ctx, cfg, engine)
		if err != nil {
			return nil, err
		}
		report.Results = append(report.Results, results...)
		report.Facts = append(report.Facts, facts...)
	}
	progress("")
	report.finish()
	return report, nil
}

func openDatabase(ctx context.Context, engine, dir string) (Database, error) {
	if engine == Postgres {
		return openPostgres(ctx)
	}
	return openSQLite(dir)
}

// chosen returns the libraries of an engine that the flags ask for, the base first.
func (cfg *config) chosen(engine string) []*Library {
	var libs []*Library
	for _, l := range libraries {
		wanted := len(cfg.peers) == 0 && (l.Short || !cfg.short)
		for _, p := range cfg.peers {
			wanted = wanted || p != "" && strings.HasPrefix(l.Name, p)
		}
		switch {
		case l.Engine != engine:
		case l.Base:
			libs = append([]*Library{l}, libs...)
		case wanted:
			libs = append(libs, l)
		}
	}
	return libs
}

// quiet switches the progress off.
var quiet atomic.Bool

// progress writes a line to the terminal that the next one takes the place of. Where there is no terminal nothing is
// written of what goes on within a contest.
func progress(text string) {
	if quiet.Load() {
		return
	}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintf(os.Stderr, "\r\033[K%s", text)
	} else if strings.Count(text, ":") == 1 {
		fmt.Fprintln(os.Stderr, text)
	}
}

// session is the measuring of one engine, or of what needs none.
type session struct {
	cfg    config
	engine string
	db     Database
	libs   []*Library
	seats  map[string]*Seat
}

func measureEngine(ctx context.Context, cfg config, engine string) (results []*Result, facts []Fact, err error) {
	s := &session{cfg: cfg, engine: engine, libs: cfg.chosen(engine), seats: map[string]*Seat{}}
	if engine != "" {
		progress(engineTitle(engine) + ": start")
		if s.db, err = openDatabase(ctx, engine, cfg.dir); err != nil {
			return nil, nil, err
		}
		defer func() { err = errors.Join(err, s.close(), s.db.Close()) }()
		facts = s.db.Facts()
		if cfg.pin && engine == Postgres {
			fact, unpin, err := pin(s.db.(*postgresServer))
			if err != nil {
				return nil, nil, err
			}
			defer unpin()
			facts = append(facts, fact)
		}
		for _, lib := range s.libs {
			progress(engineTitle(engine) + ": check " + lib.Name)
			if err := check(ctx, s.db, lib); err != nil {
				return nil, nil, err
			}
			if err := checkBlog(ctx, s.db, lib); err != nil {
				return nil, nil, err
			}
		}
	}
	hotKeys = uint64(min(hotRows, cfg.rows))
	for _, src := range sources() {
		if !src.on(engine) || !cfg.match.MatchString(src.ID) || cfg.short && !held(engine, src.results()) {
			continue
		}
		progress(engineTitle(engine) + ": " + src.Title)
		r, err := src.hold(ctx, s)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", src.ID, err)
		}
		r.ID, r.Engine, r.Title = src.ID, engine, src.Title
		results = append(results, r)
		for i, t := range r.Tails {
			t.ID, t.Engine, t.Title = tails[i].id(src.ID), engine, src.Title+", "+tails[i].Name
			results = append(results, t)
		}
	}
	return results, facts, nil
}

// Source is where a result comes from.
type Source struct {
	ID, Title string
	Only      string // the one engine, "" for both
	Alone     bool   // it needs no engine
	Tails     bool   // it has a result for each of tails, beside its own
	hold      func(ctx context.Context, s *session) (*Result, error)
}

func (s *Source) on(engine string) bool {
	if s.Alone || engine == "" {
		return s.Alone && engine == ""
	}
	return s.Only == "" || s.Only == engine
}

// results are the IDs of the results.
func (s *Source) results() []string {
	ids := []string{s.ID}
	if s.Tails {
		for _, t := range tails {
			ids = append(ids, t.id(s.ID))
		}
	}
	return ids
}

// sources lists all that can be measured, in the order of the report.
func sources() []Source {
	var list []Source
	for _, w := range allWorkloads() {
		list = append(list, Source{
			ID: w.ID, Title: w.Title, Only: w.Only, Tails: w.Tails,
			hold: func(ctx context.Context, s *session) (*Result, error) { return s.workload(ctx, w) },
		})
	}
	return append(list, extras...)
}

// workload holds the contest of a workload.
func (s *session) workload(ctx context.Context, w Workload) (*Result, error) {
	c := &Contest{ID: w.ID, Unit: w.Unit, Tails: w.Tails}
	for _, lib := range s.libs {
		if len(lib.Only) > 0 && !slices.Contains(lib.Only, w.ID) || lib.opener(w.stock()) == nil {
			continue
		}
		names := []string{lib.Name}
		if lib.Base {
			names = append(names, againName)
		}
		for _, name := range names {
			seat, err := s.seat(ctx, lib, name, w)
			if err != nil {
				return nil, err
			}
			if e := w.op(ctx, seat.Peer, seat.Table); e != nil {
				e.Name = name
				c.Entrants = append(c.Entrants, e)
			}
		}
	}
	options := s.cfg.Options
	options.Slot *= time.Duration(max(1, w.Slots))
	r, err := c.hold(options, s.progress(w.Title))
	if w.Conns != 0 || w.Full {
		err = errors.Join(err, s.close(w.ID)) // nobody else needs these
	}
	return r, err
}

func (s *session) progress(title string) func(string) {
	return func(text string) { progress(engineTitle(s.engine) + ": " + title + ": " + text) }
}

// seat returns the place of a library, made when it is first needed.
func (s *session) seat(ctx context.Context, lib *Library, name string, w Workload) (*Seat, error) {
	key := w.stock().Name + " " + name
	if w.Conns != 0 || w.Full {
		key = w.ID + " " + name
	}
	if seat := s.seats[key]; seat != nil {
		return seat, nil
	}
	conns := w.Conns
	switch {
	case conns != 0:
	case s.engine == Postgres:
		conns = postgresConns
	default:
		conns = sqliteConns
	}
	seat, err := openSeat(ctx, s.db, lib, w.stock(), s.cfg.rows, conns, w.Full)
	if err == nil {
		s.seats[key] = seat
	}
	return seat, err
}

// close closes the seats whose keys begin so, or all.
func (s *session) close(prefix ...string) error {
	var errs []error
	for key, seat := range s.seats {
		if len(prefix) == 0 || strings.HasPrefix(key, prefix[0]+" ") {
			errs = append(errs, seat.Close())
			delete(s.seats, key)
		}
	}
	return errors.Join(errs...)
}
