package db

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"modernc.org/sqlite"

	"github.com/prom-go/prom/internal/db/driver"
	litedriver "github.com/prom-go/prom/internal/db/sqlite"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dsn/dsntest"
	"github.com/prom-go/prom/schema"
)

var sqliteSchema = []string{
	`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, short TEXT, age INT CONSTRAINT parent_age_check CHECK (age > 0), pos INT CHECK (pos > 0))`,
	`CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b))`,
	`CREATE UNIQUE INDEX parent_lower ON parent (lower(short))`,
	`CREATE TABLE child (id INT, parent INT NOT NULL REFERENCES parent)`,
	`CREATE TABLE held (id INTEGER PRIMARY KEY)`,
	`CREATE TABLE holder (held INT REFERENCES held ON DELETE RESTRICT ON UPDATE RESTRICT)`,
	`INSERT INTO held VALUES (1)`,
	`INSERT INTO holder VALUES (1)`,
	`CREATE TABLE plain (name TEXT)`,
	`CREATE TABLE strict (n INT, body TEXT) STRICT`,
	`CREATE VIEW view AS SELECT name FROM parent`,
	`CREATE TRIGGER no_plain BEFORE DELETE ON plain BEGIN SELECT RAISE(ABORT, 'kept: ` + secret + `'); END`,
	`CREATE TRIGGER no_change BEFORE UPDATE ON plain BEGIN SELECT RAISE(ABORT, NEW.name); END`,
	`CREATE VIRTUAL TABLE words USING fts5(body)`,
	`INSERT INTO parent (id, name, short) VALUES (1, '` + secret + `', 'abc')`,
	`INSERT INTO pair VALUES ('` + secret + `', 'b')`,
	`INSERT INTO child VALUES (1, 1)`,
	`INSERT INTO plain (rowid, name) VALUES (1, '` + secret + `')`,
	`INSERT INTO words VALUES ('` + secret + `')`,
}

const (
	refusedByTrigger = "a trigger or a virtual table of the database refused it"
	notTaken         = "a function or a virtual table, such as a full text search, did not accept its arguments"
)

