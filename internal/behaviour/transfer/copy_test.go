package transfer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/transfer"
	"github.com/prom-go/prom/schema"
)

func schemas(repos ...prom.AnyRepo) []*schema.Table {
	var list []*schema.Table
	for _, r := range repos {
		list = append(list, r.Schema())
	}
	return list
}

func copyAll(t *testing.T, from, to *prom.DB, o transfer.Options) *transfer.Result {
	t.Helper()
	r, err := transfer.Copy(t.Context(), (*db.DB)(from), (*db.DB)(to), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Ensure that a copy has the same rows of all types, circles of references included, from each engine to each, by
// models and by what is found, and that keys go on.
func TestCopy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		source := kit.Open(t, from.DSN)
		repo := prom.NewRepo[Relic](prom.Using(source))
		is.NoErr(repo.CreateMany(ctx, relics()))
		want := kit.AllOf(t, repo)
		parishes, chapels := kit.ParishesOf(t, source)
		models := schemas(chapels, repo, parishes)
		for _, way := range []string{"models", "found"} {
			dbtest.Each(t, func(t *testing.T, to dbtest.Engine) {
				t.Run(way, func(t *testing.T) {
					is := is.New(t)
					target := kit.Open(t, to.DSN)
					var o transfer.Options
					if way == "models" {
						o.Models = models
					}
					r := copyAll(t, source, target, o)
					is.Equal(len(r.Tables), 3)
					for _, c := range r.Tables {
						is.True(c.Rows > 0)
					}
					same(t, kit.AllOf(t, repo.Using(target)), want)
					is.Equal(len(kit.AllOf(t, chapels.Using(target))), 2)
					for i, p := range kit.AllOf(t, parishes.Using(target)) {
						is.Equal(p.Main.Key(), int64(i+1))
						is.Equal(p.Near.Key(), p.ID)
					}
					if way == "found" && from.Name != to.Name && to.Name == dbtest.NamePostgres {
						return // a list of SQLite is JSON, and becomes jsonb without a model
					}
					next := kit.MustCreate(t, repo.Using(target), Relic{Code: "next", Price: "1", UUID: prom.NewUUID(), At: time.Now(),
						Day: time.Now()})
					is.Equal(next.ID, int64(4))
					err := chapels.Using(target).Create(ctx, &kit.Chapel{Parish: prom.NewRef[kit.Parish](99)})
					is.True(err != nil) // foreign keys are there
					if way == "models" {
						p, err := prom.Plan(ctx, chapels.Using(target), repo.Using(target), parishes.Using(target))
						is.NoErr(err)
						is.Equal(len(p.Steps), 0) // nothing is missing
					}
				})
			})
		}
	})
}

// Ensure that a table with rows is not written to.
func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		source, target := kit.Open(t, dbtest.SQLite(t)), kit.Open(t, e.DSN)
		for _, d := range []*prom.DB{source, target} {
			is.NoErr(prom.NewRepo[Relic](prom.Using(d)).CreateMany(t.Context(), relics()))
		}
		_, err := transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(target), transfer.Options{})
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), "has rows"))
		is.Equal(len(kit.AllOf(t, prom.NewRepo[Relic](prom.Using(target)))), 3)
	})
}
