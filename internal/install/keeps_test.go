package install_test

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dbtest/servers"
	"github.com/prom-go/prom/schema"
)

// dumped returns the statements that make all that a schema of PostgreSQL has, as pg_dump writes them, without the
// history.
func dumped(t *testing.T, dsn string) []string {
	t.Helper()
	bin, err := servers.Find()
	if err == nil { // PATH may have links to some of the programs
		bin, err = filepath.EvalSymlinks(filepath.Join(bin, "initdb"))
	}
	if err != nil {
		t.Skip("there is no pg_dump beside a server: ", err)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := u.Query().Get("search_path")
	u.RawQuery = ""
	out, err := exec.Command(filepath.Join(filepath.Dir(bin), "pg_dump"), "-s", "-n", name, "-T", name+".prom_history", "-d", u.String()).Output()
	if err != nil {
		t.Skip("pg_dump does not read this server: ", err)
	}
	var list []string
	for text := range strings.SplitSeq(strings.ReplaceAll(string(out), name+".", ""), ";\n") {
		lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
			return line == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`) // comments and a random key
		})
		if text = strings.Join(lines, "\n"); text != "" && !strings.Contains(text, "prom_history") {
			list = append(list, text)
		}
	}
	return list
}

// theirKept makes a table with all that others may have put on it.
var theirKept = map[string][]string{
	dbtest.NamePostgres: {
		`CREATE TABLE "parent" ("born" text)`,
		`CREATE TABLE "kept" ("id" bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY, "name" varchar(20) COLLATE "C" NOT NULL DEFAULT upper('x'::text),
			"word" varchar(5) CONSTRAINT "short words" CHECK ("word" <> 'bad'), "count" integer NOT NULL DEFAULT (1 + 1), "tags" text[] NOT NULL DEFAULT '{}',
			"doc" json, "owner" bigint NOT NULL DEFAULT 1 REFERENCES "owner" ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE, "maybe" bigint
			REFERENCES "owner" ON DELETE NO ACTION, "sum" bigint GENERATED ALWAYS AS ("count" * 2) STORED, "wide" char(3),
			"loud" text GENERATED ALWAYS AS (upper("word")) STORED, UNIQUE ("count", "maybe"), EXCLUDE USING gist (int8range("id", "id", '[]') WITH &&)) INHERITS ("parent")
			WITH (fillfactor = 80)`,
		`CREATE INDEX "plain" ON "kept" ("name")`, `CREATE UNIQUE INDEX "uniq" ON "kept" ("name", "id") NULLS NOT DISTINCT`,
		`CREATE INDEX "part" ON "kept" ("name" DESC NULLS LAST) WHERE "count" > 3`, `CREATE INDEX "expr" ON "kept" (lower("name") COLLATE "POSIX" text_pattern_ops)`,
		`CREATE INDEX "gin" ON "kept" USING gin ("tags")`, `CREATE INDEX "brin" ON "kept" USING brin ("id") WITH (pages_per_range = 7)`,
		`CREATE INDEX "hash" ON "kept" USING hash ("name")`, `CREATE INDEX "spgist" ON "kept" USING spgist ("name" text_ops)`,
		`CREATE INDEX "covering" ON "kept" ("count") INCLUDE ("name", "word")`,
		`CREATE FUNCTION "fire"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
		`CREATE TRIGGER "fires" BEFORE UPDATE OF "count" ON "kept" FOR EACH ROW WHEN (NEW."count" > 1) EXECUTE FUNCTION "fire"()`,
		`CREATE RULE "ruling" AS ON DELETE TO "kept" WHERE OLD."count" = 77 DO INSTEAD NOTHING`,
		`CREATE POLICY "bars" ON "kept" FOR SELECT TO PUBLIC USING ("count" > 0)`, `ALTER TABLE "kept" ENABLE ROW LEVEL SECURITY, ALTER "count" SET STATISTICS 77`,
		`CREATE STATISTICS "stats" (ndistinct) ON "count", "maybe" FROM "kept"`, `CREATE VIEW "looks" AS SELECT "id", "count", "sum" FROM "kept"`,
		`CREATE MATERIALIZED VIEW "kept more" AS SELECT count(*) AS n FROM "kept"`,
		`COMMENT ON TABLE "kept" IS 'a table'`, `COMMENT ON COLUMN "kept"."name" IS 'a name'`, `COMMENT ON INDEX "gin" IS 'an index'`,
		`COMMENT ON CONSTRAINT "short words" ON "kept" IS 'a check'`, `COMMENT ON TRIGGER "fires" ON "kept" IS 'a trigger'`,
		`GRANT SELECT, UPDATE ON "kept" TO PUBLIC`, `GRANT INSERT ("name", "word") ON "kept" TO PUBLIC`,
	},
	dbtest.NameSQLite: {
		`CREATE TABLE "kept" ( -- a table
			"id" INTEGER /* counted */ PRIMARY KEY AUTOINCREMENT, "name" TEXT COLLATE RTRIM NOT NULL DEFAULT (upper('x')), -- a name
			-- a word
			"word" TEXT CONSTRAINT "short words" CHECK ("word" <> 'bad' /* no , */), "count" INTEGER NOT NULL DEFAULT (1 + 1), "tags" TEXT NOT NULL DEFAULT '[]',
			"doc" TEXT, "owner" INTEGER NOT NULL DEFAULT 1 REFERENCES "owner" ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED,
			"maybe" INTEGER REFERENCES "owner" ON DELETE NO ACTION, "sum" INTEGER GENERATED ALWAYS AS ("count" * 2) VIRTUAL, "wide" TEXT,
			"loud" TEXT AS (upper("word")) STORED, "born" TEXT, UNIQUE ("count", "maybe") ON CONFLICT IGNORE, /* last */ CHECK ("count" < 1000) -- end
			) STRICT`,
		`CREATE INDEX "plain" ON "kept" ("name")`, `CREATE UNIQUE INDEX "uniq" ON "kept" ("name", "id")`,
		`CREATE INDEX "part" ON "kept" ("name" COLLATE NOCASE DESC) WHERE "count" > 3`, `CREATE INDEX "expr" ON "kept" (lower("name")) -- lower`,
		`CREATE INDEX "covering" ON "kept" ("count", "name", "word")`,
		`CREATE TRIGGER "fires" AFTER UPDATE OF "count" ON "kept" WHEN NEW."count" > 1 BEGIN SELECT 1; END`,
		`CREATE VIEW "looks" AS SELECT "id", "count", "sum" FROM "kept"`,
	},
}

// keptNow is a model of it, as promgen writes one, and keptThen the same with changes.
type (
	keptNow struct {
		ID    int64 `prom:"key,auto"`
		Name  string
		Word  *string
		Count int32
		Tags  []string
		Doc   *string `prom:"json"`
		Owner prom.Ref[owner]
		Maybe *prom.Ref[owner]
		Wide  *string
		Born  *string
	}
	keptThen struct {
		ID     int64 `prom:"key,auto"`
		Name   string
		Word   *string `prom:"max=9"`
		Count  int32   `prom:"index"`
		Tags   []string
		Doc    *string `prom:"json"`
		Owner  prom.Ref[owner]
		Maybe  *prom.Ref[owner]
		Broad  *string `prom:"was=wide"`
		Added  *int64  `prom:"index"`
		Amount int64   `prom:"default=3"`
	}
)

// schemaOf tells all that a database has of its tables.
func schemaOf(ctx context.Context, t *testing.T, e dbtest.Engine, db *db.DB) []string {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		return dumped(t, e.DSN)
	}
	list, err := db.AllDefinitions(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(sql string) bool { return strings.Contains(sql, "prom_history") })
}

