package query_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Essays with fans and readers, and what a service tells of each.
type (
	Essayist struct {
		prom.Model
		Name string
	}
	Essay struct {
		prom.Model
		By    prom.Ref[Essayist] `prom:"index"`
		Title string
		Fans  prom.ManyToMany[Essayist, Fan]
		Notes prom.Many[EssayNote]

		Likes int64  `prom:"computed"`
		Mine  bool   `prom:"computed"`
		Last  *int   `prom:"computed"`
		Whose string `prom:"computed"`
		Place int64  `prom:"computed"`
	}
	Fan struct {
		Essay    prom.Ref[Essay]    `prom:"key"`
		Essayist prom.Ref[Essayist] `prom:"key"`
	}
	EssayNote struct {
		prom.Model
		Essay prom.Ref[Essay] `prom:"index"`
		Stars int
	}
)

var (
	essayist     = prom.Proto[Essayist]()
	essayistID   = prom.NumberOf(essayist, &essayist.ID)
	essayistName = prom.TextOf(essayist, &essayist.Name)

	essay      = prom.Proto[Essay]()
	essayID    = prom.NumberOf(essay, &essay.ID)
	essayBy    = prom.RefOf(essay, &essay.By)
	essayTitle = prom.TextOf(essay, &essay.Title)
	essayFans  = prom.ManyToManyOf(essay, &essay.Fans)
	essayNotes = prom.ManyOf(essay, &essay.Notes)

	essayNote      = prom.Proto[EssayNote]()
	essayNoteStars = prom.NumberOf(essayNote, &essayNote.Stars)
)

// told is what a list of essays tells of each, for somebody who looks.
func told(viewer int64) []prom.Column[*Essay] {
	return []prom.Column[*Essay]{
		prom.Col(&essay.Likes, essayFans.Count()),
		prom.Col(&essay.Mine, essayFans.Has(essayistID.Eq(viewer))),
		prom.NullCol(&essay.Last, prom.AggregateOf(essayNotes, prom.Max(essayNoteStars))),
		prom.Col(&essay.Whose, prom.Concat(prom.Upper(prom.Via(essayBy, essayistName)), prom.Val(essay, "'s"))),
	}
}

