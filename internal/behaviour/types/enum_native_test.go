package types_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// weather is an enum that PostgreSQL knows, whose order is not that of its texts.
type weather string

func (weather) Values() []weather { return []weather{"sunny", "cloudy", "it's \"$prom$\""} }

func (w weather) String() string { return string(w) }

const storm = weather("it's \"$prom$\"")

type day struct {
	ID   int64     `prom:"key,auto"`
	Seq  int       `prom:"unique"`
	Sky  weather   `prom:"enum"`
	Was  *weather  `prom:"enum=weather,default=sunny"`
	List []weather `prom:"enum=weather"`
	Plan string    `prom:"enum=plan,choices=walk|stay"`
}

// skyLog refers to a key that is an enum.
type sky struct {
	Sky  weather `prom:"key,enum"`
	Note string
	Days prom.Many[skyDay]
}

type skyDay struct {
	prom.Model
	Sky prom.RefBy[sky, weather] `prom:"sky,enum=weather"`
}

var (
	dayProto = prom.Proto[day]()
	daySeq   = prom.NumberOf(dayProto, &dayProto.Seq)
	daySky   = prom.TextOf(dayProto, &dayProto.Sky)
	dayWas   = prom.NullTextOf(dayProto, &dayProto.Was)
	dayList  = prom.ListOf(dayProto, &dayProto.List)
	dayPlan  = prom.TextOf(dayProto, &dayProto.Plan)

	skyProto    = prom.Proto[sky]()
	skySky      = prom.TextOf(skyProto, &skyProto.Sky)
	skyDays     = prom.ManyOf(skyProto, &skyProto.Days)
	skyDayProto = prom.Proto[skyDay]()
	skyDaySky   = prom.RefOf(skyDayProto, &skyDayProto.Sky)
)

// Ensure that an enum of the database is made with its table, and works wherever a text does, with the order of its
// values on PostgreSQL.
// suite: 33
func TestNativeEnum(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		days := prom.NewRepo[day](prom.Using(db))
		first := day{Seq: 0, Sky: storm, Plan: "walk", List: []weather{"sunny", storm}}
		is.NoErr(days.Create(ctx, &first))
		cloudy := weather("cloudy")
		is.NoErr(days.CreateMany(ctx, []day{{Seq: 1, Sky: "sunny", Plan: "stay"}, {Seq: 2, Sky: "cloudy", Was: &cloudy, Plan: "stay"}}))
		got, err := days.Get(ctx, first.ID)
		is.NoErr(err)
		is.Equal(got.Sky, storm)
		is.Equal(got.List, first.List)
		count := func(c prom.Cond[*day]) int {
			t.Helper()
			n, err := days.Where(c).Count(ctx)
			is.NoErr(err)
			return n
		}
		is.Equal(count(daySky.Eq(storm)), 1)
		is.Equal(count(daySky.In("sunny", storm)), 2)
		is.Equal(count(daySky.NotIn("sunny")), 2)
		is.Equal(count(dayWas.Eq("cloudy")), 1)
		is.Equal(count(daySky.HasPrefix("it's")), 1)
		is.Equal(count(dayList.Has(storm)), 1)
		is.Equal(count(dayList.Overlaps("cloudy", "sunny")), 1)
		is.Equal(count(dayPlan.Eq("stay")), 2)
		byName, err := prom.FieldByName(days, "sky")
		is.NoErr(err)
		is.Equal(count(byName.Eq("cloudy")), 1)
		var order []weather
		all, err := days.OrderBy(daySky.Asc()).All(ctx)
		is.NoErr(err)
		for _, d := range all {
			order = append(order, d.Sky)
		}
		want := weather("").Values()
		if e.Name == dbtest.NameSQLite { // where they are texts
			slices.Sort(want)
		}
		is.Equal(order, want)

		changed, err := days.Where(daySeq.Eq(0)).Update(ctx, daySky.SetTo(prom.Case(daySky, prom.Then(daySeq.Eq(0), prom.Val(dayProto, cloudy)))),
			dayList.Append("cloudy"), dayWas.SetTo(daySky))
		is.NoErr(err)
		is.Equal(changed, 1)
		got, err = days.Get(ctx, first.ID)
		is.NoErr(err)
		is.Equal(got.Sky, cloudy)
		is.Equal(*got.Was, storm)
		is.Equal(got.List, []weather{"sunny", storm, "cloudy"})

		many := make([]day, 3001)
		for i := range many {
			many[i] = day{Seq: 10 + i, Sky: want[i%3], Plan: "walk", List: []weather{want[i%3]}}
		}
		is.NoErr(days.CreateMany(ctx, many))
		is.Equal(count(daySky.Eq("sunny")), 1+1000+boolInt(slices.Index(want, "sunny") == 0))

		bad := day{Seq: -1, Sky: "snow", Plan: "walk"}
		is.True(errors.Is(days.Create(ctx, &bad), prom.ErrValidation))

		skies, parts := prom.NewRepo[sky](prom.Using(db)), prom.NewRepo[skyDay](prom.Using(db))
		for _, w := range want {
			is.NoErr(skies.Create(ctx, &sky{Sky: w, Note: string(w)}))
			is.NoErr(parts.Create(ctx, &skyDay{Sky: prom.NewRefBy[sky](w)}))
		}
		list, err := skies.Where(skySky.Ne("sunny")).OrderBy(skySky.Desc()).With(skyDays).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.Equal(len(list[0].Days.Rows()), 1)
		rows, err := parts.Where(prom.Via(skyDaySky, skySky).Eq(storm)).With(skyDaySky).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows), 1)
		row, ok := rows[0].Sky.Get()
		is.True(ok)
		is.Equal(row.Note, string(storm))
		// The engine's own table is what the model says.
		plan, err := prom.Plan(ctx, days, skies, parts)
		is.NoErr(err)
		is.Equal(plan.Steps, nil)
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// season is an enum of a model that has got values, and seasonOf the values of the version before.
type season string

