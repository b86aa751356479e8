package model_test

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

type (
	// Painter is a table; its pictures and their figures are views as well.
	Painter struct {
		prom.Model
		Name    string
		Works   prom.Many[Work]
		Figures prom.Many[Figures]
	}
	// Picture is a table.
	Picture struct {
		prom.Model
		Painter prom.Ref[Painter]
		Title   string
		Price   int64
	}
	// Work is a view of the pictures with a price.
	Work struct {
		_       struct{} `prom:"view"`
		ID      int64    `prom:"key"`
		Painter prom.Ref[Painter]
		Title   string
		Price   int64
	}
	// Figures is a view without a key.
	Figures struct {
		_       struct{} `prom:"view"`
		Painter prom.Ref[Painter]
		Works   int64
		Total   int64
	}
	// Tour is a table that refers to rows of a view.
	Tour struct {
		prom.Model
		Work prom.Ref[Work]
	}
	// Sales is a materialized view.
	Sales struct {
		_     struct{} `prom:"materialized"`
		Title string   `prom:"key"`
		Price int64
	}
)

var (
	painter        = prom.Proto[Painter]()
	painterName    = prom.TextOf(painter, &painter.Name)
	painterWorks   = prom.ManyOf(painter, &painter.Works)
	painterFigures = prom.ManyOf(painter, &painter.Figures)
	work           = prom.Proto[Work]()
	workPainter    = prom.RefOf(work, &work.Painter)
	workTitle      = prom.TextOf(work, &work.Title)
	workPrice      = prom.NumberOf(work, &work.Price)
	figures        = prom.Proto[Figures]()
	figuresPainter = prom.RefOf(figures, &figures.Painter)
	figuresTotal   = prom.NumberOf(figures, &figures.Total)
	tour           = prom.Proto[Tour]()
	tourWork       = prom.RefOf(tour, &tour.Work)
)

const (
	makeWork    = `CREATE VIEW work AS SELECT _id AS id, painter, title, price FROM picture WHERE price > 0`
	makeFigures = `CREATE VIEW figures AS SELECT painter, count(*) AS works, CAST(sum(price) AS bigint) AS total FROM picture GROUP BY painter`
)

// Ensure that a model of a view reads, follows relations in both directions, and writes nothing; and that neither
// installation nor plans make it.
func TestView(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		painters, pictures := prom.NewRepo[Painter](prom.Using(db)), prom.NewRepo[Picture](prom.Using(db))
		works, sums := prom.NewRepo[Work](prom.Using(db)), prom.NewRepo[Figures](prom.Using(db))
		tours := prom.NewRepo[Tour](prom.Using(db))

		// It is not there yet.
		_, err := works.Query().All(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		is.True(strings.Contains(err.Error(), "prom creates no views"))
		is.True(errors.Is(works.Install(ctx), prom.ErrNoTable))
		plan, err := prom.Plan(ctx, works)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 1)
		is.Equal(plan.Steps[0].Kind, prom.StepByHand)
		is.True(prom.Check(ctx, works) != nil)

		a, b := Painter{Name: "a"}, Painter{Name: "b"}
		is.NoErr(painters.Create(ctx, &a))
		is.NoErr(painters.Create(ctx, &b))
		list := []Picture{{Painter: prom.RefTo(&a), Title: "one", Price: 1}, {Painter: prom.RefTo(&a), Title: "two", Price: 2},
			{Painter: prom.RefTo(&b), Title: "three", Price: 3}, {Painter: prom.RefTo(&b), Title: "none"}}
		is.NoErr(pictures.CreateMany(ctx, list))
		kit.RunSQL(t, db, makeWork, makeFigures)
		is.NoErr(works.Install(ctx))
		plan, err = prom.Plan(ctx, works, sums, painters, pictures)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.NoErr(prom.Check(ctx, works, sums))

		// Lists, pages, keys, aggregates, streams.
		got, err := works.Where(workPrice.Gt(1)).OrderBy(workPrice.Desc()).With(workPainter).All(ctx)
		is.NoErr(err)
		is.Equal(len(got), 2)
		is.Equal(row(got[0].Painter.Get()).Name, "b")
		one, err := works.Get(ctx, list[0].ID)
		is.NoErr(err)
		is.Equal(one.Title, "one")
		page, err := works.Query().OrderBy(workTitle.Asc()).PageAt(ctx, 2, 1)
		is.NoErr(err)
		is.Equal(page.Total, 3)
		is.Equal(page.Rows[0].Title, "three")
		keyset, err := works.Query().OrderBy(workTitle.Asc()).KeysetPage(ctx, "", 2)
		is.NoErr(err)
		is.Equal(len(keyset.Rows), 2)
		n := 0
		for _, err := range works.Query().Each(ctx) {
			is.NoErr(err)
			n++
		}
		is.Equal(n, 3)
		total, err := prom.Scalar(ctx, works.Query(), prom.Sum(workPrice))
		is.NoErr(err)
		is.Equal(total, int64(6))
		all, err := sums.Where(figuresTotal.Gt(0)).OrderBy(figuresTotal.Asc()).With(figuresPainter).All(ctx)
		is.NoErr(err)
		is.Equal(len(all), 2)
		is.True(row(all[0].Painter.Get()).Name != "")

		// Relations to views.
		people, err := painters.Query().OrderBy(painterName.Asc()).With(painterWorks, painterFigures).All(ctx)
		is.NoErr(err)
		is.Equal(len(people[0].Works.Rows()), 2)
		is.Equal(people[1].Figures.Rows()[0].Works, int64(2))
		has, err := painters.Where(painterWorks.Has(workPrice.Eq(3))).All(ctx)
		is.NoErr(err)
		is.Equal(len(has), 1)
		v := Tour{Work: prom.NewRef[Work](list[0].ID)}
		is.NoErr(tours.Create(ctx, &v)) // a table without a foreign key
		seen, err := tours.Query().With(tourWork).All(ctx)
		is.NoErr(err)
		is.Equal(row(seen[0].Work.Get()).Title, "one")
		plan, err = prom.Plan(ctx, tours)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)

		// Nothing is written.
		w := got[0]
		var batch prom.Batch
		prom.Queue(&batch, works).Create(&Work{})
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, works))
		for _, err := range []error{
			works.Create(ctx, &Work{ID: 9, Painter: prom.RefTo(&a)}), works.CreateMany(ctx, []Work{w, w}), works.Update(ctx, &w), works.Save(ctx, &w),
			works.Upsert(ctx, &w), works.Delete(ctx, &w), works.DeleteKey(ctx, w.ID), batch.Run(ctx),
			prom.UnsafeClear(ctx, works), prom.UnsafeDrop(ctx, works), prom.Restore(ctx, &dump, works),
			second(works.Where(workPrice.Gt(0)).Update(ctx, workPrice.Set(1))), second(works.Where(workPrice.Gt(0)).Delete(ctx)),
			second(prom.InsertSelect(ctx, works, works.Query(), prom.To(workTitle, workTitle))),
			second(works.OnConflict().DoNothing().Create(ctx, &w)),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		// What needs a key says so.
		_, err = sums.Get(ctx, 1)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = sums.Query().KeysetPage(ctx, "", 2)
		is.True(errors.Is(err, prom.ErrValidation))

		is.True(errors.Is(prom.RefreshView(ctx, works), prom.ErrValidation))
		is.True(errors.Is(prom.RefreshView(ctx, pictures), prom.ErrValidation))
		kit.RunSQL(t, db, `DROP VIEW figures`, `CREATE VIEW figures AS SELECT painter, count(*) AS works FROM picture GROUP BY painter`)
		err = sums.Install(ctx)
		is.True(errors.Is(err, prom.ErrNoColumn))
		is.True(strings.Contains(err.Error(), "total"))
	})
}

