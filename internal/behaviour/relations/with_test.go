package relations_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// titles shows essays by their titles.
func titles(essays []Essay) string {
	text := ""
	for _, e := range essays {
		text += e.Title + " "
	}
	return text
}

// nameOf shows the writer that a reference holds.
func nameOf(r *prom.Ref[Writer]) string {
	if !r.Loaded() {
		return "?"
	}
	if w, ok := r.Get(); ok {
		return w.Name
	}
	return "-"
}

// Ensure that a query loads the rows that references refer to and those that refer to a row, to any depth, with one
// statement for each relation of a level, on tables that do not exist yet too. parity: M23 M24 M25 A6 G11
func TestWith(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		s := newShelf(db)

		list, err := s.essays.With(essayWriter.With(writerRemarks), essayRemarks).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 0)

		s.fill(ctx, t)
		log.Take()
		list, err = s.essays.OrderBy(essayTitle.Asc()).With(
			essayWriter, essayEditor, essayRemarks.OrderBy(remarkText.Asc()).With(remarkBy.With(writerEssays.OrderBy(essayTitle.Asc())))).All(ctx)
		is.NoErr(err)
		ran := log.Take()
		is.Equal(kit.Starting(ran, "SELECT"), 6) // essays, writers, editors, remarks, those who made them, and their essays
		is.Equal(titles(list), "a1 a2 a3 a4 b1 ")
		is.Equal(nameOf(&list[0].Writer), "ada")
		is.Equal(nameOf(&list[4].Writer), "bob")
		is.Equal(list[0].Editor, nil)
		is.True(list[0].Editor.Loaded()) // there is nothing to load
		is.Equal(nameOf(list[1].Editor), "bob")

		first, _ := list[0].Writer.Get()
		second, _ := list[1].Writer.Get()
		is.True(first == second) // the same row is one value
		is.True(!first.Essays.Loaded())

		remarks := list[0].Remarks.Rows()
		is.Equal(len(remarks), 2)
		is.Equal(remarks[0].Text, "bad")
		is.Equal(nameOf(&remarks[1].By), "bob")
		bob, _ := remarks[1].By.Get()
		is.Equal(titles(bob.Essays.Rows()), "b1 ")
		cid, _ := remarks[0].By.Get()
		is.True(cid.Essays.Loaded() && len(cid.Essays.Rows()) == 0)
		is.True(list[1].Remarks.Loaded() && len(list[1].Remarks.Rows()) == 0)
		is.Equal(len(s.essays.Modified(&list[0])), 0)

		// A write that returns rows loads what goes with them, as a read does, or nothing is written.
		written, err := prom.UpdateReturning(ctx, s.essays.Where(essayTitle.Eq("a1")).With(essayWriter), essayScore.Set(7))
		is.NoErr(err)
		is.Equal(len(written), 1)
		is.Equal(nameOf(&written[0].Writer), "ada")
		_, err = prom.Union(s.essays.Query(), s.essays.With(essayWriter)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// Rows that were loaded with others are rows like any other.
		remarks[0].Text = "better"
		is.Equal(s.remarks.Modified(&remarks[0]), []string{"text"})
		is.NoErr(s.remarks.Save(ctx, &remarks[0]))
		is.NoErr(s.writers.Save(ctx, first))
		n, err := s.remarks.Where(remarkText.Eq("better")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that relations are loaded by every way of reading rows but those that cannot.
// parity: M23 M24
func TestWithWays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		s.fill(ctx, t)
		q := s.writers.With(writerEssays.OrderBy(essayTitle.Asc()))

		w, err := q.Where(writerName.Eq("ada")).First(ctx)
		is.NoErr(err)
		is.Equal(titles(w.Essays.Rows()), "a1 a2 a3 a4 ")
		w, err = q.Get(ctx, w.ID)
		is.NoErr(err)
		is.Equal(titles(w.Essays.Rows()), "a1 a2 a3 a4 ")
		_, err = q.Where(writerName.Eq("bob")).Get(ctx, w.ID)
		is.True(errors.Is(err, prom.ErrNotFound))
		_, err = q.Get(ctx, 4711)
		is.True(errors.Is(err, prom.ErrNotFound))
		_, err = q.Get(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		page, err := q.OrderBy(writerName.Asc()).Limit(1).Offset(1).All(ctx)
		is.NoErr(err)
		is.Equal(titles(page[0].Essays.Rows()), "b1 ")

		for _, q := range []*prom.Query[Writer]{q, q.OrderBy(writerName.Desc())} {
			n := 0
			for w, err := range q.Each(ctx) {
				is.NoErr(err)
				n += len(w.Essays.Rows())
			}
			is.Equal(n, 5)
		}
		kit.RolledBack(t, dbOf(t, s.writers), func(ctx context.Context) {
			w, err := q.Where(writerName.Eq("bob")).First(ctx)
			is.NoErr(err)
			kit.MustIn(ctx, t, s.essays, Essay{Writer: prom.RefTo(w), Title: "b2"})
			is.NoErr(q.LoadInto(ctx, w))
			is.Equal(titles(w.Essays.Rows()), "b1 b2 ")
		})

		// What else a query is asked goes on without them.
		n, err := q.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		for _, err := range q.Stream(ctx) {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		var b prom.Batch
		prom.Queue(&b, s.writers).All(q)
		is.True(errors.Is(b.Run(ctx), prom.ErrValidation))
	})
}

func dbOf[T any](tb testing.TB, r *prom.Repo[T]) *prom.DB {
	tb.Helper()
	db, err := r.DB()
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

// Ensure that the rows of a relation are chosen, ordered and limited for each row that has them.
// parity: M24
func TestWithChosenRows(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		s.fill(ctx, t)
		writers := s.writers.OrderBy(writerName.Asc())
		for _, tt := range []struct {
			essays *prom.ManyField[*Writer, *Essay]
			want   string
		}{
			{writerEssays.OrderBy(essayTitle.Desc()), "a4 a3 a2 a1 |b1 ||"},
			{writerEssays.Where(essayScore.Gt(2)).OrderBy(essayTitle.Asc()), "a1 a2 a3 |||"},
			{writerEssays.OrderBy(essayScore.Desc()).Limit(2), "a2 a3 |b1 ||"},
			{writerEssays.OrderBy(essayScore.Desc()).Limit(2).Offset(1), "a3 a1 |||"},
			{writerEssays.OrderBy(essayScore.Asc(), essayTitle.Desc()).Offset(1), "a1 a3 a2 |||"},
			{writerEssays.Where(essayScore.Lt(7)).OrderBy(essayScore.Asc()).Limit(1), "a4 |b1 ||"},
			{writerEssays.Limit(1), "a1 |b1 ||"},
			{writerEssays.Limit(0), "|||"},
			{writerEssays.Limit(1 << 62).Offset(1 << 62), "|||"},
		} {
			is := is.New(t)
			list, err := writers.With(tt.essays).All(ctx)
			is.NoErr(err)
			got := ""
			for i := range list {
				is.True(list[i].Essays.Loaded())
				got += titles(list[i].Essays.Rows()) + "|"
				one, err := writers.With(tt.essays).Get(ctx, list[i].ID)
				is.NoErr(err)
				is.Equal(titles(one.Essays.Rows()), titles(list[i].Essays.Rows())) // a single row is read in another way
			}
			is.Equal(got, tt.want)
		}
		is := is.New(t)
		_, err := writers.With(writerEssays.Limit(-1)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = writers.With(nil).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that relations are loaded into rows that are there, and that a query which says more than that is refused.
// parity: M23 M24
func TestLoadInto(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		s.fill(ctx, t)
		essays, err := s.essays.OrderBy(essayTitle.Asc()).All(ctx)
		is.NoErr(err)
		is.True(!essays[0].Writer.Loaded())
		is.True(!essays[0].Remarks.Loaded())
		is.Equal(nameOf(&essays[0].Writer), "?")

		is.NoErr(s.essays.With(essayWriter).LoadInto(ctx, &essays[4], &essays[0], &essays[4]))
		is.Equal(nameOf(&essays[4].Writer), "bob")
		is.Equal(nameOf(&essays[0].Writer), "ada")
		is.Equal(nameOf(&essays[1].Writer), "?")
		is.NoErr(prom.LoadIntoAll(ctx, s.essays.With(essayEditor, essayRemarks), essays))
		is.Equal(nameOf(essays[1].Editor), "bob")
		is.Equal(len(essays[0].Remarks.Rows()), 2)
		is.NoErr(s.essays.With(essayEditor).LoadInto(ctx)) // none

		for _, err := range []error{
			s.essays.Query().LoadInto(ctx, &essays[0]),
			s.essays.Where(essayScore.Gt(1)).With(essayWriter).LoadInto(ctx, &essays[0]),
			s.essays.With(essayWriter).Limit(1).LoadInto(ctx, &essays[0]),
			s.essays.With(essayWriter).OrderBy(essayTitle.Asc()).LoadInto(ctx, &essays[0]),
			s.essays.With(essayWriter).LoadInto(ctx, nil),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that each level of relations is one round trip, however many relations it has, in a transaction too.
func TestWithRoundTrips(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	db := kit.Open(t, e.With("pool_max_conns=1"))
	s := newShelf(db)
	s.fill(ctx, t)
	q := s.essays.With(essayWriter.With(writerEssays, writerEdited), essayEditor.With(writerRemarks),
		essayRemarks.With(remarkBy))
	trips := func(ctx context.Context, q *prom.Query[Essay]) int {
		p.Trips()
		list, err := q.All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 5)
		return p.Trips()
	}
	trips(ctx, q) // prepares
	trips(ctx, s.essays.With(essayWriter))
	is.Equal(trips(ctx, s.essays.Query()), 1)
	is.Equal(trips(ctx, s.essays.With(essayWriter)), 2)
	is.Equal(trips(ctx, q), 3)
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is.Equal(trips(ctx, q), 3)
		return nil
	}))
	list, err := s.essays.All(ctx)
	is.NoErr(err)
	p.Trips()
	is.NoErr(prom.LoadIntoAll(ctx, s.essays.With(essayWriter, essayEditor, essayRemarks), list))
	is.Equal(p.Trips(), 1)
}

// Ensure that the keys of one statement have no limit in number, and that their rows come to the right owners.
func TestWithManyRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		s := newShelf(db)
		const n = 70_000
		writers := make([]Writer, n)
		for i := range writers {
			writers[i].Name = fmt.Sprint("w", i)
		}
		is.NoErr(s.writers.CreateMany(ctx, writers))
		essays := make([]Essay, n)
		for i := range essays {
			essays[i] = Essay{Writer: prom.NewRef[Writer](writers[(i*11)%n].ID), Title: writers[(i*11)%n].Name}
		}
		is.NoErr(s.essays.CreateMany(ctx, essays))
		log.Take()
		list, err := s.writers.With(writerEssays.Limit(2).With(essayWriter)).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), n)
		is.Equal(kit.Starting(log.Take(), "SELECT"), 3)
		for i := range list {
			rows := list[i].Essays.Rows()
			if len(rows) != 1 || rows[0].Title != list[i].Name || nameOf(&rows[0].Writer) != list[i].Name {
				t.Fatalf("writer %d has %d rows, %v", i, len(rows), rows)
			}
		}
	})
}

