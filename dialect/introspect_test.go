package dialect_test

import (
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

func describe(f schema.Found) (lines []string) {
	for _, c := range f.Columns {
		flags := ""
		for name, set := range map[string]bool{"nocase": c.NoCase, "auto": c.Auto, "generated": c.Generated} {
			if set {
				flags += "|" + name
			}
		}
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%t|%t|%s%s", c.Name, c.Type, c.Kind, c.NotNull, c.Key, c.Default, flags))
	}
	for _, ix := range f.Indexes {
		var terms []string
		for _, c := range ix.Columns {
			term := c.Name + c.Expr
			if c.Name == "" {
				term = "=" + term
			}
			if c.Desc {
				term += " desc"
			}
			terms = append(terms, term)
		}
		lines = append(lines, fmt.Sprintf("%s|%t|%t|%q|%s", ix.Name, ix.Unique, ix.Partial || ix.Invalid, terms, ix.Where))
	}
	for _, k := range f.ForeignKeys {
		lines = append(lines, fmt.Sprintf("%s|%q|%s|%q|%s|%s", k.Name, k.Columns, k.Table, k.TargetColumns, k.OnDelete,
			k.OnUpdate))
	}
	return lines
}

// Ensure that a table that somebody else made, with what no model asks for, is described all the same.
// parity: N1 N2 N4 A11 B34
func TestIntrospectPostgres(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := connect(t, postgres.Dialect{}, "pgx", dbtest.Postgres(t))
	e.exec(t, `CREATE TYPE mood AS ENUM ('sad', 'ok')`, `CREATE DOMAIN small AS int CHECK (VALUE < 10)`,
		`CREATE TABLE "Alien" (a int, "Gone" text, "B b" int[] NOT NULL DEFAULT '{}', c mood DEFAULT 'ok', d small, e varchar(5),
			f numeric(4,2), g point, h bigserial, i timestamp, j text GENERATED ALWAYS AS ('x') STORED, k text[][],
			CONSTRAINT odd PRIMARY KEY (h, a) INCLUDE (e))`,
		`ALTER TABLE "Alien" DROP COLUMN "Gone"`,
		`CREATE UNIQUE INDEX x1 ON "Alien" (lower(e), a DESC) INCLUDE (f)`,
		`CREATE INDEX x2 ON "Alien" ("B b") WHERE a > 0`,
		`CREATE INDEX x3 ON "Alien" USING hash (e)`,
		`CREATE INDEX x4 ON "Alien" (a, e)`,
		`CREATE INDEX x5 ON "Alien" ((a + 1))`,
		`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'x4'::regclass`,
		`ALTER TABLE "Alien" ADD CONSTRAINT x6 UNIQUE (d)`)
	is.Equal(describe(e.found(t, "Alien")), []string{
		"a|integer|int32|true|true|",
		"B b|integer[]|list of int32|true|false|'{}'::integer[]",
		"c|mood|null|false|false|'ok'::mood",
		"d|integer|int32|false|false|",
		"e|character varying(5)|text|false|false|",
		"f|numeric(4,2)|decimal|false|false|",
		"g|point|null|false|false|",
		`h|bigint|int64|true|true|nextval('"Alien_h_seq"'::regclass)|auto`,
		"i|timestamp without time zone|time|false|false|",
		"j|text|text|false|false||generated",
		"k|text[]|list of text|false|false|",
		`x1|true|false|["=lower(e::text)" "a desc"]|`,
		`x2|false|true|["B b"]|(a > 0)`,
		`x3|false|false|["e"]|`,
		`x4|false|true|["a" "e"]|`, // not valid: it does not cover every row
		`x5|false|false|["=(a + 1)"]|`,
		`x6|true|false|["d"]|`,
	})
	for _, name := range []string{"alien", "nope", "x2", "Alien_h_seq", "odd", `"Alien"`, "", "a.b", "'"} {
		is.True(!e.found(t, name).Exists)
	}
	is.True(!e.found(t, "Alien").View)

	// The first schema of the path that has the table counts, and it alone.
	var own string
	is.NoErr(e.db.QueryRow("SELECT current_schema()").Scan(&own))
	other := own + "_other"
	e.exec(t, `CREATE SCHEMA `+other, `CREATE TABLE `+other+`."Alien" (z int PRIMARY KEY, a text)`,
		`CREATE INDEX z9 ON `+other+`."Alien" (a)`,
		`CREATE TABLE `+other+`.second (z int)`)
	defer e.exec(t, `DROP SCHEMA `+other+` CASCADE`)
	is.Equal(len(e.found(t, "Alien").Columns), 11)
	is.True(!e.found(t, "second").Exists)
	e.exec(t, "SET search_path = "+other+", "+own)
	is.Equal(describe(e.found(t, "Alien")), []string{"z|integer|int32|true|true|", "a|text|text|false|false|",
		`z9|false|false|["a"]|`})
	is.Equal(describe(e.found(t, "second")), []string{"z|integer|int32|false|false|"})
	e.exec(t, "SET search_path = "+own, `CREATE VIEW v AS SELECT a FROM "Alien"`, `CREATE TEMP TABLE "Alien" (t int)`)
	is.Equal(describe(e.found(t, "v")), []string{"a|integer|int32|false|false|"})
	is.True(e.found(t, "v").View)
	is.Equal(describe(e.found(t, "Alien")), []string{"t|integer|int32|false|false|"})
}

// Ensure the same on SQLite.
// parity: N1 N2 N4 A11 B34
func TestIntrospectSQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := connect(t, sqlite.Dialect{}, "sqlite", "file::memory:?_dqs=0")
	e.exec(t, `CREATE TABLE "Alien" (a INTEGER, untyped, "B b" VARCHAR(5) NOT NULL DEFAULT 'x''y', c DECIMAL(4,2) DEFAULT (1 + 1),
			d TEXT UNIQUE, e AS (a + 1), f INT AS (a * 2) STORED, g DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (a))`,
		`CREATE UNIQUE INDEX x1 ON "Alien" (lower(d), a DESC)`,
		`CREATE INDEX x2 ON "Alien" ("B b") WHERE a > 0`,
		`CREATE INDEX x3 ON "Alien" (c, "B b")`,
		`CREATE TABLE bare (a INTEGER PRIMARY KEY DESC, b)`,
		`CREATE TABLE rowless (a TEXT, b INTEGER, PRIMARY KEY (b, a)) WITHOUT ROWID`,
		`CREATE VIRTUAL TABLE virtual USING fts5(body)`,
		`CREATE VIEW v AS SELECT a FROM "Alien"`)
	want := []string{
		"a|INTEGER|int64|true|true||auto",
		"untyped||null|false|false|",
		"B b|VARCHAR(5)|text|true|false|'x''y'",
		"c|DECIMAL(4,2)|float64|false|false|1 + 1",
		"d|TEXT|text|false|false|",
		"e||null|false|false||generated",
		"f|INT|int64|false|false||generated",
		"g|DATETIME|time|false|false|CURRENT_TIMESTAMP",
		`sqlite_autoindex_Alien_1|true|false|["d"]|`,
		`x1|true|false|["=lower(d)" "a desc"]|`,
		`x2|false|true|["B b"]|a > 0`,
		`x3|false|false|["c" "B b"]|`,
	}
	is.Equal(describe(e.found(t, "Alien")), want)
	is.Equal(describe(e.found(t, "ALIEN")), want)
	is.Equal(describe(e.found(t, "bare")), []string{"a|INTEGER|int64|false|true|", "b||null|false|false|"})
	is.Equal(describe(e.found(t, "rowless")), []string{"a|TEXT|text|true|true|", "b|INTEGER|int64|true|true|"})
	is.Equal(describe(e.found(t, "virtual")), []string{"body||null|false|false|"}) // and not its hidden columns
	is.Equal(describe(e.found(t, "v")), []string{"a|INTEGER|int64|false|false|"})
	is.True(e.found(t, "v").View)
	for _, name := range []string{"nope", "x2", `"Alien"`, "", "'"} {
		is.True(!e.found(t, name).Exists)
	}
}

