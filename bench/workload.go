package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Workload is one thing that peers are asked to do. Its op returns nil when the peer has no way to do it.
type Workload struct {
	ID, Title, Unit string
	Only            string // the one engine, "" for both
	Stock           *Stock // the tables, nil for that of items
	Full            bool   // on SQLite with synchronous=FULL, in files of its own
	Conns           int    // of the pools, 0 for the usual number
	Slots           int    // how many slots one of this workload takes, 0 for 1
	Tails           bool   // single operations are timed too: their p50, p99 and p99.9
	op              func(ctx context.Context, p *Peer, t Table) *Entrant
}

// stock is the tables that the workload is about.
func (w *Workload) stock() *Stock {
	if w.Stock == nil {
		return itemStock
	}
	return w.Stock
}

// Connections of the pools: on PostgreSQL one for each of the goroutines, on SQLite what database/sql does best with.
const (
	postgresConns = 16
	sqliteConns   = 4
)

// firstFree is the first key of the rows that are there to be deleted.
const firstFree = 10_000_000

// workloads are those of the tables, in their order.
var workloads = []Workload{
	{ID: "get", Title: "get by key", Unit: "row", op: get},
	{ID: "list100", Title: "list 100, filtered and ordered", Unit: "list", op: list(100)},
	{ID: "list10k", Title: "list 10,000", Unit: "list", op: list(10_000)},
	{ID: "stream", Title: "stream 100,000", Unit: "stream", op: stream},
	{ID: "getmany", Title: "100 gets by key in one call", Unit: "100 rows", op: getMany},
	{ID: "get16", Title: "get by key, 16 goroutines", Unit: "row", op: getParallel(16)},
	{ID: "insert", Title: "insert one", Unit: "row", op: insert},
	{ID: "bulk1k", Title: "bulk insert 1,000, with keys back", Unit: "1,000 rows", op: insertMany(1000)},
	{ID: "bulk10k", Title: "bulk insert 10,000, with keys back", Unit: "10,000 rows", op: insertMany(10_000)},
	{ID: "tx10", Title: "10 inserts in one transaction", Unit: "10 rows", op: insertTx},
	{ID: "update", Title: "update a row", Unit: "row", op: update},
	{ID: "column", Title: "update one column", Unit: "row", op: setPoints},
	{ID: "upsert", Title: "upsert", Unit: "row", op: upsert},
	{ID: "upsert1k", Title: "upsert 1,000, with outcomes", Unit: "1,000 rows", op: upsertMany},
	{ID: "delete", Title: "delete one", Unit: "row", op: remove},
	{ID: "readwrite", Title: "14 readers and 2 writers", Unit: "operation", Only: SQLite, op: readWrite(14, 2)},
	{ID: "group", Title: "single inserts, synchronous=FULL, 16 goroutines", Unit: "row", Only: SQLite, Full: true, op: insertParallel(16)},
	{ID: "coalesce", Title: "get by key, 64 goroutines, a pool of 4", Unit: "row", Only: Postgres, Conns: 4, op: getParallel(64)},
}

// allWorkloads are those on the table of items, and then those on the tables of the blog.
func allWorkloads() []Workload {
	return slices.Concat(workloads, eagerWorkloads, groupWorkloads, keysetWorkloads, documentWorkloads, mixWorkloads)
}

// keys is a sequence of keys of hot rows, the same for each peer.
type keys uint64

func (k *keys) next() int64 {
	return k.below(int64(hotKeys)) + 1
}

// below returns a number from 0 that is less than n.
func (k *keys) below(n int64) int64 {
	*k = *k*6364136223846793005 + 1442695040888963407
	return int64(uint64(*k) >> 33 % uint64(n))
}

// hotKeys is hotRows, or less in tests with few rows.
var hotKeys uint64 = hotRows

func get(ctx context.Context, p *Peer, _ Table) *Entrant {
	if p.Get == nil {
		return nil
	}
	k := keys(1)
	return &Entrant{Run: func(n int) error {
		for range n {
			if _, err := p.Get(ctx, k.next()); err != nil {
				return err
			}
		}
		return nil
	}}
}

// parallel runs n operations on some goroutines, which take them from one counter.
func parallel(n, goroutines int, op func(goroutine, i int) error) error {
	var next atomic.Int64
	var failure atomic.Pointer[error]
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failure.Load() != nil {
					return
				}
				if err := op(g, i); err != nil {
					failure.CompareAndSwap(nil, &err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := failure.Load(); err != nil {
		return *err
	}
	return nil
}

func getParallel(goroutines int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, _ Table) *Entrant {
		if p.Get == nil {
			return nil
		}
		// Each has keys of its own, apart in memory.
		seqs := make([]struct {
			keys
			_ [56]byte
		}, goroutines)
		for i := range seqs {
			seqs[i].keys = keys(i + 1)
		}
		return &Entrant{Run: func(n int) error {
			return parallel(n, goroutines, func(g, _ int) error {
				_, err := p.Get(ctx, seqs[g].next())
				return err
			})
		}}
	}
}

func list(rows int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, _ Table) *Entrant {
		if p.List == nil {
			return nil
		}
		return &Entrant{Run: func(n int) error {
			for range n {
				if _, err := p.List(ctx, rows); err != nil {
					return err
				}
			}
			return nil
		}}
	}
}

