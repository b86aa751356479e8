package prom_test

import (
	"context"
	"database/sql"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Screw is an item of a store; what is not known of it is NULL.
type Screw struct {
	prom.Model
	Code     string
	Name     string
	Pieces   int
	Price    string        `prom:"decimal=10.2"`
	Discount *string       `prom:"decimal=10.2"`
	Color    *string       // NULL is nil
	Grams    sql.Null[int] // the same, as a sql.Null
	Checked  *bool
	Size     *Box             // JSON
	Sold     *prom.Range[int] // the numbers of the sold pieces
	Arrived  time.Time
}

// Box is stored as JSON.
type Box struct{ Width, Height int }

var (
	screws        = prom.NewRepo[Screw](prom.On("screws"))
	screw         = prom.Proto[Screw]()
	screwID       = prom.NumberOf(screw, &screw.ID)
	screwCode     = prom.TextOf(screw, &screw.Code)
	screwName     = prom.TextOf(screw, &screw.Name)
	screwPieces   = prom.NumberOf(screw, &screw.Pieces)
	screwPrice    = prom.OrderedOf(screw, &screw.Price)
	screwDiscount = prom.NullOrderedOf(screw, &screw.Discount)
	screwColor    = prom.NullTextOf(screw, &screw.Color)
	screwGrams    = prom.SQLNullNumberOf(screw, &screw.Grams)
	screwChecked  = prom.NullOf(screw, &screw.Checked)
	screwSize     = prom.NullJSONOf(screw, &screw.Size)
	screwSold     = prom.NullRangeOf(screw, &screw.Sold)
	screwArrived  = prom.TimeOf(screw, &screw.Arrived)
)

// store opens a database with three screws.
func store(ctx context.Context) *prom.DB {
	db, err := prom.Open("sqlite://:memory:#screws")
	if err != nil {
		log.Fatal(err)
	}
	red, yes, sold := "red", true, prom.ClosedRange(1, 3)
	off := "0.50"
	if err := screws.CreateMany(ctx, []Screw{
		{Code: "A-7", Name: "  Bolt ", Pieces: 7, Price: "1.25", Color: &red, Grams: sql.Null[int]{V: 20, Valid: true},
			Checked: &yes, Arrived: time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC)},
		{Code: "B-12", Name: "Nut", Pieces: 2, Price: "0.99", Discount: &off, Sold: &sold,
			Arrived: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)},
		{Code: "", Name: "Washer", Price: "0.05", Size: &Box{Width: 4, Height: 1},
			Arrived: time.Date(2026, 12, 31, 12, 15, 0, 0, time.UTC)},
	}); err != nil {
		log.Fatal(err)
	}
	return db
}

// each prints the values of a term, in the order of the screws.
func each[V any](ctx context.Context, t prom.Term[*Screw, V]) {
	printAll(prom.Pluck(screws.OrderBy(screwID.Asc()), t).All(ctx))
}

// The fields of pointers and of sql.Null may be NULL.
func ExampleNullOf() {
	ctx := context.Background()
	defer store(ctx).Close()
	codes := func(conds ...prom.Cond[*Screw]) {
		printAll(prom.Pluck(screws.Where(conds...).OrderBy(screwID.Asc()), screwCode).All(ctx))
	}

	codes(screwChecked.Eq(true))
	codes(screwChecked.IsNull(), screwColor.IsNull())
	codes(screwColor.Ne("blue"))         // a comparison with NULL is not true
	codes(screwColor.IsNot(new("blue"))) // IS DISTINCT FROM
	codes(prom.OrValue(screwGrams, 0).Lt(5))
	codes(screwSize.HasKey("Width"))
	codes(screwSold.Contains(3))
	// Output:
	// [A-7]
	// [B-12 ]
	// [A-7]
	// [A-7 B-12 ]
	// [B-12 ]
	// []
	// [B-12]
}

// Functions of texts count characters, from 1, and change the letters A to Z.
func ExampleConcat() {
	ctx := context.Background()
	defer store(ctx).Close()

	name := prom.Trim(screwName)
	each(ctx, prom.Concat(prom.Upper(name), prom.Val(screw, "/"), prom.LPad(screwCode, 4, "*")))
	each(ctx, prom.Replace(prom.Lower(name), "t", "tt"))
	each(ctx, prom.Substr(screwCode, 3, 2))
	each(ctx, prom.Length(screwName))
	each(ctx, prom.Position(screwCode, prom.Val(screw, "-")))
	each(ctx, prom.OrValue(prom.ParseInt(prom.Substr(screwCode, 3, 9)), -1))
	found := screws.Where(prom.AsText(name).HasSuffix("t"), prom.Contains(screwCode, prom.Val(screw, "-")))
	printAll(prom.Pluck(found, screwID).All(ctx))
	// Output:
	// [BOLT/*A-7 NUT/B-12 WASHER/****]
	// [boltt nutt washer]
	// [7 12 ]
	// [7 3 6]
	// [2 2 0]
	// [7 12 -1]
	// [1 2]
}