func (season) Values() []season { return []season{"first", "a", "between", "b", "last"} }

type year struct {
	ID     int64    `prom:"key,auto"`
	Season season   `prom:"enum"`
	List   []season `prom:"enum"`
}

var yearSeason = func() *prom.TextField[*year, season] {
	p := prom.Proto[year]()
	return prom.TextOf(p, &p.Season)
}()

// Ensure that values which a model has got are added to the enum of the database where they belong, by the first
// statement that needs one, by Install and by Apply; and that a value which the database alone has stays.
func TestNativeEnumGrows(t *testing.T) {
	t.Parallel()
	ways := map[string]func(ctx context.Context, r *prom.Repo[year]) error{
		"write":   func(ctx context.Context, r *prom.Repo[year]) error { return nil },
		"install": func(ctx context.Context, r *prom.Repo[year]) error { return r.Install(ctx) },
		"apply": func(ctx context.Context, r *prom.Repo[year]) error {
			plan, err := prom.Plan(ctx, r)
			if err != nil {
				return err
			}
			for _, s := range plan.Steps {
				if s.Kind != prom.StepAddValue || s.Risk != prom.Additive {
					return errors.New("there is a step of another kind: " + s.String())
				}
			}
			_, err = prom.Apply(ctx, plan, prom.Additive)
			return err
		},
	}
	for name, grow := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, dbtest.Postgres(t))
			kit.RunSQL(t, db, "CREATE TYPE season AS ENUM ('a', 'theirs', 'b')",
				"CREATE TABLE year (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, season season NOT NULL, list season[] NOT NULL)")
			repo := prom.NewRepo[year](prom.Using(db))
			is.NoErr(repo.Create(ctx, &year{Season: "a", List: []season{"b"}}))
			plan, err := prom.Plan(ctx, repo)
			is.NoErr(err)
			is.Equal(len(plan.NotModelled), 2) // of two columns
			is.NoErr(grow(ctx, repo))
			is.NoErr(repo.Create(ctx, &year{Season: "last", List: []season{"first"}}))
			is.NoErr(repo.Create(ctx, &year{Season: "between"}))
			is.Equal(kit.ScanOne[string](t, db, "SELECT enum_range(NULL::season)::text"), "{first,a,between,theirs,b,last}")
			n, err := repo.Where(yearSeason.Gt("a")).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 2)
			plan, err = prom.Plan(ctx, repo)
			is.NoErr(err)
			is.Equal(plan.Steps, nil)
		})
	}
}

