package query_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Stalls have keys of several columns, and sales of every kind of value refer to them, to a brand whose key is a text
// that ignores case, and to a seller whose key is a UUID. Both are soft-deleted.
type (
	Stall struct {
		Row   string `prom:"key"`
		Place int    `prom:"key"`
		Name  string
	}
	Brand struct {
		Name  string `prom:"key,nocase"`
		Sales prom.Many[Sale]
	}
	Seller struct {
		prom.UUIDModel
		Name string
		Gone *time.Time `prom:"deleted"`
	}
	Sale struct {
		prom.Model
		Row    *string
		Place  *int
		At     prom.CompositeRef[Stall]  `prom:"on='row, place'"`
		Brand  prom.RefBy[Brand, string] `prom:"nocase"`
		Seller *prom.RefBy[Seller, prom.UUID]
		City   string `prom:"nocase"`
		Price  string `prom:"decimal=8.2"`
		Weight float64
		Day    time.Time `prom:"date"`
		When   *time.Time
		Paid   bool
		Gone   *time.Time `prom:"deleted"`
	}
	// SaleLine is what a list tells of a sale.
	SaleLine struct {
		Price  string
		Stall  *Stall
		Brand  *Brand
		Seller *Seller
	}
	// BrandLine is what a list tells of a brand.
	BrandLine struct {
		Name  string
		Sales []Sale
	}
)

var (
	sale       = prom.Proto[Sale]()
	saleAt     = prom.CompositeRefOf(sale, &sale.At)
	saleBrand  = prom.RefOf(sale, &sale.Brand)
	saleSeller = prom.NullRefOf(sale, &sale.Seller)
	saleCity   = prom.TextOf(sale, &sale.City)
	salePrice  = prom.TextOf(sale, &sale.Price)
	saleWeight = prom.NumberOf(sale, &sale.Weight)
	saleDay    = prom.TimeOf(sale, &sale.Day)
	saleWhen   = prom.NullTimeOf(sale, &sale.When)
	saleID     = prom.NumberOf(sale, &sale.ID)
	brand      = prom.Proto[Brand]()
	brandName  = prom.TextOf(brand, &brand.Name)
	brandSales = prom.ManyOf(brand, &brand.Sales)
	saleLine   = prom.Proto[SaleLine]()
	brandLine  = prom.Proto[BrandLine]()
)