func row[T any](v *T, _ bool) *T { return v }

func second[T any](_ T, err error) error { return err }

// Ensure that a materialized view is read, refreshed in both ways and in a transaction, and refused on SQLite.
func TestMaterializedView(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		sales := prom.NewRepo[Sales](prom.Using(db))
		if e.Name == dbtest.NameSQLite {
			_, err := sales.Query().All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), "no materialized views"))
			is.True(errors.Is(prom.RefreshView(ctx, sales), prom.ErrValidation))
			return
		}
		is.True(errors.Is(prom.RefreshView(ctx, sales), prom.ErrNoTable))
		kit.RunSQL(t, db, `CREATE TABLE sold (title text, price bigint)`, `CREATE MATERIALIZED VIEW sales AS SELECT * FROM sold`,
			`INSERT INTO sold VALUES ('a', 1)`)
		count := func(ctx context.Context) int {
			t.Helper()
			n, err := sales.Query().Count(ctx)
			is.NoErr(err)
			return n
		}
		is.Equal(count(ctx), 0)
		is.NoErr(prom.RefreshView(ctx, sales))
		is.Equal(count(ctx), 1)
		err := prom.RefreshView(ctx, sales, prom.Concurrently())
		is.True(strings.Contains(err.Error(), "only if it has a unique index"))
		kit.RunSQL(t, db, `CREATE UNIQUE INDEX ON sales (title)`, `INSERT INTO sold VALUES ('b', 2)`)
		kit.RolledBack(t, db, func(ctx context.Context) {
			is.NoErr(prom.RefreshView(ctx, sales, prom.Concurrently()))
			is.Equal(count(ctx), 2)
		})
		is.Equal(count(ctx), 1)
		is.NoErr(prom.RefreshView(ctx, sales, prom.Concurrently()))
		is.Equal(count(ctx), 2)
		plan, err := prom.Plan(ctx, sales)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 0)
		is.True(errors.Is(sales.Create(ctx, &Sales{Title: "c"}), prom.ErrValidation))
	})
}

// revenue is a materialized view in a schema.
type revenue struct {
	_     struct{} `prom:"materialized"`
	Title string   `prom:"key"`
}

func (revenue) TableName() string { return "reports.revenue" }

// Ensure that a materialized view in a schema is refreshed, and that one without rows says what to do.
func TestMaterializedViewInSchema(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	db := kit.Open(t, dbtest.Engine{Name: dbtest.NamePostgres}.Schemas(t, "reports").DSN)
	kit.RunSQL(t, db, `CREATE SCHEMA reports`,
		`CREATE MATERIALIZED VIEW reports.revenue AS SELECT 'a'::text AS title WITH NO DATA`,
		`CREATE UNIQUE INDEX ON reports.revenue (title)`)
	views := prom.NewRepo[revenue](prom.Using(db))
	_, err := views.Query().Count(ctx)
	is.True(strings.Contains(err.Error(), "fill it by RefreshView"))
	err = prom.RefreshView(ctx, views, prom.Concurrently())
	is.True(strings.Contains(err.Error(), "refresh it without Concurrently first"))
	is.NoErr(prom.RefreshView(ctx, views))
	is.NoErr(prom.RefreshView(ctx, views, prom.Concurrently()))
	n, err := views.Query().Count(ctx)
	is.NoErr(err)
	is.Equal(n, 1)
}