func stream(ctx context.Context, p *Peer, _ Table) *Entrant {
	if p.Stream == nil {
		return nil
	}
	return &Entrant{Run: func(n int) error {
		for range n {
			var sum int64
			if err := p.Stream(ctx, func(it *Item) { sum += it.Points + int64(len(it.Note)) }); err != nil {
				return err
			}
		}
		return nil
	}}
}

func getMany(ctx context.Context, p *Peer, _ Table) *Entrant {
	if p.GetMany == nil {
		return nil
	}
	ids := make([]int64, manyKeys)
	first := keys(1)
	return &Entrant{Run: func(n int) error {
		for range n {
			at := first.next()
			for i := range ids {
				ids[i] = (at+int64(i)*7)%int64(hotKeys) + 1
			}
			if _, err := p.GetMany(ctx, ids); err != nil {
				return err
			}
		}
		return nil
	}}
}

func insert(ctx context.Context, p *Peer, t Table) *Entrant {
	if p.Insert == nil {
		return nil
	}
	items := freshItems(1000)
	return &Entrant{After: t.Trim, Run: func(n int) error {
		for i := range n {
			it := items[i%len(items)]
			if err := p.Insert(ctx, &it); err != nil {
				return err
			}
		}
		return nil
	}}
}

func insertParallel(goroutines int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, t Table) *Entrant {
		if p.Insert == nil {
			return nil
		}
		items := freshItems(1000)
		return &Entrant{After: t.Trim, Run: func(n int) error {
			return parallel(n, goroutines, func(_, i int) error {
				it := items[i%len(items)]
				return p.Insert(ctx, &it)
			})
		}}
	}
}

func insertMany(rows int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, t Table) *Entrant {
		return insertSlices(p.InsertMany, rows)(ctx, t)
	}
}

func insertTx(ctx context.Context, p *Peer, t Table) *Entrant {
	return insertSlices(p.InsertTx, txInserts)(ctx, t)
}

func insertSlices(do func(context.Context, []Item) error, rows int) func(context.Context, Table) *Entrant {
	return func(ctx context.Context, t Table) *Entrant {
		if do == nil {
			return nil
		}
		items := freshItems(rows)
		return &Entrant{After: t.Trim, Run: func(n int) error {
			for range n {
				for i := range items {
					items[i].ID = 0
				}
				if err := do(ctx, items); err != nil {
					return err
				}
			}
			return nil
		}}
	}
}

func update(ctx context.Context, p *Peer, _ Table) *Entrant {
	return writeHot(ctx, p.Update)
}

func upsert(ctx context.Context, p *Peer, _ Table) *Entrant {
	return writeHot(ctx, p.Upsert)
}

func writeHot(ctx context.Context, do func(context.Context, *Item) error) *Entrant {
	if do == nil {
		return nil
	}
	items := freshItems(1000)
	k := keys(1)
	return &Entrant{Run: func(n int) error {
		for i := range n {
			it := items[i%len(items)]
			it.ID = k.next()
			if err := do(ctx, &it); err != nil {
				return err
			}
		}
		return nil
	}}
}

func setPoints(ctx context.Context, p *Peer, _ Table) *Entrant {
	if p.SetPoints == nil {
		return nil
	}
	k := keys(1)
	return &Entrant{Run: func(n int) error {
		for i := range n {
			if err := p.SetPoints(ctx, k.next(), int64(i), epoch); err != nil {
				return err
			}
		}
		return nil
	}}
}

func remove(ctx context.Context, p *Peer, t Table) *Entrant {
	if p.Delete == nil {
		return nil
	}
	return &Entrant{
		Prepare: func(n int) error { return t.AddRows(firstFree, n) },
		After:   t.Trim,
		Run: func(n int) error {
			for i := range n {
				if err := p.Delete(ctx, firstFree+int64(i)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// readWrite is a mix: the readers get rows by key and the writers insert, all as fast as they can.
func readWrite(readers, writers int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, t Table) *Entrant {
		if p.Get == nil || p.Insert == nil {
			return nil
		}
		items := freshItems(1000)
		return &Entrant{After: t.Trim, Run: func(n int) error {
			return parallel(n, readers+writers, func(g, i int) error {
				if g < writers {
					it := items[i%len(items)]
					return p.Insert(ctx, &it)
				}
				k := keys(i)
				_, err := p.Get(ctx, k.next())
				return err
			})
		}}
	}
}
