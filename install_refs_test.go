package prom_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// A chain of references, a reference to itself, and circles of two and of three.
type (
	Land struct {
		prom.Model
		Name string `prom:"unique"`
	}
	City struct {
		prom.Model
		Name string `prom:"index"`
		Land prom.Ref[Land]
	}
	Street struct {
		prom.Model
		Name string `prom:"index"`
		City prom.Ref[City]
		Twin *prom.Ref[City]
	}

	Branch struct {
		prom.Model
		Name   string
		Parent *prom.Ref[Branch]
	}

	Hen struct {
		prom.Model
		Egg *prom.Ref[Egg]
	}
	Egg struct {
		prom.Model
		Hen prom.Ref[Hen]
	}

	Rock struct {
		prom.Model
		Beats *prom.Ref[Scissors]
	}
	Scissors struct {
		prom.Model
		Beats *prom.Ref[Paper]
	}
	Paper struct {
		prom.Model
		Beats prom.Ref[Rock]
	}
)

// tablesOf lists the tables of a database.
func tablesOf(t *testing.T, db *prom.DB) []string {
	t.Helper()
	query := `SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename COLLATE "C"), '') FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'prom_history'`
	if db.Dialect().Name() == dbtest.NameSQLite {
		query = `SELECT coalesce(group_concat(name, ',' ORDER BY name), '') FROM sqlite_master WHERE type = 'table' AND name <> 'prom_history'`
	}
	list := scanOne[string](t, db, query)
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Ensure that the tables that a table refers to are made first, however long the chain.
// parity: A1 A2 A4 F39
func TestReferencesFirst(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		streets := prom.NewRepo[Street](prom.Using(db))
		is.True(errors.Is(streets.Create(ctx, &Street{Name: "to nowhere", City: prom.RefTo[City](1)}), prom.ErrForeignKey))
		is.Equal(tablesOf(t, db), []string{"city", "land", "street"})
		rolledBack(t, db, func(ctx context.Context) {
			land := mustIn(ctx, t, prom.NewRepo[Land](prom.Using(db)), Land{Name: "l"})
			city := mustIn(ctx, t, prom.NewRepo[City](prom.Using(db)), City{Name: "c", Land: prom.RefTo[Land](land.ID)})
			mustIn(ctx, t, streets, Street{Name: "s", City: prom.RefTo[City](city.ID)})
		})
	})
}

// mustIn is mustCreate with a context.
func mustIn[T any](ctx context.Context, tb testing.TB, repo *prom.Repo[T], v T) *T {
	tb.Helper()
	if err := repo.Create(ctx, &v); err != nil {
		tb.Fatal(err)
	}
	return &v
}

// Ensure that references to the model itself and circles of them work, whichever of the tables comes first, in transactions too.
// parity: A5 F39 B21
func TestReferencesInCircles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := open(t, e.DSN)
		branches, hens, eggs := prom.NewRepo[Branch](prom.Using(db)), prom.NewRepo[Hen](prom.Using(db)), prom.NewRepo[Egg](prom.Using(db))
		rocks, scissors, papers := prom.NewRepo[Rock](prom.Using(db)), prom.NewRepo[Scissors](prom.Using(db)), prom.NewRepo[Paper](prom.Using(db))
		for _, first := range []prom.Installer{branches, hens, eggs, rocks, scissors, papers} {
			for _, s := range situations {
				is := is.New(t)
				is.NoErr(db.Close()) // what is known goes with the tables
				for _, drop := range []string{
					`DROP TABLE IF EXISTS "branch"`, `DROP TABLE IF EXISTS "egg"`, `DROP TABLE IF EXISTS "hen"`, `DROP TABLE IF EXISTS "rock"`,
					`DROP TABLE IF EXISTS "scissors"`, `DROP TABLE IF EXISTS "paper"`,
				} {
					if e.Name == dbtest.NamePostgres {
						drop += " CASCADE"
					}
					runSQL(t, db, drop)
				}
				is.NoErr(s.in(ctx, db, func(ctx context.Context) error {
					is := is.New(t)
					is.NoErr(first.Install(ctx))
					root := mustIn(ctx, t, branches, Branch{Name: "root"})
					ref := prom.RefTo[Branch](root.ID)
					mustIn(ctx, t, branches, Branch{Name: "leaf", Parent: &ref})
					hen := mustIn(ctx, t, hens, Hen{})
					egg := mustIn(ctx, t, eggs, Egg{Hen: prom.RefTo[Hen](hen.ID)})
					laid := prom.RefTo[Egg](egg.ID)
					hen.Egg = &laid
					is.NoErr(hens.Save(ctx, hen))
					rock := mustIn(ctx, t, rocks, Rock{})
					paper := prom.RefTo[Paper](mustIn(ctx, t, papers, Paper{Beats: prom.RefTo[Rock](rock.ID)}).ID)
					mustIn(ctx, t, scissors, Scissors{Beats: &paper})
					return nil
				}))
				list := allOf(t, branches)
				is.Equal(list[1].Parent.Key(), list[0].ID)
				is.True(errors.Is(papers.Create(ctx, &Paper{Beats: prom.RefTo[Rock](99)}), prom.ErrForeignKey))
				missing := prom.RefTo[Scissors](99)
				is.True(errors.Is(rocks.Create(ctx, &Rock{Beats: &missing}), prom.ErrForeignKey))
				noEgg := prom.RefTo[Egg](99)
				is.True(errors.Is(hens.Create(ctx, &Hen{Egg: &noEgg}), prom.ErrForeignKey))
			}
		}
	})
}

