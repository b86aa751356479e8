package install_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// Ensure that a step which the server would refuse says what depends on its column, that Apply says so too, does the
// others, and that it does the step when that is gone.
func TestBlocked(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID     int64 `prom:"key"`
		Viewed string
		Stored string
		Ruled  string
		Barred string
		Fires  string
		Whence string
		Body   string
		Pub    string
		Known  string
		Plain  string
		Word   string `prom:"max=9"`
		Short  string `prom:"max=9"`
		Added  *string
	}
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.Postgres(t))
	var columns []string
	for _, c := range table[thing](t).Columns[1:11] {
		columns = append(columns, `"`+c.Name+`" integer NOT NULL DEFAULT 7`)
	}
	gone := map[string]string{
		"view looks": `DROP VIEW "looks"`, "materialized view kept": `DROP MATERIALIZED VIEW "kept"`, "rule ruling": `DROP RULE "ruling" ON "thing"`,
		"policy bars": `DROP POLICY "bars" ON "thing"`, "trigger fires": `DROP TRIGGER "fires" ON "thing"`,
		"trigger whence": `DROP TRIGGER "whence" ON "thing"`, "function body()": `DROP FUNCTION "body"()`, "publication pub": `DROP PUBLICATION "pub"`,
		"generated column loud":                 `DROP INDEX "on_loud"`,
		"foreign key other_known_fkey of other": `ALTER TABLE "other" DROP CONSTRAINT "other_known_fkey"`,
	}
	runSQL(t, db, `CREATE TABLE "thing" ("id" bigint PRIMARY KEY, `+strings.Join(columns, ", ")+`, "word" varchar(5) NOT NULL DEFAULT 'w',
			"short" varchar(5) NOT NULL DEFAULT 's', "loud" text GENERATED ALWAYS AS (upper("word")) STORED,
			"twice" text NOT NULL GENERATED ALWAYS AS ("short" || "short") STORED, "last" integer)`,
		`ALTER TABLE "thing" ADD UNIQUE ("known")`, `INSERT INTO "thing" ("id") VALUES (1)`,
		`CREATE TABLE "other" ("known" integer REFERENCES "thing" ("known"))`,
		`CREATE VIEW "looks" AS SELECT "viewed" FROM "thing"`, `CREATE MATERIALIZED VIEW "kept" AS SELECT "stored" + 1 AS a FROM "thing"`,
		`CREATE RULE "ruling" AS ON UPDATE TO "thing" WHERE NEW."ruled" = 5 DO ALSO SELECT 1`,
		`CREATE POLICY "bars" ON "thing" USING ("barred" > 0)`,
		`CREATE FUNCTION "fire"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
		`CREATE TRIGGER "fires" AFTER UPDATE OF "fires" ON "thing" FOR EACH ROW EXECUTE FUNCTION "fire"()`,
		`CREATE TRIGGER "whence" AFTER UPDATE ON "thing" FOR EACH ROW WHEN (NEW."whence" > 3) EXECUTE FUNCTION "fire"()`,
		`CREATE FUNCTION "body"() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max("body") FROM "thing"; END`,
		`CREATE PUBLICATION "pub" FOR TABLE "thing" WHERE ("pub" > 0)`,
		`CREATE INDEX "on_loud" ON "thing" ("loud")`)

	now := named[thing](t, "thing")
	blocked := func() map[string]string {
		list := map[string]string{}
		for _, s := range planOf(ctx, t, db, now) {
			if s.Kind != schema.AlterColumn {
				continue
			}
			list[s.Name] = strings.Join(s.Blocked, ", ")
			text, err := json.Marshal(s)
			is.NoErr(err)
			is.Equal(strings.Contains(s.String(), "BLOCKED by "+list[s.Name]+": "), s.Blocked != nil)
			is.Equal(strings.Contains(string(text), `"blocked":[`), s.Blocked != nil)
		}
		return list
	}
	is.Equal(blocked(), map[string]string{"viewed": "view looks", "stored": "materialized view kept", "ruled": "rule ruling", "barred": "policy bars",
		"fires": "trigger fires", "whence": "trigger whence", "body": "function body()", "pub": "publication pub",
		"known": "foreign key other_known_fkey of other", "plain": "", "word": "generated column loud", "short": ""})

	// Each is refused with its reason, and the others are done.
	err := planned(ctx, db, now)
	is.True(errors.Is(err, driver.KindDrift))
	for text := range gone {
		is.True(strings.Contains(err.Error(), "the database refuses it because of "+text+"; "))
	}
	is.Equal(len(blocked()), 10)
	is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE "plain" = '7' AND "twice" = 'ss' AND "added" IS NULL`), int64(1))

	// What the plan says is what the server says: no step is done before what blocks it is gone, and each is done then.
	for _, s := range planOf(ctx, t, db, now) {
		if s.Blocked != nil {
			refused(ctx, t, db, s.SQL...)
		}
	}
	for _, text := range gone {
		runSQL(t, db, text)
	}
	whole(ctx, t, db, now)
	is.Equal(count(ctx, t, db, `SELECT count(*) FROM "thing" WHERE "loud" = 'W' AND "twice" = 'ss'`), int64(1))
}