// Ensure that foreign keys are told with all their columns, in order, and the rule for what is deleted and changed.
// parity: N2
func TestIntrospectForeignKeys(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pg := connect(t, postgres.Dialect{}, "pgx", dbtest.Postgres(t))
	lite := connect(t, sqlite.Dialect{}, "sqlite", "file::memory:?_dqs=0")
	for _, e := range []engine{pg, lite} {
		e.exec(t, `CREATE TABLE target (a int, b int, c int UNIQUE, PRIMARY KEY (b, a))`,
			`CREATE TABLE "Other" (id int PRIMARY KEY, c int REFERENCES target (c) ON DELETE SET DEFAULT ON UPDATE RESTRICT)`,
			`CREATE TABLE source (x int, y int, z int REFERENCES "Other" ON DELETE CASCADE, s int UNIQUE REFERENCES source (s) ON DELETE SET NULL,
				FOREIGN KEY (x, y) REFERENCES target (a, b), FOREIGN KEY (y, x) REFERENCES target)`)
	}
	is.Equal(describe(pg.found(t, "source"))[5:], []string{
		`source_s_fkey|["s"]|source|["s"]|SET NULL|NO ACTION`,
		`source_x_y_fkey|["x" "y"]|target|["a" "b"]|NO ACTION|NO ACTION`,
		`source_y_x_fkey|["y" "x"]|target|["b" "a"]|NO ACTION|NO ACTION`,
		`source_z_fkey|["z"]|Other|["id"]|CASCADE|NO ACTION`,
	})
	is.Equal(describe(lite.found(t, "source"))[5:], []string{
		`|["z"]|Other|["id"]|CASCADE|NO ACTION`,
		`|["s"]|source|["s"]|SET NULL|NO ACTION`,
		`|["x" "y"]|target|["a" "b"]|NO ACTION|NO ACTION`,
		`|["y" "x"]|target|["b" "a"]|NO ACTION|NO ACTION`,
	})
	is.Equal(lite.found(t, "other").ForeignKeys, []schema.FoundForeignKey{
		{Columns: []string{"c"}, Table: "target", FullName: "target", TargetColumns: []string{"c"},
			OnDelete: "SET DEFAULT", OnUpdate: "RESTRICT"}})
}

