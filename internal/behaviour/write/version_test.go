package write_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Versioned has a version, and change tracking.
type Versioned struct {
	prom.Model
	Owner   string `prom:"unique"`
	Balance int
	Tags    []string
	Version int32 `prom:"version"`
}

var (
	versioned        = prom.Proto[Versioned]()
	VersionedOwner   = prom.TextOf(versioned, &versioned.Owner)
	VersionedBalance = prom.NumberOf(versioned, &versioned.Balance)
	VersionedNo      = prom.NumberOf(versioned, &versioned.Version)
)

// PlainVersion has a version and nothing that tracks.
type PlainVersion struct {
	Code    string `prom:"key"`
	Balance int
	Edition int16 `prom:"version"`
}

// isStale makes sure that a write failed because its value is stale, and says so.
func isStale(tb testing.TB, err error) {
	tb.Helper()
	is := is.New(tb)
	is.True(errors.Is(err, prom.ErrStale))
	is.True(!errors.Is(err, prom.ErrNotFound))
}

// Ensure that a version begins at 1, goes up at every write, and that a write of a value that is stale changes neither
// the row nor the value, which a row that is gone is told apart from. parity: B9
func TestVersion(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Versioned](prom.Using(kit.Open(t, e.DSN)))
		mine := kit.MustCreate(t, repo, Versioned{Owner: "ada", Balance: 1, Tags: []string{"a"}})
		is.Equal(mine.Version, int32(1))
		theirs, err := repo.Get(ctx, mine.ID)
		is.NoErr(err)
		theirs.Balance = 5
		is.NoErr(repo.Save(ctx, theirs))
		is.Equal(theirs.Version, int32(2))
		theirs.Version = 77 // of no use
		is.NoErr(repo.Update(ctx, theirs))
		is.Equal(theirs.Version, int32(2))

		mine.Balance, mine.Tags[0] = 9, "z"
		was := *mine
		for _, err := range []error{repo.Save(ctx, mine), repo.Update(ctx, mine), repo.Upsert(ctx, mine),
			repo.Delete(ctx, mine)} {
			isStale(t, err)
			e := kit.AsError(t, err)
			is.Equal(e.Table, "versioned")
			is.Equal(e.Columns, []string{"version"})
		}
		is.Equal(*mine, was)
		is.True(!mine.IsNew())
		is.Equal(repo.Modified(mine), []string{"balance", "tags"})
		stored, err := repo.Get(ctx, mine.ID)
		is.NoErr(err)
		is.Equal(stored.Balance, 5)
		is.Equal(stored.Version, int32(2))

		is.NoErr(repo.Reload(ctx, mine))
		mine.Balance = 10
		is.NoErr(repo.Save(ctx, mine))
		is.Equal(mine.Version, int32(3))
		is.NoErr(repo.Delete(ctx, mine))
		is.True(mine.IsNew())
		for _, err := range []error{repo.Save(ctx, theirs), repo.Delete(ctx, theirs)} {
			is.True(errors.Is(err, prom.ErrNotFound))
			is.True(!errors.Is(err, prom.ErrStale))
		}
	})
}

