package types_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that what CreateMany makes of values is what Create makes of them and what is stored, in times of every zone
// and exactness, in decimals, types of the application's own and enums.
func TestCreateManyStores(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	times := []time.Time{{}, time.Unix(0, 999), time.Unix(-1, 999_999_999),
		time.Date(2024, 11, 3, 1, 30, 0, 123_456_789, newYork),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(1883, 11, 18, 12, 3, 57, 1500, newYork)}
	hour := 24*time.Hour - 1
	var moments []moment
	for _, at := range times {
		m := moment{At: at, Maybe: &at, Day: at, Days: &at, Hours: hour, Hour: &hour, Plain: -hour}
		m.Null.V, m.Null.Valid, m.Old.Time, m.Old.Valid, m.NoDay.V, m.NoDay.Valid = at, true, at, true, at, true
		bare := moment{At: at, Day: at}
		bare.Null.V, bare.Old.Time, bare.NoDay.V = at, at, at // which are not valid, so NULL
		moments = append(moments, m, bare)
	}
	green, tip, serial := color("it's green"), cents(-5), aSerial
	wares := []goods{*ware(nil), *ware(func(g *goods) {
		g.Price, g.Paid, g.Tip, g.Hidden = "-1.50", cents(math.MaxInt64), &tip, hidden{"añ'b\\"}
		g.Color, g.Old, g.Rate = &green, &serial, new(string)
		*g.Rate = "0.00001"
		g.Shade.V, g.Shade.Valid, g.Number.V, g.Number.Valid = "blue?", true, 65535, true
	}), *ware(func(g *goods) { g.Shade.V, g.Number.V = "red", 1 })}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		storesMany(t, db, kit.ByArrays, moments...)
		storesMany(t, db, kit.ByArrays, wares...)
		if e.Mode == "cache_statement" {
			storesMany(t, db, kit.ByCopy, moments...)
			storesMany(t, db, kit.ByCopy, wares...)
		}
	})
}

// storesMany inserts n rows, the given values over and over, and compares each with what Create makes of its value
// and with what is read.
func storesMany[T any](t *testing.T, db *prom.DB, n int, values ...T) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	repo := prom.NewRepo[T](prom.Using(db), prom.Table(fmt.Sprintf("%s %d", reflect.TypeFor[T]().Name(), n)))
	want := slices.Clone(values)
	for i := range want {
		is.NoErr(repo.Create(ctx, &want[i]))
	}
	list := make([]T, n)
	for i := range list {
		list[i] = values[i%len(values)]
	}
	is.NoErr(repo.CreateMany(ctx, list))
	stored := kit.AllOf(t, repo)[len(values):]
	is.Equal(len(stored), n)
	for i := range list {
		was, made, read := fieldsOf(want[i%len(values)]), fieldsOf(list[i]), fieldsOf(stored[i])
		if !reflect.DeepEqual(made, was) || !reflect.DeepEqual(read, was) {
			t.Fatalf("row %d\nis made  %v\nis read  %v\nof Create %v", i, made, read, was)
		}
		if m := repo.Modified(&list[i]); len(m) > 0 {
			t.Fatalf("row %d is modified without a change: %v", i, m)
		}
	}
}

// fieldsOf lists what a model has beside its prom.Model.
func fieldsOf(v any) []any {
	var list []any
	for s, i := reflect.ValueOf(v), 1; i < s.NumField(); i++ {
		list = append(list, s.Field(i).Interface())
	}
	return list
}