// Integers are divided as in Go. A division by zero is NULL.
func ExamplePlus() {
	ctx := context.Background()
	defer store(ctx).Close()

	each(ctx, prom.Minus(prom.Times(screwPieces, prom.Val(screw, 2)), prom.Val(screw, 1)))
	each(ctx, prom.Div(screwPieces, prom.Val(screw, 2)))
	each(ctx, prom.Div(prom.Float(screwPieces), prom.Val(screw, 2.0)))
	each(ctx, prom.OrValue(prom.Mod(prom.Val(screw, 7), screwPieces), -1))
	each(ctx, prom.Abs(prom.Neg(screwPieces)))
	each(ctx, prom.Sign(screwPieces))
	each(ctx, prom.Floor(prom.Sqrt(screwPieces)))
	each(ctx, prom.Power(screwPieces, prom.Val(screw, 2)))
	// Output:
	// [13 3 -1]
	// [3 1 0]
	// [3.5 1 0]
	// [0 1 -1]
	// [7 2 0]
	// [1 1 0]
	// [2 1 0]
	// [49 4 0]
}

// Decimals are exact, with the digits of their operands.
func ExamplePlusDecimal() {
	ctx := context.Background()
	defer store(ctx).Close()

	each(ctx, prom.PlusDecimal(screwPrice, prom.Val(screw, "0.005")))
	each(ctx, prom.DivDecimal(screwPrice, prom.Val(screw, "3"), 3))
	each(ctx, prom.MinusDecimal(screwPrice, prom.OrValue(screwDiscount, "0")))
	each(ctx, prom.AbsDecimal(prom.NegDecimal(screwPrice)))
	worth := prom.TimesDecimal(screwPrice, prom.DecimalOf[string](screwPieces, 0))
	printAll(prom.Pluck(screws.Query(), prom.SumDecimal(worth)).All(ctx))
	// Output:
	// [1.255 0.995 0.055]
	// [0.417 0.330 0.017]
	// [1.25 0.49 0.05]
	// [1.25 0.99 0.05]
	// [10.73]
}

// Case is the first branch that is true; Coalesce is the first value that is not NULL.
func ExampleCase() {
	ctx := context.Background()
	defer store(ctx).Close()

	each(ctx, prom.Case(prom.Val(screw, "some"), // otherwise
		prom.Then(screwPieces.Eq(0), prom.Val(screw, "none")), prom.Then(screwPieces.Gt(5), prom.Val(screw, "many"))))
	each(ctx, prom.Coalesce(screwColor, prom.NullIf(screwCode, prom.Val(screw, "")), screwName))
	each(ctx, prom.Least(screwPieces, prom.Val(screw, 3)))
	there := prom.Case(prom.Val(screw, false), prom.Then(screwPieces.Gt(0), prom.Val(screw, true)))
	printAll(prom.Pluck(screws.Where(prom.Truth(there)), screwCode).All(ctx))
	// Output:
	// [many some none]
	// [red B-12 Washer]
	// [3 2 0]
	// [A-7 B-12]
}

// Functions of times go by UTC, or by the zone of InZone.
func ExampleTrunc() {
	ctx := context.Background()
	defer store(ctx).Close()
	berlin := prom.InZone(screwArrived, time.FixedZone("", 3600))

	each(ctx, prom.Year(screwArrived))
	each(ctx, prom.Month(screwArrived))
	each(ctx, prom.Month(berlin))
	each(ctx, prom.DayOfWeek(screwArrived)) // Monday is 1
	each(ctx, prom.Week(screwArrived))
	days := func(t prom.Term[*Screw, time.Time]) {
		list, err := prom.Pluck(screws.OrderBy(screwID.Asc()), t).All(ctx)
		texts := make([]string, len(list))
		for i, at := range list {
			texts[i] = at.UTC().Format("2006-01-02T15:04")
		}
		printAll(texts, err)
	}
	days(prom.Trunc(screwArrived, prom.UnitQuarter))
	days(prom.PlusMonths(screwArrived, prom.Val(screw, 2)))
	days(prom.PlusDays(prom.Date(screwArrived), prom.Val(screw, 1)))
	// Output:
	// [2026 2026 2026]
	// [2 3 12]
	// [3 3 12]
	// [6 7 4]
	// [9 9 53]
	// [2026-01-01T00:00 2026-01-01T00:00 2026-10-01T00:00]
	// [2026-04-28T23:30 2026-05-01T08:00 2027-02-28T12:15]
	// [2026-03-01T00:00 2026-03-02T00:00 2027-01-01T00:00]
}
