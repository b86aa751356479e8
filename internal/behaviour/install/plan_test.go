package install_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a plan shows what it would do, as text and as JSON, changes nothing, and that applying it leaves nothing
// to do.
func TestPlan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.With("#side"))
		repo, old := kit.Things(db), kit.OldThings(db)
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 1)
		is.True(strings.HasPrefix(plan.String(),
			"1. create table thing on #side [additive, about 0 rows]: thing: table is missing\n    CREATE TABLE \"thing\" ("))
		text, err := json.Marshal(plan)
		is.NoErr(err)
		var read struct {
			Steps []prom.Step `json:"steps"`
		}
		is.NoErr(json.Unmarshal(text, &read))
		is.Equal(read.Steps, plan.Steps)
		is.True(strings.Contains(string(text), `"risk":"additive"`))

		is.NoErr(old.Create(ctx, &kit.OldThing{Name: "n"}))
		plan, err = prom.Plan(ctx, repo)
		is.NoErr(err)
		is.True(!plan.Empty())
		columns := plan.Only(func(s prom.Step) bool { return s.Kind == "add column" })
		done, err := prom.Apply(ctx, columns)
		is.NoErr(err)
		is.Equal(len(done), len(columns.Steps))
		_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting)
		is.NoErr(err)
		plan, err = prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.String(), "nothing to do")
		text, err = json.Marshal(plan)
		is.NoErr(err)
		is.Equal(string(text), `{"not_modelled":[],"steps":[]}`)
		is.NoErr(prom.Check(ctx, repo))
		is.Equal(len(kit.AllOf(t, repo)), 1)
	})
}

// Ensure that what contradicts a model can be walked, that what it says nothing of is told apart and left alone, and
// that a connection which may not change the schema can apply a plan.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN, prom.Installing(prom.InstallCheck))
		repo := kit.Things(db)
		err := prom.Check(ctx, repo)
		is.True(errors.Is(err, prom.ErrDrift))
		is.Equal(err.Error(), "prom: check: schema drift: thing: table is missing")
		is.True(errors.Is(repo.Create(ctx, &kit.Thing{}), prom.ErrDrift))
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		_, err = prom.Apply(ctx, plan)
		is.NoErr(err)
		is.NoErr(repo.Create(ctx, &kit.Thing{Name: "n"}))
		is.NoErr(prom.Check(ctx, repo))

		kit.RunSQL(t, db, `ALTER TABLE "thing" ADD COLUMN "theirs" INTEGER`,
			`CREATE INDEX "theirs_index" ON "thing" ("theirs")`, `DROP INDEX "thing_name"`)
		var drifts prom.Drifts
		err = prom.Check(ctx, repo)
		is.True(errors.As(err, &drifts))
		harmless := map[string]bool{}
		for _, d := range drifts {
			harmless[d.Error()] = d.Harmless()
		}
		is.Equal(harmless, map[string]bool{"thing: index thing_name is missing": false})
		plan, err = prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(len(plan.Steps), 1)
		is.Equal(len(plan.NotModelled), 2)
		is.Equal(plan.NotModelled.Error(), "thing.theirs: column is extra\nthing: index theirs_index is extra")
		is.True(strings.HasSuffix(plan.String(),
			"not modelled, and left as it is:\n  thing.theirs: column is extra\n  thing: index theirs_index is extra\n"))
		var one *prom.Drift
		is.True(errors.As(prom.Check(ctx, repo), &one))
	})
}

// Wide is a model whose table may be from when it allowed less.
type Wide struct {
	prom.Model
	Name  string `prom:"size=1..50"`
	Code  *string
	Count int
}

func wides(db *prom.DB) *prom.Repo[Wide] { return prom.NewRepo[Wide](prom.Using(db)) }

// Ensure that a table from when the model allowed less is widened when it refuses a value, and that what it rightly
// refuses stays refused.
func TestWiden(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.DSN)
	is.NoErr(wides(db).Install(ctx))
	narrow := func() {
		kit.RunSQL(t, db, `ALTER TABLE "wide" ALTER COLUMN "code" SET NOT NULL`,
			`ALTER TABLE "wide" DROP CONSTRAINT "wide_name_check"`,
			`ALTER TABLE "wide" ADD CONSTRAINT "wide_name_check" CHECK (length(name) >= 1 AND length(name) <= 3)`)
	}
	narrow()
	is.NoErr(wides(db).Create(ctx, &Wide{Name: "a longer name"}))
	is.NoErr(prom.Check(ctx, wides(db)))

	kit.RunSQL(t, db, `TRUNCATE "wide"`)
	narrow()
	for _, mode := range []prom.InstallMode{prom.InstallCheck, prom.InstallOff} {
		err := wides(kit.Open(t, e.DSN, prom.Installing(mode))).Create(ctx, &Wide{Name: "n"})
		is.True(errors.Is(err, prom.ErrNotNull))
	}
	err := db.Tx(ctx, func(ctx context.Context) error { return wides(db).Create(ctx, &Wide{Name: "n"}) })
	is.True(errors.Is(err, prom.ErrNotNull)) // it is not widened in a transaction
	list := []Wide{{Name: "more than three"}, {Name: "and more"}}
	is.NoErr(wides(db).CreateMany(ctx, list))

	kit.RunSQL(t, db, `ALTER TABLE "wide" ADD CHECK ("count" < 10)`) // under a name such as the library gives
	err = wides(kit.Open(t, e.DSN)).Create(ctx, &Wide{Name: "n", Count: 11})
	is.True(errors.Is(err, prom.ErrCheck)) // somebody else's rule is left
	is.True(errors.Is(wides(db).Create(ctx, &Wide{Name: "n", Count: 11}), prom.ErrCheck))
}
