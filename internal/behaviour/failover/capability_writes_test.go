//go:build unix

package failover_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/outbox"
)

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
