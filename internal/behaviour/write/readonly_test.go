package write_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Sums are fields that the database computes, as a part of a model.
type Sums struct {
	Total int64  `prom:"generated='price * quantity',index"`
	Label string `prom:"generated='lower(name)',unique"`
}

// OrderLine has generated columns of several kinds.
type OrderLine struct {
	prom.Model
	Name     string `prom:"nonempty"`
	Price    int64
	Quantity int64
	Discount *int64
	Sums
	Net  *int64 `prom:"generated='price - discount'"`
	Many bool   `prom:"generated='quantity > 10'"`
	Half float64
}

var (
	orderLine         = prom.Proto[OrderLine]()
	orderLineName     = prom.TextOf(orderLine, &orderLine.Name)
	orderLinePrice    = prom.NumberOf(orderLine, &orderLine.Price)
	orderLineQuantity = prom.NumberOf(orderLine, &orderLine.Quantity)
	orderLineDiscount = prom.NullNumberOf(orderLine, &orderLine.Discount)
	orderLineTotal    = prom.NumberOf(orderLine, &orderLine.Total)
	orderLineLabel    = prom.TextOf(orderLine, &orderLine.Label)
	orderLineNet      = prom.NullNumberOf(orderLine, &orderLine.Net)
	orderLineMany     = prom.FieldOf(orderLine, &orderLine.Many)
)

func (l *OrderLine) fits() bool {
	net := l.Discount == nil && l.Net == nil || l.Discount != nil && l.Net != nil && *l.Net == l.Price-*l.Discount
	return net && l.Total == l.Price*l.Quantity && l.Label == strings.ToLower(l.Name) && l.Many == (l.Quantity > 10)
}

// Ensure that generated columns are never written, whatever their fields hold, and come back from each kind of write.
func TestGeneratedColumns(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		lines := prom.NewRepo[OrderLine](prom.Using(db))
		fits := func(l *OrderLine) {
			t.Helper()
			is.True(l.fits())
			got, err := lines.Get(ctx, l.ID)
			is.NoErr(err)
			is.True(got.fits())
			is.Equal(got.Total, l.Total)
		}
		five := int64(5)
		a := OrderLine{Name: "A", Price: 7, Quantity: 3, Sums: Sums{Total: -1, Label: "wrong"}, Net: &five, Many: true}
		is.NoErr(lines.Create(ctx, &a))
		is.Equal(a.Total, int64(21))
		fits(&a)

		a.Quantity, a.Discount, a.Total = 20, &five, -1
		is.NoErr(lines.Save(ctx, &a))
		is.Equal(a.Total, int64(140))
		fits(&a)
		a.Total = -1 // alone it is no change
		is.NoErr(lines.Update(ctx, &a))
		is.NoErr(lines.Reload(ctx, &a))
		fits(&a)

		many := make([]OrderLine, 700)
		for i := range many {
			many[i] = OrderLine{Name: "M" + strings.Repeat("x", i), Price: int64(i), Quantity: int64(i % 20)}
		}
		is.NoErr(lines.CreateMany(ctx, many[:2]))
		is.NoErr(lines.CreateMany(ctx, many[2:]))
		for i := range many {
			is.True(many[i].fits())
			is.True(many[i].ID > 0)
		}
		fits(&many[699])

		// Upserts: on the key, and on a unique index over a generated column.
		b := OrderLine{Name: "a", Price: 9, Quantity: 9}
		outcome, err := lines.OnConflict(orderLineLabel).UpdateAll().Create(ctx, &b)
		is.NoErr(err)
		is.Equal(outcome, prom.Updated)
		is.Equal(b.ID, a.ID)
		fits(&b)
		two := []OrderLine{{Name: "A", Price: 1, Quantity: 1}, {Name: "a", Price: 2, Quantity: 2}, {Name: "new", Price: 3, Quantity: 3}}
		outcomes, err := lines.OnConflict(orderLineLabel).Update(orderLinePrice.Set(100)).CreateMany(ctx, two)
		is.NoErr(err)
		is.Equal(outcomes, []prom.Outcome{prom.Updated, prom.Updated, prom.Inserted})
		is.Equal(two[1].ID, a.ID)
		is.Equal(two[1].Total, int64(900))
		fits(&two[2])

		var batch prom.Batch
		c, d := OrderLine{Name: "C", Price: 2, Quantity: 2, Sums: Sums{Total: 1}}, two[2]
		d.Price = 50
		prom.Queue(&batch, lines).Create(&c)
		prom.Queue(&batch, lines).Update(&d)
		is.NoErr(batch.Run(ctx))
		fits(&c)
		fits(&d)
		is.Equal(d.Total, int64(150))

		// By query, in conditions, orders and groups.
		n, err := lines.Where(orderLineName.Eq("C")).Update(ctx, orderLineQuantity.Set(11), orderLineDiscount.Set(1))
		is.NoErr(err)
		is.Equal(n, 1)
		got, err := lines.Where(orderLineTotal.Eq(22), orderLineMany.Eq(true), orderLineNet.Eq(1)).OrderBy(orderLineTotal.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(got), 1)
		updated, err := prom.UpdateReturning(ctx, lines.Where(orderLineLabel.Eq("c")), orderLinePrice.Add(1))
		is.NoErr(err)
		is.Equal(len(updated), 1)
		fits(&updated[0])

		// What would write them is refused.
		for _, err := range []error{
			second(lines.Where(orderLineName.Eq("C")).Update(ctx, orderLineTotal.Set(1))),
			second(lines.OnConflict(orderLineLabel).Update(orderLineTotal.Set(1)).Create(ctx, &b)),
			second(prom.InsertSelect(ctx, lines, lines.Query(), prom.To(orderLineTotal, orderLinePrice))),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), "readonly"))
		}

		// A dump holds what they are; restoring it has them computed.
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, lines))
		before, err := lines.Query().OrderBy(orderLineTotal.Asc(), orderLineName.Asc()).All(ctx)
		is.NoErr(err)
		is.NoErr(prom.UnsafeClear(ctx, lines))
		is.NoErr(prom.Restore(ctx, &dump, lines))
		after, err := lines.Query().OrderBy(orderLineTotal.Asc(), orderLineName.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(after), len(before))
		for i := range after {
			is.Equal(after[i].ID, before[i].ID)
			is.True(after[i].fits())
		}
		plan, err := prom.Plan(ctx, lines)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
	})
}

func second[T any](_ T, err error) error { return err }
