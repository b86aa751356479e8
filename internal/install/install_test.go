package install_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type (
	owner struct {
		ID   int64  `prom:"key,auto"`
		Name string `prom:"unique"`
	}
	pet struct {
		ID    int64 `prom:"key,auto"`
		Owner prom.Ref[owner]
		Name  string    `prom:"size=1..9,index"`
		Age   *int      `prom:"index=by_age,desc"`
		Kind  string    `prom:"default=cat,nocase"`
		At    time.Time `prom:"index=by_age"`
		_     struct{}  `prom:"index=adults,on=age,where='age > 3'"`
	}
	// petBefore is pet as it was.
	petBefore struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	petKeyless struct {
		Name string
	}
)

func (petBefore) TableName() string  { return "pet" }
func (petKeyless) TableName() string { return "pet" }

func table[T any](tb testing.TB) *schema.Table {
	tb.Helper()
	t, err := schema.Of(reflect.TypeFor[T]())
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func open(tb testing.TB, dsn string) *db.DB {
	tb.Helper()
	db, err := new(db.Registry).Open(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func runSQL(tb testing.TB, db *db.DB, texts ...string) {
	tb.Helper()
	raw, err := db.SQL(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	for _, text := range texts {
		if _, err := raw.ExecContext(context.Background(), text); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
	}
}

// Ensure that what is there is read as it is: columns in order, with their types, keys and defaults, and indexes.
// parity: N2 N4
func TestInspect(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		found, err := db.Inspect(ctx, "pet")
		is.NoErr(err)
		is.True(!found.Exists)
		is.Equal(found.FoldNames, e.Name == dbtest.NameSQLite)

		_, err = install.Ensure(ctx, db, table[pet](t))
		is.NoErr(err)
		found, err = db.Inspect(ctx, "pet")
		is.NoErr(err)
		is.True(found.Exists)
		var names []string
		for _, c := range found.Columns {
			names = append(names, c.Name)
			is.Equal(c.Key, c.Name == "id")
			is.Equal(c.NotNull, c.Name != "age")
			is.Equal(strings.Contains(c.Default, "'cat'"), c.Name == "kind")
			is.True(c.Type != "")
		}
		is.Equal(names, []string{"id", "owner", "name", "age", "kind", "at"})
		is.Equal(indexes(found), []string{"pet_adults unique=false partial=true [age]",
			"pet_by_age unique=false partial=false [age at]",
			"pet_name unique=false partial=false [name]"})
		is.True(table[pet](t).Diff(found).Empty())
		owners, err := db.Inspect(ctx, "owner")
		is.NoErr(err)
		is.Equal(indexes(owners), []string{"owner_name unique=true partial=false [name]"})
	})
}

func indexes(f schema.Found) (lines []string) {
	for _, ix := range f.Indexes {
		lines = append(lines, fmt.Sprintf("%s unique=%t partial=%t %v", ix.Name, ix.Unique, ix.Partial, ix.Names()))
	}
	return lines
}

// Ensure that what others made is read without falling over it: types unknown to the library, arrays, expressions,
// views. parity: N2 N4 B34
func TestInspectForeign(t *testing.T) {
	t.Parallel()
	for dsn, texts := range map[string][]string{
		dbtest.SQLite(t): {
			`CREATE TABLE "pet" (a, b FANCY(1, 2), c TEXT DEFAULT 'x''y' COLLATE NOCASE, d GENERATED ALWAYS AS (a + 1), PRIMARY KEY (c, a)) WITHOUT ROWID`,
			`CREATE INDEX "by expression" ON "pet" (upper(c), b)`,
		},
		dbtest.Postgres(t): {
			`CREATE TYPE mood AS ENUM ('sad')`,
			`CREATE TABLE "pet" (a int, b mood[], c text DEFAULT 'x''y', d int GENERATED ALWAYS AS (a + 1) STORED, PRIMARY KEY (c, a))`,
			`CREATE INDEX "by expression" ON "pet" (upper(c), b)`,
		},
	} {
		is := is.New(t)
		db := open(t, dsn)
		runSQL(t, db, texts...)
		found, err := db.Inspect(context.Background(), "pet")
		is.NoErr(err)
		is.Equal(len(found.Columns), 4)
		is.True(found.Columns[0].Key && !found.Columns[1].Key && found.Columns[2].Key)
		is.Equal(len(found.Indexes), 1)
		is.Equal(found.Indexes[0].Names(), []string{"", "b"})
		runSQL(t, db, `CREATE VIEW "pets" AS SELECT a, b FROM "pet"`)
		found, err = db.Inspect(context.Background(), "pets")
		is.NoErr(err)
		is.Equal(len(found.Columns), 2)
	}
}

// Ensure that Ensure tells whether it changed anything, and does nothing the second time.
// parity: A16
func TestEnsure(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure := func(want bool, tables ...*schema.Table) {
			t.Helper()
			changed, err := install.Ensure(ctx, db, tables...)
			is.NoErr(err)
			is.Equal(changed, want)
		}
		ensure(true, table[petBefore](t))
		ensure(false, table[petBefore](t))
		ensure(true, table[pet](t), table[owner](t))
		ensure(false, table[pet](t), table[owner](t))
		ensure(false, table[petBefore](t)) // the columns that it does not know stay
		runSQL(t, db, `DROP INDEX "pet_by_age"`)
		ensure(true, table[pet](t))
		ensure(false, table[pet](t))
		ensure(false)
		is.True(install.Mark(db, table[pet](t)).IsSet(ctx))
	})
}

