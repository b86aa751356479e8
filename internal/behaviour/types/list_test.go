package types_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	namedList []string
	weekday   string
	weekdays  []weekday
)

func (weekday) Values() []weekday { return []weekday{"mon", "it's, \"tue\""} }

// listCells has lists of every type of element.
type listCells struct {
	prom.Model
	AA1 []string
	AA2 *[]string
	AA3 sql.Null[[]string]
	AB1 []int64
	AB2 *[]int64
	AB3 sql.Null[[]int64]
	AC1 []int
	AC2 *[]int
	AC3 sql.Null[[]int]
	AD1 []int32
	AD2 *[]int32
	AD3 sql.Null[[]int32]
	AE1 []int16
	AE2 *[]int16
	AE3 sql.Null[[]int16]
	AF1 []int8
	AF2 *[]int8
	AF3 sql.Null[[]int8]
	AG1 []uint16
	AG2 *[]uint16
	AG3 sql.Null[[]uint16]
	AH1 []uint32
	AH2 *[]uint32
	AH3 sql.Null[[]uint32]
	AI1 []float64
	AI2 *[]float64
	AI3 sql.Null[[]float64]
	AJ1 []float32
	AJ2 *[]float32
	AJ3 sql.Null[[]float32]
	AK1 []bool
	AK2 *[]bool
	AK3 sql.Null[[]bool]
	AL1 []time.Time
	AL2 *[]time.Time
	AL3 sql.Null[[]time.Time]
	AM1 []prom.UUID
	AM2 *[]prom.UUID
	AM3 sql.Null[[]prom.UUID]
	AN1 []namedUUID
	AN2 *[]namedUUID
	AN3 sql.Null[[]namedUUID]
	AO1 namedList
	AO2 *namedList
	AO3 sql.Null[namedList]
	AP1 weekdays
	AP2 *weekdays
	AP3 sql.Null[weekdays]
	AQ1 []namedFloat
	AQ2 *[]namedFloat
	AQ3 sql.Null[[]namedFloat]
}

// Ensure that lists of every type of element are stored as they are, empty ones and nil included, one by one and in
// bulk, and that what no element can be is refused.
func TestLists(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	long := make([]int64, 3000)
	for i := range long {
		long[i] = int64(i) * -7919
	}
	times := []time.Time{{}, time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)}
	eachType[listCells](t, 0, []typed{
		kept([]string{}, []string{""}, []string{"a", "b", "a"}, texts[:len(texts)-2],
			[]string{strings.Repeat("x", 100_000), ""}),
		keptAs(func([]string) []string { return []string{} }, nil),
		kept([]int64{}, []int64{math.MinInt64, 0, math.MaxInt64}, long),
		kept([]int{1, -1}, []int{}),
		kept([]int32{math.MinInt32, math.MaxInt32}, []int32{}),
		kept([]int16{math.MinInt16, math.MaxInt16}, []int16{}),
		kept([]int8{math.MinInt8, math.MaxInt8}, []int8{}),
		kept([]uint16{0, math.MaxUint16}),
		kept([]uint32{0, math.MaxUint32}),
		kept([]float64{0, 0.1, 1.0 / 3, 5e-324, math.MaxFloat64, inf, -inf}, []float64{}),
		kept([]float32{0, 0.1, math.MaxFloat32, float32(inf)}, []float32{}),
		kept([]bool{true, false, true}, []bool{}),
		kept(times, []time.Time{}),
		keptAs(func([]time.Time) []time.Time { return times[1:2] },
			[]time.Time{times[1].Add(999).In(time.FixedZone("", 3600))}),
		kept([]prom.UUID{prom.NewUUID(), {15: 1}}, []prom.UUID{}),
		kept([]namedUUID{{1, 2, 3}}),
		kept(namedList{"a", ""}, namedList{}),
		kept(weekdays{"mon", "it's, \"tue\""}, weekdays{}),
		kept([]namedFloat{0.1}),
		refused([]string{"a", "a\x00"}, []string{"\xff"}),
		refused([]float64{math.NaN()}),
		refused([]time.Time{time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}),
		refused(weekdays{"mon", "wed"}),
	})
}

// listed has lists of elements that a tag describes, and lists with defaults and rules.
type listed struct {
	prom.Model
	Days   []time.Time     `prom:"date"`
	Hours  []time.Duration `prom:"clock"`
	Plain  []time.Duration
	Codes  []string  `prom:"uuid"`
	Prices []string  `prom:"decimal=12.2"`
	Tags   []string  `prom:"default='[\"a\", \"it''s\"]'"`
	Ports  *[]uint16 `prom:"choices=80|443"`
	Names  *[]string `prom:"nonempty"`
	Loose  []string  `prom:"json"`
}

