package query_test

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// ticket has columns whose fields are of types that columns of other kinds are of as well.
type ticket struct {
	ID    int64         `prom:"key,auto"`
	Price string        `prom:"decimal=10.2"`
	Code  string        `prom:"uuid"`
	Opens time.Duration `prom:"clock"`
	Day   time.Time     `prom:"date"`
	Name  string
}

var (
	ticketProto = prom.Proto[ticket]()
	ticketPrice = prom.FieldOf(ticketProto, &ticketProto.Price)
	ticketCode  = prom.FieldOf(ticketProto, &ticketProto.Code)
	ticketOpens = prom.FieldOf(ticketProto, &ticketProto.Opens)
	ticketDay   = prom.TimeOf(ticketProto, &ticketProto.Day)
	ticketName  = prom.TextOf(ticketProto, &ticketProto.Name)
	ticketID    = prom.NumberOf(ticketProto, &ticketProto.ID)
)

// Ensure that a constant is a value of the column that it is assigned to or compared with, whatever its type is by
// itself, and that one which the column does not take is refused before any SQL.
func TestConstants(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		repo := prom.NewRepo[ticket](prom.Using(kit.Open(t, e.DSN)))
		const code, other = "0190a5e2-7b3c-7f00-8000-00000000ABCD", "0190a5e2-7b3c-7f00-8000-000000000001"
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		for range 2 {
			is.NoErr(repo.Create(ctx, &ticket{Price: "1", Code: other, Day: day}))
		}
		set := []prom.Assign[*ticket]{
			ticketPrice.SetTo(prom.Val(ticketProto, "1.5")), ticketCode.SetTo(prom.Val(ticketProto, code)),
			ticketOpens.SetTo(prom.Val(ticketProto, 9*time.Hour)), ticketDay.SetTo(prom.Val(ticketProto, day.AddDate(0, 0, 1))),
		}
		want := func(v *ticket, err error) {
			t.Helper()
			is.NoErr(err)
			is.Equal(v.Price, "1.50")
			is.Equal(v.Code, "0190a5e2-7b3c-7f00-8000-00000000abcd")
			is.Equal(v.Opens, 9*time.Hour)
			is.True(v.Day.Equal(day.AddDate(0, 0, 1)))
		}
		n, err := repo.Where(ticketID.Eq(1)).Update(ctx, set...)
		is.NoErr(err)
		is.Equal(n, 1)
		want(repo.Get(ctx, 1))

		// By an upsert, in a batch, and into another row.
		_, err = repo.OnConflict(ticketID).Update(set...).Create(ctx, &ticket{ID: 2, Price: "7", Code: other, Day: day})
		is.NoErr(err)
		want(repo.Get(ctx, 2))
		n, err = prom.InsertSelect(ctx, repo, repo.Where(ticketID.Eq(1)), prom.To(ticketPrice, prom.Val(ticketProto, "1.5")),
			prom.To(ticketCode, prom.Val(ticketProto, code)), prom.To(ticketOpens, prom.Val(ticketProto, 9*time.Hour)),
			prom.To(ticketDay, prom.Val(ticketProto, day.AddDate(0, 0, 1))), prom.To(ticketName, ticketName))
		is.NoErr(err)
		is.Equal(n, 1)
		want(repo.OrderBy(ticketID.Desc()).First(ctx))
		n, err = repo.WithoutWhere().Update(ctx,
			ticketPrice.SetTo(prom.Case(prom.Val(ticketProto, "2.5"), prom.Then(ticketID.Gt(1), prom.Val(ticketProto, "3.5")))),
			ticketCode.SetTo(prom.Case(prom.Val(ticketProto, other), prom.Then(ticketID.Gt(1), ticketCode))))
		is.NoErr(err)
		is.Equal(n, 3)
		first, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(first.Price, "2.50")
		is.Equal(first.Code, other)

		// In comparisons.
		for i, cond := range []prom.Cond[*ticket]{
			prom.Eq(ticketPrice, prom.Val(ticketProto, "2.5")), prom.Eq(ticketCode, prom.Val(ticketProto, other)),
			prom.And(prom.Eq(ticketOpens, prom.Val(ticketProto, 9*time.Hour)), ticketID.Eq(1)),
			prom.And(prom.Lt(prom.Val(ticketProto, "2.4"), ticketPrice), prom.Gt(prom.Val(ticketProto, "10"), ticketPrice),
				ticketID.Eq(1)),
		} {
			n, err := repo.Where(cond).Count(ctx)
			if err != nil || n != 1 {
				t.Errorf("condition %d: %d, %v", i, n, err)
			}
		}

		for _, bad := range []prom.Assign[*ticket]{
			ticketPrice.SetTo(prom.Val(ticketProto, "much")), ticketCode.SetTo(prom.Val(ticketProto, "x")),
			ticketPrice.SetTo(prom.Val(ticketProto, "123456789012")), ticketOpens.SetTo(prom.Val(ticketProto, 25*time.Hour)),
		} {
			_, err := repo.WithoutWhere().Update(ctx, bad)
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}