// Ensure that an index counts as there when another one of other name does its work, and that one of other uniqueness
// does not.
func TestEnsureTakesOtherIndexes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		_, err := install.Ensure(ctx, db, table[owner](t))
		is.NoErr(err)
		runSQL(t, db, `DROP INDEX "owner_name"`, `CREATE UNIQUE INDEX "theirs" ON "owner" ("name")`)
		changed, err := install.Ensure(ctx, db, table[owner](t))
		is.NoErr(err)
		is.True(!changed)
		runSQL(t, db, `DROP INDEX "theirs"`, `CREATE INDEX "theirs" ON "owner" ("name")`)
		changed, err = install.Ensure(ctx, db, table[owner](t))
		is.NoErr(err)
		is.True(changed)
	})
}

// Ensure that the errors of what cannot be done by itself say what to do, and that nothing was done then.
// parity: A9 A19
func TestDriftErrors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, checked := open(t, e.DSN), open(t, e.With("install=check"))
		_, err := install.Ensure(ctx, checked, table[pet](t))
		isDrift(t, err, "prom: check pet: schema drift: the table is missing")

		_, err = install.Ensure(ctx, db, table[petBefore](t))
		is.NoErr(err)
		runSQL(t, db, `INSERT INTO "pet" ("name") VALUES ('SECRET')`)
		_, err = install.Ensure(ctx, checked, table[pet](t))
		isDrift(t, err, "prom: check pet: schema drift: columns owner, age, kind, at: missing: column owner, column age, column kind, column at, "+
			"index pet_name, index pet_by_age, index pet_adults; this connection may not change the schema (install=check)")
		_, err = install.Ensure(ctx, db, table[pet](t))
		isDrift(t, err, "prom: install pet: schema drift: columns owner, at: the column is required, and the existing rows would have no value "+
			"for it; make the field a pointer, give it a constant by the tag option default, or add the column by hand")
		found, err := db.Inspect(ctx, "pet")
		is.NoErr(err)
		is.Equal(len(found.Columns), 2)
		found, err = db.Inspect(ctx, "owner")
		is.NoErr(err)
		is.True(!found.Exists)

		runSQL(t, db, `DROP TABLE "pet"`)
		_, err = install.Ensure(ctx, db, table[petKeyless](t))
		is.NoErr(err)
		_, err = install.Ensure(ctx, db, table[petBefore](t))
		isDrift(t, err, "prom: install pet: schema drift: column id: the table exists without this column of the primary key, and prom does not add it "+
			"by itself; add it by hand, or give the model another table")
	})
}

func isDrift(t *testing.T, err error, text string) {
	t.Helper()
	is := is.New(t)
	is.True(errors.Is(err, driver.KindDrift))
	is.Equal(err.Error(), text)
}

// Ensure that a name which something else has is told as what it is, and not as a race without end.
func TestTakenName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		runSQL(t, db, `CREATE TABLE "owner_name" (x INTEGER)`)
		_, err := install.Ensure(ctx, db, table[owner](t))
		isDrift(t, err, `prom: install owner: schema drift: the name "owner_name" of an index is used by another object of the database; choose another one`)
		found, err := db.Inspect(ctx, "owner")
		is.NoErr(err)
		is.True(!found.Exists)
	})
}
