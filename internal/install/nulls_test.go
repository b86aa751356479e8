package install_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Ensure that a unique index takes NULLs for equal when its tag says so, in a new table and by a plan on a table with
// rows, that one which others made so stays without the tag, and that SQLite refuses the model.
func TestNullsNotDistinct(t *testing.T) {
	t.Parallel()
	type loose struct {
		ID int64    `prom:"key,auto"`
		A  *int64   `prom:"unique"`
		B  *int64   `prom:"unique=pair"`
		C  *int64   `prom:"unique=pair"`
		_  struct{} `prom:"unique=part,on='a, b desc',where='c > 0',include=id"`
	}
	type strict struct {
		ID int64    `prom:"key,auto"`
		A  *int64   `prom:"unique,nulls=not distinct"`
		B  *int64   `prom:"unique=pair,nulls=NOT DISTINCT"`
		C  *int64   `prom:"unique=pair,nulls=not distinct"`
		_  struct{} `prom:"unique=part,on='a, b desc',where='c > 0',include=id,nulls=not distinct"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		before, after := named[loose](t, "thing"), named[strict](t, "thing")
		if e.Name == dbtest.NameSQLite {
			_, err := install.Ensure(ctx, db, after)
			is.True(errors.Is(err, driver.KindDrift))
			is.True(strings.Contains(err.Error(), `the index "thing_a" takes NULLs for equal (nulls=not distinct), which needs PostgreSQL 15`))
			_, _, err = install.Plan(ctx, db, after)
			is.True(errors.Is(err, driver.KindDrift))
			found, err := db.Inspect(ctx, "thing")
			is.NoErr(err)
			is.True(!found.Exists)
			return
		}
		ensure(ctx, t, db, after)
		is.Equal(planOf(ctx, t, db, after), nil)
		runSQL(t, db, `INSERT INTO "thing" ("a", "b", "c") VALUES (NULL, NULL, 1)`)
		refused(ctx, t, db, `INSERT INTO "thing" ("b") VALUES (7)`, `INSERT INTO "thing" ("a", "c") VALUES (2, 1)`)
		is.Equal(len(planOf(ctx, t, db, before)), 3) // what the library made follows the tag
		runSQL(t, db, `DELETE FROM "prom_history"`)
		_, others, err := install.Plan(ctx, db, before) // and what others made stays
		is.NoErr(err)
		is.Equal(planOf(ctx, t, db, before), nil)
		is.Equal(len(others), 3)
		ensure(ctx, t, db, before)

		runSQL(t, db, `DROP TABLE "thing"`)
		db.ForgetMarks(ctx)
		ensure(ctx, t, db, before)
		runSQL(t, db, `INSERT INTO "thing" ("a", "b", "c") VALUES (NULL, 2, NULL), (NULL, 2, 3)`)
		steps := planOf(ctx, t, db, after)
		is.Equal(len(steps), 3)
		for _, s := range steps {
			is.Equal(s.Kind, schema.ReplaceIndex)
			is.Equal(s.Violations, map[string]int64{"thing_a": 1}[s.Name])
			is.True(strings.Contains(strings.Join(s.SQL, "; "), "CREATE UNIQUE INDEX CONCURRENTLY"))
			is.Equal(s.Risk, schema.Locking)
		}
		is.True(planned(ctx, db, after) != nil)
		runSQL(t, db, `DELETE FROM "thing" WHERE "c" IS NULL`)
		whole(ctx, t, db, after)
		refused(ctx, t, db, `INSERT INTO "thing" ("a") VALUES (NULL)`)
	})
}

// Ensure that an index of another order of NULLs, or of another collation than its column's, stays and is told, and
// that one which others made does not do the work of the model's.
func TestIndexVariants(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID   int64  `prom:"key"`
		Word string `prom:"index"`
		At   *int64 `prom:"index,desc"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		now := named[thing](t, "thing")
		collation, nulls := `NOCASE`, ``
		if e.Name == dbtest.NamePostgres {
			collation, nulls = `"C"`, ` NULLS LAST`
		}
		runSQL(t, db, `CREATE TABLE "thing" ("id" `+counted(e)+`, "word" text NOT NULL, "at" bigint)`,
			`CREATE INDEX "thing_word" ON "thing" ("word" COLLATE `+collation+`)`, `CREATE INDEX "thing_at" ON "thing" ("at" DESC`+nulls+`)`)
		_, others, err := install.Plan(ctx, db, now)
		is.NoErr(err)
		is.Equal(planOf(ctx, t, db, now), nil)
		want := []string{"thing: index thing_word: definition is (word COLLATE " + strings.Trim(collation, `"`) + ") (prom would create (word))"}
		if nulls != "" {
			want = append(want, "thing: index thing_at: definition is (at DESC NULLS LAST) (prom would create (at DESC))")
		}
		got := []string{}
		for _, d := range others {
			if d.Object == schema.OfIndex {
				is.True(d.NotModelled())
				got = append(got, d.Error())
			}
		}
		is.Equal(got, want)
		ensure(ctx, t, db, now)

		runSQL(t, db, `DROP INDEX "thing_word"`, `DROP INDEX "thing_at"`, `CREATE INDEX "a" ON "thing" ("word" COLLATE `+collation+`)`,
			`CREATE INDEX "b" ON "thing" ("at" DESC`+nulls+`)`)
		whole(ctx, t, db, now)
		found, err := db.InspectAll(ctx, "thing")
		is.NoErr(err)
		is.Equal(found.Index("thing_word") != nil, true)
		is.Equal(found.Index("thing_at") != nil, nulls != "")
	})
}
