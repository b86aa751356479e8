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
// shorter text than its rules allow, a reference that leads elsewhere only, a column without which no row can be
// inserted.
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
	is.Equal(got, []string{"add constraint owner", "add constraint thing_short_check", "alter column price",
		"alter column ratio", "alter column short", "by hand needed"})
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

// Ensure that a plan lists what lies on a table and what uses it, and has no step for any of it.
func TestNotModelledObjects(t *testing.T) {
	t.Parallel()
	type plain struct {
		ID   int64 `prom:"key"`
		Name string
		Age  int64
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		want := []string{"storage STRICT", "storage WITHOUT ROWID", "trigger fires", "trigger other on elsewhere", "view looks"}
		if e.Name == dbtest.NameSQLite {
			runSQL(t, db, `CREATE TABLE "plain" ("id" INTEGER PRIMARY KEY, "name" TEXT NOT NULL, "age" INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
				`CREATE TABLE "plainer" (x)`, `CREATE TABLE "elsewhere" (x)`, `CREATE VIEW "looks" AS SELECT name FROM Plain`, `CREATE VIEW "away" AS SELECT x FROM plainer`,
				`CREATE TRIGGER "fires" AFTER INSERT ON "plain" BEGIN SELECT 1; END`,
				`CREATE TRIGGER "other" AFTER INSERT ON "elsewhere" BEGIN DELETE FROM plain; END`)
		} else {
			runSQL(t, db, `CREATE TABLE "plain" ("id" bigint, "name" text NOT NULL, "age" bigint NOT NULL, PRIMARY KEY ("id"))
					WITH (fillfactor = 90)`,
				`CREATE VIEW "looks" AS SELECT "name" FROM "plain"`, `CREATE MATERIALIZED VIEW "kept" AS SELECT count(*) FROM "plain"`,
				`CREATE FUNCTION "fire"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
				`CREATE TRIGGER "fires" AFTER UPDATE ON "plain" FOR EACH ROW EXECUTE FUNCTION "fire"()`,
				`CREATE RULE "ruling" AS ON DELETE TO "plain" DO ALSO SELECT 1`, `CREATE POLICY "bars" ON "plain" USING ("id" > 0)`,
				`ALTER TABLE "plain" ENABLE ROW LEVEL SECURITY, REPLICA IDENTITY FULL`, `CREATE STATISTICS "stats" ON "id", "name" FROM "plain"`,
				`CREATE PUBLICATION "everybody" FOR TABLE "plain" ("id", "name")`, `COMMENT ON TABLE "plain" IS 'a'`, `COMMENT ON COLUMN "plain"."name" IS 'b'`,
				`COMMENT ON CONSTRAINT "plain_pkey" ON "plain" IS 'c'`, `COMMENT ON INDEX "plain_pkey" IS 'd'`,
				`GRANT SELECT, INSERT ON "plain" TO PUBLIC`, `GRANT UPDATE ("name") ON "plain" TO PUBLIC`, `CREATE TABLE "heir" (PRIMARY KEY ("id")) INHERITS ("plain")`,
				`CREATE TABLE "holder" ("row" "plain")`)
			want = []string{"comment ", "comment on column name", "comment on constraint plain_pkey", "comment on index plain_pkey",
				"grant on column name to PUBLIC", "grant to PUBLIC", "inheritance by heir", "materialized view kept", "policy bars", "publication everybody",
				"row security ", "row type of column holder.row", "rule ruling", "statistics stats", "storage parameters fillfactor=90",
				"storage replica identity full", "trigger fires", "view looks"}
		}
		now := table[plain](t)
		list := func(now *schema.Table) (got []string) {
			steps, others, err := install.Plan(ctx, db, now)
			is.NoErr(err)
			is.Equal(steps, nil)
			for _, d := range others {
				is.True(d.NotModelled() && d.Harmless())
				got = append(got, string(d.Object)+" "+d.Name)
			}
			return got
		}
		is.Equal(list(now), want)
		drifts, err := install.Drifts(ctx, db, now)
		is.NoErr(err)
		is.Equal(drifts, nil)
		if e.Name == dbtest.NamePostgres {
			is.Equal(list(named[plain](t, "heir")), []string{"inheritance from plain"})
			runSQL(t, db, `CREATE TABLE "cut" ("id" bigint, "name" text NOT NULL, "age" bigint NOT NULL, PRIMARY KEY ("id")) PARTITION BY RANGE ("id")`,
				`CREATE TABLE "cut1" PARTITION OF "cut" DEFAULT`)
			is.Equal(list(named[plain](t, "cut")), []string{"partition key RANGE (id)", "partitions 1 tables"})
		}
	})
}

// Ensure that a default is the model's own constant however others wrote it, and that another one is replaced by a
// lossy step only.
func TestSameDefaults(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID    int64     `prom:"key,auto"`
		Text  string    `prom:"default=x"`
		Exact string    `prom:"decimal=10.2,default=1.5"`
		Small int16     `prom:"default=3"`
		Whole int32     `prom:"default=-1000"`
		Real  float32   `prom:"default=1e3"`
		Bool  bool      `prom:"default=true"`
		Day   time.Time `prom:"date,default=2020-02-29"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		now := named[thing](t, "thing")
		exact, whole := "DECIMALTEXT NOT NULL DEFAULT '1.5'", "(-1000)"
		if e.Name == dbtest.NamePostgres {
			exact, whole = "numeric(10,2) NOT NULL DEFAULT 1.5", "-1e3"
		}
		runSQL(t, db, `CREATE TABLE "thing" ("id" `+counted(e)+`, "text" varchar(9) NOT NULL DEFAULT 'x', "exact" `+exact+`,
			"small" smallint NOT NULL DEFAULT ((3)), "whole" integer NOT NULL DEFAULT `+whole+`, "real" real NOT NULL DEFAULT 1000,
			"bool" boolean NOT NULL DEFAULT TRUE, "day" date NOT NULL DEFAULT '2020-02-29')`)
		is.Equal(planOf(ctx, t, db, now), nil)
		ensure(ctx, t, db, now)

		type other struct {
			ID   int64  `prom:"key,auto"`
			Text string `prom:"default=y"`
			Bool bool   `prom:"default=false"`
		}
		for _, s := range planOf(ctx, t, db, named[other](t, "thing")) {
			is.Equal(s.Risk, schema.Lossy)
		}
	})
}
