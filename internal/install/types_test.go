package install_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// way is a way to make a table like its model.
type way func(ctx context.Context, db *db.DB, t *schema.Table) error

// eachWay runs a test on each engine, for plans that are applied and for those whose statements are run by hand.
func eachWay(t *testing.T, fn func(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB, do way)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for name, do := range map[string]way{"apply": planned, "by hand": byHand} {
			t.Run(name, func(t *testing.T) { fn(context.Background(), t, e, open(t, e.DSN), do) })
		}
	})
}

// Ensure that a rule for the values of another type comes with that type, by hand too, and that what it refuses is
// counted right.
func TestTypeThenRule(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID int64  `prom:"key,auto"`
		N  uint16 `prom:"min=2"`
	}
	eachWay(t, func(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB, do way) {
		is := is.New(t)
		runSQL(t, db, `DROP TABLE IF EXISTS "thing"`, `CREATE TABLE "thing" ("id" `+counted(e)+`, "n" TEXT NOT NULL)`,
			`INSERT INTO "thing" ("n") VALUES ('10'), ('3')`)
		now := named[thing](t, "thing")
		below(ctx, t, db, now, schema.Lossy) // does what it can, and does not fail
		is.NoErr(do(ctx, db, now))
		is.Equal(planOf(ctx, t, db, now), nil)
		refused(ctx, t, db, `INSERT INTO "thing" ("n") VALUES (1)`, `INSERT INTO "thing" ("n") VALUES (65536)`)
	})
}

// Ensure that a type does not change while a rule stands that is in words of the old one, whoever made it: both go by a
// lossy step.
func TestTypeWithoutRule(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID int64 `prom:"key,auto"`
		N  string
		M  string
		O  int64
		P  string
	}
	eachWay(t, func(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB, do way) {
		is := is.New(t)
		runSQL(t, db, `DROP TABLE IF EXISTS "thing"`, `DROP TABLE IF EXISTS "other"`,
			`CREATE TABLE "other" ("id" integer PRIMARY KEY)`, `INSERT INTO "other" VALUES (1)`,
			`CREATE TABLE "thing" ("id" `+counted(e)+`, "n" integer NOT NULL CONSTRAINT "thing_n_check" CHECK ("n" <= 100000),
				"m" integer NOT NULL, "o" bigint NOT NULL, "p" integer NOT NULL REFERENCES "other", CHECK ("m" < 200 AND "o" < 300))`,
			`CREATE UNIQUE INDEX "thing_even" ON "thing" ("o") WHERE "n" % 2 = 0`, `CREATE INDEX "thing_m" ON "thing" (("m" + 1))`,
			`INSERT INTO "thing" ("n", "m", "o", "p") VALUES (5, 30, 7, 1)`)
		now := named[thing](t, "thing")
		below(ctx, t, db, now, schema.Lossy)
		refused(ctx, t, db, `INSERT INTO "thing" ("n", "m", "o", "p") VALUES (100001, 1, 1, 1)`,
			`INSERT INTO "thing" ("n", "m", "o", "p") VALUES (1, 200, 1, 1)`)
		is.NoErr(do(ctx, db, now))
		is.Equal(planOf(ctx, t, db, now), nil)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE "n" = '5' AND "m" = '30' AND "o" = 7 AND "p" = '1'`),
			int64(1))
	})
}

// Ensure that on SQLite a rule for the values of another type is asked of the converted values.
func TestTypeThenRuleCounts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	type thing struct {
		ID int64  `prom:"key,auto"`
		N  uint16 `prom:"min=2"`
	}
	db := open(t, dbtest.SQLite(t))
	runSQL(t, db, `CREATE TABLE "thing" ("id" INTEGER PRIMARY KEY, "n" TEXT NOT NULL)`,
		`INSERT INTO "thing" VALUES (1, '1'), (2, '10'), (3, '70000')`)
	steps := planOf(ctx, t, db, named[thing](t, "thing"))
	is.Equal(len(steps), 1)
	is.True(steps[0].Rebuild)
	is.Equal(steps[0].Violations, int64(2))
}

// Ensure that no integer loses digits on its way to a float.
func TestIntegerToFloat(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	type thing struct {
		ID int64 `prom:"key,auto"`
		N  float64
	}
	now := named[thing](t, "thing")
	for n, fits := range map[string]bool{"9007199254740993": false, "9223372036854775807": false, "9007199254740992": true,
		"-9223372036854775808": true, "5": true} {
		db := open(t, dbtest.SQLite(t))
		runSQL(t, db, `CREATE TABLE "thing" ("id" INTEGER PRIMARY KEY, "n" INTEGER NOT NULL)`,
			`INSERT INTO "thing" VALUES (1, `+n+`)`)
		err := planned(ctx, db, now)
		if !fits {
			is.True(errors.Is(err, driver.KindDrift))
			is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE "n" = `+n+` AND typeof("n") = 'integer'`), int64(1))
			continue
		}
		is.NoErr(err)
		is.Equal(planOf(ctx, t, db, now), nil)
	}
}