// Ensure that neither Install nor a plan with all risks changes anything of a table that others made and a model fits,
// and that changes of the model keep all that it says nothing of.
func TestKeepsAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		ensure(ctx, t, db, table[owner](t))
		runSQL(t, db, theirKept[e.Name]...)
		runSQL(t, db, `INSERT INTO "owner" ("id", "name") VALUES (1, 'o')`, `INSERT INTO "kept" ("word") VALUES ('w')`)
		before := schemaOf(ctx, t, e, db)
		now, then := named[keptNow](t, "kept"), named[keptThen](t, "kept")
		ensure(ctx, t, db, now)
		whole(ctx, t, db, now)
		is.Equal(schemaOf(ctx, t, e, db), before)

		ensure(ctx, t, db, then) // adds, and renames
		if e.Name == dbtest.NameSQLite {
			is.Equal(len(planOf(ctx, t, db, then)), 1) // for the CHECK of word
		}
		whole(ctx, t, db, then)
		after := schemaOf(ctx, t, e, db)
		changed := strings.NewReplacer(`wide character(3)`, `broad character(3)`, `word character varying(5)`, `word text`,
			`((word)::text <> 'bad'::text)`, `(word <> 'bad'::text)`, `upper((word)::text)`, `upper(word)`)
		for _, text := range before {
			if !strings.HasPrefix(text, `CREATE TABLE`) || !strings.Contains(text, "kept") {
				is.True(slices.Contains(after, changed.Replace(text)))
				continue
			}
			i := slices.IndexFunc(after, func(s string) bool { return strings.HasPrefix(s, "CREATE TABLE") && strings.Contains(s, "kept") })
			for line := range strings.SplitSeq(changed.Replace(text), "\n") {
				line = strings.TrimRight(strings.TrimSpace(line), ",")
				if e.Name == dbtest.NamePostgres && !strings.Contains(after[i], line) {
					t.Errorf("%q is not in\n%s", line, after[i])
				}
			}
		}
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM "kept" WHERE "word" = 'w' AND "loud" = 'W' AND "sum" = 4 AND "amount" = 3`), int64(1))
		if e.Name == dbtest.NameSQLite {
			i := slices.IndexFunc(after, func(s string) bool { return strings.HasPrefix(s, "CREATE TABLE") && strings.Contains(s, "kept") })
			is.Equal(strings.ReplaceAll(after[i], "\n\t", "\n"), `CREATE TABLE "kept" (
-- a table
/* counted */
"id" INTEGER PRIMARY KEY AUTOINCREMENT,
"name" TEXT COLLATE RTRIM NOT NULL DEFAULT (upper('x')), -- a name
-- a word
"word" TEXT CONSTRAINT "short words" CHECK ("word" <> 'bad' /* no , */) CONSTRAINT "kept_word_check" CHECK (length("word") <= 9),
"count" INTEGER NOT NULL DEFAULT (1 + 1),
"tags" TEXT NOT NULL DEFAULT '[]',
"doc" TEXT,
"owner" INTEGER NOT NULL DEFAULT 1 REFERENCES "owner" ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED,
"maybe" INTEGER REFERENCES "owner" ON DELETE NO ACTION,
"sum" INTEGER GENERATED ALWAYS AS ("count" * 2) VIRTUAL,
"broad" TEXT,
"loud" TEXT AS (upper("word")) STORED,
"born" TEXT,
"added" INTEGER,
"amount" INTEGER NOT NULL DEFAULT 3,
UNIQUE ("count", "maybe") ON CONFLICT IGNORE, /* last */
CHECK ("count" < 1000) -- end
) STRICT`)
		}
	})
}

var _ = schema.Additive
