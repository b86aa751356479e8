package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/prom-go/prom"
)

// extras are the measurements that are about prom alone.
var extras = []Source{
	{ID: "tracking", Title: "change tracking: list 10,000", hold: tracking},
	{ID: "growth-rows", Title: "growth with the rows of a list", hold: growthOfRows},
	{ID: "growth-columns", Title: "growth with the columns of a list of 100", hold: growthOfColumns},
	{ID: "growth-in", Title: "growth with the length of IN", hold: growthOfIn},
	{ID: "heap", Title: "heap while 100,000 rows are streamed", hold: heap},
	{ID: "shape", Title: "text and arguments of a query (3 conditions, order, limit)", Alone: true, hold: shapes},
	{ID: "startup", Title: "start of 100 repos", Alone: true, hold: startup},
}

// Tracked is Item with what prom.Model brings.
type Tracked struct {
	prom.Model
	Name   string
	Email  string
	City   string
	Note   string
	Age    int32
	Active bool
	Points int64
}

const (
	trackedName = "prom.Model"
	trackedCopy = `INSERT INTO tracked (name, email, city, note, age, active, points, _id, _created, _updated)
		SELECT name, email, city, note, age, active, points, id, created, updated FROM items ORDER BY id`
)

var (
	tracked       = prom.Proto[Tracked]()
	trackedID     = prom.NumberOf(tracked, &tracked.ID)
	trackedAge    = prom.NumberOf(tracked, &tracked.Age)
	trackedActive = prom.FieldOf(tracked, &tracked.Active)
)

// promSeat is a place of its own where prom may make tables.
func (s *session) promSeat(ctx context.Context) (*Seat, *prom.DB, error) {
	lib := &Library{Name: promName, Engine: s.engine, Times: rfc3339Times}
	var db *prom.DB
	lib.Open = func(_ context.Context, at Place) (peer *Peer, err error) {
		if db, err = new(prom.Registry).Open(promDSN(at)); err != nil {
			return nil, err
		}
		return &Peer{Close: func() { _ = db.Close() }}, nil
	}
	seat, err := openSeat(ctx, s.db, lib, itemStock, s.cfg.rows, 4, false)
	return seat, db, err
}

// tracking compares lists of a model with and without change tracking.
func tracking(ctx context.Context, s *session) (_ *Result, err error) {
	seat, db, err := s.promSeat(ctx)
	if err != nil {
		return nil, err
	}
	defer closeSeat(seat, &err)
	tracked := prom.NewRepo[Tracked](prom.Using(db))
	if err := tracked.Install(ctx); err != nil {
		return nil, err
	}
	if err := seat.Table.Exec(trackedCopy); err != nil {
		return nil, err
	}
	plain := &promPeer{db, prom.NewRepo[Item](prom.Using(db))}
	const rows = 10_000
	listPlain := func() error {
		_, err := plain.list(ctx, rows)
		return err
	}
	c := &Contest{ID: "tracking", Unit: "list", Entrants: []*Entrant{
		{Name: promName, Run: repeat(listPlain)},
		{Name: againName, Run: repeat(listPlain)},
		{Name: trackedName, Run: repeat(func() error {
			_, err := tracked.Where(trackedActive.Eq(true), trackedAge.Gte(filterAge)).OrderBy(trackedID.Desc()).Limit(rows).All(ctx)
			return err
		})},
	}}
	return c.hold(s.cfg.Options, s.progress(c.ID))
}

func closeSeat(seat *Seat, err *error) {
	if closeErr := seat.Close(); *err == nil {
		*err = closeErr
	}
}

func repeat(op func() error) func(int) error {
	return func(n int) error {
		for range n {
			if err := op(); err != nil {
				return err
			}
		}
		return nil
	}
}

