package install_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

type (
	// part is the table of these tests, and partOld what it was.
	part struct {
		ID    int64 `prom:"key,auto"`
		Owner *prom.Ref[owner]
		Title string  `prom:"size=1..50,was=name,unique"`
		Count int64   `prom:"min=0"`
		Price *string `prom:"decimal=12.2"`
		Note  *string
	}
	partOld struct {
		ID    int64  `prom:"key,auto"`
		Name  string `prom:"size=1..20"`
		Count int32
		Price string `prom:"decimal=10.2"`
		Extra string `prom:"default=e"`
	}
)

func (part) TableName() string    { return "part" }
func (partOld) TableName() string { return "part" }

// lines are steps as short texts: kind, name, aspect and risk.
func lines(steps []schema.Step) (list []string) {
	for _, s := range steps {
		list = append(list, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s [%s]", s.Kind, s.Name, s.Aspect, s.Risk)), " "))
	}
	return list
}

func planOf(ctx context.Context, t *testing.T, db *db.DB, tables ...*schema.Table) []schema.Step {
	t.Helper()
	steps, _, err := install.Plan(ctx, db, tables...)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func ensure(ctx context.Context, t *testing.T, db *db.DB, tables ...*schema.Table) {
	t.Helper()
	if _, err := install.Ensure(ctx, db, tables...); err != nil {
		t.Fatal(err)
	}
}

func count(ctx context.Context, t *testing.T, db *db.DB, sql string) int64 {
	t.Helper()
	n, err := db.Count(ctx, sql)
	if err != nil {
		t.Fatal(sql, err)
	}
	return n
}

// Ensure that a plan has each step with its risk, in an order that works, that applying a class leaves the others, and
// that nothing is left after all.
func TestPlan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		steps := planOf(ctx, t, db, table[partOld](t))
		is.Equal(lines(steps), []string{"create table [additive]"})
		ensure(ctx, t, db, table[partOld](t), table[owner](t))
		is.Equal(planOf(ctx, t, db, table[partOld](t)), nil)
		runSQL(t, db, `INSERT INTO "part" ("name", "count", "price") VALUES ('a', 1, '1.50'), ('b', 2, '2.50')`)

		tables := []*schema.Table{table[part](t)}
		steps = planOf(ctx, t, db, tables...)
		want := []string{
			"rename column title [additive]", "add column note [additive]", "add column owner [additive]", "alter column price null [additive]",
			"alter column price type [additive]", "alter column count type [rewriting]", "replace constraint part_title_check definition [additive]",
			"add constraint part_count_check [locking]", "create index part_title [additive]", "drop column extra [lossy]",
			"validate constraint owner validity [additive]",
		}
		if e.Name == dbtest.NameSQLite {
			want = []string{
				"rename column title [additive]", "add column note [additive]", "add column owner [additive]", "create index part_title [additive]",
				"rebuild table [rewriting]", "drop column extra [lossy]",
			}
		}
		got := lines(steps)
		slices.Sort(got)
		slices.Sort(want)
		is.Equal(got, want)

		additive := func(s schema.Step) bool { return s.Risk > schema.Additive }
		done, err := install.Apply(ctx, db, tables, slices.DeleteFunc(slices.Clone(steps), additive))
		is.NoErr(err)
		is.True(!slices.ContainsFunc(done, additive))
		for _, s := range planOf(ctx, t, db, tables...) {
			is.True(s.Risk > schema.Additive)
		}
		_, err = install.Apply(ctx, db, tables, planOf(ctx, t, db, tables...))
		is.NoErr(err)
		is.Equal(planOf(ctx, t, db, tables...), nil)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "part" WHERE "title" IN ('a', 'b') AND "count" > 0 AND "price" IN ('1.50', '2.50')`), int64(2))
	})
}

// Ensure that the statements of a plan can be run one after the other as they are printed, and that a step which makes
// a table anew can be applied without those before it.
func TestPlanInOrder(t *testing.T) {
	t.Parallel()
	type partNow struct {
		ID    int64 `prom:"key,auto"`
		Owner *prom.Ref[owner]
		Name  string  `prom:"size=1..50,unique"`
		Count int64   `prom:"min=0"`
		Price *string `prom:"decimal=12.2"`
		Note  *string
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		for name, do := range map[string]func(db *db.DB, now *schema.Table) error{
			"by hand": func(db *db.DB, now *schema.Table) error { return byHand(ctx, db, now) },
			"backwards": func(db *db.DB, now *schema.Table) error {
				steps := planOf(ctx, t, db, now)
				for _, s := range slices.Backward(steps) {
					if _, err := install.Apply(ctx, db, []*schema.Table{now}, []schema.Step{s}); err != nil {
						return err
					}
				}
				return planned(ctx, db, now) // what could not be done before the rest
			},
		} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				db := open(t, e.DSN)
				runSQL(t, db, `DROP TABLE IF EXISTS "part"`)
				now, err := table[partNow](t).WithName("part")
				is.NoErr(err)
				ensure(ctx, t, db, table[partOld](t), table[owner](t))
				runSQL(t, db, `INSERT INTO "part" ("name", "count", "price") VALUES ('a', 1, '1.50'), ('b', 2, '2.50')`)
				is.NoErr(do(db, now))
				is.Equal(planOf(ctx, t, db, now), nil)
				is.Equal(count(ctx, t, db, `SELECT count(*) FROM "part" WHERE "name" IN ('a', 'b') AND "count" > 0 AND "note" IS NULL`), int64(2))
			})
		}
	})
}

// Ensure that a plan shows what somebody must know who runs its statements by hand.
func TestPlanText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.SQLite(t))
	ensure(ctx, t, db, table[partOld](t), table[owner](t))
	runSQL(t, db, `INSERT INTO "part" ("name", "count", "price") VALUES ('a', 1, '1.50')`)
	steps := planOf(ctx, t, db, table[part](t))
	i := slices.IndexFunc(steps, func(s schema.Step) bool { return s.Rebuild })
	text := steps[i].String()
	is.True(strings.Contains(text, "[rewriting, about 1 row]"))
	is.True(strings.Contains(text,
		"\n    -- in one transaction, with PRAGMA foreign_keys = OFF and legacy_alter_table = ON before it"))
	is.True(strings.Contains(text, `"note" TEXT`))
	is.True(strings.HasSuffix(text, `CREATE UNIQUE INDEX "part_title" ON "part" ("title");`))
}

// Ensure that a step that existing rows violate is counted, is not done, and keeps nothing else from being done.
func TestPlanViolations(t *testing.T) {
	t.Parallel()
	type before struct {
		ID   int64 `prom:"key,auto"`
		Name *string
		Kind string
		Size int64
	}
	type after struct {
		ID   int64  `prom:"key,auto"`
		Name string `prom:"min=2"`
		Kind string `prom:"unique"`
		Size int16
		More *int
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		old, err := table[before](t).WithName("thing")
		is.NoErr(err)
		now, err := table[after](t).WithName("thing")
		is.NoErr(err)
		ensure(ctx, t, db, old)
		runSQL(t, db, `INSERT INTO "thing" ("name", "kind", "size") VALUES (NULL, 'a', 1), ('x', 'a', 100000), ('xx', 'b', 2)`)
		tables := []*schema.Table{now}
		steps := planOf(ctx, t, db, now)
		violations := map[string]int64{}
		for _, s := range steps {
			violations[string(s.Kind)+" "+s.Name+string(s.Aspect)] = s.Violations
		}
		if e.Name == dbtest.NameSQLite {
			is.Equal(violations, map[string]int64{"add column more": 0, "create index thing_kind": 1, "rebuild table ": 2})
		} else {
			is.Equal(violations, map[string]int64{"add column more": 0, "create index thing_kind": 1, "alter column namenull": 1,
				"alter column sizetype":           1,
				"add constraint thing_name_check": 1})
		}
		_, err = install.Apply(ctx, db, tables, steps)
		is.True(errors.Is(err, driver.KindDrift))
		is.True(!strings.Contains(err.Error(), "xx"))
		found, err := db.InspectAll(ctx, "thing")
		is.NoErr(err)
		is.True(found.Column("more") != nil)
		is.True(!found.Column("name").NotNull)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing"`), int64(3))

		runSQL(t, db, `UPDATE "thing" SET "name" = 'yy' WHERE "name" IS NULL OR "name" = 'x'`,
			`UPDATE "thing" SET "kind" = 'c', "size" = 3 WHERE "id" = 2`)
		for range 2 {
			_, err = install.Apply(ctx, db, tables, planOf(ctx, t, db, now))
			is.NoErr(err)
		}
		is.Equal(planOf(ctx, t, db, now), nil)
	})
}

