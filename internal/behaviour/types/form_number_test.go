package types_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// gauge is a model of a table whose numbers and truth values are texts.
type gauge struct {
	ID    uint64 `prom:"key"`
	Small int32
	Ratio float64
	Live  bool
	Spare *int64
}

// reading refers to a gauge by such a key.
type reading struct {
	ID    int64     `prom:"key,auto"`
	Gauge gaugeRef  // a text too
	Next  *gaugeRef `prom:"name=next_id"`
	Price string    `prom:"decimal=10.2"`
}

type gaugeRef = prom.RefBy[gauge, uint64]

var (
	gaugeProto   = prom.Proto[gauge]()
	readingProto = prom.Proto[reading]()
	gaugeID      = prom.NumberOf(gaugeProto, &gaugeProto.ID)
	gaugeSmall   = prom.NumberOf(gaugeProto, &gaugeProto.Small)
	gaugeRatio   = prom.NumberOf(gaugeProto, &gaugeProto.Ratio)
	gaugeLive    = prom.FieldOf(gaugeProto, &gaugeProto.Live)
	gaugeSpare   = prom.NullNumberOf(gaugeProto, &gaugeProto.Spare)
	readingGauge = prom.RefOf(readingProto, &readingProto.Gauge)
)

// Ensure that numbers and truth values of SQLite in columns of texts are compared, ordered, computed with, joined and
// written as what they are, whether the texts are those of prom for Python or of somebody else.
// suite: 33
func TestNumberForms(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][2]string{"digits": {"0", "1"}, "letters": {"f", "t"},
		"words": {"false", "true"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, dbtest.SQLite(t))
			kit.RunSQL(t, db, "CREATE TABLE gauge (id NUMERICTEXT NOT NULL PRIMARY KEY, small VARCHAR(20) NOT NULL, ratio TEXT NOT NULL, live TEXT NOT NULL, spare NUMERICTEXT)",
				"CREATE TABLE reading (id INTEGER NOT NULL PRIMARY KEY, gauge NUMERICTEXT NOT NULL, next_id NUMERICTEXT, price REAL NOT NULL)")
			for i, n := range []int{7, 10, 9} {
				kit.RunSQL(t, db, fmt.Sprintf("INSERT INTO gauge VALUES ('%d', '%d', '%d.5', '%s', NULL)", n, -n, n, words[i%2]),
					fmt.Sprintf("INSERT INTO reading (gauge, next_id, price) VALUES ('%d', NULL, 1.5)", n))
			}
			gauges, readings := prom.NewRepo[gauge](prom.Using(db)), prom.NewRepo[reading](prom.Using(db))
			for what, c := range map[string]struct {
				cond prom.Cond[*gauge]
				want []uint64
			}{
				"eq": {gaugeID.Eq(10), []uint64{10}}, "in": {gaugeID.In(7, 10), []uint64{7, 10}}, "not in": {gaugeID.NotIn(7, 10),
					[]uint64{9}},
				"gt": {gaugeID.Gt(8), []uint64{9, 10}}, "between": {gaugeID.Between(8, 10), []uint64{9, 10}},
				"negative": {gaugeSmall.Lt(-8), []uint64{9, 10}}, "ratio": {gaugeRatio.Gte(9.5), []uint64{9, 10}},
				"ratio in": {gaugeRatio.In(9.5), []uint64{9}}, "live": {gaugeLive.Eq(true),
					[]uint64{10}}, "dead": {gaugeLive.Eq(false), []uint64{7, 9}},
				"plus": {prom.Plus(gaugeID, prom.Val(gaugeProto, uint64(1))).Gt(9),
					[]uint64{9, 10}}, "terms": {prom.Gt(prom.Neg(gaugeSmall), prom.Val(gaugeProto, int32(8))), []uint64{9, 10}},
				"spare": {gaugeSpare.IsNull(), []uint64{7, 9, 10}},
			} {
				list, err := gauges.Where(c.cond).OrderBy(gaugeID.Asc()).All(ctx)
				if err != nil || !slices.Equal(gaugeIDs(list), c.want) {
					t.Errorf("%s: %v, %v, want %v", what, gaugeIDs(list), err, c.want)
				}
			}
			most, err := prom.Scalar(ctx, gauges.Query(), prom.Max(gaugeID))
			is.NoErr(err)
			is.Equal(most, uint64(10))
			sum, err := prom.Scalar(ctx, gauges.Query(), prom.Sum(gaugeSmall))
			is.NoErr(err)
			is.Equal(sum, int32(-26))
			page, err := gauges.OrderBy(gaugeID.Desc()).KeysetPage(ctx, "", 2)
			is.NoErr(err)
			is.Equal(gaugeIDs(page.Rows), []uint64{10, 9})
			page, err = gauges.OrderBy(gaugeID.Desc()).KeysetPage(ctx, page.Next, 2)
			is.NoErr(err)
			is.Equal(gaugeIDs(page.Rows), []uint64{7})

			rows, err := readings.With(readingGauge).OrderBy(prom.Via(readingGauge, gaugeRatio).Desc()).All(ctx)
			is.NoErr(err)
			var loaded []uint64
			for i := range rows {
				row, ok := rows[i].Gauge.Get()
				is.True(ok)
				loaded = append(loaded, row.ID)
			}
			is.Equal(loaded, []uint64{10, 9, 7})
			n, err := readings.Where(readingGauge.Has(gaugeID.Gt(8))).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 2)

			spare := int64(100)
			g := gauge{ID: 100, Small: 11, Ratio: 0.25, Live: true, Spare: &spare}
			is.NoErr(gauges.Create(ctx, &g))
			many := make([]gauge, 40)
			for i := range many {
				many[i] = gauge{ID: uint64(200 + i), Live: i%2 == 0}
			}
			is.NoErr(gauges.CreateMany(ctx, many))
			n, err = gauges.Where(gaugeID.Eq(100)).Update(ctx, gaugeSpare.Add(9), gaugeLive.Set(false),
				gaugeSmall.SetTo(prom.Times(gaugeSmall, prom.Val(gaugeProto, int32(2)))))
			is.NoErr(err)
			is.Equal(n, 1)
			got, err := gauges.Get(ctx, uint64(100))
			is.NoErr(err)
			is.Equal([]any{got.Small, *got.Spare, got.Live, got.Ratio}, []any{int32(22), int64(109), false, 0.25})
			is.Equal(kit.ScanOne[string](t, db,
				"SELECT group_concat(DISTINCT typeof(small) || typeof(spare) || typeof(ratio) || live) FROM gauge WHERE id = '100'"), "texttexttext"+words[0])
			is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM gauge WHERE live NOT IN ('"+words[0]+"', '"+words[1]+"')"), 0)
			n, err = gauges.Where(gaugeLive.Eq(true)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 21)
		})
	}
}

