package promtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// database returns a database of promtest on an engine.
func database(t *testing.T, e dbtest.Engine) *prom.DB {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		return promtest.DB(t, promtest.Postgres(e.DSN))
	}
	return promtest.DB(t, promtest.SQLite())
}

type Level string

func (Level) Values() []Level { return []Level{"low", "high"} }

// The models that the factories fill.
type (
	Country struct {
		Code string `prom:"key,size=2"`
		Name string `prom:"unique"`
	}
	City struct {
		prom.Model
		Country prom.RefBy[Country, string] `prom:"name=country_code"`
		Name    string                      `prom:"size=1..100"`
		Twin    *prom.Ref[City]
	}
	Citizen struct {
		prom.Model
		Home     prom.Ref[City]
		Email    string    `prom:"unique,max=40,regex='^[^@ ]+@[^@ ]+$'"`
		Phone    string    `prom:"unique=contact"`
		Title    string    `prom:"size=5"`
		Nick     string    `prom:"unique,size=3"`
		Plate    string    `prom:"regex='^[A-Z]{2,3}-[0-9]{4}$',unique"`
		Level    Level     `prom:"nonempty"`
		Color    string    `prom:"choices=red|green"`
		Age      int8      `prom:"min=10,max=20"`
		Score    float32   `prom:"min=-2,max=-1"`
		Balance  string    `prom:"decimal=4.3"`
		Born     time.Time `prom:"date"`
		Wakes    time.Duration
		Rises    time.Duration `prom:"clock"`
		Key      prom.UUID
		Photo    []byte `prom:"size=4..6"`
		Tags     []string
		Extra    map[string]int `prom:"nonempty"`
		Address  netip.Addr
		Until    prom.TimeOrInfinity
		Leaves   *prom.TimeOrInfinity `prom:"date"`
		Stay     prom.Interval
		Grid     [][]int `prom:"array"`
		Marks    []*string
		Seats    prom.Range[int32]
		Open     *prom.Range[time.Time] `prom:"date"`
		Prices   prom.Range[string]
		Active   bool
		Rank     uint64 `prom:"unique"`
		Size     int    `prom:"choices=36|38|40"`
		Fallback string `prom:"default=given"`
		Note     *string
	}
	Membership struct {
		Citizen prom.Ref[Citizen] `prom:"key"`
		City    prom.Ref[City]    `prom:"key"`
	}
	// Badge refers to a membership by both columns of its key, one of which refers to the citizen by itself.
	Badge struct {
		prom.Model
		Citizen    prom.Ref[Citizen] `prom:"citizen_id"`
		CityID     *int64
		Membership prom.CompositeRef[Membership] `prom:"on='citizen_id, city_id'"`
	}
)

var (
	badge     = prom.Proto[Badge]()
	countries = prom.NewRepo[Country]()
	cities    = prom.NewRepo[City]()
	citizens  = prom.NewRepo[Citizen]()
	badges    = prom.NewRepo[Badge]()

	badgeMembership = prom.CompositeRefOf(badge, &badge.Membership)
)

// Ensure that values are made that the rules allow, that look like their names, and that differ where they must.
// parity: K1 K2 K3 K4 K5
func TestFactory(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		f := promtest.New[Citizen](db, promtest.Seed(7))
		v := f.Make()
		is.True(v.IsNew() && v.Home.IsZero() && v.Note == nil)
		for _, c := range f.CreateMany(t, 40) {
			is.True(!c.IsNew())
			is.True(strings.HasSuffix(c.Email, "@example.com"))
			is.True(regexp.MustCompile(`^\+1-\d{3}-555-01\d\d$`).MatchString(c.Phone))
			is.Equal(len(c.Title), 5)
			is.True(slices.Contains(Level("").Values(), c.Level))
			is.True(c.Age >= 10 && c.Age <= 20 && c.Score >= -2 && c.Score <= -1)
			is.True(c.Born.Year() >= 1950 && c.Born.Year() <= 2005)
			is.True(c.Address.IsValid())
			is.True(!c.Until.Time.IsZero() && c.Until.Infinity == 0 && len(c.Grid) == 2 && len(c.Marks) == 2)
			is.True(len(c.Photo) >= 4 && len(c.Extra) == 1 && len(c.Tags) == 2)
			is.Equal(c.Fallback, "given")
		}
		is.Equal(count(t, citizens.Using(db)), 40)
		is.Equal(count(t, cities.Using(db)), 1) // one parent for all
		is.Equal(count(t, countries.Using(db)), 1)
	})
}

