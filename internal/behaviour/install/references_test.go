package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
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

// Ensure that the tables that a table refers to are made first, however long the chain.
// parity: A1 A2 A4 F39
func TestReferencesFirst(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		streets := prom.NewRepo[Street](prom.Using(db))
		is.True(errors.Is(streets.Create(ctx, &Street{Name: "to nowhere", City: prom.NewRef[City](1)}), prom.ErrForeignKey))
		is.Equal(kit.TablesOf(t, db), []string{"city", "land", "street"})
		kit.RolledBack(t, db, func(ctx context.Context) {
			land := kit.MustIn(ctx, t, prom.NewRepo[Land](prom.Using(db)), Land{Name: "l"})
			city := kit.MustIn(ctx, t, prom.NewRepo[City](prom.Using(db)), City{Name: "c", Land: prom.NewRef[Land](land.ID)})
			kit.MustIn(ctx, t, streets, Street{Name: "s", City: prom.NewRef[City](city.ID)})
		})
	})
}

// Ensure that references to the model itself and circles of them work, whichever of the tables comes first, in
// transactions too. parity: A5 F39 B21
func TestReferencesInCircles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		branches, hens, eggs := prom.NewRepo[Branch](prom.Using(db)), prom.NewRepo[Hen](prom.Using(db)), prom.NewRepo[Egg](prom.Using(db))
		rocks, scissors, papers := prom.NewRepo[Rock](prom.Using(db)), prom.NewRepo[Scissors](prom.Using(db)), prom.NewRepo[Paper](prom.Using(db))
		for _, first := range []prom.AnyRepo{branches, hens, eggs, rocks, scissors, papers} {
			for _, s := range kit.Situations {
				is := is.New(t)
				is.NoErr(db.Close()) // what is known goes with the tables
				for _, drop := range []string{
					`DROP TABLE IF EXISTS "branch"`, `DROP TABLE IF EXISTS "egg"`, `DROP TABLE IF EXISTS "hen"`, `DROP TABLE IF EXISTS "rock"`,
					`DROP TABLE IF EXISTS "scissors"`, `DROP TABLE IF EXISTS "paper"`,
				} {
					if e.Name == dbtest.NamePostgres {
						drop += " CASCADE"
					}
					kit.RunSQL(t, db, drop)
				}
				is.NoErr(s.In(ctx, db, func(ctx context.Context) error {
					is := is.New(t)
					is.NoErr(first.Install(ctx))
					root := kit.MustIn(ctx, t, branches, Branch{Name: "root"})
					ref := prom.NewRef[Branch](root.ID)
					kit.MustIn(ctx, t, branches, Branch{Name: "leaf", Parent: &ref})
					hen := kit.MustIn(ctx, t, hens, Hen{})
					egg := kit.MustIn(ctx, t, eggs, Egg{Hen: prom.NewRef[Hen](hen.ID)})
					laid := prom.NewRef[Egg](egg.ID)
					hen.Egg = &laid
					is.NoErr(hens.Save(ctx, hen))
					rock := kit.MustIn(ctx, t, rocks, Rock{})
					paper := prom.NewRef[Paper](kit.MustIn(ctx, t, papers, Paper{Beats: prom.NewRef[Rock](rock.ID)}).ID)
					kit.MustIn(ctx, t, scissors, Scissors{Beats: &paper})
					return nil
				}))
				list := kit.AllOf(t, branches)
				is.Equal(list[1].Parent.Key(), list[0].ID)
				is.True(errors.Is(papers.Create(ctx, &Paper{Beats: prom.NewRef[Rock](99)}), prom.ErrForeignKey))
				missing := prom.NewRef[Scissors](99)
				is.True(errors.Is(rocks.Create(ctx, &Rock{Beats: &missing}), prom.ErrForeignKey))
				noEgg := prom.NewRef[Egg](99)
				is.True(errors.Is(hens.Create(ctx, &Hen{Egg: &noEgg}), prom.ErrForeignKey))
			}
		}
	})
}

