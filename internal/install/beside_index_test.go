package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

type note struct {
	ID    int64  `prom:"key,auto"`
	Title string `prom:"size=1..50"`
	Done  bool
}

type noteSearched struct {
	ID    int64  `prom:"key,auto"`
	Title string `prom:"size=1..50"`
	Done  bool
	_     struct{} `prom:"index=words,fulltext=title,language=english"`
	_     struct{} `prom:"index=low,on='lower(title) desc'"`
	_     struct{} `prom:"unique=open,on=title,where='NOT done'"`
}

func (note) TableName() string         { return "note" }
func (noteSearched) TableName() string { return "note" }

// Ensure that full-text indexes and those of expressions and conditions that prom made, by Install and by a plan, are
// dropped by a step once they have left the model, also when the table and the column have other names since, and that
// others of these names stay.
func TestOwnIndexesDropped(t *testing.T) {
	t.Parallel()
	type renamed struct {
		_     struct{} `prom:"was=note"`
		ID    int64    `prom:"key,auto"`
		Named string   `prom:"was=title,size=1..50"`
		Done  bool
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		dropped := func(now *schema.Table) (names []string) {
			for _, s := range planOf(ctx, t, db, now) {
				is.Equal(s.Kind, schema.DropIndex)
				is.Equal(s.Risk, schema.Lossy)
				names = append(names, s.Name)
			}
			slices.Sort(names)
			return names
		}
		all := []string{"note_low", "note_open", "note_words"}
		ensure(ctx, t, db, table[noteSearched](t))
		is.Equal(dropped(table[note](t)), all)
		whole(ctx, t, db, table[note](t))
		runSQL(t, db, `INSERT INTO "note" ("title", "done") VALUES ('a', true)`)
		whole(ctx, t, db, table[noteSearched](t)) // CONCURRENTLY
		is.Equal(dropped(table[note](t)), all)

		if e.Name == dbtest.NamePostgres { // which gives them the new names, and keeps expressions by columns
			is.NoErr(planned(ctx, db, named[renamed](t, "leaf")))
			is.Equal(planOf(ctx, t, db, named[renamed](t, "leaf")), nil)
			found, err := db.InspectAll(ctx, "leaf")
			is.NoErr(err)
			is.Equal(len(found.Indexes), 0)
			return
		}
		whole(ctx, t, db, table[note](t))
		runSQL(t, db, `CREATE INDEX "note_low" ON "note" (upper("title"))`, `CREATE INDEX "note_open" ON "note" ("title") WHERE "done"`)
		is.Equal(planOf(ctx, t, db, table[note](t)), nil)
	})
}

// Ensure that a plan has no step for an index of another program that has the name of one that prom has made before.
func TestOthersIndexesStay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	ensure(ctx, t, db, table[noteSearched](t))
	whole(ctx, t, db, table[note](t))
	runSQL(t, db, `CREATE INDEX "note_low" ON "note" (upper("title"))`, `CREATE INDEX "note_open" ON "note" ("title") WHERE "done"`,
		`CREATE INDEX "note_words" ON "note" USING gin (to_tsvector('simple'::regconfig, "title"))`)
	is.Equal(planOf(ctx, t, db, table[note](t)), nil)
	whole(ctx, t, db, table[noteSearched](t))
	found, err := db.InspectAll(ctx, "note")
	is.NoErr(err)
	is.Equal(len(found.Indexes), 6)
	is.True(found.Index("note_words1") != nil && found.Index("note_open1").Unique && found.Index("note_low1") != nil)
	ensure(ctx, t, db, table[noteSearched](t))
	whole(ctx, t, db, table[note](t))
	found, err = db.InspectAll(ctx, "note")
	is.NoErr(err)
	is.Equal(len(found.Indexes), 3)
}

