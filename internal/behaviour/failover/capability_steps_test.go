//go:build unix

package failover_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
)

// step is a row of the table of docs/growth.md.
type step struct {
	group, name string
	run         func(ctx context.Context, s *service) error
}

// is returns an error, of no kind, unless two values are equal.
func equal(got, want any) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

// number returns an error unless a call has returned a number.
func number(got int, err error) func(want int) error {
	return func(want int) error {
		if err != nil {
			return err
		}
		return equal(got, want)
	}
}

// rows returns an error unless a call has returned so many rows.
func rows[T any](list []T, err error) func(want int) error { return number(len(list), err) }

// reads are the steps that write nothing.
var reads = []step{
	{"reads", "ping", func(ctx context.Context, s *service) error { return s.db.Ping(ctx) }},
	{"reads", "health check", func(ctx context.Context, s *service) error { return s.db.Health(ctx).Err }},
	{"reads", "get by key, by a unique column", func(ctx context.Context, s *service) error {
		v, err := s.seeded().First(ctx)
		if err == nil {
			v, err = s.volumes.Get(ctx, v.ID)
		}
		if err != nil {
			return err
		}
		w, err := prom.GetBy(ctx, s.wings, wingName, "seed")
		if err != nil {
			return err
		}
		return equal(v.Wing.Key(), w.ID)
	}},
	{"reads", "coalesced gets", func(ctx context.Context, s *service) error {
		list, err := s.seeded().All(ctx)
		if err != nil {
			return err
		}
		ctx = prom.WithBatchGets(ctx)
		return kit.Together(seeds, func(i int) error {
			_, err := s.volumes.Get(ctx, list[i].ID)
			return err
		})
	}},
	{"reads", "filter, order, limit, count", func(ctx context.Context, s *service) error {
		q := s.seeded().Where(volumePages.Gte(200), volumeAt.Lt(begun.Add(4*time.Hour)))
		if err := rows(q.Limit(10).All(ctx))(2); err != nil {
			return err
		}
		return number(q.Count(ctx))(2)
	}},
	{"reads", "groups and aggregates", func(ctx context.Context, s *service) error {
		n, err := prom.Scalar(ctx, s.seeded(), prom.Sum(volumePages))
		return number(int(n), err)(1000)
	}},
	{"reads", "window functions", func(ctx context.Context, s *service) error {
		number := prom.RowNumber(prom.OrderWindow(volumePages.Desc()))
		return rows(prom.Pluck2(s.seeded(), volumeTitle, number).All(ctx))(seeds)
	}},
	{"reads", "joins, subqueries, unions", func(ctx context.Context, s *service) error {
		q := s.seeded().Where(volumeWing.Has(wingName.Eq("seed")))
		if err := rows(prom.Pluck(q, prom.Via(volumeWing, wingName)).All(ctx))(seeds); err != nil {
			return err
		}
		one, two := s.volumes.Where(volumeTitle.Eq("seed 1")), s.volumes.Where(volumeTitle.Eq("seed 2"))
		return rows(prom.Union(one, two).All(ctx))(2)
	}},
	{"reads", "eager loading", func(ctx context.Context, s *service) error {
		w, err := s.wings.Where(wingName.Eq("seed")).With(wingVolumes.Limit(3)).First(ctx)
		if err != nil {
			return err
		}
		return equal(len(w.Volumes.Rows()), 3)
	}},
	{"reads", "loop in pages (Each)", func(ctx context.Context, s *service) error {
		n := 0
		for _, err := range s.seeded().Each(ctx) {
			if err != nil {
				return err
			}
			n++
		}
		return equal(n, seeds)
	}},
	{"reads", "stream", func(ctx context.Context, s *service) error {
		n := 0
		for _, err := range s.seeded().Stream(ctx) {
			if err != nil {
				return err
			}
			n++
		}
		return equal(n, seeds)
	}},
	{"reads", "pages, by offset and by cursor", func(ctx context.Context, s *service) error {
		p, err := s.seeded().Page(ctx, 1, 2)
		if err != nil {
			return err
		}
		if err := equal([]int{len(p.Rows), p.Total}, []int{2, seeds}); err != nil {
			return err
		}
		k, err := s.seeded().KeysetPage(ctx, "", 2)
		if err == nil {
			k, err = s.seeded().KeysetPage(ctx, k.Next, 2)
		}
		return rows(k.Rows, err)(2)
	}},
	{"reads", "full-text search", func(ctx context.Context, s *service) error {
		q := s.seeded().Where(volumeText.Match("whales -ships"))
		return rows(q.OrderBy(volumeText.Rank("whales").Desc()).All(ctx))(seeds)
	}},
	{"reads", "JSON, lists, enums, decimals, ranges", func(ctx context.Context, s *service) error {
		byAnn := map[string]any{"author": map[string]any{"name": "Ann"}}
		q := s.seeded().Where(volumeAbout.Contains(byAnn), volumeTags.Has("3"),
			volumeState.Eq("in"), volumePrice.Gt("3.00"), volumeLoan.Contains(7))
		return rows(q.All(ctx))(1)
	}},
	{"reads", "raw SQL", func(ctx context.Context, s *service) error {
		n, err := prom.RawQuery[int](s.db, "SELECT count(*) FROM volume WHERE title LIKE ?", "seed %").First(ctx)
		return number(n, err)(seeds)
	}},
	{"reads", "read-only transaction, one snapshot", func(ctx context.Context, s *service) error {
		return s.db.Tx(ctx, func(ctx context.Context) error { return number(s.seeded().Count(ctx))(seeds) },
			prom.ReadOnly(), prom.WithIsolation(prom.RepeatableRead))
	}},
	{"reads", "large value as a stream", func(ctx context.Context, s *service) error {
		v, err := s.seeded().First(ctx)
		if err != nil {
			return err
		}
		r, err := prom.OpenBytes(ctx, s.volumes, volumeCover, v.ID)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}},
	{"reads", "dump", func(ctx context.Context, s *service) error {
		return prom.Dump(ctx, io.Discard, s.wings, s.volumes)
	}},
	{"reads", "DB.SQL", func(ctx context.Context, s *service) error {
		db, err := s.db.SQL(ctx)
		if err != nil {
			return err
		}
		n := 0
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM wing WHERE name = 'seed'").Scan(&n)
		return number(n, err)(1)
	}},
	{"reads", "watch, by polling", func(ctx context.Context, s *service) error {
		return watched(ctx, s, func() error { return nil }, prom.WatchFromStart(), prom.WatchEvery(20*time.Millisecond))
	}},
	{"reads", "what is in the database (Describe)", func(ctx context.Context, s *service) error {
		_, err := s.db.Describe(ctx, "volume")
		return err
	}},
	{"reads", "DB.Backup", func(ctx context.Context, s *service) error {
		return s.db.Backup(ctx, filepath.Join(s.folder, "backup.db"))
	}},
	{"reads", "timeouts in the DSN", func(ctx context.Context, s *service) error {
		db, err := new(prom.Registry).Open(s.engine.With("statement_timeout=10s"))
		if err != nil {
			return err
		}
		return errors.Join(db.Ping(ctx), db.Close())
	}},
}

// watched waits for as many volumes of a watch as there are, and what a function writes meanwhile.
func watched(ctx context.Context, s *service, write func() error, options ...prom.WatchOption) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, err := range prom.Watch(ctx, s.volumes.Where(volumeTitle.HasPrefix("seed 3")), options...) {
		if err == nil {
			err = write()
		}
		return err
	}
	return ctx.Err()
}
