package relations_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of references to unique columns that are not the key.
type (
	// Article is known by its number, and by its place in a catalog.
	Article struct {
		prom.Model
		SKU     string  `prom:"sku,unique"`
		EAN     *string `prom:"ean,unique"`
		Catalog int64   `prom:"unique=place"`
		Page    int64   `prom:"unique=place"`
		Name    string
		Up      *string                     // the sku of the article that it is a part of
		Whole   prom.CompositeRef[Article]  `prom:"on=up,to=sku"`
		Items   prom.Many[StockItem]        `prom:"via=sku"`
		Scans   prom.Many[StockItem]        `prom:"via=ean"`
		Boxes   prom.ManyToMany[Box, Boxed] // the join table has the sku
	}
	// StockItem refers to articles by number, by bar code, and by their place in a catalog.
	StockItem struct {
		prom.Model
		SKU     string `prom:"sku,index"`
		EAN     *string
		Catalog *int64
		Page    *int64
		Count   int
		Article prom.CompositeRef[Article] `prom:"on=sku,to=sku"`
		Scanned prom.CompositeRef[Article] `prom:"on=ean,to=ean"`
		Listed  prom.CompositeRef[Article] `prom:"on='page, catalog',to='page, catalog'"`
	}
	Box struct {
		prom.Model
		Label    string
		Articles prom.ManyToMany[Article, Boxed]
	}
	Boxed struct {
		Box     prom.Ref[Box]              `prom:"key"`
		SKU     string                     `prom:"sku,key"`
		Article prom.CompositeRef[Article] `prom:"on=sku,to=sku"`
	}
)

var (
	article      = prom.Proto[Article]()
	articleSKU   = prom.TextOf(article, &article.SKU)
	articleName  = prom.TextOf(article, &article.Name)
	articleWhole = prom.CompositeRefOf(article, &article.Whole)
	articleItems = prom.ManyOf(article, &article.Items)
	articleScans = prom.ManyOf(article, &article.Scans)
	articleBoxes = prom.ManyToManyOf(article, &article.Boxes)
	stockItem    = prom.Proto[StockItem]()
	itemID       = prom.NumberOf(stockItem, &stockItem.ID)
	itemCount    = prom.NumberOf(stockItem, &stockItem.Count)
	itemArticle  = prom.CompositeRefOf(stockItem, &stockItem.Article)
	itemScanned  = prom.CompositeRefOf(stockItem, &stockItem.Scanned)
	itemListed   = prom.CompositeRefOf(stockItem, &stockItem.Listed)
	box          = prom.Proto[Box]()
	boxLabel     = prom.TextOf(box, &box.Label)
	boxArticles  = prom.ManyToManyOf(box, &box.Articles)
)

