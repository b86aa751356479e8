package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// definitions lists the constraints and indexes of a table.
func definitions(ctx context.Context, t *testing.T, on interface {
	InspectAll(ctx context.Context, table string) (schema.Found, error)
}, table string) (list []string) {
	t.Helper()
	found, err := on.InspectAll(ctx, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Checks {
		list = append(list, "check "+c.Name+" "+c.Expr)
	}
	for _, k := range found.ForeignKeys {
		list = append(list, "reference "+k.Name+" "+strings.Join(k.Columns, ", ")+" "+k.Table)
	}
	for i := range found.Indexes {
		ix := &found.Indexes[i]
		line := "index " + ix.Name + " " + strings.Join(ix.Names(), ", ") + " " + ix.Where
		if ix.Unique {
			line = "unique " + line
		}
		list = append(list, strings.TrimSpace(line))
	}
	slices.Sort(list)
	return list
}

// Ensure that CHECKs, indexes, unique constraints and foreign keys of others that have the names which prom would give
// its own stay, that those of the model come beside them under other names, follow the model from then on, and go
// without the others.
func TestTakenNames(t *testing.T) {
	t.Parallel()
	type other struct {
		ID int64 `prom:"key"`
	}
	type before struct {
		ID    int64           `prom:"key"`
		Price int64           `prom:"min=1"`
		Code  string          `prom:"unique"`
		Kind  string          `prom:"index"`
		Place string          `prom:"index"`
		Owner prom.Ref[owner] `prom:"index=own"`
		_     struct{}        `prom:"index=cheap,on=price,where=price < 9"`
	}
	type after struct {
		ID    int64  `prom:"key"`
		Price int64  `prom:"min=0"`
		Code  string `prom:"unique"`
		Kind  string `prom:"index,desc"`
		Place string
		Owner prom.Ref[owner]
		_     struct{} `prom:"index=cheap,on=price,where=price < 5"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, table[owner](t), table[other](t))
		unique := `, CONSTRAINT "thing_place" UNIQUE ("place", "code")`
		runSQL(t, db, `CREATE TABLE "thing" ("id" bigint NOT NULL PRIMARY KEY, "price" bigint NOT NULL CONSTRAINT "thing_price_check" CHECK ("price" <> 13),
			"code" text NOT NULL, "kind" text NOT NULL, "place" text NOT NULL, "owner" bigint NOT NULL,
			CONSTRAINT "thing_owner_fkey" FOREIGN KEY ("id") REFERENCES "other" ("id")`+unique+`)`,
			`CREATE INDEX "thing_code" ON "thing" ("code")`, `CREATE UNIQUE INDEX "thing_kind" ON "thing" ("kind", "code")`,
			`CREATE INDEX "thing_cheap" ON "thing" ("price") WHERE "price" < 7`)
		theirs := definitions(ctx, t, db, "thing")
		stay := func() (own []string) {
			all := definitions(ctx, t, db, "thing")
			for _, line := range theirs {
				is.True(slices.Contains(all, line))
			}
			return slices.DeleteFunc(all, func(line string) bool { return slices.Contains(theirs, line) })
		}
		first := named[before](t, "thing")
		steps := planOf(ctx, t, db, first)
		for _, s := range steps {
			is.True(s.Risk < schema.Lossy)
		}
		whole(ctx, t, db, first)
		is.Equal(len(stay()), 7)
		is.Equal(len(stay()), len(steps)+map[string]int{dbtest.NameSQLite: 1}[e.Name]) // SQLite rebuilds once
		refused(ctx, t, db, `INSERT INTO "thing" VALUES (1, 13, 'a', 'b', 'c', 1)`, `INSERT INTO "thing" VALUES (1, 0, 'a', 'b', 'c', 1)`)

		second := named[after](t, "thing")
		whole(ctx, t, db, second)
		own := stay()
		is.Equal(len(own), 5) // without the indexes thing_own and that of place; the CHECK, and the new kind and cheap
		whole(ctx, t, db, first)
		is.Equal(len(stay()), 7)

		// A model that was never there takes none of that for its own.
		_, err := install.Ensure(ctx, db, first)
		is.NoErr(err)
		is.Equal(len(stay()), 7)
	})
}
