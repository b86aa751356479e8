package model_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Library is a service with a repo embedded and queries of its own.
type Library struct {
	*prom.Repo[Volume]
	shelf int
}

// Volume names its table and its connection.
type Volume struct {
	prom.Model
	Title string
	Shelf int
}

func (Volume) TableName() string { return "library books" }

func (*Volume) ConnectionName() string { return "books" }

var (
	volume      = prom.Proto[Volume]()
	VolumeTitle = prom.TextOf(volume, &volume.Title)
	VolumeShelf = prom.NumberOf(volume, &volume.Shelf)
)

// Mine is a query of the service's own, to build upon.
func (l Library) Mine() *prom.Query[Volume] { return l.Where(VolumeShelf.Eq(l.shelf)) }

// Titles lists the titles of the shelf in their order.
func (l Library) Titles(ctx context.Context) ([]string, error) {
	var titles []string
	list, err := l.Mine().OrderBy(VolumeTitle.Asc()).All(ctx)
	for _, b := range list {
		titles = append(titles, b.Title)
	}
	return titles, err
}

// Create overrides the repo's own.
func (l Library) Create(ctx context.Context, b *Volume) error {
	b.Shelf = l.shelf
	return l.Repo.Create(ctx, b)
}

// Ensure that a repo can be embedded in a type with queries and rules of its own, and that methods of the model name
// its table and its connection. parity: M31 R5
func TestEmbeddedRepo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		registry := registered(t, e.With("#books"))
		library := Library{prom.NewRepo[Volume](prom.In(registry)), 3}
		is.NoErr(library.Create(ctx, &Volume{Title: "b"}))
		is.NoErr(library.Create(ctx, &Volume{Title: "a"}))
		is.NoErr(library.Repo.Create(ctx, &Volume{Title: "c", Shelf: 4}))
		titles, err := library.Titles(ctx)
		is.NoErr(err)
		is.Equal(titles, []string{"a", "b"})
		n, err := library.Mine().Where(VolumeTitle.Eq("a")).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		db, err := library.DB()
		is.NoErr(err)
		is.Equal(db.Name(), "books")
		is.Equal(kit.TablesOf(t, db), []string{"library books"})
		is.Equal(library.Schema().Name, "library books")
	})
}

// registered returns a registry with connections, which close at the end of the test.
func registered(t *testing.T, dsns ...string) *prom.Registry {
	t.Helper()
	r := &prom.Registry{}
	for _, dsn := range dsns {
		if _, err := r.Open(dsn); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// Ensure that two connections of one registry are told apart by their fragments, by the options of a repo and by its
// methods. parity: R2 R5 D1 B38
func TestTwoConnections(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		registry := registered(t, e.With("#one"), dbtest.SQLite(t)+"#two")
		one := prom.NewRepo[kit.Note](prom.In(registry), prom.On("one"))
		two := one.On("two")
		is.NoErr(one.Create(ctx, &kit.Note{Title: "in one", At: time.Now()}))
		is.NoErr(two.Create(ctx, &kit.Note{Title: "in two", At: time.Now()}))
		is.NoErr(two.Create(ctx, &kit.Note{Title: "in two", At: time.Now()}))
		is.Equal(len(kit.AllOf(t, one)), 1)
		is.Equal(len(kit.AllOf(t, two)), 2)

		db, err := registry.Get("one")
		is.NoErr(err)
		is.Equal(len(kit.AllOf(t, two.Using(db))), 1)
		archive := prom.NewRepo[kit.Note](prom.In(registry), prom.On("one"), prom.Table("archive"))
		is.Equal(len(kit.AllOf(t, archive)), 0)
		is.Equal(kit.TablesOf(t, db), []string{"archive", "note"})

		// A transaction belongs to its connection alone.
		kit.RolledBack(t, db, func(ctx context.Context) {
			is.NoErr(one.Create(ctx, &kit.Note{Title: "goes", At: time.Now()}))
			if e.Name == dbtest.NamePostgres {
				is.NoErr(two.Create(ctx, &kit.Note{Title: "stays", At: time.Now()}))
			}
		})
		is.Equal(len(kit.AllOf(t, one)), 1)

		_, err = prom.NewRepo[kit.Note](prom.In(registry), prom.On("three")).All(ctx)
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), `"one", "two"`))
		_, err = prom.NewRepo[kit.Note](prom.In(registry)).All(ctx)
		is.True(err != nil && strings.Contains(err.Error(), "the default connection is not known"))
	})
}