// sqliteFailures are the codes that one statement on sqliteSchema brings about.
var sqliteFailures = []failure{
	{name: "unique", sql: `INSERT INTO parent (name) VALUES (?)`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_CONSTRAINT_UNIQUE, kind: driver.KindUnique, table: "parent", columns: []string{"name"}},
	{name: "unique expression", sql: `INSERT INTO parent (name, short) VALUES (?, 'ABC')`, args: []schema.Value{txt("x")},
		code: sqlite3.SQLITE_CONSTRAINT_UNIQUE, kind: driver.KindUnique, constraint: "parent_lower"},
	{name: "primary key", sql: `INSERT INTO parent (id, name) VALUES (1, 'x')`,
		code: sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, kind: driver.KindUnique, table: "parent", columns: []string{"id"}},
	{name: "primary key of two", sql: `INSERT INTO pair VALUES (?, 'b')`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, kind: driver.KindUnique, table: "pair", columns: []string{"a", "b"}},
	{name: "row number", sql: `INSERT INTO plain (rowid, name) VALUES (1, ?)`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_CONSTRAINT_ROWID, kind: driver.KindUnique, table: "plain", columns: []string{"rowid"}},
	{name: "not null", sql: `INSERT INTO parent (name, short) VALUES (NULL, ?)`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_CONSTRAINT_NOTNULL, kind: driver.KindNotNull, table: "parent", columns: []string{"name"}},
	{name: "no parent", sql: `INSERT INTO child VALUES (1, 77)`, code: sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
		kind: driver.KindForeignKey},
	{name: "still referred to", sql: `DELETE FROM parent`, code: sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
		kind: driver.KindForeignKey},
	{name: "restricted", sql: `DELETE FROM held`, code: sqlite3.SQLITE_CONSTRAINT_TRIGGER, kind: driver.KindForeignKey},
	{name: "restricted change", sql: `UPDATE held SET id = 2`, code: sqlite3.SQLITE_CONSTRAINT_TRIGGER,
		kind: driver.KindForeignKey},
	{name: "check", sql: `INSERT INTO parent (name, age) VALUES (?, -1)`, args: []schema.Value{txt("x")},
		code: sqlite3.SQLITE_CONSTRAINT_CHECK, kind: driver.KindCheck, constraint: "parent_age_check"},
	{name: "check without a name", sql: `INSERT INTO parent (name, pos) VALUES (?, -1)`, args: []schema.Value{txt("x")},
		code: sqlite3.SQLITE_CONSTRAINT_CHECK, kind: driver.KindCheck, constraint: "pos > 0"},
	{name: "trigger", sql: `DELETE FROM plain`, code: sqlite3.SQLITE_CONSTRAINT_TRIGGER, kind: driver.KindCheck,
		detail: refusedByTrigger},
	{name: "trigger that speaks of a check", sql: `UPDATE plain SET name = 'CHECK constraint failed: ` + secret + `'`,
		code: sqlite3.SQLITE_CONSTRAINT_TRIGGER, kind: driver.KindCheck, detail: refusedByTrigger},
	{name: "trigger that speaks of a column", sql: `UPDATE plain SET name = 'no such column: ` + secret + `'`,
		code: sqlite3.SQLITE_CONSTRAINT_TRIGGER, kind: driver.KindCheck, detail: refusedByTrigger},
	{name: "search of no column", sql: `SELECT * FROM words WHERE words MATCH ?`, args: []schema.Value{txt(secret + ":x")},
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax, detail: notTaken},
	{name: "search that is none", sql: `SELECT * FROM words WHERE words MATCH ?`, args: []schema.Value{txt(`"` + secret)},
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax, detail: "a text or a query of MATCH has no closing quote"},
	{name: "search by a value of a row", sql: `SELECT * FROM words, plain WHERE words MATCH plain.name || ':x'`,
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax, detail: notTaken},
	{name: "command of a search", sql: `INSERT INTO words (words) VALUES (?)`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax, detail: notTaken},
	{name: "path", sql: `SELECT json_extract('{}', ?)`, args: []schema.Value{txt("no such table: " + secret)},
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax, detail: "the JSON path is invalid"},
	{name: "strict type", sql: `INSERT INTO strict (n) VALUES (?)`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_CONSTRAINT_DATATYPE, kind: driver.KindType, detail: `cannot store TEXT value in INT column strict.n`},
	{name: "no integer for a key", sql: `INSERT INTO parent (id, name) VALUES (?, 'x')`, args: []schema.Value{txt(secret)},
		code: sqlite3.SQLITE_MISMATCH, kind: driver.KindType, detail: `the value does not have the type of the primary key, an integer`},
	{name: "range", sql: `SELECT fts5_get_locale(words, 99) FROM words`, code: sqlite3.SQLITE_RANGE,
		kind: driver.KindType},
	{name: "too big", sql: `SELECT length(randomblob(1000000001))`, code: sqlite3.SQLITE_TOOBIG, kind: driver.KindTooLong},
	{name: "no table", sql: `SELECT * FROM nope`, code: sqlite3.SQLITE_ERROR, kind: driver.KindNoTable, detail: "nope"},
	{name: "no schema", sql: `SELECT * FROM nope.t`, code: sqlite3.SQLITE_ERROR, kind: driver.KindNoTable,
		detail: "nope.t"},
	{name: "no column", sql: `SELECT nope FROM parent`, code: sqlite3.SQLITE_ERROR, kind: driver.KindNoColumn,
		detail: "nope"},
	// trap 4, B6
	{name: "no column in double quotes", sql: `SELECT "nope" FROM parent`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindNoColumn, detail: "nope"},
	{name: "no column to insert", sql: `INSERT INTO parent (nope) VALUES (1)`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindNoColumn, detail: "nope"},
	{name: "no unique index", sql: `INSERT INTO child VALUES (1, 1) ON CONFLICT (id) DO NOTHING`,
		code: sqlite3.SQLITE_ERROR, kind: driver.KindNoIndex},
	// B14: no missing column
	{name: "no function", sql: `SELECT nope(1)`, code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: `no such function: nope`},
	{name: "syntax", sql: `SELEKT '` + secret + `'`, code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: `near "SELEKT": syntax error`},
	{name: "integer overflow", sql: `SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)`,
		code: sqlite3.SQLITE_ERROR, kind: driver.KindType,
		detail: "the number is outside the range of the column"},
	{name: "long pattern", sql: `SELECT 'a' LIKE ?`, args: []schema.Value{txt(strings.Repeat(secret, 5000))},
		code: sqlite3.SQLITE_ERROR, kind: driver.KindTooLong,
		detail: "SQLite accepts patterns of up to 50,000 bytes"},
	{name: "too deep", sql: `SELECT ` + strings.Repeat("1+", 1200) + "1", code: sqlite3.SQLITE_ERROR,
		kind:   driver.KindSyntax,
		detail: litedriver.Limits["Expression tree is too large"]},
	{name: "too deep in parentheses", sql: `SELECT ` + strings.Repeat("(", 9000) + "1" + strings.Repeat(")", 9000),
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: litedriver.Limits["Recursion limit"]},
	{name: "too long a union", sql: strings.Repeat("SELECT 1 UNION ", 600) + "SELECT 1", code: sqlite3.SQLITE_ERROR,
		kind:   driver.KindSyntax,
		detail: litedriver.Limits["too many terms in compound SELECT"]},
	{name: "too many arguments", sql: `SELECT 1 IN (` + strings.Repeat("?, ", 32766) + "?)", code: sqlite3.SQLITE_ERROR,
		kind:   driver.KindSyntax,
		detail: litedriver.Limits["too many SQL variables"]},
	{name: "too many tables", sql: `SELECT 1 FROM ` + strings.Repeat("child NATURAL JOIN ", 64) + "child",
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: litedriver.Limits["tables in a join"]},
	{name: "too many columns", sql: `SELECT ` + strings.Repeat("1, ", 2000) + "1", code: sqlite3.SQLITE_ERROR,
		kind:   driver.KindSyntax,
		detail: litedriver.Limits["too many columns in "]},
	{name: "too many terms", sql: `SELECT id FROM child ORDER BY ` + strings.Repeat("id, ", 2000) + "id",
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: litedriver.Limits["too many terms in ORDER BY"]},
	{name: "too many arguments of a function", sql: `SELECT max(` + strings.Repeat("1, ", 2000) + "1)",
		code: sqlite3.SQLITE_ERROR, kind: driver.KindSyntax,
		detail: litedriver.Limits["too many arguments on function"]},
	{name: "write to a view", sql: `INSERT INTO view VALUES ('` + secret + `')`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindSyntax, detail: `cannot modify view because it is a view`},
	{name: "malformed JSON", sql: `SELECT json_extract('` + secret + `', '$.a')`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindSyntax, detail: `malformed JSON`},
	{name: "table made twice", sql: `CREATE TABLE parent (id INT)`, code: sqlite3.SQLITE_ERROR, kind: driver.KindOther,
		detail: racedDetail, more: isRaced},
	{name: "index made twice", sql: `CREATE INDEX parent_lower ON parent (age)`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindOther, detail: racedDetail, more: isRaced},
	{name: "column made twice", sql: `ALTER TABLE parent ADD COLUMN name TEXT`, code: sqlite3.SQLITE_ERROR,
		kind: driver.KindOther, detail: racedDetail, more: isRaced},
}