// Ensure that a query fills computed fields of its rows, in its one statement, however the rows are read, and that they
// are never stored.
func TestCompute(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		essays, essayists := prom.NewRepo[Essay](prom.Using(db)), prom.NewRepo[Essayist](prom.Using(db))
		fans, notes := prom.NewRepo[Fan](prom.Using(db)), prom.NewRepo[EssayNote](prom.Using(db))
		people := []Essayist{{Name: "ada"}, {Name: "bob"}, {Name: "cyd"}}
		is.NoErr(essayists.CreateMany(ctx, people))
		list := make([]Essay, 5)
		for i := range list {
			list[i] = Essay{By: prom.RefTo(&people[i%2]), Title: string(rune('a' + i)), Likes: 99} // which is not stored
		}
		is.NoErr(essays.CreateMany(ctx, list))
		for i := range list {
			for j := range min(i, 3) {
				is.NoErr(fans.Create(ctx, &Fan{prom.RefTo(&list[i]), prom.RefTo(&people[j])}))
			}
			if i > 1 {
				is.NoErr(notes.CreateMany(ctx, []EssayNote{{Essay: prom.RefTo(&list[i]), Stars: i},
					{Essay: prom.RefTo(&list[i]), Stars: 1}}))
			}
		}
		viewer := people[1].ID
		right := func(t *testing.T, e *Essay) {
			t.Helper()
			i := int(e.Title[0] - 'a')
			likes, whose := int64(min(i, 3)), []string{"ADA's", "BOB's"}[i%2]
			if e.Likes != likes || e.Mine != (i > 1) || e.Whose != whose || (e.Last == nil) != (i < 2) ||
				e.Last != nil && *e.Last != i {
				t.Errorf("%s has %d %v %v %q", e.Title, e.Likes, e.Mine, e.Last, e.Whose)
			}
		}
		shown, err := essays.Compute(told(viewer)...).Get(ctx, list[3].ID)
		is.NoErr(err)
		text, err := essays.JSON(shown)
		is.NoErr(err)
		is.Equal(string(text[strings.Index(string(text), `"likes"`):]),
			`"likes":3,"mine":true,"last":3,"whose":"BOB's","place":0}`)
		is.NoErr(essays.Reload(ctx, shown))
		is.Equal(shown.Likes, int64(3)) // and is left alone
		log.Take()
		q := essays.OrderBy(essayTitle.Asc()).Compute(told(viewer)...)
		all, err := q.All(ctx)
		is.NoErr(err)
		is.Equal(kit.Starting(log.Take(), "SELECT"), 1)
		is.Equal(len(all), 5)
		for i := range all {
			right(t, &all[i])
		}

		first, err := q.Offset(3).First(ctx)
		is.NoErr(err)
		right(t, first)
		one, err := q.Where(essayTitle.Eq("e")).One(ctx)
		is.NoErr(err)
		right(t, one)
		got, err := q.Get(ctx, list[2].ID)
		is.NoErr(err)
		right(t, got)
		n := 0
		for e, err := range q.Each(ctx) {
			is.NoErr(err)
			right(t, e)
			n++
		}
		for e, err := range q.Stream(ctx) {
			is.NoErr(err)
			right(t, e)
			n++
		}
		is.Equal(n, 10)
		page, err := q.PageAt(ctx, 2, 2)
		is.NoErr(err)
		is.Equal(page.Total, 5)
		keyed, err := q.KeysetPage(ctx, "", 3)
		is.NoErr(err)
		keyed, err = q.KeysetPage(ctx, keyed.Next, 3)
		is.NoErr(err)
		is.Equal(len(keyed.Rows), 2)
		loaded, err := q.With(essayBy, essayFans, essayNotes).All(ctx)
		is.NoErr(err)
		only, err := q.Only(essayTitle).All(ctx)
		is.NoErr(err)
		is.Equal(only[4].By.Key(), int64(0))
		ordered, err := essays.OrderBy(essayFans.Count().Desc(),
			essayID.Asc()).Where(essayFans.Count().Gt(0)).Compute(told(viewer)...).All(ctx)
		is.NoErr(err)
		is.Equal(ordered[0].Title, "d")
		for _, rows := range [][]Essay{page.Rows, keyed.Rows, loaded, only, ordered} {
			for i := range rows {
				right(t, &rows[i])
			}
		}
		is.Equal(len(loaded[4].Fans.Rows()), 3)
		ranked, err := essays.OrderBy(essayTitle.Asc()).Compute(prom.Col(&essay.Place,
			prom.RowNumber(prom.OrderWindow(essayTitle.Asc())))).All(ctx)
		is.NoErr(err)
		is.Equal(ranked[0].Place, int64(1))

		// What is computed is of no matter to what does not read rows, and never stored.
		count, err := q.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 5)
		there, err := q.Exists(ctx)
		is.NoErr(err)
		is.True(there)
		in, err := essayists.Where(prom.InQuery(essayistID, prom.Pluck(q, essayBy))).Count(ctx)
		is.NoErr(err)
		is.Equal(in, 2)
		got.Likes, got.Title = 1000, "z"
		is.Equal(essays.Modified(got), []string{"title"})
		is.NoErr(essays.Save(ctx, got))
		again, err := essays.Get(ctx, got.ID)
		is.NoErr(err)
		is.Equal(again.Title, "z")
		is.Equal(again.Likes, int64(0))
		only[0].Title = "y"
		is.NoErr(essays.Save(ctx, &only[0]))
		is.True(!slices.ContainsFunc(columnNames(essays), func(name string) bool {
			return name == "likes" ||
				name == "mine"
		}))
	})
}

func columnNames(repo *prom.Repo[Essay]) (names []string) {
	for _, c := range repo.Schema().Columns {
		names = append(names, c.Name)
	}
	return names
}

