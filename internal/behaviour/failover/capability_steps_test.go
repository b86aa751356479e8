//go:build unix

package failover_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/outbox"
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

// writes are the steps that write.
var writes = []step{
	{"writes", "create", func(ctx context.Context, s *service) error { return s.wings.Create(ctx, &Wing{Name: s.step}) }},
	{"writes", "create many", func(ctx context.Context, s *service) error {
		_, err := s.create(ctx, kit.ByArrays)
		if err != nil {
			return err
		}
		return number(s.mine().Count(ctx))(kit.ByArrays)
	}},
	{"writes", "create very many (COPY)", func(ctx context.Context, s *service) error {
		_, err := s.create(ctx, kit.ByCopy)
		if err != nil {
			return err
		}
		return number(s.mine().Count(ctx))(kit.ByCopy)
	}},
	{"writes", "save, optimistic locking", func(ctx context.Context, s *service) error {
		list, err := s.create(ctx, 1)
		if err != nil {
			return err
		}
		v, err := s.volumes.Get(ctx, list[0].ID)
		if err != nil {
			return err
		}
		v.Pages, list[0].Pages = 1, 2
		if err := s.volumes.Save(ctx, v); err != nil {
			return err
		}
		if err := s.volumes.Save(ctx, &list[0]); !errors.Is(err, prom.ErrStale) {
			return fmt.Errorf("a stale value was saved: %w", err)
		}
		return nil
	}},
	{"writes", "update and delete by query", func(ctx context.Context, s *service) error {
		if _, err := s.create(ctx, 3); err != nil {
			return err
		}
		if err := number(s.mine().Update(ctx, volumePages.Add(1), volumeTags.Append("new")))(3); err != nil {
			return err
		}
		return number(s.mine().HardDelete(ctx))(3)
	}},
	{"writes", "RETURNING", func(ctx context.Context, s *service) error {
		if _, err := s.create(ctx, 3); err != nil {
			return err
		}
		return rows(prom.UpdateReturning(ctx, s.mine(), volumePages.Set(7)))(3)
	}},
	{"writes", "soft delete and restore", func(ctx context.Context, s *service) error {
		list, err := s.create(ctx, 1)
		if err == nil {
			err = s.volumes.Delete(ctx, &list[0])
		}
		if err == nil {
			err = number(s.mine().Count(ctx))(0)
		}
		if err == nil {
			err = number(s.mine().Undelete(ctx))(1)
		}
		return err
	}},
	{"writes", "upsert by a unique column", func(ctx context.Context, s *service) error {
		for range 2 {
			if err := s.wings.Upsert(ctx, &Wing{Name: s.step}, wingName); err != nil {
				return err
			}
		}
		return number(s.wings.Where(wingName.Eq(s.step)).Count(ctx))(1)
	}},
	{"writes", "upsert of many", func(ctx context.Context, s *service) error {
		list := []Wing{{Name: s.step + " 1"}, {Name: s.step + " 2"}}
		for range 2 {
			if _, err := s.wings.OnConflict(wingName).DoNothing().CreateMany(ctx, list); err != nil {
				return err
			}
		}
		return number(s.wings.Where(wingName.HasPrefix(s.step)).Count(ctx))(2)
	}},
	{"writes", "GetOrCreate", func(ctx context.Context, s *service) error {
		for _, want := range []bool{true, false} {
			created, err := s.wings.GetOrCreate(ctx, &Wing{Name: s.step}, wingName)
			if err != nil {
				return err
			}
			if err := equal(created, want); err != nil {
				return err
			}
		}
		return nil
	}},
	{"writes", "batch", func(ctx context.Context, s *service) error {
		var b prom.Batch
		for i := range 3 {
			prom.Queue(&b, s.wings).Create(&Wing{Name: fmt.Sprintf("%s %d", s.step, i)})
		}
		n := prom.Queue(&b, s.wings).Count(s.wings.Where(wingName.HasPrefix(s.step)))
		if err := b.Run(ctx); err != nil {
			return err
		}
		return number(n.Value())(3)
	}},
	{"writes", "writes in chunks", func(ctx context.Context, s *service) error {
		if _, err := s.create(ctx, 30); err != nil {
			return err
		}
		n := 0
		for p, err := range prom.UpdateInChunks(ctx, s.mine(), prom.Chunks{Size: 10}, volumePages.Set(1)) {
			if err != nil {
				return err
			}
			n = int(p.Rows)
		}
		return equal(n, 30)
	}},
	{"writes", "large value from a stream", func(ctx context.Context, s *service) error {
		list, err := s.create(ctx, 1)
		if err != nil {
			return err
		}
		const size = 1 << 20
		return prom.WriteBytes(ctx, s.volumes, volumeCover, bytes.NewReader(make([]byte, size)), size, list[0].ID)
	}},
	{"writes", "restore of a dump", func(ctx context.Context, s *service) error {
		w := Wing{Name: s.step}
		if err := s.wings.Create(ctx, &w); err != nil {
			return err
		}
		var dump bytes.Buffer
		if err := prom.Dump(ctx, &dump, s.wings); err != nil {
			return err
		}
		if err := prom.Restore(ctx, &dump, s.wings); !errors.Is(err, prom.ErrUnique) { // the rows are there
			return fmt.Errorf("restored twice: %w", err)
		}
		return nil
	}},
	{"writes", "raw SQL that writes", func(ctx context.Context, s *service) error {
		return number(prom.RawExec(ctx, s.db, "UPDATE wing SET name = name WHERE name = ?", "seed"))(1)
	}},
	{"writes", "a violation of UNIQUE is told as that", func(ctx context.Context, s *service) error {
		err := s.wings.Create(ctx, &Wing{Name: "seed"})
		if errors.Is(err, prom.ErrUnique) {
			return nil
		}
		return fmt.Errorf("the name is there: %w", err)
	}},

	{"transactions", "commit and rollback", func(ctx context.Context, s *service) error {
		failed := errors.New("no")
		err := s.db.Tx(ctx, func(ctx context.Context) error {
			if err := s.wings.Create(ctx, &Wing{Name: s.step}); err != nil {
				return err
			}
			return failed
		})
		if err != failed {
			return err
		}
		return number(s.wings.Where(wingName.Eq(s.step)).Count(ctx))(0)
	}},
	{"transactions", "savepoints", func(ctx context.Context, s *service) error {
		return s.db.Tx(ctx, func(ctx context.Context) error {
			if err := s.wings.Create(ctx, &Wing{Name: s.step}); err != nil {
				return err
			}
			err := s.db.Tx(ctx, func(ctx context.Context) error { return s.wings.Create(ctx, &Wing{Name: s.step}) })
			if !errors.Is(err, prom.ErrUnique) {
				return fmt.Errorf("twice: %w", err)
			}
			return number(s.wings.Where(wingName.Eq(s.step)).Count(ctx))(1)
		})
	}},
	{"transactions", "serializable, with retries", func(ctx context.Context, s *service) error {
		if err := s.wings.Create(ctx, &Wing{Name: s.step}); err != nil {
			return err
		}
		err := kit.Together(4, func(int) error {
			return s.db.Tx(ctx, func(ctx context.Context) error {
				w, err := prom.GetBy(ctx, s.wings, wingName, s.step)
				if err != nil {
					return err
				}
				return s.wings.Update(ctx, w)
			}, prom.WithIsolation(prom.Serializable), prom.Retry(100))
		})
		return err
	}},
	{"transactions", "row locks", func(ctx context.Context, s *service) error {
		return s.db.Tx(ctx, func(ctx context.Context) error { return rows(s.seeded().ForUpdate().All(ctx))(seeds) })
	}},
	{"transactions", "queue: claims, SKIP LOCKED", func(ctx context.Context, s *service) error {
		if _, err := s.create(ctx, 20); err != nil {
			return err
		}
		err := kit.Together(4, func(int) error {
			_, err := prom.Claim(ctx, s.mine().Where(volumeState.Eq("in")).OrderBy(volumeID.Asc()), 5, volumeState.Set("out"))
			return err
		})
		if err != nil {
			return err
		}
		return number(s.mine().Where(volumeState.Eq("out")).Count(ctx))(20)
	}},
	{"transactions", "advisory lock in a transaction", func(ctx context.Context, s *service) error {
		return s.db.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.RawQuery[bool](s.db, "SELECT pg_try_advisory_xact_lock(7)").First(ctx)
			if err != nil {
				return err
			}
			return s.wings.Create(ctx, &Wing{Name: s.step})
		})
	}},
	{"transactions", "pgx in the same transaction", func(ctx context.Context, s *service) error {
		return s.db.Tx(ctx, func(ctx context.Context) error {
			if err := s.wings.Create(ctx, &Wing{Name: s.step}); err != nil {
				return err
			}
			tx, err := prom.PgxTxOn(ctx, s.db)
			if err != nil {
				return err
			}
			n := 0
			err = tx.QueryRow(ctx, "SELECT count(*) FROM wing WHERE name = $1", s.step).Scan(&n)
			return number(n, err)(1)
		})
	}},

	{"messages", "watch, of rows that come", func(ctx context.Context, s *service) error {
		return watchedNew(ctx, s, prom.WatchEvery(20*time.Millisecond))
	}},
	{"messages", "watch, by notifications (WatchTrigger)", func(ctx context.Context, s *service) error {
		return watchedNew(ctx, s, prom.WatchTrigger())
	}},
	{"messages", "outbox", func(ctx context.Context, s *service) error {
		if err := s.messages.Create(ctx, &outbox.Message{Topic: "t", Key: "k", Body: []byte("b")}); err != nil {
			return err
		}
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		handle := func(context.Context, *outbox.Message) error { stop(); return nil }
		return outbox.Run(ctx, s.messages, outbox.Relay{Handle: handle})
	}},

	{"schema", "a new table", func(ctx context.Context, s *service) error {
		_, err := kit.Items(s.db).Count(ctx)
		if err == nil {
			err = kit.Items(s.db).Create(ctx, &kit.Item{Name: s.step})
		}
		return err
	}},
	{"schema", "a new column, at its first use", func(ctx context.Context, s *service) error {
		note := "n"
		v, err := s.newVolume(ctx)
		if err != nil {
			return err
		}
		return prom.NewRepo[WiderVolume](prom.Using(s.db)).Create(ctx, &WiderVolume{Volume: v, Note: &note})
	}},
	{"schema", "check", func(ctx context.Context, s *service) error { return prom.Check(ctx, s.wings, s.volumes) }},
	{"schema", "plan", func(ctx context.Context, s *service) error {
		_, err := prom.Plan(ctx, s.wings, s.volumes)
		return err
	}},
	{"schema", "a unique index on a column, by plan and apply", func(ctx context.Context, s *service) error {
		repo := prom.NewRepo[CodedVolume](prom.Using(s.db))
		plan, err := prom.Plan(ctx, repo)
		if err == nil {
			_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking)
		}
		if err != nil {
			return err
		}
		code := "c"
		v, err := s.newVolume(ctx)
		if err != nil {
			return err
		}
		return repo.Upsert(ctx, &CodedVolume{Volume: v, Code: &code}, codedCode)
	}},
}

// watchedNew watches for the volumes of a step, and creates one when the watch has seen those of before.
func watchedNew(ctx context.Context, s *service, options ...prom.WatchOption) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := s.create(ctx, 1); err != nil {
		return err
	}
	n := 0
	for _, err := range prom.Watch(ctx, s.mine(), append(options, prom.WatchFromStart())...) {
		if err != nil {
			return err
		}
		if n++; n == 2 {
			return nil
		}
		if _, err := s.create(ctx, 1); err != nil {
			return err
		}
	}
	return ctx.Err()
}
