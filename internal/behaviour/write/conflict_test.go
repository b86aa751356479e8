package write_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Counter is counted up by inserts.
type Counter struct {
	prom.Model
	Name    string `prom:"unique"`
	Code    *int   `prom:"unique"`
	Hits    int
	Note    string
	Version int `prom:"version"`
}

var (
	counter     = prom.Proto[Counter]()
	CounterName = prom.TextOf(counter, &counter.Name)
	CounterCode = prom.NullNumberOf(counter, &counter.Code)
	CounterHits = prom.NumberOf(counter, &counter.Hits)
	CounterNote = prom.TextOf(counter, &counter.Note)

	countUp = CounterHits.SetTo(prom.Plus(CounterHits, prom.Excluded(CounterHits)))
)

func counters(db *prom.DB) *prom.Repo[Counter] { return prom.NewRepo[Counter](prom.Using(db)) }

// Ensure that an insert that conflicts does what was said, and tells what it has done.
// parity: M8 B7 B20 Q43
func TestOnConflict(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := counters(kit.Open(t, e.DSN))
		put := func(c *prom.Conflict[Counter], v *Counter, want prom.Outcome) {
			t.Helper()
			is := is.New(t)
			got, err := c.Create(ctx, v)
			is.NoErr(err)
			is.Equal(got.String(), want.String())
		}
		byName := repo.OnConflict(CounterName)
		first := Counter{Name: "a", Hits: 5, Note: "one"}
		put(byName, &first, prom.Inserted)
		is.True(first.ID > 0 && !first.IsNew() && first.Version == 1)

		all := Counter{Name: "a", Hits: 7, Model: prom.Model{Created: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)}}
		put(byName.UpdateAll(), &all, prom.Updated)
		is.Equal(all.ID, first.ID)
		is.True(all.Created.Equal(first.Created) && all.Updated.After(first.Updated))
		is.True(all.Hits == 7 && all.Note == "" && all.Version == 2)

		more := Counter{Name: "a", Hits: 3, Note: "three"}
		put(byName.Update(countUp), &more, prom.Updated)
		is.True(more.Hits == 10 && more.Note == "" && more.Version == 3)
		is.True(more.Created.Equal(first.Created) && more.Updated.After(all.Updated))
		is.Equal(len(repo.Modified(&more)), 0)
		put(byName.Update(CounterHits.Add(1),
			CounterNote.SetTo(prom.Concat(prom.Excluded(CounterNote), prom.Val(counter, "!")))),
			&Counter{Name: "a", Hits: 3, Note: "n"}, prom.Updated)

		still := Counter{Name: "a", Hits: 99}
		was := still
		put(byName.DoNothing(), &still, prom.Unchanged)
		is.Equal(still, was)
		other := Counter{Name: "b"}
		put(byName.DoNothing(), &other, prom.Inserted)
		is.True(other.ID > 0)

		greater := byName.Where(prom.Gt(prom.Excluded(CounterHits), CounterHits))
		less := Counter{Name: "a", Hits: 4}
		put(greater, &less, prom.Unchanged)
		is.True(less.IsNew())
		put(greater, &Counter{Name: "a", Hits: 40}, prom.Updated)
		put(greater.Update(countUp), &Counter{Name: "a", Hits: 41}, prom.Updated)
		put(greater, &Counter{Name: "c", Hits: 0}, prom.Inserted)
		put(byName.Where(CounterNote.Eq("no")), &Counter{Name: "a"}, prom.Unchanged)

		code := 1
		put(repo.OnConflict().DoNothing(), &Counter{Name: "d", Code: &code}, prom.Inserted)
		put(repo.OnConflict().DoNothing(), &Counter{Name: "e", Code: &code}, prom.Unchanged) // whatever conflicts
		put(repo.OnConflict().DoNothing(), &Counter{Model: prom.Model{ID: first.ID}, Name: "f"}, prom.Unchanged)
		_, err := byName.DoNothing().Create(ctx, &Counter{Name: "e", Code: &code})
		is.True(errors.Is(err, prom.ErrUnique))
		put(repo.OnConflict(), &Counter{Model: prom.Model{ID: first.ID}, Name: "z"}, prom.Updated) // by the key, as Upsert
		got, err := repo.Get(ctx, first.ID)
		is.NoErr(err)
		is.Equal(got.Name, "z")
	})
}

// Ensure that what makes no sense is an error before any SQL.
// parity: M8
func TestOnConflictErrors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		repo := counters(kit.Open(t, e.DSN, log.Option()))
		for _, c := range []*prom.Conflict[Counter]{
			repo.OnConflict(CounterHits), repo.OnConflict(kit.ItemName), repo.OnConflict(), repo.OnConflict(CounterName).DoNothing().Where(CounterHits.Gt(1)),
			repo.OnConflict(CounterName).Update(CounterHits.Add(1), CounterHits.Set(2)),
		} {
			_, err := c.Create(ctx, &Counter{})
			is.True(errors.Is(err, prom.ErrValidation))
			_, err = c.CreateMany(ctx, make([]Counter, 2))
			is.True(errors.Is(err, prom.ErrValidation))
		}
		_, err := repo.Where(CounterHits.Eq(1)).Update(ctx, countUp)
		is.True(errors.Is(err, prom.ErrValidation)) // there is no row that was not inserted
		is.Equal(len(log.Take()), 0)
	})
}