// Ensure that a repo follows its connection's name when another connection takes it.
// parity: R4
func TestReplacedConnection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		registry := registered(t, e.DSN)
		repo := prom.NewRepo[kit.Note](prom.In(registry))
		is.NoErr(repo.Create(ctx, &kit.Note{Title: "first", At: time.Now()}))
		_, err := registry.Open(dbtest.SQLite(t))
		is.True(err != nil) // it is open
		is.NoErr(registry.Close())
		_, err = registry.Open(dbtest.SQLite(t))
		is.NoErr(err)
		is.Equal(len(kit.AllOf(t, repo)), 0)
		is.NoErr(repo.Create(ctx, &kit.Note{Title: "second", At: time.Now()}))
	})
}

// defaultRegistry gives a test the package's own registry, as it is at the start of a program.
func defaultRegistry(t *testing.T) {
	t.Helper()
	old := prom.Default
	prom.Default = &prom.Registry{Prefix: "PROM_DSN"}
	t.Cleanup(func() {
		if err := prom.Close(); err != nil {
			t.Error(err)
		}
		prom.Default = old
	})
}

// Ensure that a program needs no more than PROM_DSN and a struct: the table is there when it is needed.
// parity: D20 D24 R3 A1
func TestDefaultRegistry(t *testing.T) {
	for _, dsn := range []string{dbtest.SQLite(t), dbtest.Postgres(t)} {
		is := is.New(t)
		ctx := context.Background()
		defaultRegistry(t)
		t.Setenv("PROM_DSN", dsn)
		t.Setenv("PROM_DSN_1", dbtest.SQLite(t)+"#books")
		repo, books := prom.NewRepo[kit.Note](), prom.NewRepo[Volume]()
		is.NoErr(repo.Create(ctx, &kit.Note{Title: "t", At: time.Now()}))
		is.NoErr(books.Create(ctx, &Volume{Title: "b"}))
		is.NoErr(prom.Tx(ctx, func(ctx context.Context) error {
			is.NoErr(repo.Create(ctx, &kit.Note{Title: "u", At: time.Now()}))
			return nil
		}))
		is.Equal(len(kit.AllOf(t, repo)), 2)
		is.Equal(len(kit.AllOf(t, books)), 1)
		db, err := prom.Conn("books")
		is.NoErr(err)
		is.Equal(kit.TablesOf(t, db), []string{"library books"})
		is.NoErr(prom.Install(ctx, repo, books, kit.Items(db)))
		is.Equal(kit.TablesOf(t, db), []string{"item", "library books"})
		is.NoErr(prom.Close())
	}
}

// Ensure that the numbered variables may stand alone, and that what is wrong with them is said without their values.
// parity: D20 D22 D23 R2
func TestDefaultRegistryErrors(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	for _, c := range []struct {
		vars map[string]string
		text string
	}{
		{map[string]string{}, "set PROM_DSN"},
		{map[string]string{"PROM_DSN": ""}, "PROM_DSN is set, but empty"},
		{map[string]string{"PROM_DSN_1": "sqlite://" + dir + "/SECRET.db#other"}, `the known ones are "other"`},
		{map[string]string{"PROM_DSN": "sqlite://:memory:", "PROM_DSN_1": "sqlite://" + dir + "/SECRET.db"},
			"PROM_DSN and PROM_DSN_1"},
		{map[string]string{"PROM_DSN": "mysql://SECRET"}, "PROM_DSN"},
	} {
		t.Run(c.text, func(t *testing.T) {
			is := is.New(t)
			defaultRegistry(t)
			for name, value := range c.vars {
				t.Setenv(name, value)
			}
			_, err := prom.NewRepo[kit.Note]().All(context.Background())
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), c.text))
			kit.NoSecret(t, err)
			is.True(!errors.Is(err, prom.ErrNotFound))
		})
	}
}
