package db

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/postgres"
	"github.com/prom-go/prom/internal/db/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// failure is a statement that a database refuses, and what the error must tell.
type failure struct {
	name       string
	sql        string
	args       []schema.Value
	code       any // string on PostgreSQL, int on SQLite
	kind       driver.Kind
	table      string
	columns    []string
	constraint string
	detail     string
	more       func(is *is.I, err error)
}

// check compares an error with what it must tell.
func (f failure) check(is *is.I, err error) {
	is.Helper()
	is.True(err != nil)
	is.True(errors.Is(err, f.kind)) // errors.Is
	is.Equal(driver.KindOf(err), f.kind)
	var e *driver.Error
	is.True(errors.As(err, &e))
	is.Equal(e.Table, f.table)
	is.Equal(e.Columns, f.columns)
	is.Equal(e.Constraint, f.constraint)
	is.Equal(e.Detail, f.detail)
	checkSafe(is, err)
	if f.more != nil {
		f.more(is, err)
	}
}

// raise makes PostgreSQL fail with a code that a test cannot bring about.
func raise(code string) string {
	return fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION 'of %s' USING ERRCODE = '%s'; END $$", secret, code)
}

// sqlState is the detail of kinds whose own text says little.
func sqlState(code string) string {
	if name := postgres.SQLStateNames[code]; name != "" {
		return name + " (SQLSTATE " + code + ")"
	}
	return "SQLSTATE " + code
}

var postgresSchema = []string{
	`CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL UNIQUE, short varchar(3), age int CHECK (age > 0), "odd ""one" text UNIQUE)`,
	`CREATE TABLE pair (a text, b text, CONSTRAINT pair_ab UNIQUE (a, b))`,
	`CREATE UNIQUE INDEX parent_lower ON parent (lower(short))`,
	`CREATE TABLE child (id int, parent int NOT NULL REFERENCES parent)`,
	`CREATE TABLE room (name text, during int4range, EXCLUDE USING gist (during WITH &&))`,
	`CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY)`,
	`CREATE TABLE wide (body text PRIMARY KEY)`,
	`INSERT INTO parent (id, name, short, "odd ""one") VALUES (1, '` + secret + `', 'abc', 'odd')`,
	`INSERT INTO pair VALUES ('` + secret + `', 'b')`,
	`INSERT INTO child VALUES (1, 1)`,
	`INSERT INTO room VALUES ('` + secret + `', '[1,5)')`,
}

var isRaced = func(is *is.I, err error) { is.Helper(); is.True(driver.IsRaced(err)) }

const racedDetail = "another session changed the schema at the same time"

