package db

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// Stats are the figures of a DB: of the connections while it is connected, and of the caches of statements.
type Stats struct {
	driver.Stats
	Open         bool
	Connected    uint64
	Shapes       int
	Hits, Misses uint64
}

// Stats returns the figures, without I/O.
func (db *DB) Stats() Stats {
	s := Stats{Connected: db.opened.Load()}
	if e := db.engine.Load(); e != nil {
		s.Open, s.Stats = true, e.Stats()
	}
	db.extras.Range(func(_, v any) bool {
		if c, ok := v.(interface {
			Figures() (shapes int, hits, misses uint64)
		}); ok {
			shapes, hits, misses := c.Figures()
			s.Shapes, s.Hits, s.Misses = s.Shapes+shapes, s.Hits+hits, s.Misses+misses
		}
		return true
	})
	return s
}

// Health is the outcome of a health check.
type Health struct {
	driver.Health
	Name      string
	Err       error
	Latency   time.Duration
	Exhausted bool
}

// HealthTimeout bounds a health check whose context has no deadline.
const HealthTimeout = 5 * time.Second

// Health connects if need be, and asks the database about itself.
func (db *DB) Health(ctx context.Context) Health {
	if _, has := ctx.Deadline(); !has {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, HealthTimeout)
		defer cancel()
	}
	h, began := Health{Name: db.Name()}, time.Now()
	e, err := db.use(ctx)
	if err == nil {
		defer db.leave()
		s := e.Stats()
		h.Exhausted = s.Pool.Max > 0 && s.Pool.InUse >= s.Pool.Max
		h.Health, err = e.Health(ctx)
	}
	h.Err, h.Latency = db.describe(err, &driver.Statement{Op: "health"}), time.Since(began)
	return h
}

// Health checks all connections at once, those of the environment too, and returns the outcomes in the order of their
// names.
func (r *Registry) Health(ctx context.Context) []Health {
	r.mu.Lock()
	err := r.readEnv()
	dbs := make([]*DB, 0, len(r.dbs))
	for _, name := range slices.Sorted(maps.Keys(r.dbs)) {
		dbs = append(dbs, r.dbs[name])
	}
	r.mu.Unlock()
	list := make([]Health, len(dbs))
	var wg sync.WaitGroup
	for i, db := range dbs {
		wg.Go(func() { list[i] = db.Health(ctx) })
	}
	wg.Wait()
	if err != nil {
		list = append(list, Health{Err: err})
	}
	return list
}
