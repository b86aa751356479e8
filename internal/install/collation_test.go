package install_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Ensure that a collation which others gave a column stays, through a plan that changes the table for other reasons,
// and that one which the option nocase gave goes with the option, also when a column with the former is beside it.
func TestCollationOfOthers(t *testing.T) {
	t.Parallel()
	type before struct {
		ID    int64  `prom:"key"`
		Name  string `prom:"unique"`
		Long  string `prom:"max=90"`
		Code  string
		Later string `prom:"nocase"`
		Added string `prom:"nocase"`
	}
	type after struct {
		ID    int64  `prom:"key"`
		Name  string `prom:"unique"`
		Long  string `prom:"max=90"`
		Code  string
		Later string
		Added string
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		fold, bytes := "NOCASE", "RTRIM"
		if e.Name == dbtest.NamePostgres {
			fold, bytes = "theirs", `"C"`
			runSQL(t, db, `CREATE COLLATION theirs (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
		}
		runSQL(t, db, `CREATE TABLE "thing" ("id" bigint NOT NULL PRIMARY KEY, "name" text COLLATE `+fold+` NOT NULL UNIQUE,
			"long" varchar(40) COLLATE `+fold+` NOT NULL, "code" text COLLATE `+bytes+`, "later" text NOT NULL)`,
			`INSERT INTO "thing" VALUES (1, 'Anna', 'Long', 'code', 'Later')`)
		theirs := func() {
			t.Helper()
			found, err := db.InspectAll(ctx, "thing")
			is.NoErr(err)
			for _, name := range []string{"name", "long"} {
				is.True(found.Column(name).NoCase)
				is.Equal(strings.Trim(found.Column(name).Collation, `"`), fold)
			}
			is.Equal(strings.Trim(found.Column("code").Collation, `"`), strings.Trim(bytes, `"`))
			refused(ctx, t, db, `INSERT INTO "thing" ("id", "name", "long", "code", "later") VALUES (2, 'ANNA', '', '', '')`)
		}
		own := func() (list []string) {
			found, err := db.InspectAll(ctx, "thing")
			is.NoErr(err)
			for _, name := range []string{"later", "added"} {
				if found.Column(name).NoCase {
					list = append(list, name)
				}
			}
			return list
		}
		theirs()
		first, second := named[before](t, "thing"), named[after](t, "thing")
		runSQL(t, db, `DELETE FROM "thing"`) // for the column that is added
		runSQL(t, db, `INSERT INTO "thing" VALUES (1, 'Anna', 'Long', 'code', 'Later')`)
		runSQL(t, db, `ALTER TABLE "thing" ADD COLUMN "added" text NOT NULL DEFAULT ''`)
		for range 2 {
			whole(ctx, t, db, first)
			theirs()
			is.Equal(own(), []string{"later", "added"})
			whole(ctx, t, db, second)
			theirs()
			is.Equal(own(), nil)
		}
		_, others, err := install.Plan(ctx, db, second)
		is.NoErr(err)
		is.True(listed(others, "name")) // and why the database finds more
	})
}

// Ensure that the collation goes with the option nocase of a column that prom created or added, and stays when others
// have given the column one since.
func TestCollationOfOptionGoes(t *testing.T) {
	t.Parallel()
	type before struct {
		ID    int64  `prom:"key"`
		Made  string `prom:"nocase"`
		Added string `prom:"nocase"`
	}
	type after struct {
		ID    int64 `prom:"key"`
		Made  string
		Added string
	}
	type first struct {
		ID   int64  `prom:"key"`
		Made string `prom:"nocase"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, named[first](t, "thing"))
		ensure(ctx, t, db, named[before](t, "thing"))
		now := named[after](t, "thing")
		steps := planOf(ctx, t, db, now)
		is.True(len(steps) > 0)
		for _, s := range steps {
			is.Equal(s.Risk, schema.Rewriting)
		}
		whole(ctx, t, db, now)
		found, err := db.InspectAll(ctx, "thing")
		is.NoErr(err)
		is.True(!found.Column("made").NoCase && !found.Column("added").NoCase)

		if e.Name == dbtest.NamePostgres {
			runSQL(t, db, `CREATE COLLATION theirs (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
				`ALTER TABLE "thing" ALTER COLUMN "made" TYPE text COLLATE theirs`)
		} else {
			runSQL(t, db, `DROP TABLE "thing"`, `CREATE TABLE "thing" ("id" BIGINT NOT NULL PRIMARY KEY, "made" TEXT NOT NULL COLLATE NOCASE, "added" TEXT NOT NULL)`)
		}
		is.Equal(planOf(ctx, t, db, now), nil)
	})
}

func listed(drifts []*schema.Drift, column string) bool {
	for _, d := range drifts {
		if d.Object == schema.OfColumn && d.Name == column && d.Aspect == schema.AspectType {
			return true
		}
	}
	return false
}