// Ensure that a save of a value that was not changed sets the time of update and no version, so that nobody else's copy
// becomes stale; and that it is refused all the same when the row has been changed.
func TestVersion_Unchanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Versioned](prom.Using(db))
		mine := kit.MustCreate(t, repo, Versioned{Owner: "ada", Tags: []string{"a"}})
		theirs, err := repo.Get(ctx, mine.ID)
		is.NoErr(err)
		saves := map[string]func(v *Versioned) error{
			"Save":   func(v *Versioned) error { return repo.Save(ctx, v) },
			"Update": func(v *Versioned) error { return repo.Update(ctx, v) },
			"Upsert": func(v *Versioned) error { return repo.Upsert(ctx, v) },
			"a batch": func(v *Versioned) error {
				var b prom.Batch
				prom.Queue(&b, repo).Update(v)
				return b.Run(ctx)
			},
			"a field that was changed back": func(v *Versioned) error {
				v.Tags[0] = "b"
				v.Tags[0] = "a"
				return repo.Save(ctx,
					v)
			},
			"a version set by hand": func(v *Versioned) error { v.Version = 9; return repo.Save(ctx, v) },
		}
		for name, save := range saves {
			was := mine.Updated
			time.Sleep(time.Millisecond)
			if err := save(mine); err != nil || mine.Version != 1 || !mine.Updated.After(was) {
				t.Errorf("%s: version %d, updated %v after %v: %v", name, mine.Version, mine.Updated, was, err)
			}
			is.Equal(len(repo.Modified(mine)), 0)
		}
		theirs.Balance = 5
		is.NoErr(repo.Save(ctx, theirs)) // it has not become stale
		is.Equal(theirs.Version, int32(2))
		isStale(t, repo.Save(ctx, mine)) // and this one has

		theirs.Updated = time.Now().Add(-time.Hour)
		is.NoErr(repo.Save(ctx, theirs))
		is.Equal(theirs.Version, int32(3)) // a time that is set by hand is a change
	})
}

// Ensure that a model without change tracking goes by the version that its value has.
func TestVersionWithoutTracking(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[PlainVersion](prom.Using(kit.Open(t, e.DSN)))
		mine := PlainVersion{Code: "a", Balance: 1}
		is.NoErr(repo.Save(ctx, &mine)) // a new one
		is.Equal(mine.Edition, int16(1))
		theirs, err := repo.Get(ctx, "a")
		is.NoErr(err)
		theirs.Balance = 2
		is.NoErr(repo.Save(ctx, theirs))
		is.Equal(theirs.Edition, int16(2))
		mine.Balance = 3
		was := mine
		for _, err := range []error{repo.Save(ctx, &mine), repo.Update(ctx, &mine), repo.Delete(ctx, &mine)} {
			isStale(t, err)
		}
		is.Equal(mine, was)
		is.True(errors.Is(repo.Save(ctx, &PlainVersion{Code: "a", Balance: 4}), prom.ErrUnique)) // it was never read
		is.True(errors.Is(repo.Update(ctx, &PlainVersion{Code: "a", Balance: 4}), prom.ErrValidation))
		is.True(errors.Is(repo.Save(ctx, &PlainVersion{Code: "b", Edition: 2}), prom.ErrNotFound))
		is.NoErr(repo.Delete(ctx, &PlainVersion{Code: "a"})) // by the key alone
		is.Equal(len(kit.AllOf(t, repo)), 0)
	})
}

// Ensure that writes by query, upserts and inserts of many count the version as well.
func TestVersionOfOtherWrites(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Versioned](prom.Using(kit.Open(t, e.DSN)))
		list := []Versioned{{Owner: "a"}, {Owner: "b", Version: 7}, {Owner: "c"}}
		is.NoErr(repo.CreateMany(ctx, list))
		is.Equal([]int32{list[0].Version, list[1].Version, list[2].Version}, []int32{1, 7, 1})
		n, err := repo.Where(VersionedOwner.In("a", "b")).Update(ctx, VersionedBalance.Add(5))
		is.NoErr(err)
		is.Equal(n, 2)
		up := Versioned{Owner: "b", Balance: 1, Version: 3}
		is.NoErr(repo.Upsert(ctx, &up))
		is.Equal(up.Version, int32(9)) // the row's, and not the value's
		_, err = repo.Where(VersionedOwner.Eq("c")).Update(ctx, VersionedNo.Set(40))
		is.NoErr(err)
		for i, want := range []int32{2, 9, 40} {
			got := Versioned{Owner: list[i].Owner}
			is.NoErr(repo.Load(ctx, &got))
			is.Equal(got.Version, want)
			isStale(t, repo.Save(ctx, &list[i]))
		}
		part, err := repo.Where(VersionedOwner.Eq("a")).Only(VersionedBalance).First(ctx)
		is.NoErr(err)
		is.Equal(part.Version, int32(2))
		other := *part
		part.Balance++
		is.NoErr(repo.Save(ctx, part))
		other.Balance = 0
		isStale(t, repo.Save(ctx, &other))
	})
}

