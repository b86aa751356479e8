package types_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// lap is stored in a table whose columns keep fewer digits of a second than the fields.
type lap struct {
	ID    int64         `prom:"key"`
	Took  time.Duration `prom:"clock"`
	Began time.Time
	Maybe *time.Duration `prom:"clock"`
}

// Ensure that times and clocks in columns of PostgreSQL that keep fewer digits of a second fit: install changes
// nothing, a plan is empty, and what Create and Save return is what the column holds.
func TestFewerDigitsOfASecond(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t)+"&install=check")
	kit.RunSQL(t, db, `CREATE TABLE lap (id bigint PRIMARY KEY, took time(3) NOT NULL, began timestamptz(0) NOT NULL, maybe time(0))`)
	laps := prom.NewRepo[lap](prom.Using(db))
	plan, err := prom.Plan(ctx, laps)
	is.NoErr(err)
	is.Equal(plan.Steps, nil)
	is.NoErr(laps.Install(ctx))

	at := time.Date(2024, 1, 2, 3, 4, 5, 678_901_000, time.UTC)
	v := lap{ID: 1, Took: 1234567 * time.Microsecond, Began: at}
	is.NoErr(laps.Create(ctx, &v))
	got, err := laps.Get(ctx, int64(1))
	is.NoErr(err)
	is.Equal(got.Took, 1235*time.Millisecond)
	is.True(got.Began.Equal(at.Add(time.Second).Truncate(time.Second)))
	is.Equal([]any{v.Took, v.Began.UTC()}, []any{got.Took, got.Began.UTC()})
	half := 1500 * time.Millisecond
	got.Maybe = &half
	is.NoErr(laps.Save(ctx, got))
	again, err := laps.Get(ctx, int64(1))
	is.NoErr(err)
	is.Equal(*again.Maybe, 2*time.Second)
}