// Ensure that a required reference deletes with its row and an optional one becomes NULL, and that both follow a key that changes.
// parity: F41 F42 M6
func TestReferenceActions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		lands, cities, streets := prom.NewRepo[Land](prom.Using(db)), prom.NewRepo[City](prom.Using(db)), prom.NewRepo[Street](prom.Using(db))
		land := mustCreate(t, lands, Land{Name: "l"})
		a := mustCreate(t, cities, City{Name: "a", Land: prom.RefTo[Land](land.ID)})
		b := mustCreate(t, cities, City{Name: "b", Land: prom.RefTo[Land](land.ID)})
		twin := prom.RefTo[City](b.ID)
		street := mustCreate(t, streets, Street{Name: "s", City: prom.RefTo[City](a.ID), Twin: &twin})
		mustCreate(t, streets, Street{Name: "other", City: prom.RefTo[City](b.ID)})

		a.ID = 500
		is.NoErr(cities.Save(ctx, a))
		is.NoErr(streets.Reload(ctx, street))
		is.Equal(street.City.Key(), int64(500))
		is.NoErr(cities.Delete(ctx, b))
		is.NoErr(streets.Reload(ctx, street))
		is.Equal(street.Twin, nil)
		is.Equal(len(allOf(t, streets)), 1)
		is.NoErr(lands.Delete(ctx, land))
		is.Equal(len(allOf(t, cities)), 0)
		is.Equal(len(allOf(t, streets)), 0)
	})
}

// Ensure that a model which refers to itself does so under another table name too, and that no other table comes of it.
// parity: A5 M31
func TestSelfReferenceUnderAnotherName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		repo := prom.NewRepo[Branch](prom.Using(db), prom.Table("twig"))
		root := mustCreate(t, repo, Branch{Name: "root"})
		ref := prom.RefTo[Branch](root.ID)
		leaf := mustCreate(t, repo, Branch{Name: "leaf", Parent: &ref})
		is.Equal(tablesOf(t, db), []string{"twig"})
		is.NoErr(repo.Delete(ctx, root))
		is.NoErr(repo.Reload(ctx, leaf))
		is.Equal(leaf.Parent, nil)
	})
}

// CityBefore is City before it got its reference.
type CityBefore struct {
	prom.Model
	Name string
}

// Ensure that a reference is added to a table that exists, and with it the table that it refers to; a required one to an empty
// table only.
// parity: A4 A7 A9 B24
func TestAddedReference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		before := prom.NewRepo[CityBefore](prom.Using(db), prom.Table("city"))
		cities, lands := prom.NewRepo[City](prom.Using(db)), prom.NewRepo[Land](prom.Using(db))
		old := mustCreate(t, before, CityBefore{Name: "old"})
		_, err := cities.All(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.Equal(tablesOf(t, db), []string{"city"})

		is.NoErr(before.Delete(ctx, old))
		is.Equal(len(allOf(t, cities)), 0)
		is.Equal(tablesOf(t, db), []string{"city", "land"})
		is.True(errors.Is(cities.Create(ctx, &City{Land: prom.RefTo[Land](3)}), prom.ErrForeignKey))
		land := mustCreate(t, lands, Land{Name: "l"})
		mustCreate(t, cities, City{Land: prom.RefTo[Land](land.ID)})
		is.NoErr(lands.Delete(ctx, land))
		is.Equal(len(allOf(t, cities)), 0)
	})
}

// Ensure that a table is made together with those that the program's repos store and that refer to it, so that the first
// transaction to write to it does not stand in the way of making them; and that one which cannot be made is no hindrance.
// parity: A4 A14 A17
func TestReferrersTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		alone := open(t, e.DSN)
		mustCreate(t, prom.NewRepo[Land](prom.Using(alone)), Land{Name: "l"})
		is.Equal(tablesOf(t, alone), []string{"land"}) // nobody has a repo of the others
		runSQL(t, alone, `DROP TABLE "land"`)

		db := open(t, e.DSN)
		lands := prom.NewRepo[Land](prom.Using(db))
		prom.NewRepo[Street](prom.Using(db)) // refers to City, which refers to Land
		prom.NewRepo[City](prom.Using(db))
		prom.NewRepo[Note](prom.Using(db)) // does not
		rolledBack(t, db, func(ctx context.Context) { is.NoErr(lands.Create(ctx, &Land{Name: "l"})) })
		is.Equal(len(tablesOf(t, db)), 0)
		mustCreate(t, lands, Land{Name: "l"})
		is.Equal(tablesOf(t, db), []string{"city", "land", "street"})

		runSQL(t, db, `DROP TABLE "street"`, `DROP TABLE "city"`, `DROP TABLE "land"`, `CREATE TABLE "city_name" (x INTEGER)`)
		is.NoErr(lands.Create(ctx, &Land{Name: "l"})) // the name of an index of City is taken
		is.Equal(tablesOf(t, db), []string{"city_name", "land"})
	})
}
