package read_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Seated has a key that is a text, a unique number, and a number that is not.
type Seated struct {
	Code   string `prom:"key"`
	Number int    `prom:"unique"`
	Level  int
	Guest  *string `prom:"unique,nocase"`
}

var (
	seated       = prom.Proto[Seated]()
	seatedCode   = prom.TextOf(seated, &seated.Code)
	seatedNumber = prom.NumberOf(seated, &seated.Number)
	seatedLevel  = prom.NumberOf(seated, &seated.Level)
	seatedGuest  = prom.NullTextOf(seated, &seated.Guest)
)

// Ensure that a row is got by the field that is its key, or that is unique, and that another field is an error before
// any SQL.
func TestGetBy(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		seats := prom.NewRepo[Seated](prom.Using(kit.Open(t, e.DSN)))
		ada := "Ada"
		is.NoErr(seats.CreateMany(ctx, []Seated{{"a1", 1, 7, &ada}, {"a2", 2, 7, nil}}))
		byCode, err := prom.GetBy(ctx, seats, seatedCode, "a2")
		is.NoErr(err)
		is.Equal(byCode.Number, 2)
		byNumber, err := prom.GetBy(ctx, seats, seatedNumber, 1)
		is.NoErr(err)
		is.Equal(byNumber.Code, "a1")
		byGuest, err := prom.GetBy(ctx, seats, seatedGuest, "ADA")
		is.NoErr(err)
		is.Equal(byGuest.Code, "a1")
		for _, err := range []error{kit.ErrOf(prom.GetBy(ctx, seats, seatedCode, "a3")),
			kit.ErrOf(prom.GetBy(ctx, seats, seatedNumber, 3))} {
			is.True(errors.Is(err, prom.ErrNotFound))
		}
		is.True(errors.Is(kit.ErrOf(prom.GetBy(ctx, seats, seatedLevel, 7)), prom.ErrValidation))
	})
}

// Ensure that the text which a query shows can be run with its arguments, on the engine that it is for.
func TestShownSQLRuns(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		q := repo.Where(kit.NoteViews.Gt(1), prom.Or(kit.NoteTitle.Ne("?"),
			kit.NoteViews.In(2, 3))).OrderBy(kit.NoteViews.Desc()).Limit(3)
		want, err := q.All(ctx)
		is.NoErr(err)
		sql, args, err := q.SQL()
		is.NoErr(err)
		got, err := prom.RawQuery[kit.Note](repo, sql, args...).All(ctx)
		is.NoErr(err)
		is.Equal(len(got), len(want))
		for i := range got {
			is.Equal(got[i].ID, want[i].ID)
		}
		twice, err := prom.RawQuery[int64](repo, "SELECT CAST($2 AS bigint) * 10 + CAST($1 AS bigint) + CAST($2 AS bigint)",
			1, 2).First(ctx)
		is.NoErr(err)
		is.Equal(twice, int64(23))
	})
}