// Ensure that a relation with itself goes both ways and to any depth, also when the repo has another table than the
// model's own. parity: F39 B21 M25
func TestWithItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		own, other := prom.NewRepo[Folder](prom.Using(db)), prom.NewRepo[Folder](prom.Using(db), prom.Table("drawer"))
		kit.MustCreate(t, own, Folder{Name: "of the first table"})
		root := kit.MustCreate(t, other, Folder{Name: "root"})
		usr := kit.MustCreate(t, other, Folder{Name: "usr", Parent: new(prom.RefTo(root))})
		kit.MustCreate(t, other, Folder{Name: "bin", Parent: new(prom.RefTo(usr))})
		kit.MustCreate(t, other, Folder{Name: "lib", Parent: new(prom.RefTo(usr))})

		got, err := other.With(folderChildren.With(folderChildren.OrderBy(folderName.Asc()).With(folderParent.With(folderParent)))).Get(ctx, root.ID)
		is.NoErr(err)
		is.Equal(len(got.Children.Rows()), 1)
		leaves := got.Children.Rows()[0].Children.Rows()
		is.Equal(len(leaves), 2)
		is.Equal(leaves[1].Name, "lib")
		parent, ok := leaves[1].Parent.Get()
		is.True(ok)
		is.Equal(parent.Name, "usr")
		grand, ok := parent.Parent.Get()
		is.True(ok)
		is.Equal(grand.Name, "root")
		is.True(grand.Parent.Loaded()) // it has none
	})
}

