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
		lines = append(lines, fmt.Sprintf("%s|%s|%t|%t|%s", c.Name, c.Type, c.NotNull, c.Key, c.Default))
	}
	for _, ix := range f.Indexes {
		lines = append(lines, fmt.Sprintf("%s|%t|%t|%q", ix.Name, ix.Unique, ix.Partial, ix.Columns))
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
		"a|integer|true|true|",
		"B b|integer[]|true|false|'{}'::integer[]",
		"c|mood|false|false|'ok'::mood",
		"d|small|false|false|",
		"e|character varying(5)|false|false|",
		"f|numeric(4,2)|false|false|",
		"g|point|false|false|",
		`h|bigint|true|true|nextval('"Alien_h_seq"'::regclass)`,
		"i|timestamp without time zone|false|false|",
		"j|text|false|false|'x'::text",
		"k|text[]|false|false|",
		`x1|true|false|["" "a"]`,
		`x2|false|true|["B b"]`,
		`x3|false|false|["e"]`,
		`x4|false|true|["a" "e"]`, // not valid: it does not cover every row
		`x5|false|false|[""]`,
		`x6|true|false|["d"]`,
	})
	for _, name := range []string{"alien", "nope", "x2", "Alien_h_seq", "odd", `"Alien"`, "", "a.b", "'"} {
		is.True(!e.found(t, name).Exists)
	}

	// The first schema of the path that has the table counts, and it alone.
	var own string
	is.NoErr(e.db.QueryRow("SELECT current_schema()").Scan(&own))
	other := own + "_other"
	e.exec(t, `CREATE SCHEMA `+other, `CREATE TABLE `+other+`."Alien" (z int PRIMARY KEY, a text)`, `CREATE INDEX z9 ON `+other+`."Alien" (a)`,
		`CREATE TABLE `+other+`.second (z int)`)
	defer e.exec(t, `DROP SCHEMA `+other+` CASCADE`)
	is.Equal(len(e.found(t, "Alien").Columns), 11)
	is.True(!e.found(t, "second").Exists)
	e.exec(t, "SET search_path = "+other+", "+own)
	is.Equal(describe(e.found(t, "Alien")), []string{"z|integer|true|true|", "a|text|false|false|", `z9|false|false|["a"]`})
	is.Equal(describe(e.found(t, "second")), []string{"z|integer|false|false|"})
	e.exec(t, "SET search_path = "+own, `CREATE VIEW v AS SELECT a FROM "Alien"`, `CREATE TEMP TABLE "Alien" (t int)`)
	is.Equal(describe(e.found(t, "v")), []string{"a|integer|false|false|"})
	is.Equal(describe(e.found(t, "Alien")), []string{"t|integer|false|false|"})
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
		"a|INTEGER|true|true|",
		"untyped||false|false|",
		"B b|VARCHAR(5)|true|false|'x''y'",
		"c|DECIMAL(4,2)|false|false|1 + 1",
		"d|TEXT|false|false|",
		"e||false|false|",
		"f|INT|false|false|",
		"g|DATETIME|false|false|CURRENT_TIMESTAMP",
		`sqlite_autoindex_Alien_1|true|false|["d"]`,
		`x1|true|false|["" "a"]`,
		`x2|false|true|["B b"]`,
		`x3|false|false|["c" "B b"]`,
	}
	is.Equal(describe(e.found(t, "Alien")), want)
	is.Equal(describe(e.found(t, "ALIEN")), want)
	is.Equal(describe(e.found(t, "bare")), []string{"a|INTEGER|false|true|", "b||false|false|"})
	is.Equal(describe(e.found(t, "rowless")), []string{"a|TEXT|true|true|", "b|INTEGER|true|true|"})
	is.Equal(describe(e.found(t, "virtual")), []string{"body||false|false|"}) // and not its hidden columns
	is.Equal(describe(e.found(t, "v")), []string{"a|INTEGER|false|false|"})
	for _, name := range []string{"nope", "x2", `"Alien"`, "", "main.Alien", "'"} {
		is.True(!e.found(t, name).Exists)
	}
}