// Ensure that any number of values is upserted in one transaction, each with its outcome, the later ones of the same
// name onto those before. parity: M8 Q67 B7 B20
func TestOnConflictMany(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := counters(db)
		kit.MustCreate(t, repo, Counter{Name: "n7", Hits: 100})
		list := make([]Counter, 1203)
		for i := range list {
			list[i] = Counter{Name: fmt.Sprint("n", i%1000), Hits: 1}
		}
		outcomes, err := repo.OnConflict(CounterName).Update(countUp).CreateMany(ctx, list)
		is.NoErr(err)
		for i, o := range outcomes {
			want := prom.Inserted
			if i == 7 || i >= 1000 {
				want = prom.Updated
			}
			if o != want || list[i].ID == 0 || list[i].IsNew() {
				t.Fatalf("value %d was %s, want %s", i, o, want)
			}
		}
		is.Equal(list[1001].ID, list[1].ID)
		is.Equal(list[7].Hits, 101)
		is.Equal(list[1007].Hits, 102)
		is.Equal(len(kit.AllOf(t, repo)), 1000)

		again := []Counter{{Name: "n1", Hits: 9}, {Name: "new"}}
		outcomes, err = repo.OnConflict(CounterName).DoNothing().CreateMany(ctx, again)
		is.NoErr(err)
		is.Equal(outcomes, []prom.Outcome{prom.Unchanged, prom.Inserted})
		is.True(again[0].IsNew() && again[0].Hits == 9 && !again[1].IsNew())

		code := 5
		kit.MustCreate(t, repo, Counter{Name: "code", Code: &code})
		bad := make([]Counter, 700)
		for i := range bad {
			bad[i] = Counter{Name: fmt.Sprint("bad", i)}
		}
		bad[600].Code = &code
		_, err = repo.OnConflict(CounterName).CreateMany(ctx, bad)
		is.True(errors.Is(err, prom.ErrUnique))
		var at *prom.ValueError
		is.True(errors.As(err, &at))
		is.Equal(at.Index, 600)
		is.Equal(strings.Count(err.Error(), "prom:"), 1)
		is.True(bad[0].IsNew())
		has, err := repo.Where(CounterName.HasPrefix("bad")).Exists(ctx)
		is.NoErr(err)
		is.True(!has)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			_, err := repo.OnConflict(CounterName).CreateMany(ctx, list[:600])
			return err
		}))
		outcomes, err = repo.OnConflict(CounterName).CreateMany(ctx, nil)
		is.True(err == nil && len(outcomes) == 0)
	})
}

// Excluded has the name of what stands for the row that could not be inserted, and reserved words for columns.
type Excluded struct {
	Select string `prom:"key"`
	Where  int
}

var excluded = prom.Proto[Excluded]()

// Ensure that a table of the name excluded is upserted, and that counts which overflow are errors.
// parity: A18 M8 B20
func TestOnConflictNames(t *testing.T) {
	t.Parallel()
	ExcludedWhere := prom.NumberOf(excluded, &excluded.Where)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Excluded](prom.Using(kit.Open(t, e.DSN)))
		add := repo.OnConflict().Update(ExcludedWhere.SetTo(prom.Plus(ExcludedWhere, prom.Excluded(ExcludedWhere))))
		for i, want := range []prom.Outcome{prom.Inserted, prom.Updated, prom.Updated} {
			v := Excluded{Select: "k", Where: 2}
			got, err := add.Where(ExcludedWhere.Gt(0)).Create(ctx, &v)
			is.NoErr(err)
			is.Equal(got, want)
			is.Equal(v.Where, 2*(i+1))
		}
		v := Excluded{Select: "k", Where: 1<<63 - 1}
		_, err := add.Create(ctx, &v)
		is.True(errors.Is(err, prom.ErrType))
		is.NoErr(repo.Upsert(ctx, &v))
		kit.NoSecret(t, err)
		is.True(!strings.Contains(err.Error(), "9223"))
	})
}

// Ensure that rows are got or created together, each with its key and whether it was created, in few statements, and all
// or none. parity: M8
func TestGetOrCreateMany(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		repo := counters(kit.Open(t, e.DSN, log.Option()))
		for i := range 50 {
			kit.MustCreate(t, repo, Counter{Name: fmt.Sprint("n", 2*i), Hits: i})
		}
		list := make([]Counter, 100)
		for i := range list {
			list[i] = Counter{Name: fmt.Sprint("n", i), Hits: 1000}
		}
		list = append(list, Counter{Name: "n7"}, Counter{Name: "n8"})
		log.Take()
		created, err := prom.GetOrCreateMany(ctx, repo, list, CounterName)
		is.NoErr(err)
		if ran := log.Take(); kit.Starting(ran, "INSERT") > 3 || kit.Starting(ran, "SELECT") > 3 {
			t.Errorf("statements: %v", ran)
		}
		for i, c := range list {
			hits := 1000
			if i%2 == 0 && i < 100 {
				hits = i / 2
			} else if i == 101 {
				hits = 4
			}
			if created[i] != (i < 100 && i%2 == 1) || c.Hits != hits || c.ID == 0 || c.IsNew() {
				t.Errorf("%d: %v %+v", i, created[i], c)
			}
		}
		is.Equal(list[100].ID, list[7].ID)
		is.Equal(kit.Count(t, repo.Query()), 100)

		code := 5
		kit.MustCreate(t, repo, Counter{Name: "code", Code: &code})
		bad := []Counter{{Name: "x1"}, {Name: "n1"}, {Name: "x2", Code: &code}}
		_, err = prom.GetOrCreateMany(ctx, repo, bad, CounterName)
		is.True(errors.Is(err, prom.ErrUnique))
		var at *prom.ValueError
		is.True(errors.As(err, &at))
		is.Equal(at.Index, 2)
		is.True(bad[0].IsNew() && bad[1].IsNew())
		is.Equal(kit.Count(t, repo.Where(CounterName.HasPrefix("x"))), 0)
		none, err := prom.GetOrCreateMany(ctx, repo, nil, CounterName)
		is.True(err == nil && none == nil)
	})
}