// Ensure that keys of every kind find their rows: UUIDs, and texts that the database takes for equal though their case
// differs.
func TestWithKeys(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		nations, towns, lanes := prom.NewRepo[Nation](prom.Using(db)), prom.NewRepo[Town](prom.Using(db)), prom.NewRepo[Lane](prom.Using(db))
		kit.MustCreate(t, nations, Nation{Code: "ch", Name: "Switzerland"})
		kit.MustCreate(t, nations, Nation{Code: "FR", Name: "France"})
		kit.MustCreate(t, nations, Nation{Code: "É", Name: "of a letter beyond ASCII"})
		for _, town := range []Town{
			{Name: "Bern", Nation: prom.NewRefBy[Nation]("CH")},
			{Name: "Genf", Nation: prom.NewRefBy[Nation]("ch")},
			{Name: "Lyon", Nation: prom.NewRefBy[Nation]("fr")},
			{Name: "Thun", Nation: prom.NewRefBy[Nation]("cH")},
			{Name: "Yeu", Nation: prom.NewRefBy[Nation]("É")},
		} {
			created := kit.MustCreate(t, towns, town)
			kit.MustCreate(t, lanes, Lane{Name: "of " + town.Name, Town: prom.RefByTo[prom.UUID](created)})
		}
		list, err := towns.OrderBy(townName.Asc()).With(townNation, townStreets).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 5)
		for i, want := range []string{"Switzerland", "Switzerland", "France", "Switzerland", "of a letter beyond ASCII"} {
			nation, ok := list[i].Nation.Get()
			is.True(ok)
			is.Equal(nation.Name, want)
			is.Equal(list[i].Streets.Rows()[0].Name, "of "+list[i].Name)
		}
		all, err := nations.With(nationTowns.OrderBy(townName.Asc()).Limit(2)).All(ctx)
		is.NoErr(err)
		for _, n := range all {
			is.Equal(len(n.Towns.Rows()), map[string]int{"ch": 2, "FR": 1, "É": 1}[n.Code])
		}
		streets, err := lanes.With(laneTown).All(ctx)
		is.NoErr(err)
		for _, l := range streets {
			town, ok := l.Town.Get()
			is.True(ok)
			is.Equal("of "+town.Name, l.Name)
		}
	})
}