// Ensure that the elements of lists are what the tag says of one, and that defaults and rules hold for lists.
func TestListTags(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listed](prom.Using(kit.Open(t, e.DSN)))
		v := repo.New()
		is.Equal(v.Tags, []string{"a", "it's"})
		v.Days = []time.Time{time.Date(2024, 2, 29, 23, 0, 0, 0, time.FixedZone("", -3600))}
		v.Hours = []time.Duration{0, 24*time.Hour - time.Microsecond}
		v.Plain = []time.Duration{1, -time.Hour}
		v.Codes = []string{strings.ToUpper(aSerial)}
		v.Prices = []string{"1", "-0012.5", "12345678.90"}
		ports, names := []uint16{443, 80}, []string{""}
		v.Ports, v.Names = &ports, &names
		v.Loose = []string{"x"}
		is.NoErr(repo.Create(ctx, v))
		for range 2 {
			is.Equal(v.Days, []time.Time{time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)})
			is.Equal(v.Hours, []time.Duration{0, 24*time.Hour - time.Microsecond})
			is.Equal(v.Plain, []time.Duration{1, -time.Hour})
			is.Equal(v.Codes, []string{aSerial})
			is.Equal(v.Prices, []string{"1.00", "-12.50", "12345678.90"})
			is.Equal(*v.Ports, []uint16{443, 80})
			is.Equal(v.Loose, []string{"x"})
			is.Equal(len(repo.Modified(v)), 0)
			is.NoErr(repo.Reload(ctx, v))
		}

		(*v.Ports)[0] = 22
		*v.Names = nil
		v.Prices[0] = "1.005"
		var broken prom.Violations
		is.True(errors.As(repo.Save(ctx, v), &broken))
		is.Equal(len(broken), 3)
		*v.Ports, *v.Names, v.Prices[0] = nil, []string{"x"}, "1"
		v.Ports = nil
		is.NoErr(repo.Save(ctx, v))
		is.NoErr(repo.Reload(ctx, v))
		is.Equal(v.Ports, nil)
	})
}

// Ensure that a change of a list in place is written, and nothing else is. parity: M14
func TestListModified(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listed](prom.Using(kit.Open(t, e.DSN)))
		v := &listed{Tags: []string{"a", "b"}, Prices: []string{"1"}}
		is.NoErr(repo.Create(ctx, v))
		v.Tags[1] = "c"
		is.Equal(repo.Modified(v), []string{"tags"})
		is.NoErr(repo.Save(ctx, v))
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal(got.Tags, []string{"a", "c"})
		got.Tags = append(got.Tags, "d")
		ports := []uint16{80}
		got.Ports = &ports
		is.Equal(repo.Modified(got), []string{"tags", "ports"})
		is.NoErr(repo.Save(ctx, got))
		(*got.Ports)[0] = 443
		got.Tags = append([]string{}, got.Tags...)
		is.Equal(repo.Modified(got), []string{"ports"})
	})
}

// loose is listed as an earlier version of the program had it.
type loose struct {
	prom.Model
	Tags []string `prom:"json"`
}

type tight struct {
	prom.Model
	Tags []string
}

// Ensure that a list in a column of JSON, where a model had it before, is read as it is, and that on PostgreSQL a write
// says what is the matter.
func TestListInJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		before := loose{Tags: []string{"a", "ü\""}}
		is.NoErr(prom.NewRepo[loose](prom.Using(db), prom.Table("tight")).Create(ctx, &before))
		repo := prom.NewRepo[tight](prom.Using(db))
		got, err := repo.Get(ctx, before.ID)
		is.NoErr(err)
		is.Equal(got.Tags, before.Tags)
		is.Equal(len(repo.Modified(got)), 0)
		got.Tags[0] = "b"
		err = repo.Save(ctx, got)
		if e.Name == dbtest.NameSQLite {
			is.NoErr(err)
			return
		}
		is.True(errors.Is(err, prom.ErrType))
		is.True(strings.Contains(err.Error(), `column "tags" is of type jsonb`))
	})
}

// Ensure that what is no list of the field's elements is an error that names the column and shows nothing.
func TestListForeign(t *testing.T) {
	t.Parallel()
	texts := map[string][]string{
		dbtest.NameSQLite: {`'secret'`, `'{"secret":1}'`, `'[1]'`, `'["secret",null]'`, `'null'`, `7`, `x'00'`,
			`'["secret'`, `'["secret"] x'`},
		dbtest.NamePostgres: {`'{secret,NULL}'`, `'{{secret},{b}}'`, `'[2:3]={secret,b}'`},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[tight](prom.Using(db))
		v := tight{Tags: []string{"a"}}
		is.NoErr(repo.Create(ctx, &v))
		std, err := db.SQL(ctx)
		is.NoErr(err)
		for _, text := range texts[e.Name] {
			_, err := std.ExecContext(ctx, "UPDATE tight SET tags = "+text)
			is.NoErr(err)
			_, err = repo.Get(ctx, v.ID)
			var e *prom.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Kind, prom.ErrType)
			is.Equal(e.Columns, []string{"tags"})
			is.True(!strings.Contains(err.Error(), "secret"))
		}
	})
}
