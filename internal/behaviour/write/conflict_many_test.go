package write_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that values which go to the database together have the outcomes, keys and rows that they have one by one,
// whatever is there already, and are fewer statements. parity: M8 Q67 B7 B20
func TestOnConflictTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		one, many := counters(db), prom.NewRepo[Counter](prom.Using(db), prom.Table("counter_many"))
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 1))
		conflicts := map[string]func(r *prom.Repo[Counter]) *prom.Conflict[Counter]{
			"all":     func(r *prom.Repo[Counter]) *prom.Conflict[Counter] { return r.OnConflict(CounterName) },
			"assign":  func(r *prom.Repo[Counter]) *prom.Conflict[Counter] { return r.OnConflict(CounterName).Update(countUp) },
			"nothing": func(r *prom.Repo[Counter]) *prom.Conflict[Counter] { return r.OnConflict(CounterName).DoNothing() },
			"where": func(r *prom.Repo[Counter]) *prom.Conflict[Counter] {
				return r.OnConflict(CounterName).Update(countUp).Where(CounterHits.Lt(50))
			},
		}
		for range 25 {
			for name, conflict := range conflicts {
				n := 1 + rnd.IntN(40)
				list := make([]Counter, n)
				for i, at := range rnd.Perm(60)[:n] {
					list[i] = Counter{Name: fmt.Sprint("n", at), Hits: rnd.IntN(20)}
				}
				if rnd.IntN(4) == 0 {
					list = append(list, list[0]) // which conflicts with itself
				}
				other := slices.Clone(list)
				var want []prom.Outcome
				for i := range other {
					o, err := conflict(one).Create(ctx, &other[i])
					is.NoErr(err)
					want = append(want, o)
				}
				got, err := conflict(many).CreateMany(ctx, list)
				is.NoErr(err)
				if !slices.Equal(got, want) {
					t.Fatalf("%s of %d: %v, and one by one %v", name, len(list), got, want)
				}
				for i := range list {
					a, b := list[i], other[i]
					if a.Name != b.Name || a.Hits != b.Hits || a.Version != b.Version || a.IsNew() != b.IsNew() {
						t.Fatalf("%s: value %d is %+v, and one by one %+v", name, i, a, b)
					}
				}
			}
			a, err := one.OrderBy(CounterName.Asc()).All(ctx)
			is.NoErr(err)
			b, err := many.OrderBy(CounterName.Asc()).All(ctx)
			is.NoErr(err)
			is.Equal(len(a), len(b))
			for i := range a {
				is.Equal([]any{a[i].Name, a[i].Hits, a[i].Version}, []any{b[i].Name, b[i].Hits, b[i].Version})
			}
		}
		list := make([]Counter, 256)
		for i := range list {
			list[i] = Counter{Name: fmt.Sprint("m", i), Hits: 1}
		}
		_, err := many.OnConflict(CounterName).CreateMany(ctx, slices.Clone(list[:100]))
		is.NoErr(err)
		log.Take()
		outcomes, err := many.OnConflict(CounterName).CreateMany(ctx, list)
		is.NoErr(err)
		inserts := kit.Starting(log.Take(), "INSERT")
		if inserts != 1 {
			t.Errorf("%d inserts", inserts)
		}
		is.Equal(outcomes[99], prom.Updated)
		is.Equal(outcomes[100], prom.Inserted)
		saved := list[255]
		saved.Note = "saved" // the values count as loaded
		is.NoErr(many.Save(ctx, &saved))
	})
}

// Ensure that each row of one statement has its own outcome in tables without row numbers, and where triggers write to
// other tables, also by upserts of their own.
func TestOnConflictTogether_Tables(t *testing.T) {
	t.Parallel()
	type mark struct {
		Key  string `prom:"key"`
		Hits int
	}
	model := prom.Proto[mark]()
	key, hits := prom.TextOf(model, &model.Key), prom.NumberOf(model, &model.Hits)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[mark](prom.Using(db))
		if e.Name == dbtest.NameSQLite {
			kit.RunSQL(t, db, `CREATE TABLE "mark" ("key" TEXT NOT NULL PRIMARY KEY, "hits" INTEGER NOT NULL) WITHOUT ROWID`,
				`CREATE TABLE seen (k TEXT PRIMARY KEY, n INTEGER)`,
				`CREATE TRIGGER noted AFTER INSERT ON "mark" BEGIN INSERT INTO seen VALUES ('i', 1) ON CONFLICT DO UPDATE SET n = n + 1; END`,
				`CREATE TRIGGER changed AFTER UPDATE ON "mark" BEGIN INSERT INTO seen VALUES ('u', 1) ON CONFLICT DO UPDATE SET n = n + 1; END`)
		} else {
			kit.RunSQL(t, db, `CREATE TABLE "mark" ("key" text PRIMARY KEY, "hits" bigint NOT NULL) PARTITION BY HASH ("key")`,
				`CREATE TABLE "mark0" PARTITION OF "mark" FOR VALUES WITH (MODULUS 2, REMAINDER 0)`,
				`CREATE TABLE "mark1" PARTITION OF "mark" FOR VALUES WITH (MODULUS 2, REMAINDER 1)`)
		}
		for i := range 9 {
			is.NoErr(repo.Create(ctx, &mark{Key: fmt.Sprint("k", 3*i), Hits: 5}))
		}
		list := make([]mark, 27)
		for i := range list {
			list[i] = mark{Key: fmt.Sprint("k", i), Hits: 1}
		}
		outcomes, err := repo.OnConflict(key).Update(hits.Add(1)).CreateMany(ctx, list)
		is.NoErr(err)
		for i, o := range outcomes {
			want, n := prom.Inserted, 1
			if i%3 == 0 {
				want, n = prom.Updated, 6
			}
			if o != want || list[i].Hits != n {
				t.Errorf("value %d: %v %+v", i, o, list[i])
			}
		}
		if e.Name == dbtest.NameSQLite {
			is.Equal(kit.ScanOne[int](t, db, `SELECT n FROM seen WHERE k = 'i'`), 27)
			is.Equal(kit.ScanOne[int](t, db, `SELECT n FROM seen WHERE k = 'u'`), 9)
		}
	})
}