// Ensure that what SQLite tells in the text of its statements alone is read from it, however it is written.
// parity: N2 N4
func TestIntrospectText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := connect(t, sqlite.Dialect{}, "sqlite", "file::memory:?_dqs=0")
	e.exec(t, "CREATE TABLE /* ( */ \"a(b\" (a TEXT NOT NULL COLLATE nocase DEFAULT ('x, COLLATE NOCASE'), -- c COLLATE NOCASE,\n"+
		" b TEXT CHECK (b <> 'it''s' COLLATE NOCASE), [c, d] varchar(3) collate \"NOCASE\" UNIQUE, `e` TEXT COLLATE BINARY, CHECK (a COLLATE NOCASE <> 'y'))",
		`ALTER TABLE "a(b" ADD COLUMN f TEXT COLLATE NOCASE`,
		`CREATE INDEX "x(1" ON "a(b" (substr(a, 1, 2) COLLATE NOCASE DESC, b ASC, coalesce(b, ')') ) WHERE b <> ') WHERE ' AND a > 'x'`)
	is.Equal(describe(e.found(t, "a(b")), []string{
		"a|TEXT|text|true|false|'x, COLLATE NOCASE'|nocase",
		"b|TEXT|text|false|false|",
		"c, d|varchar(3)|text|false|false||nocase",
		"e|TEXT|text|false|false|",
		"f|TEXT|text|false|false||nocase",
		`sqlite_autoindex_a(b_1|true|false|["c, d"]|`,
		`x(1|false|true|["=substr(a, 1, 2) desc" "b" "=coalesce(b, ')')"]|b <> ') WHERE ' AND a > 'x'`,
	})
	is.Equal(e.found(t, "a(b").Columns[2].Size, 3)
}