// Ensure that the library knows the CHECKs that it has written itself, of every kind: a rule that changes is not lossy.
func TestOwnRules(t *testing.T) {
	t.Parallel()
	type before struct {
		ID    int64   `prom:"key,auto"`
		Small int16   `prom:"min=-5,max=7"`
		Int   int32   `prom:"min=-5000"`
		Big   int64   `prom:"max=9000000000"`
		Uint  uint64  `prom:"max=5000000000"`
		Low   float64 `prom:"min=-0.5"`
		High  float64 `prom:"max=1e9"`
		Tiny  float64 `prom:"min=0.00001,max=12345678.5"`
		Half  float32 `prom:"min=-1e-7"`
		Text  string  `prom:"size=1..30"`
		Exact string  `prom:"min=3,max=3"`
		Bytes []byte  `prom:"size=1..30"`
		Byte  uint8
		Order string `prom:"size=1..30,name=order"`
		Mixed string `prom:"size=1..30,name=Mixed"`
	}
	type after struct {
		ID    int64   `prom:"key,auto"`
		Small int16   `prom:"min=-4,max=7"`
		Int   int32   `prom:"min=-4000"`
		Big   int64   `prom:"max=8000000000"`
		Uint  uint64  `prom:"max=6000000000"`
		Low   float64 `prom:"min=-0.25"`
		High  float64 `prom:"max=2e9"`
		Tiny  float64 `prom:"min=0.00002,max=12345678.25"`
		Half  float32 `prom:"min=-1e-8"`
		Text  string  `prom:"size=2..30"`
		Exact string  `prom:"min=4,max=4"`
		Bytes []byte  `prom:"size=1..20"`
		Byte  uint8   `prom:"max=100"`
		Order string  `prom:"size=1..20,name=order"`
		Mixed string  `prom:"size=1..20,name=Mixed"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, named[before](t, "thing"))
		now := named[after](t, "thing")
		steps := planOf(ctx, t, db, now)
		is.True(len(steps) > 0)
		for _, s := range steps {
			if s.Risk == schema.Lossy {
				t.Error(s)
			}
		}
		if e.Name == dbtest.NamePostgres {
			is.Equal(len(steps), 14)
			for _, s := range steps {
				// which allow more
				is.Equal(s.Risk == schema.Additive, s.Name == "thing_high_check" || s.Name == "thing_uint_check")
			}
		}
		whole(ctx, t, db, now)
	})
}

// Ensure that a type which only a person can change keeps nothing else from being done.
func TestStuckType(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID   int64 `prom:"key,auto"`
		N    int64 `prom:"default=3,min=1"`
		More *string
		_    struct{} `prom:"index=some,on='n',where='n > 5'"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		typ := map[string]string{dbtest.NameSQLite: "BLOB", dbtest.NamePostgres: "bytea"}[e.Name]
		runSQL(t, db, `CREATE TABLE "thing" ("id" `+counted(e)+`, "n" `+typ+` NOT NULL, "gone" TEXT)`,
			`INSERT INTO "thing" ("n") VALUES ('x')`)
		recorded(ctx, t, db, "thing", "gone")
		now := named[thing](t, "thing")
		is.NoErr(planned(ctx, db, now))
		found, err := db.InspectAll(ctx, "thing")
		is.NoErr(err)
		is.True(found.Column("more") != nil && found.Column("gone") == nil)
		for _, s := range planOf(ctx, t, db, now) {
			is.Equal(s.Kind, schema.ByHand)
		}
	})
}

// Ensure that an exact number has all digits of its scale, whatever type or scale its column had before.
func TestDecimalScale(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID int64  `prom:"key,auto"`
		N  string `prom:"decimal=12.2"`
	}
	eachWay(t, func(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB, do way) {
		is := is.New(t)
		runSQL(t, db, `DROP TABLE IF EXISTS "thing"`, `CREATE TABLE "thing" ("id" `+counted(e)+`, "n" integer NOT NULL)`,
			`INSERT INTO "thing" ("n") VALUES (100), (-7)`)
		now := named[thing](t, "thing")
		is.NoErr(do(ctx, db, now))
		is.Equal(planOf(ctx, t, db, now), nil)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE CAST("n" AS text) IN ('100.00', '-7.00')`), int64(2))
	})
}