// sqliteElsewhere are the codes that need more than one statement; the tests beside them are named.
var sqliteElsewhere = map[int]string{
	sqlite3.SQLITE_PERM:        "TestSQLiteError_Perm",
	sqlite3.SQLITE_CONSTRAINT:  "the case trigger, whose own code is not listed",
	sqlite3.SQLITE_READONLY:    "TestSQLiteError_ReadOnly",
	sqlite3.SQLITE_AUTH:        "TestSQLiteError_Authorizer",
	sqlite3.SQLITE_BUSY:        "TestSQLiteError_Busy",
	sqlite3.SQLITE_LOCKED:      "TestSQLiteError_Locked",
	sqlite3.SQLITE_INTERRUPT:   "TestSQLiteError_Interrupt",
	sqlite3.SQLITE_CANTOPEN:    "TestSQLiteError_CannotOpen",
	sqlite3.SQLITE_FULL:        "TestSQLiteError_Full",
	sqlite3.SQLITE_IOERR_WRITE: "TestSQLiteError_FileLimit",
	sqlite3.SQLITE_CORRUPT:     "TestSQLiteError_Corrupt",
	sqlite3.SQLITE_NOTADB:      "TestSQLiteError_NotADatabase",
}

// Ensure that each code that SQLite fails with has its kind, tells table, columns and constraint, and shows no value.
// parity: E1 E3 E7 B10 B11 B14 X5, trap 4, trap 10
// suite: 29
func TestSQLiteError(t *testing.T) {
	t.Parallel()
	dbtest.Reportf(t, 29, "%d statements with a secret, on a file and in memory", len(sqliteFailures))
	for _, dsn := range []string{dbtest.SQLite(t), dbtest.Memory()} {
		db := connect(t, dsn)
		ctx := limited(t)
		do(ctx, t, db, sqliteSchema...)
		for _, f := range sqliteFailures {
			t.Run(f.name, func(t *testing.T) {
				is := is.New(t)
				st := &driver.Statement{SQL: f.sql, Args: f.args, Op: "insert", Write: true}
				f.checkSQLite(is, attempt(ctx, db, st))
				f.checkSQLite(is, second(db.Exec(ctx, st)))
				is.NoErr(db.Tx(ctx, func(ctx context.Context) error { // the transaction lives on
					f.checkSQLite(is, attempt(ctx, db, st))
					return nil
				}))
				is.True(db.IsOpen()) // B10: no error closes the connection
			})
		}
		is.New(t).Equal(count(ctx, t, db, "SELECT count(*) FROM parent"), int64(1))
	}
}

