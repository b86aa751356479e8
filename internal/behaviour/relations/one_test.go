package relations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of the tests of references by several columns.
type (
	// Bill has a key of two columns.
	Bill struct {
		Shop  string `prom:"key,nocase"`
		No    int64  `prom:"key"`
		Buyer string
		Lines prom.Many[BillLine] `prom:"via='shop, bill_no'"`
	}
	// BillLine refers to a bill, and perhaps to another that it was moved from.
	BillLine struct {
		prom.Model
		Shop   string `prom:"nocase"`
		BillNo int64
		From   *string `prom:"nocase"`
		FromNo *int64
		Item   string
		Price  int
		Bill   prom.CompositeRef[Bill] `prom:"on='shop, bill_no'"`
		Origin prom.CompositeRef[Bill] `prom:"on='from, from_no'"`
	}
)

var (
	bill           = prom.Proto[Bill]()
	billLine       = prom.Proto[BillLine]()
	billShop       = prom.TextOf(bill, &bill.Shop)
	billNo         = prom.NumberOf(bill, &bill.No)
	billBuyer      = prom.TextOf(bill, &bill.Buyer)
	billLines      = prom.ManyOf(bill, &bill.Lines)
	billLineID     = prom.NumberOf(billLine, &billLine.ID)
	billLinePrice  = prom.NumberOf(billLine, &billLine.Price)
	billLineItem   = prom.TextOf(billLine, &billLine.Item)
	billLineBill   = prom.CompositeRefOf(billLine, &billLine.Bill)
	billLineOrigin = prom.CompositeRefOf(billLine, &billLine.Origin)
)

// Ensure that rows refer to others by several columns: with a foreign key, loaded both ways in one statement for each
// level, asked about, set from a value, deleted and set to NULL with what they refer to. parity: M23 G11
func TestReferencesOfSeveralColumns(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		bills, lines := prom.NewRepo[Bill](prom.Using(db)), prom.NewRepo[BillLine](prom.Using(db))

		// Making the table of the lines makes that of the bills, and a line without its bill is refused.
		err := lines.Create(ctx, &BillLine{Shop: "north", BillNo: 1})
		is.True(errors.Is(err, prom.ErrForeignKey))
		if e.Name == dbtest.NamePostgres { // SQLite does not say which of two it is
			var e *prom.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Columns, []string{"shop", "bill_no"})
		}
		for i, b := range []Bill{{Shop: "north", No: 1, Buyer: "ada"}, {Shop: "north", No: 2, Buyer: "bob"},
			{Shop: "south", No: 1, Buyer: "cid"}, {Shop: "south", No: 2, Buyer: "dan"}} {
			is.NoErr(bills.Create(ctx, &b))
			for n := range i { // the first has none
				l := BillLine{Item: fmt.Sprint(b.Buyer, n), Price: n * 10}
				is.NoErr(billLineBill.Set(&l, &b))
				is.Equal(l.BillNo, b.No)
				is.NoErr(lines.Create(ctx, &l))
			}
		}
		first, err := bills.Get(ctx, "north", 1)
		is.NoErr(err)
		moved, err := lines.Where(billLineItem.Eq("cid1")).First(ctx)
		is.NoErr(err)
		is.NoErr(billLineOrigin.Set(moved, first))
		is.NoErr(lines.Save(ctx, moved))

		log.Take()
		list, err := bills.OrderBy(billShop.Asc(),
			billNo.Asc()).With(billLines.OrderBy(billLinePrice.Desc()).With(billLineOrigin)).All(ctx)
		is.NoErr(err)
		is.Equal(kit.Starting(log.Take(), "SELECT"), 3)
		text := ""
		for _, b := range list {
			is.True(b.Lines.Loaded())
			text += b.Buyer + ":"
			for _, l := range b.Lines.Rows() {
				is.True(l.Origin.Loaded())
				text += " " + l.Item
				if from, ok := l.Origin.Get(); ok {
					text += "<" + from.Buyer
				}
			}
			text += "; "
		}
		is.Equal(text, "ada:; bob: bob0; cid: cid1<ada cid0; dan: dan2 dan1 dan0; ")

		// The first of each bill.
		list, err = bills.Where(billShop.Eq("SOUTH")).OrderBy(billNo.Asc()).With(billLines.OrderBy(billLinePrice.Desc()).Limit(1)).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.Equal(list[0].Lines.Rows()[0].Item, "cid1")
		is.Equal(list[1].Lines.Rows()[0].Item, "dan2")

		// The other way.
		of, err := lines.Where(billLineBill.Has(billBuyer.Eq("dan"))).OrderBy(billLineID.Asc()).With(billLineBill.With(billLines), billLineOrigin).All(ctx)
		is.NoErr(err)
		is.Equal(len(of), 3)
		a, ok := of[0].Bill.Get()
		b, _ := of[2].Bill.Get()
		is.True(ok && a == b && a.Buyer == "dan" && len(a.Lines.Rows()) == 3)
		_, ok = of[0].Origin.Get()
		is.True(!ok && of[0].Origin.Loaded())

		for want, q := range map[int]*prom.Query[BillLine]{
			5: lines.Where(prom.Not(billLineOrigin.Has())),
			1: lines.Where(billLineOrigin.Has(billNo.Eq(1))),
			0: lines.Where(billLineOrigin.Has(billNo.Eq(2))),
			3: lines.Where(prom.Not(billLineBill.Has(billBuyer.Eq("dan")))),
		} {
			n, err := q.Count(ctx)
			is.NoErr(err)
			is.Equal(n, want)
		}
		sums, err := prom.Pluck2(bills.Where(billLines.Has(billLinePrice.Gt(0))).OrderBy(billNo.Asc()), billBuyer,
			prom.AggregateOf(billLines, prom.Sum(billLinePrice))).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(sums), "[{cid 10} {dan 30}]")

		out, err := lines.JSON(&of[0])
		is.NoErr(err)
		var shown map[string]any
		is.NoErr(json.Unmarshal(out, &shown))
		is.Equal(shown["origin"], nil)
		is.Equal(shown["bill"].(map[string]any)["buyer"], "dan")

		// Keys that change take the lines with them, and a bill that goes takes its lines and leaves those that came from it.
		n, err := bills.Where(billBuyer.Eq("dan")).Update(ctx, billNo.Set(9))
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = lines.Where(billLineBill.Has(billNo.Eq(9))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		is.NoErr(bills.DeleteKey(ctx, "north", 1))
		is.NoErr(lines.Reload(ctx, moved))
		is.True(moved.From == nil && moved.FromNo == nil)
		is.NoErr(bills.DeleteKey(ctx, "south", 9))
		n, err = lines.Query().Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)

		found, err := db.Describe(ctx, "bill_line")
		is.NoErr(err)
		is.Equal(found.Reference("shop", "bill_no").OnDelete, "CASCADE")
		is.Equal(found.Reference("from", "from_no").OnDelete, "SET NULL")

		// What is dumped can be restored: bills come before their lines.
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, lines, bills))
		is.NoErr(prom.UnsafeClearAll(ctx, db))
		err = prom.Restore(ctx, &dump, lines, bills)
		is.NoErr(err)
		n, err = lines.Where(billLineBill.Has()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	})
}