// Ensure that relations find their rows by keys that PostgreSQL's collation takes for equal though they differ in more
// than case.
func TestWithEqualKeys(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	nations, towns, lanes := prom.NewRepo[Nation](prom.Using(db)), prom.NewRepo[Town](prom.Using(db)), prom.NewRepo[Lane](prom.Using(db))
	for _, code := range []string{"\u00c9", "FI", "2", "AB"} {
		kit.MustCreate(t, nations, Nation{Code: code, Name: code})
	}
	_, err := lanes.With(laneTown).All(ctx)
	is.NoErr(err)
	want := map[string]string{"\u00e9": "\u00c9", "e\u0301": "\u00c9", "E\u0301": "\u00c9", "\u00c9": "\u00c9",
		"\ufb01": "FI", "fi": "FI", "\u00b2": "2", "a\u200bb": "AB", "\uff41B": "AB"}
	for code := range want {
		kit.MustCreate(t, towns, Town{Name: code, Nation: prom.NewRefBy[Nation](code)})
	}
	check := func(ctx context.Context) {
		list, err := towns.With(townNation).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), len(want))
		for i := range list {
			nation, ok := list[i].Nation.Get()
			is.True(ok)
			is.Equal(nation.Name, want[list[i].Name])
			is.Equal(list[i].Nation.Key(), list[i].Name) // as it is stored
		}
		for _, most := range []int{100, 2} {
			all, err := nations.With(nationTowns.Limit(most).With(townNation)).All(ctx)
			is.NoErr(err)
			for _, n := range all {
				is.Equal(len(n.Towns.Rows()), min(most, map[string]int{"\u00c9": 4, "FI": 2, "2": 1, "AB": 2}[n.Code]))
				for _, town := range n.Towns.Rows() {
					is.Equal(want[town.Name], n.Code)
				}
			}
		}
	}
	check(ctx)
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error { check(ctx); return nil }))
}

