package query_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// tally is what upserts and copies write, with a column that is computed when it is asked for.
type tally struct {
	ID    int64  `prom:"key"`
	Total string `prom:"decimal=10.1"`
	Since time.Time
	Hour  int        `prom:"computed"`
	Gone  *time.Time `prom:"deleted"`
}

var (
	tallyProto = prom.Proto[tally]()
	tallyID    = prom.NumberOf(tallyProto, &tallyProto.ID)
	tallyTotal = prom.OrderedOf(tallyProto, &tallyProto.Total)
	tallySince = prom.TimeOf(tallyProto, &tallyProto.Since)
)

// Ensure that functions of terms are computed in upserts, copies into other tables and computed fields, and that SQL of
// one's own reads a decimal that it computed.
func TestTermWrites(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db := kit.Open(t, e.DSN)
		repo, readings := prom.NewRepo[tally](prom.Using(db)), prom.NewRepo[Reading](prom.Using(db))
		rows := []Reading{{Price: "1.25", At: at("2024-03-31T00:30:00Z"), Day: at("2024-03-31T00:00:00Z")},
			{Price: "-1.25", At: at("2024-03-31T01:30:00Z"), Day: at("2024-03-31T00:00:00Z")}}
		is.NoErr(readings.CreateMany(ctx, rows))
		n, err := prom.InsertSelect(ctx, repo, readings.Query(), prom.To(tallyID, ReadingID),
			prom.To(tallyTotal, prom.TimesDecimal(ReadingPrice, constant("0.2"))),
			prom.To(tallySince, prom.Trunc(prom.InZone(ReadingAt, zone("Europe/Berlin")), prom.UnitDay)))
		is.NoErr(err)
		is.Equal(n, 2)
		list, err := repo.OrderBy(tallyID.Asc()).Compute(prom.Col(&tallyProto.Hour,
			prom.Hour(prom.InZone(tallySince, zone("Asia/Tokyo"))))).All(ctx)
		is.NoErr(err)
		// 0.250 and -0.250 rounded
		is.Equal(fmt.Sprintf("%s %s %d %d", list[0].Total, list[1].Total, list[0].Since.Hour(), list[0].Hour),
			"0.3 -0.3 23 8")

		_, err = repo.OnConflict(tallyID).Update(tallyTotal.SetTo(prom.PlusDecimal(tallyTotal, prom.Excluded(tallyTotal))),
			tallySince.SetTo(prom.Greatest(tallySince, prom.Excluded(tallySince)))).Create(ctx, &tally{ID: 1, Total: "1.1",
			Since: at("2024-01-01T00:00:00Z")})
		is.NoErr(err)
		got, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(got.Total, "1.4")
		is.True(got.Since.Equal(at("2024-03-30T23:00:00Z")))

		raw, err := prom.Pluck(repo.OrderBy(tallyID.Asc()), prom.RawExpr[string](tallyProto, "CAST(? AS text)",
			prom.PlusDecimal(tallyTotal, prom.Val(tallyProto, "0.05")))).All(ctx)
		is.NoErr(err)
		is.Equal(raw, []string{"1.45", "-0.25"})
		is.NoErr(repo.Delete(ctx, got))
		left, err := prom.Scalar(ctx, repo.Query(), prom.AvgDecimal(tallyTotal, 3)) // of what is not deleted
		is.NoErr(err)
		is.Equal(left, "-0.300")
	})
}