func (f failure) checkSQLite(is *is.I, err error) {
	is.Helper()
	f.check(is, err)
	is.Equal(liteCode(err), f.code)
}

// liteCode returns the code of SQLite's own error in the chain of err, 0 when there is none.
func liteCode(err error) int {
	var own *litedriver.SQLiteError
	if errors.As(err, &own) {
		return own.Code
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()
	}
	return 0
}

// Ensure that no code is translated that no test has seen.
func TestSQLiteError_Complete(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Sorted(maps.Keys(litedriver.Codes)) {
		_, seen := sqliteElsewhere[code]
		seen = seen || slices.ContainsFunc(sqliteFailures,
			func(f failure) bool { return f.code == code && f.kind == litedriver.Codes[code] })
		if !seen {
			t.Errorf("no test provokes %d", code)
		}
	}
	checkNamed(t, maps.Values(sqliteElsewhere))
}

// Ensure that an error that is not SQLite's own has no kind.
func TestSQLiteError_Other(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	err = litedriver.ErrorOf(pool.QueryRowContext(ctx, "SELECT 1 WHERE false").Scan(new(int)))
	is.Equal(driver.KindOf(err), driver.KindOther)
	is.True(errors.Is(err, sql.ErrNoRows))
	is.Equal(err.Error(), "prom: database error")

	// of the codes that have no kind
	err = litedriver.ErrorOf(&litedriver.SQLiteError{Code: 15, Message: "locking protocol"})
	is.Equal(driver.KindOf(err), driver.KindOther)
	is.Equal(err.Error(), "prom: database error: SQLite's result code 15")
	// while the schema changes again and again
	is.Equal(driver.KindOf(litedriver.ErrorOf(&litedriver.SQLiteError{Code: 17, Message: "no such table: main.t"})),
		driver.KindNoTable)
	is.Equal(driver.KindOf(litedriver.ErrorOf(&litedriver.SQLiteError{Code: 17, Message: "database schema has changed"})),
		driver.KindOther)

	var c *sql.Conn
	c, err = pool.Conn(ctx)
	is.NoErr(err)
	is.NoErr(c.Close())
	err = litedriver.ErrorOf(c.PingContext(ctx))
	is.True(errors.Is(err, driver.KindClosed))
	is.True(driver.IsUnsent(err))
}