// Ensure that relations are read from the connection of the rows that they belong to, and not from the one that another
// repo of the related model is bound to. parity: B38
func TestWithConnection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		one, two := kit.Open(t, e.DSN), kit.Open(t, dbtest.Memory())
		first, second := newShelf(one), newShelf(two)
		first.fill(ctx, t)
		kit.MustCreate(t, second.writers, Writer{Name: "of the other connection"})

		essays, err := prom.NewRepo[Essay](prom.Using(two)).Using(one).With(essayWriter).All(ctx)
		is.NoErr(err)
		is.Equal(nameOf(&essays[0].Writer), "ada")
		writers, err := second.writers.With(writerEssays).All(ctx)
		is.NoErr(err)
		is.Equal(len(writers), 1)
		is.Equal(len(writers[0].Essays.Rows()), 0)
	})
}

// Ensure that what was not loaded is told apart from what is empty: by a panic that names the field and the way to load
// it, and by Loaded, whatever kind of field it is. parity: M23 M28
func TestNotLoaded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		s.fill(ctx, t)
		bare, err := s.essays.OrderBy(essayTitle.Asc()).All(ctx)
		is.NoErr(err)
		full, err := s.essays.With(essayWriter, essayEditor, essayRemarks).OrderBy(essayTitle.Asc()).All(ctx)
		is.NoErr(err)
		is.True(bare[1].Editor != nil)
		for field, read := range map[string]func(e *Essay){
			"Essay.Writer":  func(e *Essay) { e.Writer.Get() },
			"Essay.Editor":  func(e *Essay) { e.Editor.Get() },
			"Essay.Remarks": func(e *Essay) { e.Remarks.Rows() },
		} {
			text := kit.PanicText(func() { read(&bare[1]) })
			for _, want := range []string{field, "was not loaded", "LoadInto", "With", "Loaded"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is without %q", field, text, want)
				}
			}
			read(&full[1])
			read(&full[0]) // one without an editor, or without remarks
		}
		is.True(!bare[1].Writer.Loaded() && !bare[1].Editor.Loaded() && !bare[1].Remarks.Loaded())
		var fresh Essay
		_, ok := fresh.Writer.Get() // which refers to nothing, so that there is nothing to load
		is.True(!ok)
	})
}
