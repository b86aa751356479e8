package install_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// ours is a model of a table that others made, and that has more than the model says.
type ours struct {
	ID      int64 `prom:"key"`
	Name    string
	Short   string `prom:"max=45"`
	Price   string `prom:"decimal=10.2"`
	Paid    string `prom:"decimal=10.2"`
	Count   int64
	Big     int32
	Ratio   float32
	At      time.Time `prom:"default=now"`
	Doc     any
	Owner   prom.Ref[owner]
	Maybe   *prom.Ref[owner]
	Default string
}

const theirsPostgres = `CREATE TABLE "ours" ("id" bigserial PRIMARY KEY, "name" varchar(80) NOT NULL CHECK ("name" <> 'x'),
	"short" varchar(45) NOT NULL, "price" numeric NOT NULL, "paid" numeric(14,2) NOT NULL, "count" smallint NOT NULL, "big" bigint NOT NULL,
	"ratio" double precision NOT NULL, "at" timestamp NOT NULL DEFAULT now(), "doc" json NOT NULL,
	"owner" bigint NOT NULL REFERENCES "owner" ON DELETE RESTRICT, "maybe" bigint REFERENCES "owner" ON DELETE CASCADE ON UPDATE NO ACTION DEFERRABLE,
	"default" char(20) NOT NULL DEFAULT ('a' || 'b'), "theirs" text, "counted" int NOT NULL DEFAULT 0 REFERENCES "other")`

const theirsSQLite = `CREATE TABLE "ours" ("id" INTEGER PRIMARY KEY, "name" varchar(80) NOT NULL CHECK ("name" <> 'x'),
	"short" varchar(45) NOT NULL CHECK (length("short") <= 45), "price" DECIMALTEXT NOT NULL, "paid" DECIMALTEXT NOT NULL, "count" smallint NOT NULL,
	"big" bigint NOT NULL, "ratio" double NOT NULL, "at" timestamp NOT NULL DEFAULT (datetime('now')), "doc" JSONBTEXT NOT NULL,
	"owner" bigint NOT NULL REFERENCES "owner" ON DELETE RESTRICT, "maybe" bigint REFERENCES "owner" ON DELETE CASCADE ON UPDATE NO ACTION,
	"default" char(20) NOT NULL DEFAULT ('a' || 'b'), "theirs" text, "counted" int NOT NULL DEFAULT 0 REFERENCES "other")`

// Ensure that a plan has no step for what a model says nothing of, lists all of it, and that neither Install nor Apply
// changes any of it.
func TestNotModelled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, table[owner](t))
		create := theirsSQLite
		if e.Name == dbtest.NamePostgres {
			create = theirsPostgres
		}
		runSQL(t, db, `CREATE TABLE "other" ("id" int PRIMARY KEY)`, create, `CREATE INDEX "theirs" ON "ours" ("theirs")`,
			`CREATE INDEX "mine" ON "ours" (lower("name")) WHERE "count" > 1`)
		before, err := db.InspectAll(ctx, "ours")
		is.NoErr(err)
		now := table[ours](t)
		steps, others, err := install.Plan(ctx, db, now)
		is.NoErr(err)
		is.Equal(steps, nil)
		var got []string
		for _, d := range others {
			is.True(d.NotModelled())
			got = append(got, string(d.Object)+" "+d.Name+" "+string(d.Aspect))
		}
		slices.Sort(got)
		want := []string{
			"check ours_name_check ", "column at default", "column at type", "column big type", "column count type", "column counted ",
			"column default default", "column default type", "column doc type", "column id count", "column name type", "column paid type", "column price type",
			"column ratio type", "column short type", "column theirs ", "foreign key counted ", "foreign key maybe definition", "foreign key owner definition",
			"index mine ", "index theirs ",
		}
		if e.Name == dbtest.NameSQLite { // whose types say little
			want = []string{
				"check  ", "column at default", "column counted ", "column default default", "column id count", "column theirs ", "foreign key counted ",
				"foreign key maybe definition", "foreign key owner definition", "index mine ", "index theirs ",
			}
		}
		is.Equal(got, want)
		drifts, err := install.Drifts(ctx, db, now)
		is.NoErr(err)
		is.Equal(drifts, nil)

		ensure(ctx, t, db, now)
		whole(ctx, t, db, now)
		after, err := db.InspectAll(ctx, "ours")
		is.NoErr(err)
		is.Equal(after, before)
	})
}

