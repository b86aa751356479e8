package query_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// leaflet is a model in a schema; handout is the same table and column under other names, and flyer without the index.
type (
	leaflet struct {
		ID    int64 `prom:"key,auto"`
		Words string
		_     struct{} `prom:"fulltext=words"`
	}
	handout struct {
		_    struct{} `prom:"was=shop.leaflet"`
		ID   int64    `prom:"key,auto"`
		Body string   `prom:"was=words"`
		_    struct{} `prom:"fulltext=body"`
	}
	flyer struct {
		ID   int64 `prom:"key,auto"`
		Body string
	}
)

func (leaflet) TableName() string { return "shop.leaflet" }
func (handout) TableName() string { return "shop.handout" }
func (flyer) TableName() string   { return "shop.handout" }

var (
	leafletText = prom.FullTextOf(prom.Proto[leaflet]())
	handoutText = prom.FullTextOf(prom.Proto[handout]())
)

// Ensure that a full-text index in a schema is found again when its table and column are renamed by additive steps
// alone, that it goes when the model no longer has it, and that nothing of it is left when the table is dropped.
func TestFullTextInSchema(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		e = e.Schemas(t, "shop")
		db := kit.Open(t, e.DSN)
		leaflets := prom.NewRepo[leaflet](prom.Using(db))
		is.NoErr(leaflets.Create(ctx, &leaflet{Words: "fresh bread"}))
		n, err := leaflets.Where(leafletText.Match("bread")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)

		other := kit.Open(t, e.With("install=check&in_use=0"))
		handouts := prom.NewRepo[handout](prom.Using(other))
		plan, err := prom.Plan(ctx, handouts)
		is.NoErr(err)
		for _, s := range plan.Steps {
			is.Equal(s.Risk, prom.Additive)
		}
		_, err = prom.Apply(ctx, plan, prom.Additive)
		is.NoErr(err)
		is.NoErr(handouts.Create(ctx, &handout{Body: "more bread"}))
		n, err = handouts.Where(handoutText.Match("bread")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		plan, err = prom.Plan(ctx, handouts)
		is.NoErr(err)
		is.Equal(plan.Steps, nil)

		third := kit.Open(t, e.With("in_use=0"))
		flyers := prom.NewRepo[flyer](prom.Using(third))
		is.NoErr(prom.UnsafeDrop(ctx, flyers))
		is.NoErr(flyers.Create(ctx, &flyer{Body: "x"})) // nothing of the index is in the way
		if e.Name == dbtest.NameSQLite {
			is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM shop.sqlite_schema WHERE name LIKE '%fts%'`), 0)
		}
	})
}

// Ensure that SQLite knows a full-text index of an attached database as one that this library made.
func TestFullTextDroppedFromModel(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	e := dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)}.Schemas(t, "shop")
	is.NoErr(prom.NewRepo[handout](prom.Using(kit.Open(t, e.DSN))).Create(ctx, &handout{Body: "bread"}))
	flyers := prom.NewRepo[flyer](prom.Using(kit.Open(t, e.With("in_use=0"))))
	plan, err := prom.Plan(ctx, flyers)
	is.NoErr(err)
	is.Equal(len(plan.Steps), 1)
	is.Equal(plan.Steps[0].Kind, prom.StepDropIndex)
	is.True(strings.Contains(plan.Steps[0].SQL[0], `"shop"."handout_fts_a`))
	_, err = prom.Apply(ctx, plan, prom.Lossy)
	is.NoErr(err)
	is.NoErr(flyers.Create(ctx, &flyer{Body: "x"}))
}

// pamphlet has an English full-text index.
type pamphlet struct {
	ID   int64 `prom:"key,auto"`
	Text string
	_    struct{} `prom:"fulltext=text,language=english"`
}

// Ensure that stop words at the ends of a phrase mean nothing, as PostgreSQL says.
func TestFullTextStopWordsOfPhrases(t *testing.T) {
	t.Parallel()
	text := prom.FullTextOf(prom.Proto[pamphlet]())
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		repo := prom.NewRepo[pamphlet](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.CreateMany(ctx, []pamphlet{{Text: "quick brown foxes of a wood"}, {Text: "brown quick"}}))
		for query, want := range map[string]int{`"the quick brown"`: 1, `"quick brown was"`: 1, `"the fox"`: 1, `"the"`: 0,
			`"fox of a wood"`: 1, `-"the quick brown the"`: 1, `"a brown"`: 2, `"the quick bro"*`: 1} {
			n, err := repo.Where(text.Match(query)).Count(ctx)
			is.NoErr(err)
			if n != want {
				t.Errorf("%s finds %d rows, and should find %d", query, n, want)
			}
		}
	})
}
