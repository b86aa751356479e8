package types_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // zones with summer time, wherever the tests run

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// moment is a model of an instant, a day and a time of day.
type moment struct {
	prom.Model
	At    time.Time
	Maybe *time.Time
	Null  sql.Null[time.Time]
	Old   sql.NullTime
	Day   time.Time           `prom:"date"`
	Days  *time.Time          `prom:"date"`
	Hours time.Duration       `prom:"clock"`
	Hour  *time.Duration      `prom:"clock"`
	Plain time.Duration       // a number
	NoDay sql.Null[time.Time] `prom:"date"`
}

var (
	momentProto = prom.Proto[moment]()
	momentAt    = prom.TimeOf(momentProto, &momentProto.At)
	momentDay   = prom.TimeOf(momentProto, &momentProto.Day)
	momentHrs   = prom.OrderedOf(momentProto, &momentProto.Hours)
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

// Ensure that an instant is stored in UTC to the microsecond, cut towards the past, whatever zone it is given in, and
// is found again by the time that was stored. parity: F28 B8 suite: 20
func TestTimes(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	times := []time.Time{
		{},                // the zero time, year 1
		time.Unix(0, 999), // cut to the second
		time.Unix(-1, 999_999_999),
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(1582, 10, 10, 0, 0, 0, 0, time.UTC),
		time.Date(1883, 11, 18, 12, 3, 57, 0, newYork), // local mean time before, an offset with seconds
		time.Date(1900, 2, 28, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 12, 0, 0, 123_456_789, time.UTC),
		time.Date(2024, 3, 10, 2, 30, 0, 0, newYork), // an hour that there is not
		time.Date(2024, 11, 3, 1, 30, 0, 0, newYork), // an hour that there is twice
		time.Date(2024, 11, 3, 6, 30, 0, 0, time.UTC).In(newYork),
		time.Date(2024, 6, 30, 12, 0, 0, 500_000_000, time.FixedZone("", 14*3600)),
		time.Date(2024, 6, 30, 12, 0, 0, 50_000_000, time.FixedZone("", -14*3600)),
		time.Date(2016, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[moment](prom.Using(kit.Open(t, e.DSN)))
		for _, at := range times {
			want := at.UTC().Truncate(time.Microsecond)
			m := moment{At: at, Maybe: &at, Null: sql.Null[time.Time]{V: at, Valid: true},
				Old: sql.NullTime{Time: at, Valid: true}}
			is.NoErr(repo.Create(ctx, &m))
			got, err := repo.Get(ctx, m.ID)
			is.NoErr(err)
			for _, stored := range []time.Time{m.At, got.At, *got.Maybe, got.Null.V, got.Old.Time} {
				is.Equal(stored, want) // UTC, too
			}
			n, err := repo.Where(momentAt.Eq(at), momentAt.In(at), momentAt.Between(at, at),
				prom.Not(momentAt.Gt(at))).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
			is.Equal(len(repo.Modified(got)), 0)
		}
		list, err := repo.OrderBy(momentAt.Asc()).All(ctx)
		is.NoErr(err)
		for i := range list[1:] {
			is.True(list[i].At.Before(list[i+1].At))
		}
		dbtest.Reportf(t, 20, "%d times kept", len(times))
	})
}

// Ensure that a time outside the years 1 to 9999 is refused, in values and in conditions, on both engines.
// suite: 20
func TestTimesRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[moment](prom.Using(kit.Open(t, e.DSN)))
		for _, at := range []time.Time{
			time.Date(0, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
			time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC),
			time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 14*3600)),
			time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -14*3600)),
			time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC),
			// whose microseconds, in 64 bits, are those of a time in our days
			time.Date(2024+584_542, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Unix(1<<62, 0),
		} {
			m := moment{At: at}
			is.True(errors.Is(repo.Create(ctx, &m), prom.ErrValidation))
			for _, c := range []prom.Cond[*moment]{momentAt.Eq(at), momentAt.Gt(at), momentAt.In(at),
				prom.Raw(momentProto, "at < ?", at)} {
				_, err := repo.Where(c).Count(ctx)
				is.True(errors.Is(err, prom.ErrValidation))
			}
		}
		n, err := repo.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}