// Ensure that what cannot be computed is an error that names the field, before any SQL, and that a tag or a handle of a
// computed field that cannot be is one when the program starts.
func TestComputeRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		essays := prom.NewRepo[Essay](prom.Using(db))
		people := prom.NewRepo[Essayist](prom.Using(db))
		ada := Essayist{Name: "ada"}
		is.NoErr(people.Create(ctx, &ada))
		is.NoErr(essays.Create(ctx, &Essay{By: prom.RefTo(&ada), Title: "a"}))
		q := essays.Query()
		var loose Essay
		for want, q := range map[string]*prom.Query[Essay]{
			"Essay.Title is not computed":    q.Compute(prom.Col(&essay.Title, essayTitle)),
			"is not in a prototype":          q.Compute(prom.Col(&loose.Likes, essayFans.Count())),
			"a plain aggregate":              q.Compute(prom.Col(&essay.Likes, prom.Count(essay))),
			"belongs to query_test.Essayist": q.Compute(prom.Col(&essayist.Name, essayTitle)),
		} {
			_, err := q.All(ctx)
			if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%q: %v", want, err)
			}
		}
		// NULL does not go into a field that cannot hold it.
		_, err := q.Compute(prom.Col(&essay.Place, prom.AggregateOf(essayNotes, prom.Count(essayNote)))).All(ctx)
		is.NoErr(err)
		_, err = q.Compute(prom.Col(&essay.Whose, prom.ScalarSubquery(essay,
			prom.Pluck(people.Where(essayistName.Eq("x")), essayistName)))).All(ctx)
		is.True(errors.Is(err, prom.ErrType))
		var b prom.Batch
		result := prom.Queue(&b, essays).All(q.Compute(told(1)...))
		is.NoErr(b.Run(ctx))
		rows, err := result.Value()
		is.NoErr(err)
		is.True(len(rows) == 1 && rows[0].Whose == "ADA's")
		// A write that returns rows says so, too; one that reads none goes without.
		told := essays.Compute(told(1)...).Where(essayTitle.Eq("a"))
		for _, err := range []error{kit.ErrOf(prom.UpdateReturning(ctx, told, essayTitle.Set("x"))),
			kit.ErrOf(prom.DeleteReturning(ctx, told)),
			kit.ErrOf(prom.Claim(ctx, told, 1, essayTitle.Set("x"))), kit.ErrOf(prom.Union(told,
				q).All(ctx)), kit.ErrOf(prom.Union(q, told).All(ctx))} {
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), "Compute") {
				t.Error(err)
			}
		}
		n, err := told.Update(ctx, essayTitle.Set("a"))
		is.NoErr(err)
		is.Equal(n, 1)
		var second prom.Batch
		updated := prom.Queue(&second, essays).UpdateWhere(told, essayTitle.Set("a"))
		is.NoErr(second.Run(ctx))
		n, err = updated.Value()
		is.NoErr(err)
		is.Equal(n, 1)
		at := Essay{}
		err = essays.Compute(prom.Col(&essay.Likes, essayFans.Count())).With(essayFans).LoadInto(ctx, &at)
		is.True(errors.Is(err, prom.ErrValidation)) // and is not passed over
		n, err = told.Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
	is := is.New(t)
	type wrong struct {
		prom.Model
		N int `prom:"computed,index"`
	}
	type odd struct {
		prom.Model
		C chan int `prom:"computed"`
	}
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[wrong]() }), "cannot have a name or another option"))
	is.True(strings.Contains(kit.PanicText(func() { prom.NewRepo[odd]() }), "chan int"))
	text := kit.PanicText(func() { prom.NumberOf(essay, &essay.Likes) })
	is.True(strings.Contains(text, "Essay.Likes is computed"))
	is.True(strings.Contains(text, "Compute"))
}

// Ensure that raw SQL fills computed fields by the names of their columns.
func TestComputeRaw(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		essays, people := prom.NewRepo[Essay](prom.Using(db)), prom.NewRepo[Essayist](prom.Using(db))
		ada := Essayist{Name: "ada"}
		is.NoErr(people.Create(ctx, &ada))
		is.NoErr(essays.Create(ctx, &Essay{By: prom.RefTo(&ada), Title: "a"}))
		rows, err := prom.RawQuery[Essay](essays, "SELECT _id, title, 7 AS likes, 'w' AS whose FROM essay").All(ctx)
		is.NoErr(err)
		is.Equal(rows[0].Likes, int64(7))
		is.Equal(rows[0].Whose, "w")
		rows[0].Title = "b"
		is.NoErr(essays.Save(ctx, &rows[0]))
		all, err := prom.RawQuery[Essay](essays, "SELECT * FROM essay").All(ctx)
		is.NoErr(err)
		is.Equal(all[0].Title, "b")
	})
}