func gaugeIDs(list []gauge) (ids []uint64) {
	for _, g := range list {
		ids = append(ids, g.ID)
	}
	return ids
}

// Ensure that values of SQLite which are no time, or tell which one they mean by nothing but their size, are refused
// by name and class, in rows and in conditions.
func TestUnreadForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ typ, at, class string }{
		"julian":       {"REAL", "julianday('2024-02-29')", "a REAL"},
		"milliseconds": {"INTEGER", "1709208000000", "an INTEGER"},
		"word":         {"TEXT", "'yesterday'", "a TEXT"},
		"blob":         {"TIMESTAMP", "x'00'", "a BLOB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			db := kit.Open(t, dbtest.SQLite(t))
			stampTable(t, db, c.typ, func(time.Time) string { return c.at })
			repo := prom.NewRepo[stamp](prom.Using(db))
			for what, err := range map[string]error{
				"row":       kit.ErrOf(repo.All(ctx)),
				"condition": kit.ErrOf(repo.Where(stampAt.Gt(hour(0))).Count(ctx)),
				"part":      kit.ErrOf(repo.Where(prom.Hour(stampAt).Eq(1)).Count(ctx)),
				"order":     kit.ErrOf(prom.Pluck(repo.OrderBy(stampAt.Asc()), stampSeq).All(ctx)),
			} {
				if !errors.Is(err, prom.ErrType) || !strings.Contains(err.Error(), "at") ||
					!strings.Contains(err.Error(), c.class) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

// diary is a model with a list of instants.
type diary struct {
	ID    int64 `prom:"key,auto"`
	Times []time.Time
	More  []time.Time
}

var diaryProto = prom.Proto[diary]()

var diaryTimes = prom.ListOf(diaryProto, &diaryProto.Times)

// Ensure that arrays of times without a zone are stored, found and changed as those with one.
// suite: 33
func TestZonelessArrays(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != "postgres" {
			return
		}
		for _, zone := range []string{"UTC", "Asia/Tokyo"} {
			t.Run(zone, func(t *testing.T) {
				is := is.New(t)
				ctx := context.Background()
				db := kit.Open(t, e.With("timezone="+zone))
				kit.RunSQL(t, db, "DROP TABLE IF EXISTS diary",
					"CREATE TABLE diary (id bigserial PRIMARY KEY, times timestamp[] NOT NULL, more timestamptz[] NOT NULL)")
				repo := prom.NewRepo[diary](prom.Using(db))
				one := diary{Times: []time.Time{hour(1), hour(2)}, More: []time.Time{hour(1)}}
				is.NoErr(repo.Create(ctx, &one))
				for _, n := range []int{2, 40, 3100} {
					list := make([]diary, n)
					for i := range list {
						list[i] = diary{Times: []time.Time{hour(-n), hour(i + 9)}, More: []time.Time{}}
					}
					is.NoErr(repo.CreateMany(ctx, list))
					found, err := repo.Where(diaryTimes.Contains(hour(-n))).Count(ctx)
					is.NoErr(err)
					is.Equal(found, n)
				}
				got, err := repo.Where(diaryTimes.Eq([]time.Time{hour(1), hour(2)})).First(ctx)
				is.NoErr(err)
				is.Equal(got.ID, one.ID)
				is.True(got.Times[1].Equal(hour(2)))
				changed, err := repo.Where(diaryTimes.Eq([]time.Time{hour(1), hour(2)})).Update(ctx, diaryTimes.Append(hour(5)))
				is.NoErr(err)
				is.Equal(changed, 1)
				changed, err = repo.Where(diaryTimes.Contains(hour(5), hour(1))).Update(ctx, diaryTimes.Set([]time.Time{hour(7)}))
				is.NoErr(err)
				is.Equal(changed, 1)
				is.NoErr(repo.Reload(ctx, &one))
				is.True(len(one.Times) == 1 && one.Times[0].Equal(hour(7)))
			})
		}
	})
}

// rack and crate are models of tables whose UUIDs others wrote in capitals.
type rack struct {
	ID   prom.UUID `prom:"key"`
	Name string
}

type rackRef = prom.RefBy[rack, prom.UUID]

type crate struct {
	ID   int64 `prom:"key,auto"`
	Rack rackRef
}

var (
	rackProto  = prom.Proto[rack]()
	crateProto = prom.Proto[crate]()
	rackID     = prom.FieldOf(rackProto, &rackProto.ID)
	rackName   = prom.TextOf(rackProto, &rackProto.Name)
	crateRack  = prom.RefOf(crateProto, &crateProto.Rack)
)

// Ensure that a UUID of SQLite is the same in capitals, in conditions and on the way from a row to another one.
func TestUUIDForms(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.SQLite(t))
	kit.RunSQL(t, db, "CREATE TABLE rack (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
		"CREATE TABLE crate (id INTEGER PRIMARY KEY, rack TEXT NOT NULL)",
		"INSERT INTO rack VALUES ('018F3A6E-0000-7000-8000-00000000000A', 'a'), ('018f3a6e-0000-7000-8000-00000000000b', 'b')",
		"INSERT INTO crate (rack) VALUES ('018f3a6e-0000-7000-8000-00000000000a'), ('018F3A6E-0000-7000-8000-00000000000B')")
	racks, crates := prom.NewRepo[rack](prom.Using(db)), prom.NewRepo[crate](prom.Using(db))
	list, err := racks.OrderBy(rackName.Asc()).All(ctx)
	is.NoErr(err)
	for i, r := range list {
		got, err := racks.Get(ctx, r.ID)
		is.NoErr(err)
		is.Equal(got.Name, r.Name)
		n, err := racks.Where(rackID.In(r.ID), rackID.Eq(r.ID)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		rows, err := crates.With(crateRack).Where(prom.Via(crateRack, rackName).Eq(r.Name),
			crateRack.Has(rackName.Eq(r.Name)), crateRack.Eq(r.ID)).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows), 1)
		is.Equal(rows[0].ID, int64(i+1))
		row, ok := rows[0].Rack.Get()
		is.True(ok)
		is.Equal(row.Name, r.Name)
	}
}
