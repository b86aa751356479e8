package prom_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/prom-go/prom"
)

// Sale is of a number of pieces.
type Sale struct {
	prom.Model
	Item     string
	Code     string
	Pieces   int
	Price    string `prom:"decimal=10.2"` // of a piece
	Cost     string `prom:"decimal=10.2"`
	Weight   float64
	Discount *float64
	At       time.Time
	Warranty time.Duration
	Due      time.Time `prom:"date"`
}

var (
	sales        = prom.NewRepo[Sale](prom.On("sales"))
	sale         = prom.Proto[Sale]()
	saleID       = prom.NumberOf(sale, &sale.ID)
	saleItem     = prom.TextOf(sale, &sale.Item)
	saleCode     = prom.TextOf(sale, &sale.Code)
	salePieces   = prom.NumberOf(sale, &sale.Pieces)
	salePrice    = prom.OrderedOf(sale, &sale.Price)
	saleCost     = prom.OrderedOf(sale, &sale.Cost)
	saleWeight   = prom.NumberOf(sale, &sale.Weight)
	saleDiscount = prom.NullNumberOf(sale, &sale.Discount)
	saleAt       = prom.TimeOf(sale, &sale.At)
	saleWarranty = prom.NumberOf(sale, &sale.Warranty)
	saleDue      = prom.TimeOf(sale, &sale.Due)
)

// SalesDay is what was sold on a day.
type SalesDay struct {
	Day     time.Time
	Revenue string `prom:"decimal=12.2"`
	Average string `prom:"decimal=12.2"`
}

var salesDay = prom.Proto[SalesDay]()

// Initial is the first letter of a text, in capitals.
func Initial[P any, V prom.Texts](t prom.Term[P, V]) prom.Expr[P, string] {
	return prom.RawExpr[string](*new(P), "upper(substr(?, 1, 1))", t)
}

// Hex is a number in hexadecimal digits.
func Hex[P any, V prom.Integer](n prom.Term[P, V]) prom.Expr[P, string] {
	return prom.EngineExpr[string](*new(P), prom.EngineSQL{Postgres: "to_hex(?)", SQLite: "printf('%x', ?)"}, n)
}

func Example_expressions() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#sales")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	at := func(s string) time.Time {
		t, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			log.Fatal(err)
		}
		return t
	}
	tenth := 0.1
	if err := sales.CreateMany(ctx, []Sale{
		{Item: "lamp", Code: "lamp-7", Pieces: 2, Price: "19.99", Cost: "12.40", Weight: 1.25, At: at("2024-03-30 23:30"), Warranty: 48 * time.Hour, Due: at("2024-04-30 00:00")},
		{Item: "desk", Code: "lamp-9", Pieces: 1, Price: "349.00", Cost: "351.50", Weight: 31.5, Discount: &tenth, At: at("2024-03-31 21:59"), Due: at("2024-05-15 00:00")},
		{Item: "cup", Code: "cup-12", Pieces: 6, Price: "4.05", Cost: "1.10", Weight: 0.4, At: at("2024-03-31 22:00"), Due: at("2024-04-01 00:00")},
	}); err != nil {
		log.Fatal(err)
	}
	items := func(conds ...prom.Cond[*Sale]) {
		printAll(prom.Pluck(sales.Where(conds...).OrderBy(saleID.Asc()), saleItem).All(ctx))
	}

	// Texts: of another column, by a regular expression, and by a function of one's own.
	items(prom.HasPrefix(saleCode, saleItem))
	items(prom.RegexpLike(saleCode, `^[a-z]+-\d$`))
	items(Initial(saleItem).In("L", "C"))
	printAll(prom.Pluck(sales.OrderBy(saleID.Asc()), Hex(prom.Times(salePieces, prom.Val(sale, 100)))).All(ctx))

	// Numbers.
	items(prom.Round(saleWeight, 0).Gte(1), prom.Greatest(saleDiscount, prom.Val(sale, 0.05)).Lt(0.1))

	// Decimals are exact: what is above the cost, of all pieces, with tax.
	revenue := prom.TimesDecimal(salePrice, prom.DecimalOf[string](salePieces, 0))
	items(prom.MinusDecimal(salePrice, saleCost).Gt("2.95"))
	printAll(prom.Pluck(sales.OrderBy(saleID.Asc()), prom.RoundDecimal(prom.TimesDecimal(revenue, prom.Val(sale, "1.19")), 2)).All(ctx))
	n, err := sales.Where(saleItem.Eq("cup")).Update(ctx, salePrice.SetTo(prom.TimesDecimal(salePrice, prom.Val(sale, "1.1"))))
	fmt.Println(n, err)
	printAll(prom.Pluck(sales.Where(saleItem.Eq("cup")), salePrice).All(ctx))

	// Days as they are in Berlin, of which March 31 had 23 hours.
	day := prom.Date(prom.InZone(saleAt, berlin))
	days := prom.Select(sales.Query(), salesDay,
		prom.Col(&salesDay.Day, day),
		prom.Col(&salesDay.Revenue, prom.SumDecimal(revenue)),
		prom.Col(&salesDay.Average, prom.AvgDecimal(salePrice, 2)))
	list, err := days.OrderBy(day.Asc()).All(ctx)
	for _, d := range list {
		fmt.Println(d.Day.Format(time.DateOnly), d.Revenue, d.Average)
	}

	// Instants, durations and days.
	items(prom.PlusDuration(saleAt, saleWarranty).Gt(at("2024-04-01 00:00")))
	items(prom.DurationBetween(saleAt, prom.Val(sale, at("2024-03-31 22:00"))).Lte(time.Hour))
	items(prom.DaysBetween(saleAt, saleDue).Gt(30))
	items(prom.Gte(saleDue, prom.PlusMonths(prom.Date(saleAt), prom.Val(sale, 1))))
	items(prom.Hour(prom.InZone(saleAt, berlin)).Eq(0))
	// Output:
	// [lamp cup]
	// [lamp desk]
	// [lamp cup]
	// [c8 64 258]
	// [lamp]
	// [lamp]
	// [47.58 415.31 28.92]
	// 1 <nil>
	// [4.46]
	// 2024-03-31 388.98 184.50
	// 2024-04-01 26.76 4.46
	// [lamp]
	// [desk cup]
	// [lamp desk]
	// [lamp desk]
	// [lamp cup]
}
