package install_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Ensure that a plan widens an integer that prom made for an earlier version of the field, keeps its rules and default,
// narrows one by a lossy step, and leaves those of another program as they are.
func TestWiderInteger(t *testing.T) {
	t.Parallel()
	type narrow struct {
		ID    int32 `prom:"key,auto"`
		Small int16
		Count int32  `prom:"min=1,default=3,index"`
		Maybe *int32 `prom:"unique"`
		Wide  int64
		List  []int32
	}
	type wide struct {
		ID    int64 `prom:"key,auto"`
		Small int32
		Count int64  `prom:"min=1,default=3,index"`
		Maybe *int64 `prom:"unique"`
		Wide  int32
		List  []int64
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		before, now := named[narrow](t, "thing"), named[wide](t, "thing")
		ensure(ctx, t, db, before)
		runSQL(t, db, `INSERT INTO "thing" ("small", "count", "maybe", "wide", "list") VALUES (1, 2, NULL, 4, '`+
			map[string]string{dbtest.NamePostgres: "{1}", dbtest.NameSQLite: "[1]"}[e.Name]+`')`)
		steps := planOf(ctx, t, db, now)
		if e.Name == dbtest.NameSQLite { // where each integer has 64 bits
			is.Equal(steps, nil)
			return
		}
		is.Equal(len(steps), 6)
		for _, s := range steps {
			is.Equal(s.Kind, schema.AlterColumn)
			is.Equal(s.Risk, map[bool]schema.Risk{true: schema.Lossy, false: schema.Rewriting}[s.Name == "wide"])
		}
		whole(ctx, t, db, now)
		runSQL(t, db, `INSERT INTO "thing" ("id", "small", "maybe", "wide", "list") VALUES (4000000000, 70000, 4000000000, 1, '{4000000000}')`)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE "count" IN (2, 3)`), int64(2))
		refused(ctx, t, db, `INSERT INTO "thing" ("id", "small", "count", "wide", "list") VALUES (7, 1, 0, 1, '{}')`)

		runSQL(t, db, `DROP TABLE "thing"`, `CREATE TABLE "thing" ("id" serial PRIMARY KEY, "small" smallint NOT NULL, "count" int NOT NULL DEFAULT 3 CHECK ("count" >= 1),
			"maybe" int, "wide" smallint NOT NULL, "list" bigint[] NOT NULL)`, `DELETE FROM "prom_history"`)
		_, err := install.Ensure(ctx, db, now)
		is.NoErr(err)
		is.Equal(planOf(ctx, t, db, now), nil)
	})
}