// Ensure that results are paged and have their rows by keys of every kind, texts that ignore case and composite ones
// among them, that groups and distinct results of values of every kind are paged, and soft-deleted rows left out.
func TestProjectionKinds(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		stalls, brands := prom.NewRepo[Stall](prom.Using(db)), prom.NewRepo[Brand](prom.Using(db))
		sellers, sales := prom.NewRepo[Seller](prom.Using(db)), prom.NewRepo[Sale](prom.Using(db))
		is.NoErr(stalls.CreateMany(ctx, []Stall{{Row: "a", Place: 1, Name: "a1"}, {Row: "b", Place: 1, Name: "b1"}}))
		is.NoErr(brands.CreateMany(ctx, []Brand{{Name: "Acme"}, {Name: "beta"}, {Name: "none"}}))
		staff := []Seller{{Name: "ada"}, {Name: "bob"}}
		is.NoErr(sellers.CreateMany(ctx, staff))
		day := time.Date(2024, 2, 28, 0, 0, 0, 0, time.UTC)
		for i := range 12 {
			s := Sale{Brand: prom.NewRefBy[Brand]([]string{"ACME", "beta"}[i%2]), City: []string{"Rome", "rome", "OSLO"}[i%3],
				Price: fmt.Sprintf("%d.50", i%4), Weight: float64(i%4) / 3, Day: day.AddDate(0, 0, i%3), Paid: i%2 == 0}
			if i%3 > 0 {
				s.Row, s.Place = new([]string{"a", "b"}[i%2]), new(1)
				s.When = new(day.Add(time.Duration(i%4) * time.Microsecond))
			}
			if i%4 > 1 {
				s.Seller = new(prom.RefByTo[prom.UUID](&staff[i%2]))
			}
			is.NoErr(sales.Create(ctx, &s))
		}
		gone := Sale{Brand: prom.NewRefBy[Brand]("Acme"), City: "Bonn", Price: "9.00", Day: day}
		is.NoErr(sales.Create(ctx, &gone))
		is.NoErr(sales.Delete(ctx, &gone))
		is.NoErr(sellers.Delete(ctx, &staff[1]))

		q := sales.Query()
		lines := prom.Select(q, saleLine, prom.Col(&saleLine.Price, salePrice), prom.RefCol(&saleLine.Stall, saleAt),
			prom.RefCol(&saleLine.Brand, saleBrand), prom.RefCol(&saleLine.Seller,
				saleSeller.With())).OrderBy(saleWhen.Desc(), saleWeight.Asc())
		all, err := lines.All(ctx)
		is.NoErr(err)
		is.Equal(len(all), 12)
		paged, _ := keysetPages(t, lines, 5)
		count := map[string]int{}
		for _, l := range paged {
			if l.Stall != nil {
				count[l.Stall.Name]++
			}
			count[l.Brand.Name]++
			if l.Seller != nil {
				count[l.Seller.Name]++
			}
		}
		is.Equal(count, map[string]int{"a1": 4, "b1": 4, "Acme": 6, "beta": 6, "ada": 3})

		each := prom.Select(brands.OrderBy(brandName.Asc()), brandLine, prom.Col(&brandLine.Name, brandName),
			prom.ManyCol(&brandLine.Sales, brandSales.OrderBy(saleID.Desc()).Limit(4)))
		byBrand, err := each.Page(ctx, 1, 5)
		is.NoErr(err)
		is.True(byBrand.Total == 3 && len(byBrand.Rows[0].Sales) == 4 && len(byBrand.Rows[2].Sales) == 0)
		is.Equal(byBrand.Rows[0].Sales[0].City, "rome")

		// Texts that ignore case are one group, and one result, of which each page knows the other's.
		cities := prom.Pluck2(q, saleCity, prom.Count(sale))
		groups, _ := keysetPages(t, cities.OrderBy(saleCity.Desc()), 1)
		is.Equal(len(groups), 2)
		is.True(strings.EqualFold(groups[0].A, "rome") && groups[0].B == 8 && strings.EqualFold(groups[1].A, "oslo") &&
			groups[1].B == 4)
		distinct, _ := keysetPages(t, prom.Pluck(q, saleCity).Distinct(), 1)
		is.Equal(len(distinct), 2)

		type values = prom.Triple[string, float64, *time.Time]
		for name, p := range map[string]prom.Projection[Sale, values]{
			"distinct": prom.Pluck3(q, salePrice, saleWeight, prom.OrNull(saleWhen)).Distinct(),
			"groups": prom.Pluck3(q, salePrice, prom.Avg(saleWeight),
				prom.OrNull(saleWhen)).OrderBy(prom.Avg(saleWeight).Desc()),
			"decimals": prom.Pluck3(q, prom.SumDecimal(salePrice), saleWeight,
				prom.OrNull(saleWhen)).OrderBy(prom.SumDecimal(salePrice).Asc()),
			"times": prom.Pluck3(q, salePrice, saleWeight, prom.OrNull(prom.Max(saleWhen))).OrderBy(prom.Max(saleWhen).Asc()),
			"days": prom.Pluck3(q, salePrice, saleWeight, prom.OrNull(saleWhen)).GroupBy(saleDay,
				saleCity).OrderBy(prom.Max(saleDay).Desc()),
		} {
			want, err := p.All(ctx)
			is.NoErr(err)
			for _, size := range []int{1, 4} {
				got, _ := keysetPages(t, p, size)
				a, b := make([]string, len(got)), make([]string, len(want))
				for i := range got {
					a[i], b[i] = string(must(json.Marshal(got[i]))), string(must(json.Marshal(want[i])))
				}
				slices.Sort(a)
				slices.Sort(b)
				if !slices.Equal(a, b) {
					t.Errorf("%s: pages of %d have %v, and not %v", name, size, a, b)
				}
				is.Equal(len(got), len(want))
			}
			page, err := p.PageAt(ctx, 3, 0)
			is.NoErr(err)
			if page.Total != len(want) {
				t.Errorf("%s: %d of %d", name, page.Total, len(want))
			}
		}

		// Groups of the results of another query.
		from := prom.From(prom.Into[SaleOf](q))
		to := prom.Proto[SaleOf]()
		sums := prom.Pluck2(from, prom.TextOf(to, &to.Price),
			prom.Sum(prom.NumberOf(to, &to.Weight))).OrderBy(prom.Sum(prom.NumberOf(to, &to.Weight)).Asc())
		got, _ := keysetPages(t, sums, 3)
		is.Equal(len(got), 4)
	})
}

// SaleOf is a part of a sale.
type SaleOf struct {
	Price  string `prom:"decimal=8.2"`
	Weight float64
}