// Ensure that Install makes no index beside another program's that does its work under another name, and that
// install=check misses none; and that it makes a unique index whose name another index has.
func TestInstallTakesOthers(t *testing.T) {
	t.Parallel()
	type unique struct {
		ID    int64  `prom:"key,auto"`
		Title string `prom:"unique,size=1..50"`
		Done  bool
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, table[note](t))
		runSQL(t, db, `CREATE INDEX "theirs" ON "note" (lower("title") DESC)`,
			`CREATE UNIQUE INDEX "theirs2" ON "note" ("title") WHERE NOT "done"`, `CREATE INDEX "theirs3" ON "note" ("title") WHERE "done"`)
		if e.Name == dbtest.NamePostgres {
			runSQL(t, db, `CREATE INDEX "theirs4" ON "note" USING gin (to_tsvector('english'::regconfig, coalesce("title", '')))`)
			_, err := install.Ensure(ctx, open(t, e.With("install=check")), table[noteSearched](t))
			is.NoErr(err)
		}
		_, err := install.Ensure(ctx, db, table[noteSearched](t))
		is.NoErr(err)
		found, err := db.InspectAll(ctx, "note")
		is.NoErr(err)
		is.Equal(len(found.Indexes), 4) // on SQLite the full-text index is a table of its own
		is.Equal(found.Index("note_low"), nil)
		is.Equal(found.Index("note_open"), nil)

		runSQL(t, db, `CREATE INDEX "note_title" ON "note" ("title", "done")`)
		for range 2 {
			_, err = install.Ensure(ctx, db, named[unique](t, "note"))
			is.NoErr(err)
			found, err = db.InspectAll(ctx, "note")
			is.NoErr(err)
			is.Equal(len(found.Indexes), 6)
			is.True(found.Index("note_title1").Unique)
			is.True(!found.Index("note_title").Unique)
		}
	})
}

// Ensure that a column whose name is that of a type is renamed by the rename alone, with what is said of it.
func TestRenameTypeName(t *testing.T) {
	t.Parallel()
	type before struct {
		ID   int64    `prom:"key,auto"`
		Text string   `prom:"size=1..50"`
		Time *string  `prom:"max=3"`
		_    struct{} `prom:"index=some,on='lower(text)',where='CAST(id AS text) <> text'"`
	}
	type after struct {
		ID   int64    `prom:"key,auto"`
		Body string   `prom:"size=1..50,was=text"`
		At   *string  `prom:"max=3,was=time"`
		_    struct{} `prom:"index=some,on='lower(body)',where='CAST(id AS text) <> body'"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, named[before](t, "thing"))
		steps := planOf(ctx, t, db, named[after](t, "thing"))
		for _, s := range steps {
			is.Equal(s.Kind, schema.RenameColumn)
			is.Equal(s.Risk, schema.Additive)
		}
		whole(ctx, t, db, named[after](t, "thing"))
	})
}

type climate string

func (climate) Values() []climate { return []climate{"dry", "wet"} }

type climateNow string

func (climateNow) Values() []climateNow { return []climateNow{"dry", "warm", "wet", "cold"} }

// Ensure that a plan and Install add a value once for all columns of its enum.
func TestValuesOnce(t *testing.T) {
	t.Parallel()
	type before struct {
		ID int64     `prom:"key"`
		A  climate   `prom:"enum"`
		B  *climate  `prom:"enum"`
		C  []climate `prom:"enum"`
	}
	type after struct {
		ID int64        `prom:"key"`
		A  climateNow   `prom:"enum=climate"`
		B  *climateNow  `prom:"enum=climate"`
		C  []climateNow `prom:"enum=climate"`
	}
	for _, plans := range []bool{true, false} {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, dbtest.Postgres(t))
		first, second := named[before](t, "thing"), named[before](t, "other")
		ensure(ctx, t, db, first, second)
		now := []*schema.Table{named[after](t, "thing"), named[after](t, "other")}
		if plans {
			steps := planOf(ctx, t, db, now...)
			is.Equal(len(steps), 2)
			for i, s := range steps {
				is.Equal(s.Kind, schema.AddValue)
				is.True(strings.Contains(s.SQL[0], []string{"'warm'", "'cold'"}[i]))
			}
			_, err := install.Apply(ctx, db, now, steps)
			is.NoErr(err)
		} else {
			ensure(ctx, t, db, now...)
		}
		is.Equal(planOf(ctx, t, db, now...), nil)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "prom_history" WHERE "statement" LIKE 'ALTER TYPE%'`), int64(2))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM pg_enum WHERE enumtypid = 'climate'::regtype AND enumlabel = (ARRAY['dry', 'warm', 'wet', 'cold'])[enumsortorder::int]`) > 1, true)
	}
}