// postgresFailures are the codes that one statement on postgresSchema brings about.
var postgresFailures = []failure{
	{name: "unique", sql: `INSERT INTO parent (id, name) VALUES (2, ?)`, args: []schema.Value{txt(secret)},
		code: "23505", kind: driver.KindUnique, table: "parent", columns: []string{"name"}, constraint: "parent_name_key"},
	{name: "primary key", sql: `INSERT INTO parent (id, name) VALUES (1, 'other')`,
		code: "23505", kind: driver.KindUnique, table: "parent", columns: []string{"id"}, constraint: "parent_pkey"},
	{name: "unique of two", sql: `INSERT INTO pair VALUES (?, 'b')`, args: []schema.Value{txt(secret)},
		code: "23505", kind: driver.KindUnique, table: "pair", columns: []string{"a", "b"}, constraint: "pair_ab"},
	{name: "unique of a quoted name", sql: `INSERT INTO parent (id, name, "odd ""one") VALUES (2, 'x', 'odd')`,
		code: "23505", kind: driver.KindUnique, table: "parent", columns: []string{`odd "one`}, constraint: "parent_odd \"one_key"},
	{name: "unique expression", sql: `INSERT INTO parent (id, name, short) VALUES (2, 'x', 'ABC')`,
		code: "23505", kind: driver.KindUnique, table: "parent", constraint: "parent_lower"},
	{name: "exclusion", sql: `INSERT INTO room VALUES ('` + secret + `', '[3,4)')`,
		code: "23P01", kind: driver.KindUnique, table: "room", columns: []string{"during"}, constraint: "room_during_excl"},
	{name: "unique without a detail", sql: raise("23505"), code: "23505", kind: driver.KindUnique},
	{name: "not null", sql: `INSERT INTO parent (id, name, short) VALUES (2, NULL, 'xyz')`,
		code: "23502", kind: driver.KindNotNull, table: "parent", columns: []string{"name"}},
	{name: "not null beside a secret", sql: `INSERT INTO parent (id, name, "odd ""one") VALUES (NULL, ?, ?)`,
		args: []schema.Value{txt(secret),
			txt(secret)}, code: "23502", kind: driver.KindNotNull, table: "parent", columns: []string{"id"}},
	{name: "no parent", sql: `INSERT INTO child VALUES (1, 77)`,
		code: "23503", kind: driver.KindForeignKey, table: "child", constraint: "child_parent_fkey"},
	{name: "still referred to", sql: `DELETE FROM parent`,
		code: "23503", kind: driver.KindForeignKey, table: "child", constraint: "child_parent_fkey"},
	{name: "restrict", sql: raise("23001"), code: "23001", kind: driver.KindForeignKey},
	{name: "check", sql: `INSERT INTO parent (id, name, age) VALUES (2, ?, -1)`, args: []schema.Value{txt(secret)},
		code: "23514", kind: driver.KindCheck, table: "parent", constraint: "parent_age_check"},
	{name: "too long", sql: `INSERT INTO parent (id, name, short) VALUES (2, 'x', ?)`, args: []schema.Value{txt(secret)},
		code: "22001", kind: driver.KindTooLong, detail: "value too long for type character varying(3)"},
	{name: "index row too large", sql: `INSERT INTO wide SELECT string_agg(md5(i::text), '` + secret +
		`') FROM generate_series(1, 400) AS i`,
		code: "54000", kind: driver.KindTooLong},
	{name: "too deep", sql: `SELECT ` + strings.Repeat("1+", 100000) + "1", code: "54001", kind: driver.KindSyntax,
		detail: sqlState("54001")},
	{name: "too many columns", sql: `SELECT ` + strings.Repeat("1, ", 2000) + "1", code: "54011", kind: driver.KindSyntax,
		detail: sqlState("54011")},
	{name: "too many arguments", sql: `SELECT nope(` + strings.Repeat("1, ", 200) + "1)", code: "54023",
		kind: driver.KindSyntax, detail: sqlState("54023")},
	{name: "no table", sql: `SELECT * FROM nope`, code: "42P01", kind: driver.KindNoTable,
		detail: `relation "nope" does not exist`},
	{name: "no schema", sql: `CREATE TABLE nope.t (id int)`, code: "3F000", kind: driver.KindNoTable,
		detail: `schema "nope" does not exist`},
	{name: "no column", sql: `SELECT nope FROM parent`, code: "42703", kind: driver.KindNoColumn,
		detail: `column "nope" does not exist`},
	{name: "no column to insert", sql: `INSERT INTO parent (nope) VALUES (1)`, code: "42703", kind: driver.KindNoColumn,
		detail: `column "nope" of relation "parent" does not exist`},
	{name: "no unique index", sql: `INSERT INTO child VALUES (1, 1) ON CONFLICT (id) DO NOTHING`, code: "42P10",
		kind: driver.KindNoIndex},
	{name: "type of an expression", sql: `INSERT INTO child VALUES (true, 1)`, code: "42804", kind: driver.KindType,
		detail: `column "id" is of type integer but expression is of type boolean`},
	{name: "type of a text", sql: `SELECT '` + secret + `'::int`, code: "22P02", kind: driver.KindType,
		detail: "invalid input syntax for type integer"},
	{name: "out of range", sql: `INSERT INTO child VALUES (3000000000, 1)`, code: "22003", kind: driver.KindType,
		detail: sqlState("22003")},
	{name: "no date", sql: `SELECT '` + secret + `'::date`, code: "22007", kind: driver.KindType,
		detail: "invalid input syntax for type date"},
	{name: "date out of range", sql: `SELECT '2024-13-45'::date`, code: "22008", kind: driver.KindType,
		detail: sqlState("22008")},
	{name: "encoding", sql: `SELECT convert_from('\xff', 'UTF8')`, code: "22021", kind: driver.KindType,
		detail: sqlState("22021")},
	{name: "division by zero", sql: `SELECT 1 / (id - 1) FROM parent`, code: "22012", kind: driver.KindType,
		detail: sqlState("22012")},
	{name: "a root of no number", sql: `SELECT sqrt(id - 2) FROM parent`, code: "2201F", kind: driver.KindType,
		detail: sqlState("2201F")},
	{name: "no function", sql: `SELECT nope(1)`, code: "42883", kind: driver.KindSyntax, // B14: no missing column
		detail: `function nope(integer) does not exist`},
	{name: "syntax", sql: `SELEKT '` + secret + `'`, code: "42601", kind: driver.KindSyntax,
		detail: `syntax error at or near "SELEKT" at character 1 of the statement`},
	{name: "generated always", sql: `INSERT INTO made (id) VALUES (1)`, code: "428C9", kind: driver.KindSyntax,
		detail: `cannot insert a non-DEFAULT value into column "id"; the database generates the column and accepts no value for it: ` +
			`give its field the tag option readonly, or leave a generated key unset`},
	{name: "other", sql: raise("P0001"), code: "P0001", kind: driver.KindOther, detail: sqlState("P0001")},
	{name: "internal", sql: raise("XX000"), code: "XX000", kind: driver.KindInternal, detail: sqlState("XX000")},
	{name: "internal with a sentence", sql: `SELECT array_in('{1}', 1, -1)`, code: "XX000", kind: driver.KindInternal,
		detail: "cache lookup failed for type 1"},
	{name: "not supported", sql: `SELECT * FROM other.public.t`, code: "0A000", kind: driver.KindUnsupported,
		detail: sqlState("0A000")},
	{name: "transaction timeout", sql: raise("25P04"), code: "25P04", kind: driver.KindTimeout},
	{name: "connection class", sql: `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 dbname=` + secret +
		`' PUBLICATION p`, code: "08006", kind: driver.KindConnection, detail: sqlState("08006")},
	{name: "disk full", sql: `COPY (SELECT repeat('` + secret + `', 10000)) TO '/dev/full'`, code: "53100",
		kind: driver.KindDiskFull},
	{name: "table made twice", sql: `CREATE TABLE parent (id int)`, code: "42P07", kind: driver.KindOther,
		detail: racedDetail, more: isRaced},
	{name: "column made twice", sql: `ALTER TABLE parent ADD COLUMN name text`, code: "42701", kind: driver.KindOther,
		detail: racedDetail, more: isRaced},
	{name: "collation made twice", sql: `CREATE COLLATION pg_catalog."C" (locale = 'C')`, code: "42710",
		kind: driver.KindOther, detail: racedDetail, more: isRaced},
	{name: "schema made twice", sql: `CREATE SCHEMA public`, code: "42P06", kind: driver.KindOther, detail: racedDetail,
		more: isRaced},
}