// Ensure that rows refer to others by unique columns as they do by keys: with a foreign key, loaded both ways and
// through a join model, in conditions, terms and trees, set from a row, and deleted or set to NULL with it.
func TestReferencesToUniqueColumns(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		on := prom.Using(kit.Open(t, e.DSN))
		articles, items := prom.NewRepo[Article](on), prom.NewRepo[StockItem](on)
		boxes, boxed := prom.NewRepo[Box](on), prom.NewRepo[Boxed](on)

		err := items.Create(ctx, &StockItem{SKU: "none"})
		is.True(errors.Is(err, prom.ErrForeignKey))
		ean := func(s string) *string { return &s }
		lamp := Article{SKU: "lamp", EAN: ean("111"), Catalog: 1, Page: 7, Name: "Lamp"}
		bulb := Article{SKU: "bulb", Catalog: 7, Page: 1, Name: "Bulb", Up: ean("lamp")} // without a bar code
		wire := Article{SKU: "wire", EAN: ean("333"), Catalog: 2, Page: 2, Name: "Wire", Up: ean("bulb")}
		for _, a := range []*Article{&lamp, &bulb, &wire} {
			is.NoErr(articles.Create(ctx, a))
		}
		one := StockItem{Count: 5}
		is.NoErr(itemArticle.Set(&one, &lamp))
		is.NoErr(itemScanned.Set(&one, &lamp))
		is.NoErr(itemListed.Set(&one, &lamp))
		is.Equal([]any{one.SKU, *one.EAN, *one.Catalog, *one.Page}, []any{"lamp", "111", int64(1), int64(7)})
		err = itemScanned.Set(&StockItem{}, &bulb)
		is.True(strings.Contains(err.Error(), "its field EAN is not set"))
		is.NoErr(items.Create(ctx, &one))
		is.NoErr(items.Create(ctx, &StockItem{SKU: "lamp", Count: 2}))
		is.NoErr(items.Create(ctx, &StockItem{SKU: "bulb", Count: 1}))

		list, err := items.OrderBy(itemID.Asc()).With(itemArticle.With(articleItems), itemScanned, itemListed).All(ctx)
		is.NoErr(err)
		got, ok := list[0].Article.Get()
		is.True(ok && got.Name == "Lamp" && len(got.Items.Rows()) == 2)
		listed, ok := list[0].Listed.Get()
		is.True(ok && listed.Name == "Lamp")
		_, ok = list[1].Scanned.Get()
		is.True(!ok)
		all, err := articles.OrderBy(articleSKU.Asc()).With(articleItems.OrderBy(itemCount.Desc()), articleScans).All(ctx)
		is.NoErr(err)
		is.Equal([]int{len(all[0].Items.Rows()), len(all[1].Items.Rows()), len(all[2].Items.Rows())}, []int{1, 2, 0})
		is.Equal([]int{len(all[0].Scans.Rows()), len(all[1].Scans.Rows()), len(all[2].Scans.Rows())}, []int{0, 1, 0})
		none, err := articles.Where(articleSKU.Eq("bulb")).With(articleScans).One(ctx) // all that is loaded by is NULL
		is.NoErr(err)
		is.Equal(len(none.Scans.Rows()), 0)

		// In conditions, terms and aggregates, which two references of the same row keep apart.
		n, err := items.Where(itemArticle.Has(articleName.Eq("Lamp")), itemListed.Has(), prom.Not(itemScanned.Has(
			articleName.Eq("Bulb")))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		rows, err := prom.Pluck3(items.OrderBy(itemID.Asc()), prom.Via(itemArticle, articleName),
			prom.OrValue(prom.Via(itemListed, articleSKU), "?"), itemCount).All(ctx)
		is.NoErr(err)
		is.Equal(rows[0].A, "Lamp")
		is.Equal(rows[2].A, "Bulb")
		is.Equal([]string{rows[0].B, rows[2].B}, []string{"lamp", "?"})
		most, err := articles.OrderBy(articleItems.Count().Desc(), articleSKU.Asc()).First(ctx)
		is.NoErr(err)
		is.Equal(most.SKU, "lamp")
		sum, err := prom.Pluck(articles.Where(articleSKU.Eq("lamp")), prom.AggregateOf(articleItems, prom.Sum(itemCount))).
			One(ctx)
		is.NoErr(err)
		is.Equal(sum, 7)
		n, err = items.Where(itemArticle.Has(articleName.Eq("Bulb"))).Update(ctx, itemCount.Add(10))
		is.NoErr(err)
		is.Equal(n, 1)

		// Trees.
		below, err := articles.Where(prom.DescendantsOf(articleWhole, articleSKU.Eq("lamp"))).OrderBy(articleSKU.Asc()).
			All(ctx)
		is.NoErr(err)
		is.Equal([]string{below[0].SKU, below[1].SKU}, []string{"bulb", "wire"})
		paths, err := prom.Pluck2(articles.OrderBy(articleSKU.Desc()), prom.TreeDepth(articleWhole),
			prom.TreePath(articleWhole, articleSKU)).All(ctx)
		is.NoErr(err)
		is.Equal(strings.Join(paths[0].B, ">"), "lamp>bulb>wire")

		// A join model.
		b := Box{Label: "b"}
		is.NoErr(boxes.Create(ctx, &b))
		for _, sku := range []string{"lamp", "wire"} {
			is.NoErr(boxed.Create(ctx, &Boxed{Box: prom.RefTo(&b), SKU: sku}))
		}
		full, err := boxes.With(boxArticles.OrderBy(articleSKU.Asc()).With(articleBoxes)).One(ctx)
		is.NoErr(err)
		is.Equal(len(full.Articles.Rows()), 2)
		is.Equal(full.Articles.Rows()[1].Boxes.Rows()[0].Label, "b")
		n, err = articles.Where(articleBoxes.Has(boxLabel.Eq("b"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		names, err := prom.Pluck(boxes.Where(boxArticles.Has(articleName.Eq("Wire"))),
			prom.AggregateOf(boxArticles, prom.Max(articleName))).All(ctx)
		is.NoErr(err)
		is.Equal(len(names), 1)
		_, err = prom.LinksOf(boxes, boxArticles, &b).Add(ctx, &bulb)
		is.True(strings.Contains(err.Error(), "unique columns that are not the key"))

		// Nothing is left to do, and the rows of a deleted article go with it.
		plan, err := prom.Plan(ctx, articles, items, boxes, boxed)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.NoErr(boxes.Delete(ctx, &b))
		is.NoErr(articles.Delete(ctx, &lamp))
		n, err = items.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		is.NoErr(articles.Reload(ctx, &bulb))
		is.Equal(bulb.Up, nil)
	})
}

type (
	// Dept is in a department, and the highest in itself.
	Dept struct {
		Code string                   `prom:"key"`
		In   prom.RefBy[Dept, string] `prom:"in_code"`
		Name string
	}
	// Knot is the same with a key that the database generates.
	Knot struct {
		ID int64          `prom:"key,auto"`
		To prom.Ref[Knot] `prom:"to_id,deferrable=deferred"`
	}
	// Ship and Master need each other, checked at the end of a transaction.
	Ship struct {
		ID     int64            `prom:"key"`
		Master prom.Ref[Master] `prom:"master_id,deferrable=deferred"`
	}
	Master struct {
		ID   int64          `prom:"key"`
		Ship prom.Ref[Ship] `prom:"ship_id"`
	}
)

var (
	dept       = prom.Proto[Dept]()
	deptIn     = prom.RefOf(dept, &dept.In)
	deptName   = prom.TextOf(dept, &dept.Name)
	knot       = prom.Proto[Knot]()
	knotTo     = prom.RefOf(knot, &knot.To)
	knotID     = prom.NumberOf(knot, &knot.ID)
	ship       = prom.Proto[Ship]()
	shipMaster = prom.RefOf(ship, &ship.Master)
	master     = prom.Proto[Master]()
	masterShip = prom.RefOf(master, &master.Ship)
)

// Ensure that a row may refer to itself as it must, and that rows which need each other are inserted in a transaction
// when one of the references is checked at its end.
func TestRequiredCircles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		on := prom.Using(db)
		depts, knots := prom.NewRepo[Dept](on), prom.NewRepo[Knot](on)
		ships, masters := prom.NewRepo[Ship](on), prom.NewRepo[Master](on)

		is.NoErr(depts.Create(ctx, &Dept{Code: "all", In: prom.NewRefBy[Dept]("all"), Name: "All"}))
		is.NoErr(depts.CreateMany(ctx, []Dept{{Code: "a", In: prom.NewRefBy[Dept]("all")},
			{Code: "b", In: prom.NewRefBy[Dept]("b")}})) // another root
		err := depts.Create(ctx, &Dept{Code: "c", In: prom.NewRefBy[Dept]("none")})
		is.True(errors.Is(err, prom.ErrForeignKey))
		n, err := depts.Where(deptIn.Has(deptName.Eq("All"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		got, err := depts.With(deptIn.With(deptIn)).Get(ctx, "all")
		is.NoErr(err)
		up, _ := got.In.Get()
		top, _ := up.In.Get()
		is.Equal(top.Code, "all")

		// The key is known after the insert only, so that the check has to wait.
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			k := Knot{To: prom.NewRef[Knot](-1)}
			if err := knots.Create(ctx, &k); err != nil {
				return err
			}
			k.To.SetKey(k.ID)
			return knots.Save(ctx, &k)
		}))
		n, err = knots.Where(knotTo.Has(knotID.Gt(0))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)

		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			if err := ships.Create(ctx, &Ship{ID: 1, Master: prom.NewRef[Master](2)}); err != nil {
				return err
			}
			return masters.Create(ctx, &Master{ID: 2, Ship: prom.NewRef[Ship](1)})
		}))
		err = ships.Create(ctx, &Ship{ID: 3, Master: prom.NewRef[Master](4)})
		is.True(errors.Is(err, prom.ErrForeignKey))
		s, err := ships.With(shipMaster.With(masterShip.With(shipMaster))).One(ctx)
		is.NoErr(err)
		m, _ := s.Master.Get()
		is.Equal(m.ID, int64(2))
		plan, err := prom.Plan(ctx, depts, knots, ships, masters)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)

		// What was dumped is restored, whatever comes first.
		var dump strings.Builder
		is.NoErr(prom.Dump(ctx, &dump, ships, masters, knots, depts))
		to := kit.Open(t, dbtest.SQLite(t))
		is.NoErr(prom.Restore(ctx, strings.NewReader(dump.String()), ships.Using(to), masters.Using(to), knots.Using(to),
			depts.Using(to)))
	})
}