// kinds has a column of each kind whose values go to PostgreSQL as a list for each column, with NULL and without.
type kinds struct {
	ID      int64  `prom:"key,auto"`
	Name    string `prom:"unique"`
	Flag    bool
	Small   int16
	Medium  int32
	Large   int64
	Real    float32
	Double  float64
	Blob    []byte
	At      time.Time
	Day     time.Time `prom:"date"`
	Token   prom.UUID
	Price   string `prom:"decimal=12.3"`
	Flag0   *bool
	Small0  *int16
	Medium0 *int32
	Large0  *int64
	Real0   *float32
	Double0 *float64
	Blob0   *[]byte
	Text0   *string
	At0     *time.Time
	Day0    *time.Time `prom:"date"`
	Token0  *prom.UUID
	Price0  *string `prom:"decimal=12.3"`
}

func randomKinds(r *rand.Rand, name string) kinds {
	at := func() time.Time { return time.UnixMicro(r.Int64N(1 << 52)).UTC() }
	day := func() time.Time { return at().Truncate(24 * time.Hour) }
	price := func() string { return fmt.Sprintf("%d.%03d", r.IntN(1e8), r.IntN(1000)) }
	token := func() (u prom.UUID) {
		for i := range u {
			u[i] = byte(r.Uint32())
		}
		return u
	}
	k := kinds{Name: name, Flag: r.IntN(2) == 0,
		Small: int16(r.Uint32()), Medium: int32(r.Uint32()), Large: int64(r.Uint64()),
		Real: r.Float32(), Double: r.NormFloat64(), Blob: []byte(name), At: at(), Day: day(), Token: token(), Price: price()}
	if r.IntN(3) > 0 {
		k.Flag0, k.Small0, k.Medium0, k.Large0 = new(k.Flag), new(k.Small), new(k.Medium), new(k.Large)
		k.Real0, k.Double0, k.Blob0, k.Text0 = new(k.Real), new(k.Double), new([]byte{}), new("é,{}\"\\NULL")
		k.At0, k.Day0, k.Token0, k.Price0 = new(at()), new(day()), new(token()), new(price())
	}
	return k
}

// Ensure that values of all kinds, and NULLs, are stored by an upsert of many as they are one by one.
func TestOnConflictTogether_Kinds(t *testing.T) {
	t.Parallel()
	model := prom.Proto[kinds]()
	id, name := prom.NumberOf(model, &model.ID), prom.TextOf(model, &model.Name)
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		one, many := prom.NewRepo[kinds](prom.Using(db)), prom.NewRepo[kinds](prom.Using(db), prom.Table("kinds_many"))
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 2))
		for round := range 3 {
			list := make([]kinds, 75)
			for i, at := range r.Perm(100)[:len(list)] {
				list[i] = randomKinds(r, fmt.Sprint("n", at))
			}
			other := slices.Clone(list)
			want := make([]prom.Outcome, len(list))
			for i := range other {
				var err error
				want[i], err = one.OnConflict(name).Create(ctx, &other[i])
				is.NoErr(err)
			}
			log.Take()
			got, err := many.OnConflict(name).CreateMany(ctx, list)
			is.NoErr(err)
			is.Equal(got, want)
			if inserts := kit.Starting(log.Take(), "INSERT"); round > 0 && e.Name == dbtest.NamePostgres && inserts != 1 {
				t.Errorf("%d inserts", inserts)
			}
			for i := range list {
				list[i].ID, other[i].ID = 0, 0
				is.Equal(list[i], other[i])
			}
		}
		a, err := one.OrderBy(name.Asc()).All(ctx)
		is.NoErr(err)
		b, err := many.OrderBy(name.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(a), len(b))
		for i := range a {
			a[i].ID, b[i].ID = 0, 0
			is.Equal(a[i], b[i])
		}
		x := []kinds{randomKinds(r, "x1"), randomKinds(r, "x2"), randomKinds(r, "x3")}
		x[0].ID, x[1].ID, x[2].ID = 1, 2, 900
		_, err = many.OnConflict(id).CreateMany(ctx, x)
		is.NoErr(err)
		is.Equal(kit.Count(t, many.Where(name.HasPrefix("x"))), 3)
	})
}