// Coupon refers to a bill by several columns and to nothing else.
type Coupon struct {
	prom.Model
	Shop   string `prom:"nocase"`
	BillNo int64
	Bill   prom.CompositeRef[Bill] `prom:"on='shop, bill_no'"`
}

var coupon = prom.Proto[Coupon]()

// Ensure that the only reference of a model is named by its error on every engine, and that a row without a key cannot
// be referred to.
func TestReferenceOfSeveralColumnsFails(t *testing.T) {
	t.Parallel()
	couponBill := prom.CompositeRefOf(coupon, &coupon.Bill)
	type guide struct {
		A     prom.UUID `prom:"key,auto"`
		B     int64     `prom:"key"`
		Notes string
	}
	type guest struct {
		prom.Model
		A     prom.UUID
		B     int64
		Guide prom.CompositeRef[guide] `prom:"on='a, b'"`
	}
	guestProto := prom.Proto[guest]()

	guestGuide := prom.CompositeRefOf(guestProto, &guestProto.Guide)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		coupons := prom.NewRepo[Coupon](prom.Using(kit.Open(t, e.DSN)))
		err := coupons.Create(context.Background(), &Coupon{Shop: "north", BillNo: 1})
		var failed *prom.Error
		is.True(errors.Is(err, prom.ErrForeignKey) && errors.As(err, &failed))
		is.Equal(failed.Constraint, "coupon_shop_bill_no_fkey")
		is.Equal(failed.Columns, []string{"shop", "bill_no"})

		c := Coupon{}
		is.NoErr(couponBill.Set(&c, &Bill{Shop: "north"})) // 0 may be a bill's number
		is.Equal(c.Shop, "north")
		is.True(guestGuide.Set(&guest{}, &guide{B: 1}) != nil)
	})
}

// Ensure that the rows of a relation by several columns are found for any number of rows, and no others.
func TestManyKeysOfSeveralColumns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		bills, lines := prom.NewRepo[Bill](prom.Using(db)), prom.NewRepo[BillLine](prom.Using(db))
		const side = 70 // shops, and bills of each
		var all []Bill
		var of []BillLine
		for shop := range side {
			for no := range side {
				b := Bill{Shop: fmt.Sprintf("shop %d", shop), No: int64(no)}
				all, of = append(all, b), append(of, BillLine{Shop: b.Shop, BillNo: b.No, Price: shop*side + no})
			}
		}
		is.NoErr(bills.CreateMany(ctx, all))
		is.NoErr(lines.CreateMany(ctx, of))

		// The diagonal: each part of the keys is one of the parts of others too.
		var diagonal []prom.Cond[*Bill]
		for i := range side {
			diagonal = append(diagonal, prom.And(billShop.Eq(fmt.Sprintf("SHOP %d", i)), billNo.Eq(int64(i))))
		}
		list, err := bills.Where(prom.Or(diagonal...)).With(billLines).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), side)
		for _, b := range list {
			is.Equal(len(b.Lines.Rows()), 1)
			is.Equal(b.Lines.Rows()[0].Price, int(b.No)*(side+1))
		}
		back, err := lines.With(billLineBill).All(ctx)
		is.NoErr(err)
		is.Equal(len(back), side*side)
		for _, l := range back {
			b, ok := l.Bill.Get()
			is.True(ok && strings.EqualFold(b.Shop, l.Shop) && b.No == l.BillNo)
		}
	})
}