// Ensure that on SQLite a step says which views and triggers speak of a column that it drops or renames, or are invalid
// already, that Apply does the others, and that views on a table that is rebuilt stay.
func TestBlockedSQLite(t *testing.T) {
	t.Parallel()
	type first struct {
		ID   int64 `prom:"key,auto"`
		A    int64
		B    int64
		C    int64
		D    int64
		Name *string
	}
	type second struct {
		ID     int64 `prom:"key,auto"`
		D      string
		Called *string `prom:"was=name"`
		Added  *string
	}
	is := is.New(t)
	ctx := context.Background()
	db := open(t, dbtest.SQLite(t))
	before, now := named[first](t, "thing"), named[second](t, "thing")
	ensure(ctx, t, db, before)
	runSQL(t, db, `INSERT INTO "thing" ("a", "b", "c", "d", "name") VALUES (1, 2, 3, 4, 'n')`, `CREATE TABLE "log" ("x")`,
		`CREATE VIEW "on a" AS SELECT a FROM thing`, `CREATE VIEW on_d AS SELECT d, name FROM thing`,
		`CREATE TRIGGER on_b AFTER INSERT ON thing BEGIN INSERT INTO log VALUES (NEW.b); END`)
	blocked := func() map[string]string {
		list := map[string]string{}
		for _, s := range planOf(ctx, t, db, now) {
			list[strings.TrimSpace(string(s.Kind)+" "+s.Name)] = strings.Join(s.Blocked, ", ")
		}
		return list
	}
	is.Equal(blocked(), map[string]string{"rename column called": "", "add column added": "", "rebuild table": "",
		"drop column a": "view on a", "drop column b": "trigger on_b", "drop column c": ""})
	err := planned(ctx, db, now)
	is.True(errors.Is(err, driver.KindDrift))
	is.True(strings.Contains(err.Error(), "the database refuses it because of view on a; "))
	is.True(strings.Contains(err.Error(), "the database refuses it because of trigger on_b; "))
	is.Equal(blocked(), map[string]string{"drop column a": "view on a", "drop column b": "trigger on_b"})
	is.Equal(count(ctx, t, db, `SELECT count(*) FROM on_d WHERE d = '4' AND called = 'n'`), int64(1))

	runSQL(t, db, `DROP VIEW "on a"`, `DROP TRIGGER on_b`, `CREATE VIEW bad AS SELECT missing FROM thing`)
	is.Equal(blocked(), map[string]string{"drop column a": "view bad, which is invalid already,",
		"drop column b": "view bad, which is invalid already,"})
	refused(ctx, t, db, planOf(ctx, t, db, now)[0].SQL...)
	runSQL(t, db, `DROP VIEW bad`)
	whole(ctx, t, db, now)
}