// Ensure that a stale value fails its batch, all of which is undone, and that a row that is gone is told apart there.
func TestVersionInBatch(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Versioned](prom.Using(db))
		run := func(ctx context.Context) {
			is := is.New(t)
			v := kit.MustCreate(t, repo, Versioned{Owner: fmt.Sprint("o", len(kit.AllOf(t, repo)))})
			old := *v
			var b prom.Batch
			v.Balance = 3
			prom.Queue(&b, repo).Update(v)
			is.NoErr(b.Run(ctx))
			is.Equal(v.Version, int32(2))

			count := len(kit.AllOf(t, repo))
			old.Balance = 4
			fresh := Versioned{Owner: "fresh"}
			prom.Queue(&b, repo).Create(&fresh)
			prom.Queue(&b, repo).Update(&old)
			err := b.Run(ctx)
			isStale(t, err)
			var at *prom.BatchError
			is.True(errors.As(err, &at))
			is.Equal(at.Index, 1)
			is.Equal(old.Version, int32(1))
			is.True(fresh.IsNew())
			is.Equal(len(kit.AllOf(t, repo)), count)

			is.NoErr(repo.Delete(ctx, v))
			prom.Queue(&b, repo).Update(&old)
			err = b.Run(ctx)
			is.True(errors.Is(err, prom.ErrNotFound) && !errors.Is(err, prom.ErrStale))
		}
		run(ctx)
	})
}

// Ensure that inside a transaction a stale value is an error that the transaction survives.
func TestVersionInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Versioned](prom.Using(db))
		v := kit.MustCreate(t, repo, Versioned{Owner: "a"})
		old := *v
		v.Balance = 1
		is.NoErr(repo.Save(ctx, v))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			is := is.New(t)
			old.Balance = 2
			isStale(t, repo.Save(ctx, &old))
			var b prom.Batch
			prom.Queue(&b, repo).Update(&old)
			isStale(t, b.Run(ctx))
			is.NoErr(repo.Reload(ctx, &old))
			old.Balance = 2
			return repo.Save(ctx, &old)
		}))
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(got.Balance, 2)
		is.Equal(got.Version, int32(3))
	})
}

// Ensure that of many who change the same value at once, every change counts, each by those who found their value
// fresh.
func TestVersionRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Versioned](prom.Using(kit.Open(t, e.DSN)))
		v := kit.MustCreate(t, repo, Versioned{Owner: "a"})
		const workers, each = 8, 10
		var wg sync.WaitGroup
		var failed atomic.Value
		for range workers {
			wg.Go(func() {
				for done := 0; done < each; {
					mine, err := repo.Get(ctx, v.ID)
					if err == nil {
						mine.Balance++
						err = repo.Save(ctx, mine)
					}
					switch {
					case err == nil:
						done++
					case !errors.Is(err, prom.ErrStale):
						failed.Store(err)
						return
					}
				}
			})
		}
		wg.Wait()
		is.Equal(failed.Load(), nil)
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(got.Balance, workers*each)
		is.Equal(got.Version, int32(workers*each+1))
	})
}

// Ensure that a version that is added to a table is 1 in its old rows, and that it cannot count beyond its type.
func TestVersionIsAdded(t *testing.T) {
	t.Parallel()
	type Bare struct {
		Code    string `prom:"key"`
		Balance int
	}
	type Small struct {
		Code    string `prom:"key"`
		Balance int
		Version int8 `prom:"version"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		kit.MustCreate(t, prom.NewRepo[Bare](prom.Using(db), prom.Table("account")), Bare{Code: "a"})
		repo := prom.NewRepo[Small](prom.Using(db), prom.Table("account"))
		got, err := repo.Get(ctx, "a")
		is.NoErr(err)
		is.Equal(got.Version, int8(1))
		got.Balance = 1
		is.NoErr(repo.Save(ctx, got))
		is.Equal(got.Version, int8(2))
		full := kit.MustCreate(t, repo, Small{Code: "full", Version: 127})
		is.True(errors.Is(repo.Save(ctx, full), prom.ErrValidation))
		is.Equal(full.Version, int8(127))
	})
}