// raised are the codes that the tests only make up, and why the servers that they run on do not say them.
var raised = map[string]string{
	"23001": "servers say it for RESTRICT from version 18 on, and 23503 before: the case still referred to",
	"XX000": "a function may make it up, and then its sentence is not told; the case internal with a sentence is real",
	"25P04": "transaction_timeout is there from version 17 on",
}

// provokedElsewhere are the codes that need more than one statement; the tests beside them are named.
var provokedElsewhere = map[string]string{
	"25006": "TestPostgresError_ReadOnly",
	"42501": "TestPostgresError_Permission",
	"55P03": "TestPostgresError_Busy",
	"40001": "TestPostgresError_Serialization",
	"40P01": "TestPostgresError_Deadlock",
	"57014": "TestPostgresError_StatementTimeout",
	"25P03": "TestPostgresError_IdleTimeouts",
	"57P05": "TestPostgresError_IdleTimeouts",
	"57P01": "TestPostgresError_Terminated",
	"53300": "TestPostgresError_Login",
	"28000": "TestPostgresError_Login",
	"28P01": "TestLogin",
	"57P02": "TestPostgresError_Server, where it is a warning, and the error that of a connection that broke",
	"57P03": "TestPostgresError_Server",
	"XX001": "TestPostgresError_Server",
	"XX002": "TestPostgresError_Server",
	"3D000": "TestPostgresError_Login",
	"25P02": "TestPostgresError_Aborted",
	"2BP01": "TestUnsafeDrop of the root",
	"28":    "TestPostgresError_Login",
}