// Ensure that a day is that of the time's own zone, and that a time of day is kept to the microsecond.
func TestDaysAndClocks(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[moment](prom.Using(kit.Open(t, e.DSN)))
		for _, day := range []time.Time{
			time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(2024, 2, 29, 23, 59, 59, 999_999_999, time.FixedZone("", -14*3600)),
			time.Date(2024, 2, 29, 0, 0, 0, 0, time.FixedZone("", 14*3600)),
			time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -14*3600)),
		} {
			hours := time.Duration(day.Hour())*time.Hour + 59*time.Minute + 59*time.Second + 999_999_999
			m := moment{Day: day, Days: &day, Hours: hours, Hour: &hours, Plain: hours,
				NoDay: sql.Null[time.Time]{V: day, Valid: true}}
			is.NoErr(repo.Create(ctx, &m))
			got, err := repo.Get(ctx, m.ID)
			is.NoErr(err)
			want := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
			for _, stored := range []time.Time{m.Day, got.Day, *got.Days, got.NoDay.V} {
				is.Equal(stored, want)
			}
			is.Equal(got.Hours, hours.Truncate(time.Microsecond))
			is.Equal(*got.Hour, hours.Truncate(time.Microsecond))
			is.Equal(got.Plain, hours)
			n, err := repo.Where(momentDay.Eq(day), momentDay.In(day), momentHrs.Eq(hours), momentHrs.In(hours),
				momentHrs.Gte(hours)).Count(ctx)
			is.NoErr(err)
			is.True(n >= 1)
		}
		for _, hours := range []time.Duration{-1, 24 * time.Hour, -1 << 63, 1<<63 - 1} {
			is.True(errors.Is(repo.Create(ctx, &moment{Hours: hours}), prom.ErrValidation))
		}
		is.True(errors.Is(repo.Create(ctx, &moment{Day: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}), prom.ErrValidation))
	})
}

// Ensure that times that no time.Time of ours could be, written by somebody else, are an error that names the column,
// or are read as they are, and never something else. suite: 20
func TestForeignTimes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo := prom.NewRepo[moment](prom.Using(db))
	m := moment{At: time.Now()}
	is.NoErr(repo.Create(ctx, &m))
	std, err := db.SQL(ctx)
	is.NoErr(err)
	for _, text := range []string{"infinity", "-infinity"} {
		_, err = std.ExecContext(ctx, "UPDATE moment SET at = $1::text::timestamptz", text)
		is.NoErr(err)
		_, err = repo.Get(ctx, m.ID)
		is.True(errors.Is(err, prom.ErrType))
		var e *prom.Error
		is.True(errors.As(err, &e))
		is.Equal(e.Columns, []string{"at"})
	}
	for text, want := range map[string]time.Time{
		"0044-03-15 12:00:00Z BC": time.Date(-43, 3, 15, 12, 0, 0, 0, time.UTC),
		"20000-01-01 00:00:00Z":   time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		_, err = std.ExecContext(ctx, "UPDATE moment SET at = $1::text::timestamptz", text)
		is.NoErr(err)
		got, err := repo.Get(ctx, m.ID)
		is.NoErr(err)
		is.True(got.At.Equal(want))
	}
}

// Ensure that every form in which Python's prom wrote times is read back as the same instant. parity: F29 F30
func TestPythonTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 3, 25, 19, 34, 5, 0, time.UTC)
	micro := func(n int) time.Time { return at.Add(time.Duration(n) * time.Microsecond) }
	forms := map[string]time.Time{
		"2020-03-25T19:34:05.05Z":       micro(50_000),
		"2020-03-25T19:34:05.050000Z":   micro(50_000),
		"2020-03-25T19:34:05Z":          at,
		"2020-03-25T19:34:05":           at,
		"2020-03-25 19:34:05":           at,
		"2020-03-25 19:34:05.5":         micro(500_000),
		"2020-03-25 19:34:05.12":        micro(120_000),
		"2020-03-25 19:34:05.123":       micro(123_000),
		"2020-03-25 19:34:05.1234Z":     micro(123_400),
		"2020-03-25 19:34:05.12345":     micro(123_450),
		"2020-03-25 19:34:05.123456Z":   micro(123_456),
		"2020-03-25 21:34:05+02:00":     at,
		"2020-03-25T14:04:05.000-05:30": at,
		"20200325T193405.566855":        micro(566_855),
		"20200325T193405Z":              at,
		"2020-03-25":                    at.Truncate(24 * time.Hour),
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[moment](prom.Using(db))
		m := moment{At: time.Now()}
		is.NoErr(repo.Create(ctx, &m))
		std, err := db.SQL(ctx)
		is.NoErr(err)
		read := func(statement, text string, want time.Time) {
			t.Helper()
			_, err := std.ExecContext(ctx, statement)
			is.NoErr(err)
			got, err := repo.Get(ctx, m.ID)
			if err != nil || !got.At.Equal(want) || got.At.Location() != time.UTC {
				t.Errorf("%s was read as %v, %v", text, got, err)
			}
		}
		for text, want := range forms {
			read("UPDATE moment SET at = '"+text+"'", text, want)
		}
		if e.Name == dbtest.NameSQLite {
			read("UPDATE moment SET at = 1585164845", "a unix time", at)
			read("UPDATE moment SET at = 1585164845.5", "a unix time with a fraction", micro(500_000))
			read("UPDATE moment SET at = '1585164845.25'", "a unix time as text", micro(250_000))
		}
	})
}