func count[T any](tb testing.TB, repo *prom.Repo[T]) int {
	tb.Helper()
	n, err := repo.Query().Count(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// Ensure that the same seed makes the same values, and another one others.
// parity: K6
func TestSeed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		made := func(seed uint64) string {
			f := promtest.New[Citizen](database(t, e), promtest.Seed(seed))
			f.Create(t)
			return fmt.Sprintf("%+v %+v", f.Make(), f.Make())
		}
		is.Equal(made(3), made(3))
		is.True(made(3) != made(4))
	})
}

// Ensure that overrides count: over what was made up, over what could not be, and over parents, none of which is
// created then. parity: K7 K8
func TestOverrides(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		home := promtest.New[City](db).Create(t, func(c *City) { c.Name = "Here" })
		c := promtest.New[Citizen](db, promtest.Optional()).Create(t,
			func(c *Citizen) { c.Title = "other" }, func(c *Citizen) { c.Home = prom.NewRef[City](home.ID) })
		is.Equal(c.Title, "other")
		is.True(c.Note != nil)
		is.Equal(count(t, cities.Using(db)), 1)

		f := promtest.New[Odd](db)
		code := strings.Repeat("x", 49) + "1"
		is.Equal(f.Create(t, func(o *Odd) { o.Code = code }).Code, code)
		defer func() {
			is.Equal(recover(), `promtest: field Code of promtest_test.Odd: no text was found that matches [0-9] and the other rules; set it by an override`)
		}()
		f.Make()
	})
}

// Odd has an expression from which no text is made that is long enough.
type Odd struct {
	prom.Model
	Code string `prom:"regex='[0-9]',size=50"`
}

// Ensure that parents are created for each row when that is wanted, and when a key wants it, and not in a transaction
// that may be taken back. parity: K9 K10
func TestParents(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		promtest.New[City](db, promtest.FreshParents()).CreateMany(t, 3)
		is.Equal(count(t, countries.Using(db)), 3)
		promtest.New[Membership](db).CreateMany(t, 3)
		is.Equal(count(t, citizens.Using(db)), 3)

		f := promtest.New[City](db)
		undo := errors.New("undo")
		is.Equal(db.Tx(context.Background(), func(ctx context.Context) error {
			f.In(ctx).Create(t)
			return undo
		}), undo)
		f.Create(t)
		// 3, one for the citizens' homes, one for the cities of the members, and the last one
		is.Equal(count(t, countries.Using(db)), 6)

		badge := promtest.New[Badge](db).Create(t) // and a membership, though the table has citizens of other factories
		is.NoErr(badges.Using(db).With(badgeMembership).LoadInto(context.Background(), badge))
		m, ok := badge.Membership.Get()
		is.True(ok && m.Citizen.Key() == badge.Citizen.Key() && m.City.Key() == *badge.CityID)
	})
}

// Ensure that what was created in a database that belongs to somebody else is gone after the test, and nothing else.
// parity: K11 K12
func TestCleanUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		is.NoErr(countries.Using(db).Create(context.Background(), &Country{Code: "--", Name: "theirs"}))
		f := promtest.New[Citizen](db)
		for range 2 {
			t.Run("test", func(t *testing.T) {
				f.CreateMany(t, 3)
				if n := count(t, citizens.Using(db)); n != 3 {
					t.Errorf("%d rows", n)
				}
			})
			is.Equal(count(t, citizens.Using(db)), 0)
			is.Equal(count(t, cities.Using(db)), 0)
			is.Equal(count(t, countries.Using(db)), 1)
		}
	})
}

// Ensure that each test has a database of its own, empty and gone afterwards, whatever runs beside it.
func TestDB(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	for i, opt := range []promtest.Option{promtest.SQLite(), promtest.SQLite(), promtest.File(), promtest.Postgres(dsn),
		promtest.Postgres(dsn)} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db := promtest.DB(t, opt)
			promtest.New[Country](db).Create(t)
			is.Equal(count(t, countries.Using(db)), 1)
		})
	}
}

// Ensure that a test can have every engine, and a name in the default registry.
func TestEach(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	t.Setenv(promtest.EnvPostgres, dbtest.Postgres(t))
	t.Run("each", func(t *testing.T) {
		promtest.Each(t, func(t *testing.T, db *prom.DB) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, db.DSN().Dialect)
		})
	})
	is := is.New(t)
	slices.Sort(seen)
	is.Equal(seen, []string{"postgres", "sqlite"})
	is.Equal(promtest.DB(t).DSN().Dialect, "postgres")

	t.Run("named", func(t *testing.T) {
		promtest.DB(t, promtest.SQLite(), promtest.As("promtest"))
		if err := cities.On("promtest").Install(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