// Ensure that a required reference deletes with its row and an optional one becomes NULL, and that both follow a key
// that changes. parity: F41 F42 M6
func TestReferenceActions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		lands, cities, streets := prom.NewRepo[Land](prom.Using(db)), prom.NewRepo[City](prom.Using(db)), prom.NewRepo[Street](prom.Using(db))
		land := kit.MustCreate(t, lands, Land{Name: "l"})
		a := kit.MustCreate(t, cities, City{Name: "a", Land: prom.NewRef[Land](land.ID)})
		b := kit.MustCreate(t, cities, City{Name: "b", Land: prom.NewRef[Land](land.ID)})
		twin := prom.NewRef[City](b.ID)
		street := kit.MustCreate(t, streets, Street{Name: "s", City: prom.NewRef[City](a.ID), Twin: &twin})
		kit.MustCreate(t, streets, Street{Name: "other", City: prom.NewRef[City](b.ID)})

		a.ID = 500
		is.NoErr(cities.Save(ctx, a))
		is.NoErr(streets.Reload(ctx, street))
		is.Equal(street.City.Key(), int64(500))
		is.NoErr(cities.Delete(ctx, b))
		is.NoErr(streets.Reload(ctx, street))
		is.Equal(street.Twin, nil)
		is.Equal(len(kit.AllOf(t, streets)), 1)
		is.NoErr(lands.Delete(ctx, land))
		is.Equal(len(kit.AllOf(t, cities)), 0)
		is.Equal(len(kit.AllOf(t, streets)), 0)
	})
}

// Ensure that a model which refers to itself does so under another table name too, and that no other table comes of it.
// parity: A5 M31
func TestSelfReferenceUnderAnotherName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Branch](prom.Using(db), prom.Table("twig"))
		root := kit.MustCreate(t, repo, Branch{Name: "root"})
		ref := prom.NewRef[Branch](root.ID)
		leaf := kit.MustCreate(t, repo, Branch{Name: "leaf", Parent: &ref})
		is.Equal(kit.TablesOf(t, db), []string{"twig"})
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

// Ensure that a reference is added to a table that exists, and with it the table that it refers to; a required one to
// an empty table only. parity: A4 A7 A9 B24
func TestAddedReference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		before := prom.NewRepo[CityBefore](prom.Using(db), prom.Table("city"))
		cities, lands := prom.NewRepo[City](prom.Using(db)), prom.NewRepo[Land](prom.Using(db))
		old := kit.MustCreate(t, before, CityBefore{Name: "old"})
		_, err := cities.All(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.Equal(kit.TablesOf(t, db), []string{"city"})

		is.NoErr(before.Delete(ctx, old))
		is.Equal(len(kit.AllOf(t, cities)), 0)
		is.Equal(kit.TablesOf(t, db), []string{"city", "land"})
		is.True(errors.Is(cities.Create(ctx, &City{Land: prom.NewRef[Land](3)}), prom.ErrForeignKey))
		land := kit.MustCreate(t, lands, Land{Name: "l"})
		kit.MustCreate(t, cities, City{Land: prom.NewRef[Land](land.ID)})
		is.NoErr(lands.Delete(ctx, land))
		is.Equal(len(kit.AllOf(t, cities)), 0)
	})
}

// Ensure that a table is made together with those that the program's repos store and that refer to it, so that the
// first transaction to write to it does not prevent making them; and that one which cannot be made is no
// hindrance. parity: A4 A14 A17
func TestReferrersTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		alone := kit.Open(t, e.DSN)
		kit.MustCreate(t, prom.NewRepo[Land](prom.Using(alone)), Land{Name: "l"})
		is.Equal(kit.TablesOf(t, alone), []string{"land"}) // nobody has a repo of the others
		kit.RunSQL(t, alone, `DROP TABLE "land"`)

		db := kit.Open(t, e.DSN)
		lands := prom.NewRepo[Land](prom.Using(db))
		prom.NewRepo[Street](prom.Using(db)) // refers to City, which refers to Land
		prom.NewRepo[City](prom.Using(db))
		prom.NewRepo[kit.Note](prom.Using(db)) // does not
		kit.RolledBack(t, db, func(ctx context.Context) { is.NoErr(lands.Create(ctx, &Land{Name: "l"})) })
		is.Equal(len(kit.TablesOf(t, db)), 0)
		kit.MustCreate(t, lands, Land{Name: "l"})
		is.Equal(kit.TablesOf(t, db), []string{"city", "land", "street"})

		kit.RunSQL(t, db, `DROP TABLE "street"`, `DROP TABLE "city"`, `DROP TABLE "land"`,
			`CREATE TABLE "city_name" (x INTEGER)`)
		is.NoErr(lands.Create(ctx, &Land{Name: "l"})) // the name of an index of City is taken
		is.Equal(kit.TablesOf(t, db), []string{"city_name", "land"})
	})
}