// growth holds a contest between sizes of the same work.
func (s *session) growth(id, unit string, sizes []int, op func(size int) func() error) (*Result, error) {
	c := &Contest{ID: id, Unit: unit}
	for _, size := range sizes {
		c.Entrants = append(c.Entrants, &Entrant{Name: fmt.Sprintf("%s %s", thousands(float64(size)), unit), Run: repeat(op(size))})
	}
	r, err := c.hold(s.cfg.Options, s.progress(id))
	if err != nil {
		return nil, err
	}
	// What a call costs by itself makes small sizes dear, and so the growth less than linear; only more is a fault.
	r.Growth = math.Inf(-1)
	for i := range len(sizes) - 1 {
		ratio, factor := ratioOf(r.Lines[i+1], r.Lines[i]), math.Log(float64(sizes[i+1])/float64(sizes[i]))
		if exponent := math.Log(ratio.Mid) / factor; exponent > r.Growth {
			r.Growth = exponent
			r.Tolerance = max(minTolerance, math.Log1p(ratio.spread(s.cfg.Rounds))/factor)
		}
	}
	return r, nil
}

func growthOfRows(ctx context.Context, s *session) (_ *Result, err error) {
	seat, db, err := s.promSeat(ctx)
	if err != nil {
		return nil, err
	}
	defer closeSeat(seat, &err)
	p := &promPeer{db, prom.NewRepo[Item](prom.Using(db))}
	return s.growth("rows", "rows", []int{100, 1000, 10_000}, func(size int) func() error {
		return func() error {
			_, err := p.list(ctx, size)
			return err
		}
	})
}

func growthOfIn(ctx context.Context, s *session) (_ *Result, err error) {
	seat, db, err := s.promSeat(ctx)
	if err != nil {
		return nil, err
	}
	defer closeSeat(seat, &err)
	p := &promPeer{db, prom.NewRepo[Item](prom.Using(db))}
	return s.growth("in", "keys", []int{100, 1000, 10_000}, func(size int) func() error {
		ids := make([]int64, size)
		for i := range ids {
			ids[i] = int64(i)%s.cfg.rows + 1
		}
		return func() error {
			_, err := p.getMany(ctx, ids)
			return err
		}
	})
}

// wideRows are in the table of each wide model.
const wideRows = 100

func growthOfColumns(ctx context.Context, s *session) (_ *Result, err error) {
	seat, db, err := s.promSeat(ctx)
	if err != nil {
		return nil, err
	}
	defer closeSeat(seat, &err)
	lists := map[int]func() error{}
	for _, fill := range []func() error{
		func() error { return wide[Wide10](ctx, db, 10, lists) },
		func() error { return wide[Wide40](ctx, db, 40, lists) },
		func() error { return wide[Wide160](ctx, db, 160, lists) },
	} {
		if err := fill(); err != nil {
			return nil, err
		}
	}
	return s.growth("columns", "columns", []int{10, 40, 160}, func(size int) func() error { return lists[size] })
}

// wide fills the table of a model and notes how to list it.
func wide[T any](ctx context.Context, db *prom.DB, columns int, lists map[int]func() error) error {
	repo := prom.NewRepo[T](prom.Using(db))
	if err := repo.CreateMany(ctx, make([]T, wideRows)); err != nil {
		return err
	}
	lists[columns] = func() error {
		_, err := repo.All(ctx)
		return err
	}
	return nil
}

// heap finds how much more is alive at any moment of a stream than before it.
func heap(ctx context.Context, s *session) (*Result, error) {
	r := &Result{Unit: "stream"}
	for _, lib := range s.libs {
		if len(lib.Only) > 0 {
			continue
		}
		seat, err := s.seat(ctx, lib, lib.Name, Workload{})
		if err != nil {
			return nil, err
		}
		if seat.Peer.Stream == nil {
			continue
		}
		l := &Line{Name: lib.Name, Ops: 1}
		for range 2 { // the first makes what is made once
			l.Bytes = 0
			before := alive()
			row, start := 0, time.Now()
			err := seat.Peer.Stream(ctx, func(*Item) {
				// A prime, so that the moments fall on different places of batches.
				if row++; row%4999 == 0 {
					l.Bytes = max(l.Bytes, alive()-before)
				}
			})
			if err != nil {
				return nil, err
			}
			l.Ns = []float64{float64(time.Since(start).Nanoseconds())}
		}
		r.Lines = append(r.Lines, l)
	}
	r.Lines[0].Ratio = 1
	return r, nil
}

// alive returns the bytes of the heap that are in use.
func alive() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