// Ensure that what an authorizer forbids is a matter of permission.
// parity: E1
func TestSQLiteError_Authorizer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	c, err := pool.Conn(ctx)
	is.NoErr(err)
	is.NoErr(c.Raw(func(driver any) error {
		return driver.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(
			func(action sqlite.AuthorizerActionCode, _, _, _, _ string) sqlite.AuthorizerReturnCode {
				if action == sqlite.AuthInsert {
					return sqlite.AuthorizerDeny
				}
				return sqlite.AuthorizerOK
			})
	}))
	_, err = c.ExecContext(ctx, "INSERT INTO t VALUES (1)")
	is.NoErr(c.Close())
	failure{kind: driver.KindPermission, code: sqlite3.SQLITE_AUTH}.checkSQLite(is, litedriver.ErrorOf(err))
}

// Ensure that a table that its own connection reads cannot be dropped, and is busy.
// parity: E1
func TestSQLiteError_Locked(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1), (2)")
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	c, err := pool.Conn(ctx)
	is.NoErr(err)
	defer c.Close()
	rows, err := c.QueryContext(ctx, "SELECT n FROM t")
	is.NoErr(err)
	defer rows.Close()
	is.True(rows.Next())
	_, err = c.ExecContext(ctx, "DROP TABLE t")
	failure{kind: driver.KindBusy, code: sqlite3.SQLITE_LOCKED}.checkSQLite(is, litedriver.ErrorOf(err))
}

// Ensure that a result that an interrupt of its connection ends counts as canceled.
// parity: E1
func TestSQLiteError_Interrupt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	const endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
	db := connect(t, dbtest.Memory())
	pool, err := db.SQL(ctx)
	is.NoErr(err)
	c, err := pool.Conn(ctx)
	is.NoErr(err)
	defer c.Close()
	rows, err := c.QueryContext(ctx, endless+"SELECT n FROM c")
	is.NoErr(err)
	defer rows.Close()
	is.True(rows.Next())
	// a context that ends before the statement begins would interrupt nothing
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err = c.ExecContext(short, endless+"SELECT max(n) FROM c") // its end interrupts all that runs on the connection
	is.True(errors.Is(err, context.DeadlineExceeded))
	for rows.Next() {
	}
	failure{kind: driver.KindCanceled, code: sqlite3.SQLITE_INTERRUPT}.checkSQLite(is, litedriver.ErrorOf(rows.Err()))
}

// Ensure that the argument of a PRAGMA of the DSN, which may be a key, is in no error that SQLite's refusal of it
// makes, and in none of its causes. suite: 28
func TestSQLiteError_Pragma(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, value := range []string{"key('" + secret, "key(" + secret + " x)", secret + "('", "cache_size('" + secret} {
		reg := new(Registry)
		db, err := reg.Open("sqlite://:memory:?_pragma=" + url.QueryEscape(value))
		if err == nil {
			err = db.Ping(limited(t))
			_ = db.Close()
		}
		is.True(err != nil)
		is.Equal(driver.KindOf(err), driver.KindSyntax)
		dsntest.CheckNoSecret(t, secret, dsntest.ErrorChain(err))
		if strings.HasPrefix(value, "cache_size") {
			is.True(strings.Contains(err.Error(), "the PRAGMA cache_size of the DSN is invalid"))
		}
	}
}
