package types_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// lease has times and dates that may be infinite.
type lease struct {
	ID    int64 `prom:"key,auto"`
	Until prom.TimeOrInfinity
	Day   prom.TimeOrInfinity  `prom:"date"`
	Maybe *prom.TimeOrInfinity `prom:"index"`
	Steps []prom.TimeOrInfinity
	Asked pgtype.Timestamptz `prom:"type=time,null"`
}

var (
	leaseOf    = prom.Proto[lease]()
	leaseID    = prom.NumberOf(leaseOf, &leaseOf.ID)
	leaseUntil = prom.OrderedOf(leaseOf, &leaseOf.Until)
	leaseDay   = prom.OrderedOf(leaseOf, &leaseOf.Day)

	forever, never = prom.TimeOrInfinity{Infinity: 1}, prom.TimeOrInfinity{Infinity: -1}
)

func finite(day int) prom.TimeOrInfinity {
	return prom.TimeOrInfinity{Time: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)}
}

// Ensure that infinite times are stored and read by every way, and come after and before all others.
func TestTimeOrInfinity(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[lease](prom.Using(db))
		row := func(v prom.TimeOrInfinity) lease {
			return lease{Until: v, Day: v, Maybe: &v, Steps: []prom.TimeOrInfinity{never, v, finite(3)},
				Asked: pgtype.Timestamptz{Time: v.Time, InfinityModifier: pgtype.InfinityModifier(v.Infinity), Valid: true}}
		}
		same := func(got *lease, v prom.TimeOrInfinity) {
			t.Helper()
			if got.Until != v || got.Day != v || got.Maybe == nil || *got.Maybe != v || len(got.Steps) != 3 || got.Steps[0] != never ||
				got.Steps[1] != v || got.Asked.InfinityModifier != pgtype.InfinityModifier(v.Infinity) || !got.Asked.Time.Equal(v.Time) {
				t.Errorf("%+v is not of %v", got, v)
			}
		}
		values := []prom.TimeOrInfinity{forever, finite(2), never, finite(9)}
		for _, v := range values {
			r := row(v)
			is.NoErr(repo.Create(ctx, &r))
			same(&r, v)
		}
		for _, n := range []int{2, 3100} {
			many := make([]lease, n)
			for i := range many {
				many[i] = row(forever)
			}
			is.NoErr(repo.CreateMany(ctx, many))
			got, err := repo.Where(leaseID.Gt(4)).All(ctx)
			is.NoErr(err)
			is.Equal(len(got), n)
			same(&got[n-1], forever)
			_, err = repo.Where(leaseID.Gt(4)).Delete(ctx)
			is.NoErr(err)
		}
		for i, v := range values {
			got, err := repo.Get(ctx, int64(i+1))
			is.NoErr(err)
			same(got, v)
			n, err := repo.Where(leaseUntil.Eq(v), leaseDay.In(v)).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
		}
		order, err := prom.Pluck(repo.Query(), leaseID).OrderBy(leaseUntil.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(order, []int64{3, 2, 4, 1})
		n, err := repo.Where(leaseUntil.Gt(finite(5)), leaseDay.Lt(forever)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		last, err := prom.Pluck(repo.Query(), prom.Max(leaseUntil)).All(ctx)
		is.NoErr(err)
		is.Equal(last[0], forever)
		_, err = repo.Where(leaseID.Eq(2)).Update(ctx, leaseUntil.Set(never), leaseDay.Set(forever))
		is.NoErr(err)
		page, err := repo.Query().OrderBy(leaseUntil.Desc()).KeysetPage(ctx, "", 1)
		is.NoErr(err)
		page, err = repo.Query().OrderBy(leaseUntil.Desc()).KeysetPage(ctx, page.Next, 1)
		is.NoErr(err)
		is.Equal(page.Rows[0].ID, int64(4))

		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, repo))
		_, err = repo.Query().WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(prom.Restore(ctx, &dump, repo))
		got, err := repo.Get(ctx, 2)
		is.NoErr(err)
		is.Equal(got.Until, never)
		is.Equal(got.Day, forever)
		text, err := json.Marshal([]prom.TimeOrInfinity{forever, never, finite(2)})
		is.NoErr(err)
		is.Equal(string(text), `["infinity","-infinity","2026-01-02T00:00:00Z"]`)
		var back []prom.TimeOrInfinity
		is.NoErr(json.Unmarshal(text, &back))
		is.Equal(back, []prom.TimeOrInfinity{forever, never, finite(2)})
	})
}

// Ensure that a row which cannot be read says which row it is, of which column, and what to do.
func TestUnreadableRow(t *testing.T) {
	t.Parallel()
	type plan struct {
		ID   int64 `prom:"key,auto"`
		Ends time.Time
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[plan](prom.Using(db))
		rows := make([]plan, 20)
		for i := range rows {
			rows[i].Ends = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		is.NoErr(repo.CreateMany(ctx, rows))
		kit.RunSQL(t, db, `UPDATE "plan" SET "ends" = 'infinity' WHERE "id" = 17`)
		_, err := repo.Query().All(ctx)
		is.True(errors.Is(err, prom.ErrType))
		for _, want := range []string{"plan", "ends", "Ends", "id 17", "prom.TimeOrInfinity"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not name %s", err, want)
			}
		}
		_, err = repo.Get(ctx, 17)
		is.True(strings.Contains(err.Error(), "id 17"))
	})
}

// Ensure that numbers which are none are read, and named by what cannot take them.
func TestNaN(t *testing.T) {
	t.Parallel()
	type gauge struct {
		ID    int64 `prom:"key,auto"`
		Heat  float64
		Price string `prom:"decimal=8.2"`
		Name  string
	}
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo := prom.NewRepo[gauge](prom.Using(db))
	is.NoErr(repo.Create(ctx, &gauge{Heat: 1, Price: "2"}))
	is.NoErr(repo.Create(ctx, &gauge{Heat: 1, Price: "2"}))
	kit.RunSQL(t, db, `UPDATE "gauge" SET "heat" = 'NaN', "price" = 'NaN' WHERE "id" = 2`)
	rows, err := repo.Query().OrderBy(prom.NumberOf(prom.Proto[gauge](), &prom.Proto[gauge]().ID).Asc()).All(ctx)
	is.NoErr(err)
	is.True(math.IsNaN(rows[1].Heat))
	is.Equal(rows[1].Price, "NaN")
	var dump bytes.Buffer
	err = prom.Dump(ctx, &dump, repo)
	is.True(errors.Is(err, prom.ErrType))
	is.True(strings.Contains(err.Error(), "id 2"))
}