// Ensure that a plan does not wait for who writes, though it counts what is in the way.
func TestPlanBesideWriter(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID   int64  `prom:"key,auto"`
		Name string `prom:"unique"`
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		runSQL(t, db, `CREATE TABLE "thing" ("id" `+counted(e)+`, "name" TEXT NOT NULL)`,
			`INSERT INTO "thing" ("name") VALUES ('a'), ('a')`)
		timeout := "busy_timeout=20"
		if e.Name == dbtest.NamePostgres {
			timeout = "lock_timeout=20"
		}
		other := open(t, e.With(timeout))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			_, err := db.Exec(ctx, &driver.Statement{SQL: `UPDATE "thing" SET "name" = 'a'`, Write: true})
			is.NoErr(err)
			steps := planOf(context.Background(), t, other, named[thing](t, "thing"))
			is.Equal(lines(steps), []string{"create index thing_name [additive]"})
			is.Equal(steps[0].Violations, int64(1))
			return nil
		}))
	})
}

// Ensure that a rebuilt table of SQLite keeps what others made: triggers, views, indexes, constraints,
// references to it, and the number that AUTOINCREMENT has reached.
func TestRebuildKeeps(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	for _, dsn := range []string{dbtest.SQLite(t), "sqlite://:memory:"} {
		db := open(t, dsn)
		runSQL(t, db, `CREATE TABLE part (
				"id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [name] VARCHAR(20) NOT NULL DEFAULT ('a, b)') CHECK (name <> ')'), -- a comment, (
				"count" INTEGER NOT NULL, price DECIMALTEXT, extra TEXT COLLATE NOCASE UNIQUE, twice INT GENERATED ALWAYS AS (count * 2) VIRTUAL,
				CONSTRAINT theirs CHECK (count < 1000), UNIQUE (name, "count"))`,
			`CREATE TABLE child (part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE)`,
			`CREATE TABLE log (n INTEGER)`,
			`CREATE INDEX theirs_index ON part (lower(name)) WHERE count > 0`,
			`CREATE TRIGGER theirs_trigger AFTER INSERT ON part BEGIN INSERT INTO log VALUES (NEW.count); END`,
			`CREATE VIEW theirs_view AS SELECT name, count FROM part`,
			`INSERT INTO part (name, count) VALUES ('one', 1), ('two', 2), ('three', 3)`, `DELETE FROM part WHERE id = 3`, `INSERT INTO child VALUES (1), (2)`)
		type partNow struct {
			ID    int64   `prom:"key,auto"`
			Name  *string `prom:"size=1..30"`
			Count float64 `prom:"default=1"`
			Price *string `prom:"decimal=12.2"`
		}
		now, err := table[partNow](t).WithName("part")
		is.NoErr(err)
		safe := func(s schema.Step) bool { return s.Risk == schema.Lossy }
		_, err = install.Apply(ctx, db, []*schema.Table{now}, slices.DeleteFunc(planOf(ctx, t, db, now), safe))
		is.NoErr(err)
		for _, s := range planOf(ctx, t, db, now) {
			is.Equal(s.Risk, schema.Lossy) // what others made
		}
		runSQL(t, db, `INSERT INTO part (name, count) VALUES (NULL, 4.5)`)
		is.Equal(count(ctx, t, db, `SELECT max(id) FROM part`), int64(4))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM log`), int64(4))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM theirs_view`), int64(3))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM child`), int64(2))
		is.Equal(count(ctx, t, db, `SELECT sum(twice) FROM part WHERE id < 3`), int64(6))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM sqlite_schema WHERE name IN ('theirs_index', 'theirs_trigger', 'theirs_view')`), int64(3))
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		for _, refused := range []string{`INSERT INTO part (name, count) VALUES ('x', 1000)`,
			`INSERT INTO part (name, count) VALUES (')', 1)`,
			`INSERT INTO part (name, count) VALUES ('one', 1)`, `INSERT INTO child VALUES (77)`, `INSERT INTO part (name, count) VALUES ('', 1)`} {
			_, err = raw.ExecContext(ctx, refused)
			is.True(err != nil)
		}
		_, err = raw.ExecContext(ctx, `DELETE FROM part WHERE id = 1`)
		is.NoErr(err)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM child`), int64(1)) // the reference still holds
	}
}

// Ensure that an index which CREATE INDEX CONCURRENTLY left invalid is seen and rebuilt, and that others can write
// meanwhile.
func TestInvalidIndex(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	ensure(ctx, t, db, table[owner](t))
	runSQL(t, db, `DROP INDEX "owner_name"`, `INSERT INTO "owner" ("name") VALUES ('a'), ('a')`)
	_, err := install.Apply(ctx, db, []*schema.Table{table[owner](t)}, planOf(ctx, t, db, table[owner](t)))
	is.True(errors.Is(err, driver.KindDrift)) // the probe sees it
	raw, err := db.SQL(ctx)
	is.NoErr(err)
	_, err = raw.ExecContext(ctx, `CREATE UNIQUE INDEX CONCURRENTLY "owner_name" ON "owner" ("name")`)
	is.True(err != nil) // and leaves it invalid
	steps := planOf(ctx, t, db, table[owner](t))
	is.Equal(lines(steps), []string{"replace index owner_name validity [additive]"})
	is.Equal(steps[0].Violations, int64(1))
	runSQL(t, db, `UPDATE "owner" SET "name" = 'b' WHERE "id" = 1`)

	tx, err := raw.BeginTx(ctx, nil) // what began before is waited for, and nobody waits for that
	is.NoErr(err)
	_, err = tx.ExecContext(ctx, `INSERT INTO "owner" ("name") VALUES ('c')`)
	is.NoErr(err)
	var blocker int
	is.NoErr(tx.QueryRowContext(ctx, `SELECT pg_backend_pid()`).Scan(&blocker))
	applied := make(chan error, 1)
	go func() {
		_, err := install.Apply(ctx, db, []*schema.Table{table[owner](t)}, planOf(ctx, t, db, table[owner](t)))
		applied <- err
	}()
	waiting := fmt.Sprintf(`SELECT count(*) FROM pg_stat_activity WHERE %d = ANY (pg_blocking_pids(pid))`, blocker)
	for count(ctx, t, db, waiting) == 0 {
		select {
		case err := <-applied:
			t.Fatal("it did not wait:", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	runSQL(t, db, `INSERT INTO "owner" ("name") VALUES ('d')`)
	is.NoErr(tx.Commit())
	is.NoErr(<-applied)
	is.Equal(planOf(ctx, t, db, table[owner](t)), nil)
	is.Equal(count(ctx, t, db, `SELECT count(*) FROM pg_index WHERE indexrelid = 'owner_name'::regclass AND indisvalid AND indisunique`), int64(1))
}

// Ensure that Apply refuses to be part of a transaction, and where nothing may be written.
func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		steps := planOf(ctx, t, db, table[owner](t))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			_, err := install.Apply(ctx, db, []*schema.Table{table[owner](t)}, steps)
			is.True(err != nil)
			return nil
		}))
		_, err := install.Apply(ctx, open(t, e.With("readonly=true")), []*schema.Table{table[owner](t)}, steps)
		is.True(errors.Is(err, driver.KindReadOnly))
		is.Equal(len(planOf(ctx, t, db, table[owner](t))), 1)
	})
}

// Ensure that a plan which has become old does what is still to be done and no more.
func TestApplyOldPlan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, table[petBefore](t))
		steps := planOf(ctx, t, db, table[pet](t))
		ensure(ctx, t, db, table[pet](t))
		done, err := install.Apply(ctx, db, []*schema.Table{table[pet](t)}, steps)
		is.NoErr(err)
		is.Equal(len(done), 1) // the limit of a length, which nothing adds by itself
		is.Equal(planOf(ctx, t, db, table[pet](t)), nil)
	})
}

type (
	first struct {
		ID  int64 `prom:"key,auto"`
		Old string
		Pal *prom.Ref[first]
	}
	second struct {
		_   struct{} `prom:"was=first"`
		ID  int64    `prom:"key,auto"`
		New string   `prom:"was=old,size=0..9"`
		Pal *prom.Ref[second]
	}
)

// Ensure that what has another name in the model is renamed, with its rows, by itself and by a plan, and that a name of
// another model is left alone.
func TestRename(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		for _, bySelf := range []bool{true, false} {
			db := open(t, e.DSN)
			ensure(ctx, t, db, table[first](t))
			runSQL(t, db, `INSERT INTO "first" ("old", "pal") VALUES ('kept', 1)`)
			drifts, err := install.Drifts(ctx, db, table[second](t))
			is.NoErr(err)
			is.Equal(drifts[0].Error(), "second: table is still named first")
			is.Equal(drifts[1].Error(), "second.new: column is still named old")
			if bySelf {
				ensure(ctx, t, db, table[second](t))
			}
			for range 2 { // the limit of a length is another step
				_, err = install.Apply(ctx, db, []*schema.Table{table[second](t)}, planOf(ctx, t, db, table[second](t)))
				is.NoErr(err)
			}
			is.Equal(planOf(ctx, t, db, table[second](t)), nil)
			is.Equal(count(ctx, t, db, `SELECT count(*) FROM "second" WHERE "new" = 'kept' AND "pal" = "id"`), int64(1))
			found, err := db.Inspect(ctx, "first")
			is.NoErr(err)
			is.True(!found.Exists)
			runSQL(t, db, `DROP TABLE "second"`)
		}
		db := open(t, e.DSN)
		db.Know(table[first](t))
		ensure(ctx, t, db, table[first](t))
		ensure(ctx, t, db, table[second](t))
		for _, name := range []string{"first", "second"} {
			found, err := db.Inspect(ctx, name)
			is.NoErr(err)
			is.True(found.Exists)
		}
	})
}

// Ensure that each statement which changed the schema is written down, in the transaction that it was part of, and that
// history=false writes none.
func TestHistory(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		quiet := open(t, e.With("history=false"))
		ensure(ctx, t, quiet, table[owner](t))
		if e.Mode != "memory" {
			found, err := quiet.Inspect(ctx, db.HistoryTable)
			is.NoErr(err)
			is.True(!found.Exists)
		}
		db := open(t, e.DSN)
		undone := errors.New("undone")
		err := db.Tx(ctx, func(ctx context.Context) error {
			ensure(ctx, t, db, table[petBefore](t))
			return undone
		})
		is.True(errors.Is(err, undone))
		ensure(ctx, t, db, table[petBefore](t))
		ensure(ctx, t, db, table[pet](t), table[owner](t))
		ensure(ctx, t, db, table[pet](t))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "prom_history" WHERE "statement" LIKE 'CREATE TABLE "pet"%'`),
			int64(1))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "prom_history" WHERE "table_name" = 'pet' AND "statement" LIKE 'ALTER TABLE "pet" ADD COLUMN%'`), int64(4))
		is.Equal(count(ctx, t, db, `SELECT count(DISTINCT "fingerprint") FROM "prom_history" WHERE "table_name" = 'pet'`),
			int64(2))
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "prom_history" WHERE "library" = '' OR "fingerprint" = ''`),
			int64(0))
		tables, err := db.Tables(ctx)
		is.NoErr(err)
		is.True(!slices.Contains(tables, install.Change{}.TableName()))
		runSQL(t, db, `INSERT INTO "owner" ("name") VALUES ('a')`, `DROP INDEX "owner_name"`)
		_, err = install.Apply(ctx, db, []*schema.Table{table[owner](t)}, planOf(ctx, t, db, table[owner](t)))
		is.NoErr(err)
		is.True(count(ctx, t, db, `SELECT count(*) FROM "prom_history" WHERE "statement" LIKE 'CREATE UNIQUE INDEX%"owner_name"%'`) > 0)
	})
}
