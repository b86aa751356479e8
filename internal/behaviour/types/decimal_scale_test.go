package types_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// price has a number of two digits after the point, and exactPrice the same column when it has got four.
type price struct {
	ID  int64  `prom:"key,auto"`
	Sum string `prom:"decimal=8.2"`
}

type exactPrice struct {
	ID  int64  `prom:"key,auto"`
	Sum string `prom:"decimal=12.4"`
}

func (exactPrice) TableName() string { return "price" }

var exactPriceProto = prom.Proto[exactPrice]()

var exactPriceSum = prom.TextOf(exactPriceProto, &exactPriceProto.Sum)

// Ensure that a number has the digits of the scale that its column has now, on SQLite too, where it is a text with
// those of its time.
func TestDecimalScales(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		is.NoErr(prom.NewRepo[price](prom.Using(db)).CreateMany(ctx, []price{{Sum: "1.50"}, {Sum: "-3.00"}}))
		repo := prom.NewRepo[exactPrice](prom.Using(db))
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		_, err = prom.Apply(ctx, plan, prom.Rewriting)
		is.NoErr(err)
		list, err := repo.OrderBy(exactPriceSum.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal([]string{list[0].Sum, list[1].Sum}, []string{"-3.0000", "1.5000"})
		n, err := repo.Where(exactPriceSum.Eq("1.5000")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		sum, err := prom.Scalar(ctx, repo.Query(), prom.SumDecimal(exactPriceSum))
		is.NoErr(err)
		is.Equal(sum, "-1.5000")
	})
}
