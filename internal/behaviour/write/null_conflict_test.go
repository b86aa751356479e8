package write_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Booking has a unique index over two fields, of which one may be NULL.
type Booking struct {
	prom.Model
	Item string  `prom:"unique=item_day"`
	Day  *string `prom:"unique=item_day"`
	N    int
}

var (
	booking     = prom.Proto[Booking]()
	bookingItem = prom.TextOf(booking, &booking.Item)
	bookingDay  = prom.NullTextOf(booking, &booking.Day)
)

// Ensure that an upsert on fields of which one is NULL is refused, however it is made, since NULL conflicts with
// nothing: it would insert a row each time.
func TestNullConflict(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Booking](prom.Using(db))
		monday := "monday"
		is.NoErr(repo.Create(ctx, &Booking{Item: "a", Day: &monday}))
		on := repo.OnConflict(bookingItem, bookingDay)
		for _, s := range kit.Situations {
			is.NoErr(s.In(ctx, db, func(ctx context.Context) error {
				for _, err := range []error{
					repo.Upsert(ctx, &Booking{Item: "a"}, bookingItem, bookingDay),
					kit.ErrOf(on.Create(ctx, &Booking{Item: "a"})),
					kit.ErrOf(on.DoNothing().Create(ctx, &Booking{Item: "a"})),
					kit.ErrOf(on.CreateMany(ctx, []Booking{{Item: "b", Day: &monday}, {Item: "a"}})),
					kit.ErrOf(on.DoNothing().CreateMany(ctx, []Booking{{Item: "b", Day: &monday}, {Item: "a"}})),
					kit.ErrOf(repo.GetOrCreate(ctx, &Booking{Item: "a"}, bookingItem, bookingDay)),
					repo.Upsert(ctx, &Booking{Item: "a"}), // no identity is set
				} {
					is.True(errors.Is(err, prom.ErrValidation))
				}
				return nil
			}))
		}
		var at *prom.ValueError
		is.True(errors.As(kit.ErrOf(on.CreateMany(ctx, []Booking{{Item: "b", Day: &monday}, {Item: "a"}})), &at))
		is.Equal(at.Index, 1)
		is.Equal(kit.Count(t, repo.Query()), 1)

		// What is named is what it cannot conflict on: without names, whatever conflicts is left alone, and nothing
		// does.
		outcome, err := repo.OnConflict().DoNothing().Create(ctx, &Booking{Item: "a"})
		is.NoErr(err)
		is.Equal(outcome, prom.Inserted)
	})
}

// Ensure that a default that is filled in counts, since it is what is stored.
func TestNullConflictDefault(t *testing.T) {
	t.Parallel()
	type Seat struct {
		prom.Model
		Row *string `prom:"unique,default=front"`
		N   int
	}
	seat := prom.Proto[Seat]()

	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		repo := prom.NewRepo[Seat](prom.Using(kit.Open(t, e.DSN)), prom.Table("seat"))
		row := prom.NullTextOf(seat, &seat.Row)
		for i, want := range []prom.Outcome{prom.Inserted, prom.Updated} {
			outcome, err := repo.OnConflict(row).Create(ctx, &Seat{N: i})
			is.NoErr(err)
			is.Equal(outcome, want)
		}
	})
}

// Ensure that NULLs conflict where the unique index says so, which others have made.
func TestNullsNotDistinct(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t))
	if kit.ScanOne[int](t, db, "SELECT current_setting('server_version_num')::int") < 150000 {
		t.Skip("PostgreSQL has NULLS NOT DISTINCT from version 15 on")
	}
	repo := prom.NewRepo[Booking](prom.Using(db))
	is.NoErr(repo.Install(ctx))
	kit.RunSQL(t, db, "DROP INDEX booking_item_day",
		"CREATE UNIQUE INDEX booking_item_day ON booking (day, item) NULLS NOT DISTINCT")
	on := repo.OnConflict(bookingItem, bookingDay)
	for i, want := range []prom.Outcome{prom.Inserted, prom.Updated, prom.Updated} {
		v := Booking{Item: "a", N: i}
		outcome, err := on.Create(ctx, &v)
		is.NoErr(err)
		is.Equal(outcome, want)
		is.NoErr(repo.Upsert(ctx, &v, bookingItem, bookingDay))
	}
	outcomes, err := on.CreateMany(ctx, []Booking{{Item: "a"}, {Item: "b"}, {Item: "b"}})
	is.NoErr(err)
	is.Equal(outcomes, []prom.Outcome{prom.Updated, prom.Inserted, prom.Updated})
	is.Equal(kit.Count(t, repo.Query()), 2)
	kit.RunSQL(t, db, "DROP INDEX booking_item_day", "CREATE UNIQUE INDEX booking_item_day ON booking (day, item)")
	other := prom.NewRepo[Booking](prom.Using(db))
	is.True(errors.Is(kit.ErrOf(other.OnConflict(bookingItem, bookingDay).Create(ctx, &Booking{Item: "a"})),
		prom.ErrValidation))
}