// Ensure that each code that PostgreSQL fails with has its kind, tells table, columns and constraint, and shows no
// value, with every way of sending a statement. parity: E1 E3 E7 B11 B14 X5 suite: 29
func TestPostgresError(t *testing.T) {
	t.Parallel()
	dbtest.Reportf(t, 29, "%d statements with a secret, in each mode", len(postgresFailures))
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ctx := limited(t)
			e := dbtest.Engine{DSN: dbtest.Postgres(t)}
			db := connect(t, e.With("default_query_exec_mode="+mode))
			do(ctx, t, db, postgresSchema...)
			for _, f := range postgresFailures {
				t.Run(f.name, func(t *testing.T) {
					is := is.New(t)
					st := &driver.Statement{SQL: placeholders(db, f.sql), Args: f.args, Op: "insert"}
					err := attempt(ctx, db, st)
					f.checkPostgres(is, err)
					_, err = db.Exec(ctx, st)
					f.checkPostgres(is, err)
					is.True(strings.HasPrefix(err.Error(), "prom: insert"))
				})
			}
		})
	}
}

func (f failure) checkPostgres(is *is.I, err error) {
	is.Helper()
	f.check(is, err)
	var pg *pgconn.PgError
	is.True(errors.As(err, &pg)) // the driver's error
	is.Equal(pg.Code, f.code)
}

// Ensure that no code is translated that no test has seen.
func TestPostgresError_Complete(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	for code := range provokedElsewhere {
		seen[code], seen[code[:2]] = true, true
	}
	for _, f := range postgresFailures {
		code := f.code.(string)
		seen[code], seen[code[:2]] = true, true
		if want, ok := postgres.SQLStates[code]; ok && f.more == nil {
			is.Equal(f.kind, want)
			if f.sql == raise(code) && f.name != "unique without a detail" {
				is.True(raised[code] != "") // a code is provoked for real, or there is a reason why not
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(postgres.SQLStates)) {
		if !seen[code] {
			t.Errorf("no test provokes %s", code)
		}
	}
	for code := range postgres.SQLStateNames {
		is.True(seen[code])
	}
	for class := range postgres.SQLClasses {
		is.True(seen[class])
	}
	checkNamed(t, maps.Values(provokedElsewhere))
}

// checkNamed fails when a test that a list names is not there.
func checkNamed(t *testing.T, names iter.Seq[string]) {
	t.Helper()
	var source strings.Builder
	for _, pattern := range []string{"*_test.go", "../behaviour/install/unsafe_test.go"} {
		for _, path := range must(filepath.Glob(pattern)) {
			source.Write(must(os.ReadFile(path)))
		}
	}
	for name := range names {
		if test, _, _ := strings.Cut(strings.Fields(name)[0], ","); strings.HasPrefix(name, "Test") &&
			!strings.Contains(source.String(), "\nfunc "+test+"(") {
			t.Errorf("there is no test %s", test)
		}
	}
}

// Ensure that translating twice changes nothing, and that no error stays none.
// parity: E3
func TestPostgresError_Once(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.NoErr(postgres.ErrorOf(nil))
	is.NoErr(sqlite.ErrorOf(nil))
	first := postgres.ErrorOf(context.Canceled)
	is.Equal(postgres.ErrorOf(first), first)
	is.Equal(sqlite.ErrorOf(first), first)
	wrapped := fmt.Errorf("again: %w", first)
	is.Equal(postgres.ErrorOf(wrapped), wrapped)
}
