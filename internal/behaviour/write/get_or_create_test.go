package write_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a row is created when there is none and read when there is one, by the fields that say so.
// parity: M11 X10
func TestGetOrCreate(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := counters(db)
		v := Counter{Name: "a", Hits: 1}
		created, err := repo.GetOrCreate(ctx, &v)
		is.NoErr(err)
		is.True(created && v.ID > 0 && !v.IsNew())
		again := Counter{Name: "a", Hits: 7}
		created, err = repo.GetOrCreate(ctx, &again, CounterName)
		is.NoErr(err)
		is.True(!created && again.ID == v.ID && again.Hits == 1)
		is.Equal(len(repo.Modified(&again)), 0)
		code := 3
		created, err = repo.GetOrCreate(ctx, &Counter{Name: "b", Code: &code}, CounterCode)
		is.NoErr(err)
		is.True(created)
		clash := Counter{Name: "b"}
		clash.Code = new(int)
		*clash.Code = 4
		_, err = repo.GetOrCreate(ctx, &clash, CounterCode)
		is.True(errors.Is(err, prom.ErrUnique)) // on another field
		is.True(clash.IsNew())
		for _, err := range []error{kit.ErrOf(repo.GetOrCreate(ctx, &Counter{})),
			kit.ErrOf(repo.GetOrCreate(ctx, &Counter{Name: "x"}, CounterHits)),
			kit.ErrOf(repo.GetOrCreate(ctx, &Counter{Name: "x"}, CounterCode))} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is := is.New(t)
			created, err := repo.GetOrCreate(ctx, &Counter{Name: "tx"})
			is.True(err == nil && created)
			created, err = repo.GetOrCreate(ctx, &Counter{Name: "tx"})
			is.True(err == nil && !created)
			return nil
		}))

		soft := softPages(db)
		p := Page{Slug: "s"}
		is.NoErr(soft.Create(ctx, &p))
		is.NoErr(soft.Delete(ctx, &p))
		created, err = soft.GetOrCreate(ctx, &Page{Slug: "s"})
		is.True(err == nil && created) // the other one is not there
		_, err = soft.GetOrCreate(ctx, &Page{Model: prom.Model{ID: p.ID}, Slug: "t"})
		is.True(errors.Is(err, prom.ErrUnique))
	})
}

// Ensure that of many who get or create the same rows at once, each row is created by one and got by
// all, in and outside transactions, serializable ones too.
func TestGetOrCreateRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, how := range []string{"alone", "tx", "serializable"} {
			t.Run(how, func(t *testing.T) {
				is := is.New(t)
				ctx := context.Background()
				db := kit.Open(t, e.DSN)
				repo := prom.NewRepo[Counter](prom.Using(db), prom.Table("counter_"+how))
				if how == "serializable" {
					is.NoErr(repo.Install(ctx)) // what others install meanwhile is not seen in there
				}
				var wg sync.WaitGroup
				var made atomic.Int64
				var failed atomic.Value
				ids := make([][]int64, 16)
				start := make(chan struct{})
				for g := range ids {
					wg.Go(func() {
						<-start
						for _, name := range []string{"a", "b", "c", "d", "e"} {
							v := Counter{Name: name}
							created, err := false, error(nil)
							get := func(ctx context.Context) error {
								v = Counter{Name: name}
								var err error
								created, err = repo.GetOrCreate(ctx, &v)
								return err
							}
							for again := true; again; {
								switch how {
								case "alone":
									err = get(ctx)
								case "tx":
									err = db.Tx(ctx, get)
								default:
									err = db.Tx(ctx, get, prom.WithIsolation(prom.Serializable))
								}
								again = how == "serializable" && errors.Is(err, prom.ErrSerialization)
							}
							if err != nil {
								failed.Store(err)
								return
							}
							if created {
								made.Add(1)
							}
							ids[g] = append(ids[g], v.ID)
						}
					})
				}
				close(start)
				wg.Wait()
				is.Equal(failed.Load(), nil)
				is.Equal(made.Load(), int64(5))
				for _, list := range ids {
					is.Equal(list, ids[0])
				}
			})
		}
	})
}

// Ensure that of many who get, create or upsert the same row at once, none is told that another unique index has it:
// it is the row that they ask for.
func TestGetOrCreate_SecondIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := counters(db)
		is.NoErr(repo.Install(ctx))
		calls := map[string]func(ctx context.Context, v *Counter) error{
			"GetOrCreate": func(ctx context.Context,
				v *Counter) error {
				return kit.ErrOf(repo.GetOrCreate(ctx, v, CounterName))
			},
			"Upsert": func(ctx context.Context, v *Counter) error { return repo.Upsert(ctx, v, CounterName) },
			"DoNothing": func(ctx context.Context, v *Counter) error {
				return kit.ErrOf(repo.OnConflict(CounterName).DoNothing().Create(ctx, v))
			},
			"CreateMany": func(ctx context.Context, v *Counter) error {
				return kit.ErrOf(repo.OnConflict(CounterName).DoNothing().CreateMany(ctx, []Counter{*v}))
			},
		}
		for name, call := range calls {
			for round := range 30 {
				is.NoErr(kit.Together(8, func(i int) error {
					code := round
					v := Counter{Name: fmt.Sprint(name, round), Code: &code}
					if i%2 == 0 {
						return call(ctx, &v)
					}
					return db.Tx(ctx, func(ctx context.Context) error { return call(ctx, &v) })
				}))
			}
			n, err := repo.WithoutWhere().Delete(ctx)
			is.NoErr(err)
			is.Equal(n, 30)
		}
		is.NoErr(repo.Create(ctx, &Counter{Name: "taken", Code: new(int)}))
		for name, call := range calls {
			if err := call(ctx, &Counter{Name: "other", Code: new(int)}); !errors.Is(err, prom.ErrUnique) { // it is another row
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