// Ensure that what others made and contradicts the model is planned: a type that does not hold the field's values, a
// shorter text than its rules allow, another target of a reference, a column without which no row can be inserted.
func TestContradicted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	type thing struct {
		ID    int64  `prom:"key"`
		Short string `prom:"max=45"`
		Price string `prom:"decimal=10.2"`
		Ratio float64
		Owner prom.Ref[owner]
	}
	db := open(t, dbtest.Postgres(t))
	ensure(ctx, t, db, table[owner](t))
	runSQL(t, db, `CREATE TABLE "other" ("id" bigint PRIMARY KEY)`, `CREATE TABLE "thing" ("id" bigint PRIMARY KEY, "short" varchar(20) NOT NULL,
		"price" numeric(8,1) NOT NULL, "ratio" real NOT NULL, "owner" bigint NOT NULL REFERENCES "other", "needed" text NOT NULL)`)
	now := named[thing](t, "thing")
	var got []string
	for _, s := range planOf(ctx, t, db, now) {
		got = append(got, string(s.Kind)+" "+s.Name)
	}
	slices.Sort(got)
	is.Equal(got, []string{"add constraint thing_short_check", "alter column price", "alter column ratio",
		"alter column short", "by hand needed", "replace constraint owner"})
	is.NoErr(planned(ctx, db, now))
	left := planOf(ctx, t, db, now)
	is.Equal(len(left), 1)
	is.Equal(left[0].Kind, schema.ByHand)

	// A trigger before the row may give a column its value.
	runSQL(t, db, `CREATE FUNCTION fills() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.needed = 'x'; RETURN NEW; END $$`,
		`CREATE TRIGGER fills BEFORE INSERT ON "thing" FOR EACH ROW EXECUTE FUNCTION fills()`)
	is.Equal(planOf(ctx, t, db, now), nil)
}

// feeling is an enum of which the model has a value less than the database.
type feeling string

func (feeling) Values() []feeling { return []feeling{"sad", "ok"} }

// alien is a model of a table whose columns have types to which no kind belongs, and domains.
type alien struct {
	ID      int64 `prom:"key"`
	Mood    feeling
	Moods   []feeling `prom:"enum=feeling"`
	Told    feeling   `prom:"enum"`
	Address string
	Net     string `prom:"type=cidr"`
	Range   *string
	Points  []string
	Short   string
	Names   []string
	Count   int32
	Code    string `prom:"max=5"`
	Exact   string
	Doc     string
	Key     string
	At      time.Time
}

// Ensure that types which hold the values of a field are the database's own, and that values of an enum are as well.
func TestNativeNotModelled(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	runSQL(t, db, `CREATE TYPE "feeling" AS ENUM ('sad', 'ok', 'theirs')`, `CREATE DOMAIN "count" AS integer CHECK (VALUE > 0)`,
		`CREATE DOMAIN "code" AS varchar(5) NOT NULL DEFAULT 'x'`,
		`CREATE TABLE "alien" ("id" bigint PRIMARY KEY, "mood" "feeling" NOT NULL, "moods" "feeling"[] NOT NULL,
			"told" "feeling" NOT NULL, "address" inet NOT NULL, "net" cidr NOT NULL, "range" int4range, "points" point[] NOT NULL,
			"short" char(4) NOT NULL, "names" varchar(9)[] NOT NULL, "count" "count" NOT NULL, "code" "code", "exact" numeric NOT NULL,
			"doc" jsonb NOT NULL, "key" uuid NOT NULL, "at" timestamp NOT NULL)`)
	before, err := db.InspectAll(ctx, "alien")
	is.NoErr(err)
	now := table[alien](t)
	steps, others, err := install.Plan(ctx, db, now)
	is.NoErr(err)
	is.Equal(steps, nil)
	var got []string
	for _, d := range others {
		got = append(got, string(d.Object)+" "+d.Name+" "+string(d.Aspect))
	}
	slices.Sort(got)
	is.Equal(got, []string{"column address type", "column at type", "column code default", "column code type",
		"column count type", "column doc type", "column exact type", "column key type", "column mood type", "column names type",
		"column points type", "column range type", "column short type",
		"enum value mood ", "enum value moods ", "enum value told "})
	drifts, err := install.Drifts(ctx, db, now)
	is.NoErr(err)
	is.Equal(drifts, nil)
	ensure(ctx, t, db, now)
	after, err := db.InspectAll(ctx, "alien")
	is.NoErr(err)
	is.Equal(after, before)

	// A type that the tag names is contradicted by another one, whose values may be of it.
	runSQL(t, db, `ALTER TABLE "alien" ALTER "net" TYPE text, ALTER "told" TYPE text`)
	steps, _, err = install.Plan(ctx, db, now)
	is.NoErr(err)
	is.Equal(len(steps), 2)
	for _, s := range steps {
		is.Equal(s.Kind, schema.AlterColumn)
		is.Equal(s.Risk, schema.Lossy)
	}
	is.NoErr(planned(ctx, db, now))
	is.Equal(planOf(ctx, t, db, now), nil)
}
