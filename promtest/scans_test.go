package promtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Parcel is a model of a large table.
type Parcel struct {
	prom.Model
	Code   string             `prom:"unique"`
	To     prom.Ref[Customer] `prom:"to_id,index"`
	Weight int
	City   string
	Sent   *time.Time
	State  string   `prom:"index"`
	_      struct{} `prom:"index=open,on=weight,where='sent IS NULL'"`
}

// Customer is a model of a table that is not large.
type Customer struct {
	prom.Model
	Name string
}

var (
	parcel       = prom.Proto[Parcel]()
	parcelID     = prom.NumberOf(parcel, &parcel.ID)
	parcelCode   = prom.TextOf(parcel, &parcel.Code)
	parcelTo     = prom.RefOf(parcel, &parcel.To)
	parcelWeight = prom.NumberOf(parcel, &parcel.Weight)
	parcelCity   = prom.TextOf(parcel, &parcel.City)
	parcelState  = prom.TextOf(parcel, &parcel.State)
	parcelSent   = prom.NullTimeOf(parcel, &parcel.Sent)
	customer     = prom.Proto[Customer]()
	customerName = prom.TextOf(customer, &customer.Name)
)

// Ensure that statements which no index serves fail with their line and with the tag of an index that serves, in all
// ways of running them, and that those which an index serves do not, in tables of a few rows.
func TestNoScans(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		parcels, customers := prom.NewRepo[Parcel](prom.Using(db)), prom.NewRepo[Customer](prom.Using(db))
		is.NoErr(prom.Install(t.Context(), parcels, customers))
		promtest.New[Parcel](db).CreateMany(t, 3)
		check := func(call func(ctx context.Context) error, large ...prom.AnyRepo) string {
			return record(t, func(tb testing.TB) { is.NoErr(call(promtest.NoScans(tb, t.Context(), large...))) })
		}
		all := func(q *prom.Query[Parcel]) func(ctx context.Context) error {
			return func(ctx context.Context) error { _, err := q.All(ctx); return err }
		}
		for name, tt := range map[string]struct {
			call func(ctx context.Context) error
			tag  string
		}{
			"condition":  {all(parcels.Where(parcelCity.Eq("Bern"))), "an index would serve: Parcel.City `prom:\"index\"`"},
			"conditions": {all(parcels.Where(parcelCity.Eq("Bern"), parcelWeight.Gt(3))), "Parcel.City `prom:\"index=city_weight\"`, Parcel.Weight `prom:\"index=city_weight\"`"},
			"order":      {all(parcels.OrderBy(parcelCity.Asc()).Limit(3)), "Parcel.City `prom:\"index\"`"},
			"all":        {all(parcels.Query()), ""},
			"count": {func(ctx context.Context) error { _, err := parcels.Count(ctx); return err },
				"a count without conditions reads all rows"},
			"update": {func(ctx context.Context) error {
				_, err := parcels.Where(parcelCity.Eq("Bern")).Update(ctx, parcelWeight.Set(1))
				return err
			}, "Parcel.City `prom:\"index\"`"},
			"delete": {func(ctx context.Context) error {
				_, err := parcels.Where(parcelCity.Eq("Bern")).Delete(ctx)
				return err
			}, "Parcel.City `prom:\"index\"`"},
			"batch": {func(ctx context.Context) error {
				var b prom.Batch
				prom.Queue(&b, parcels).All(parcels.Where(parcelCity.Eq("Bern")))
				return b.Run(ctx)
			}, "Parcel.City `prom:\"index\"`"},
			"limit": {all(parcels.Where(parcelCity.Eq("Bern")).OrderBy(parcelID.Asc()).Limit(1)),
				"a blank field of Parcel: _ struct{} `prom:\"index=city_id,on='city, _id'\"`"},
		} {
			text := check(tt.call, parcels)
			if strings.Count(text, "promtest:") != 1 || !strings.Contains(text, "reads the whole table parcel, for which no index serves") ||
				!strings.Contains(text, "scans_test.go:") || !strings.Contains(text, tt.tag) {
				t.Errorf("%s: %q lacks %q", name, text, tt.tag)
			}
		}
		for name, call := range map[string]func(ctx context.Context) error{
			"key":      func(ctx context.Context) error { _, err := parcels.Get(ctx, int64(1)); return notFoundIsFine(err) },
			"unique":   all(parcels.Where(parcelCode.Eq("a"))),
			"in":       all(parcels.Where(parcelState.In("a", "b"), parcelCity.Eq("Bern"))),
			"relation": all(parcels.Where(parcelTo.Eq(3)).With(parcelTo)),
			"first":    all(parcels.OrderBy(parcelID.Desc()).Limit(10)),
			"any":      all(parcels.Limit(1)),
			"function": all(parcels.Where(parcelState.Eq("a"), parcelCity.Like("%b%"), prom.Fold(parcelCity).Contains("x"))),
			"partial":  all(parcels.Where(parcelSent.IsNull(), parcelWeight.Gt(3))),
			"all of a partial": func(ctx context.Context) error {
				_, err := parcels.Where(parcelSent.IsNull()).OrderBy(parcelWeight.Asc()).Limit(3).All(ctx)
				return err
			},
			"not large": func(ctx context.Context) error { _, err := customers.Where(customerName.Eq("a")).All(ctx); return err },
			"join":      all(parcels.Where(parcelState.Eq("a"), parcelTo.Has(customerName.Eq("a")))),
			"insert": func(ctx context.Context) error {
				c := Customer{Name: "a"}
				err := customers.Create(ctx, &c)
				if err == nil {
					err = parcels.Create(ctx, &Parcel{Code: "a", To: prom.RefTo(&c)})
				}
				return err
			},
			"each": func(ctx context.Context) error {
				for _, err := range parcels.Where(parcelState.Eq("a")).Each(ctx) {
					if err != nil {
						return err
					}
				}
				return nil
			},
		} {
			if text := check(call, parcels); text != "" {
				t.Errorf("%s: %s", name, text)
			}
		}
		is.True(strings.Contains(check(func(context.Context) error { return nil }), "was given no large tables"))
		is.True(strings.Contains(check(func(context.Context) error { return nil }, parcels), "saw no statement"))
	})
}

func notFoundIsFine(err error) error {
	if errors.Is(err, prom.ErrNotFound) {
		return nil
	}
	return err
}

// Ensure that one query can be asked about, with the relations that it loads, and all of a database.
func TestUsesIndex(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		parcels := prom.NewRepo[Parcel](prom.Using(db))
		uses := func(q *prom.Query[Parcel]) string {
			return record(t, func(tb testing.TB) { promtest.UsesIndex(tb, t.Context(), q) })
		}
		is.Equal(uses(parcels.Where(parcelCode.Eq("a")).With(parcelTo)), "")
		is.True(strings.Contains(uses(parcels.Where(parcelCity.Eq("a"))), "Parcel.City `prom:\"index\"`"))

		text := record(t, func(tb testing.TB) {
			opt := promtest.SQLite()
			if e.Name == dbtest.NamePostgres {
				opt = promtest.Postgres(e.DSN)
			}
			db := promtest.DB(tb, opt, promtest.Large(parcels))
			parcels := prom.NewRepo[Parcel](prom.Using(db))
			_, err := parcels.Where(parcelCity.Eq("a")).All(t.Context()) // which makes the table
			is.NoErr(err)
			_, err = parcels.Where(parcelCode.Eq("a")).All(t.Context())
			is.NoErr(err)
		})
		is.Equal(strings.Count(text, "promtest:"), 1)
		is.True(strings.Contains(text, "Parcel.City `prom:\"index\"`"))
	})
}