// Ensure that a default and the condition of an index may name a value that the enum of the database does not have yet,
// when the column is there, when it is added and when the table is created; by Install and by Apply.
func TestNativeEnumNewDefault(t *testing.T) {
	t.Parallel()
	type term struct {
		ID     int64    `prom:"key,auto"`
		Season season   `prom:"enum,default=last"`
		_      struct{} `prom:"index=late,on=season,where='season = ''last'''"`
	}
	ways := map[string]func(ctx context.Context, r *prom.Repo[term]) error{
		"install": func(ctx context.Context, r *prom.Repo[term]) error { return r.Install(ctx) },
		"apply": func(ctx context.Context, r *prom.Repo[term]) error {
			plan, err := prom.Plan(ctx, r)
			if err == nil {
				_, err = prom.Apply(ctx, plan, prom.Additive)
			}
			return err
		},
	}
	for name, tables := range map[string][]string{
		"column": {"CREATE TABLE term (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, season season NOT NULL)"},
		"table": {"CREATE TABLE term (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)",
			"INSERT INTO term VALUES (DEFAULT)"},
		"none": nil,
	} {
		for way, install := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				ctx := context.Background()
				db := kit.Open(t, dbtest.Postgres(t))
				kit.RunSQL(t, db, append([]string{"CREATE TYPE season AS ENUM ('a', 'b')"}, tables...)...)
				repo := prom.NewRepo[term](prom.Using(db))
				is.NoErr(install(ctx, repo))
				is.Equal(kit.ScanOne[string](t, db, "SELECT enum_range(NULL::season)::text"), "{first,a,between,b,last}")
				is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM pg_indexes "+
					"WHERE indexname = 'term_late' AND schemaname = current_schema()"), 1)
				is.NoErr(repo.Create(ctx, &term{Season: "between"}))
				plan, err := prom.Plan(ctx, repo)
				is.NoErr(err)
				if name != "column" { // whose default is missing, which is not additive
					is.Equal(plan.Steps, nil)
				}
				_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Lossy)
				is.NoErr(err)
				plan, err = prom.Plan(ctx, repo)
				is.NoErr(err)
				is.Equal(plan.Steps, nil)
			})
		}
	}
}

// Ensure that processes which install tables of one enum at the same time do not disturb each other.
func TestNativeEnumRaces(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := dbtest.Postgres(t)
	dbs := make([]*prom.DB, 6)
	for i := range dbs {
		dbs[i] = kit.Open(t, dsn)
	}
	is.NoErr(kit.Together(len(dbs), func(i int) error {
		ctx := context.Background()
		if i%2 == 0 {
			return prom.NewRepo[sky](prom.Using(dbs[i])).Install(ctx)
		}
		return prom.NewRepo[day](prom.Using(dbs[i])).Install(ctx)
	}))
}

// month has arrays of an enum whose elements may be NULL, and of two dimensions.
type month struct {
	ID   int64       `prom:"key,auto"`
	Days []*weather  `prom:"enum"`
	Grid [][]weather `prom:"enum,array"`
}

// Ensure that the elements of arrays of an enum are checked where they may be NULL, and in arrays of two dimensions.
func TestNativeEnumElements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		repo := prom.NewRepo[month](prom.Using(kit.Open(t, e.DSN)))
		dry, wrong := storm, weather("fog")
		m := month{Days: []*weather{nil, &dry}, Grid: [][]weather{{"sunny", storm}, {"cloudy", "sunny"}}}
		is.NoErr(repo.Create(ctx, &m))
		got, err := repo.Get(ctx, m.ID)
		is.NoErr(err)
		is.Equal(got, &m)
		is.True(errors.Is(repo.Create(ctx, &month{Days: []*weather{nil, &wrong}}), prom.ErrValidation))
		is.True(errors.Is(repo.Create(ctx, &month{Grid: [][]weather{{"sunny"}, {wrong}}}), prom.ErrValidation))
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.Steps, nil)
	})
}

// Ensure that a connection which may not change the schema says which value of an enum the database lacks.
func TestNativeEnumLacksValue(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	dsn := dbtest.Postgres(t)
	kit.RunSQL(t, kit.Open(t, dsn), "CREATE TYPE season AS ENUM ('first')",
		"CREATE TABLE year (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, season season NOT NULL, list season[] NOT NULL)")
	repo := prom.NewRepo[year](prom.Using(kit.Open(t, dsn, prom.Installing(prom.InstallCheck))))
	is.NoErr(repo.Create(ctx, &year{Season: "first"}))
	_, err := repo.Where(yearSeason.Eq("last")).Count(ctx)
	for _, err := range []error{err, repo.Create(ctx, &year{Season: "last"}),
		repo.CreateMany(ctx, []year{{Season: "first"}, {Season: "last"}})} {
		is.True(errors.Is(err, prom.ErrDrift))
		is.True(strings.Contains(err.Error(), `enum value "last" of column season`))
	}
}
