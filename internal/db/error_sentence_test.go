package db

import (
	"errors"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// word is a secret that could be a name.
const word = "S3CRET"

// mistake is a statement that an engine does not take, and what is told of what it said.
type mistake struct {
	sql  string
	args []schema.Value
	want string // the detail
}

var mistakesSchema = []string{
	`CREATE TABLE book (id int PRIMARY KEY, title text, pages int)`,
	`CREATE VIEW seen AS SELECT title FROM book`,
}

// Ensure that PostgreSQL's sentence about a mistake in SQL is told, and never what it says of values.
func TestSentence_Postgres(t *testing.T) {
	t.Parallel()
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	do(limited(t), t, connect(t, e.DSN), append(mistakesSchema,
		`CREATE TYPE mood AS ENUM ('glad')`,
		`CREATE TABLE cut (id int, at int) PARTITION BY RANGE (at)`,
		`CREATE TABLE felt (mood mood, made int GENERATED ALWAYS AS IDENTITY)`,
		`CREATE FUNCTION tells(t text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'relation "%" does not exist', t USING ERRCODE = '42P01'; END $$`,
		`CREATE FUNCTION denies(t text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'permission denied for table %', t USING ERRCODE = '42501'; END $$`,
		`CREATE FUNCTION runs(t text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || t; RETURN 1; END $$`)...)
	mistakes := []mistake{
		{sql: `SELECT nope FROM book`, want: `column "nope" does not exist`},
		{sql: `CREATE UNIQUE INDEX ON cut (id)`,
			want: `a unique index of a partitioned table must have the columns of its partition key`},
		{sql: `CREATE INDEX CONCURRENTLY ON cut (id)`, want: `cannot create index on partitioned table "cut" concurrently`},
		{sql: `SELECT b.nope FROM book AS b`, want: `column b.nope does not exist`},
		{sql: `SELECT * FROM "odd name"`, want: `relation "odd name" does not exist`},
		{sql: `SELECT book.id FROM book AS b`, want: `invalid reference to FROM-clause entry for table "book"`},
		{sql: `SELECT title FROM book GROUP BY id = 1`,
			want: `column "book.title" must appear in the GROUP BY clause or be used in an aggregate function`},
		{sql: `SELECT title, sum(pages) FROM book`,
			want: `column "book.title" must appear in the GROUP BY clause or be used in an aggregate function`},
		{sql: `SELECT id FROM book WHERE sum(pages) > 1`, want: `aggregate functions are not allowed in WHERE`},
		{sql: `SELECT id FROM book AS a, book AS b`, want: `column reference "id" is ambiguous`},
		{sql: `SELECT 1 FROM book, book`, want: `table name "book" specified more than once`},
		{sql: `SELECT FROM FROM book`, want: `syntax error at or near "FROM" at character 13 of the statement`},
		{sql: `SELECT (1`, want: `syntax error at end of input at character 10 of the statement`},
		{sql: `SELECT id FROM book 'S3CRET'`, want: `syntax error at character 21 of the statement`},
		{sql: `SELECT 'S3CRET`, want: `unterminated quoted string at character 8 of the statement`},
		{sql: `SELECT 1 UNION SELECT 1, 2`,
			want: `each UNION query must have the same number of columns at character 23 of the statement`},
		{sql: `INSERT INTO book (id) VALUES (1, 2)`,
			want: `INSERT has more expressions than target columns at character 34 of the statement`},
		{sql: `SELECT nope(id) FROM book`, want: `function nope(integer) does not exist`},
		{sql: `SELECT title + id FROM book`, want: `operator does not exist: text + integer`},
		{sql: `SELECT id FROM book WHERE title`, want: `argument of WHERE must be type boolean, not type text`},
		{sql: `SELECT true::date`, want: `cannot cast type boolean to date`},
		{sql: `SELECT 1::nope`, want: `type "nope" does not exist`},
		{sql: `SELECT DISTINCT title FROM book ORDER BY id`,
			want: `for SELECT DISTINCT, ORDER BY expressions must appear in select list`},
		{sql: `SELECT title FROM book ORDER BY 5`, want: `ORDER BY position 5 is not in select list`},
		{sql: `SELECT DISTINCT id FROM book FOR UPDATE`, want: `FOR UPDATE is not allowed with DISTINCT clause`},
		{sql: `INSERT INTO felt (made) VALUES (1)`, want: `cannot insert a non-DEFAULT value into column "made"; the database generates the column and accepts no value for it: give its field the tag option readonly, or leave a generated key unset`},
		{sql: `DROP VIEW book`, want: `"book" is not a view`},

		// Values.
		{sql: `SELECT 'S3CRET'::int`, want: `invalid input syntax for type integer`},
		{sql: `SELECT 'S3CRET'::mood`, want: `invalid input value for enum mood`},
		{sql: `SELECT ?::text::mood`, args: []schema.Value{txt(word)}, want: `invalid input value for enum mood`},
		{sql: `INSERT INTO felt (mood) VALUES (?)`, args: []schema.Value{txt(word)},
			want: `invalid input value for enum mood: parameter $1`},
		{sql: `SELECT ?::text::uuid`, args: []schema.Value{txt(word)}, want: `invalid input syntax for type uuid`},
		{sql: `SELECT ?::text::jsonb`, args: []schema.Value{txt(word)}, want: sqlState("22P02")},
		{sql: `SELECT ?::text::regclass`, args: []schema.Value{txt(word)}, want: ``},
		{sql: `SELECT 'S3CRET'::regclass`, want: ``},
		{sql: `SELECT ?::text::regtype`, args: []schema.Value{txt(word)}, want: sqlState("42704")},
		{sql: `SELECT ?::text::regprocedure`, args: []schema.Value{txt(word + "(int)")}, want: sqlState("42883")},
		{sql: `SELECT ?::text::regoper`, args: []schema.Value{txt("=" + secret)}, want: sqlState("42883")},
		{sql: `SELECT pg_get_serial_sequence('book', ?)`, args: []schema.Value{txt(word)}, want: ``},
		{sql: `SELECT nextval(?::text::regclass)`, args: []schema.Value{txt(word)}, want: ``},
		{sql: `SELECT tells(?)`, args: []schema.Value{txt(word)}, want: ``},
		{sql: `SELECT denies(?)`, args: []schema.Value{txt(word)}, want: sqlState("42501")},
		{sql: `SELECT runs(?)`, args: []schema.Value{txt(word)}, want: ``},
		{sql: `SELECT set_config('role', ?, true)`, args: []schema.Value{txt(word)}, want: sqlState("22023")},
		{sql: `SELECT to_tsvector(?::text::regconfig, 'x')`, args: []schema.Value{txt(word)}, want: sqlState("42704")},
		{sql: `SELECT nope /* S3CRET */ FROM book -- S3CRET`, want: `column "nope" does not exist`},
	}
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			db := connect(t, e.With("default_query_exec_mode="+mode))
			for _, m := range mistakes {
				if mode == "simple_protocol" { // has no parameters
					m.want = strings.TrimSuffix(m.want, ": parameter $1")
				}
				m.check(t, db)
			}
		})
	}
}

// Ensure the same of SQLite, whose sentences have no codes.
func TestSentence_SQLite(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{dbtest.SQLite(t), dbtest.Memory()} {
		db := connect(t, dsn)
		do(limited(t), t, db, append(mistakesSchema, `CREATE VIRTUAL TABLE words USING fts5(body)`,
			`INSERT INTO words VALUES ('x')`,
			`CREATE TABLE firm (n INT) STRICT`)...)
		for _, m := range []mistake{
			{sql: `SELECT nope FROM book`, want: `nope`},
			{sql: `SELECT b.nope FROM book AS b`, want: `b.nope`},
			{sql: `SELECT "nope" FROM book`, want: `nope`},
			{sql: `SELECT * FROM "odd"`, want: `odd`},
			{sql: `INSERT INTO book (nope) VALUES (1)`, want: `nope`},
			{sql: `SELECT nope(id) FROM book`, want: `no such function: nope`},
			{sql: `SELECT lower(id, id) FROM book`, want: `wrong number of arguments to function lower()`},
			{sql: `SELECT id FROM book WHERE sum(pages) > 1`, want: `misuse of aggregate function sum()`},
			{sql: `SELECT sum(sum(pages)) FROM book`, want: `misuse of aggregate function sum()`},
			{sql: `SELECT id FROM book AS a, book AS b`, want: `ambiguous column name: id`},
			{sql: `SELECT FROM FROM book`, want: `near "FROM": syntax error`},
			{sql: `SELECT (1`, want: `incomplete input`},
			{sql: `SELECT title FROM book 'S3CRET' 1`, want: `near "1": syntax error`},
			{sql: `SELECT 1 UNION SELECT 1, 2`,
				want: `SELECTs to the left and right of UNION do not have the same number of result columns`},
			{sql: `SELECT (1, 2)`, want: `row value misused`},
			{sql: `SELECT id FROM book WHERE id IN (SELECT 1, 2)`, want: `sub-select returns 2 columns - expected 1`},
			{sql: `INSERT INTO book (id) VALUES (1, 2)`, want: `2 values for 1 columns`},
			{sql: `INSERT INTO book VALUES (1, 2)`, want: `table book has 3 columns but 2 values were supplied`},
			{sql: `SELECT title FROM book ORDER BY 5`, want: `1st ORDER BY term out of range - should be between 1 and 1`},
			{sql: `DELETE FROM seen`, want: `cannot modify seen because it is a view`},
			{sql: `SELECT title FROM book ORDER BY title COLLATE nope`, want: `no such collation sequence: nope`},
			{sql: `SELECT title FROM book HAVING id = 1`, want: `HAVING clause on a non-aggregate query`},

			// Values.
			{sql: `SELECT 'S3CRET`, want: `it has a token that SQLite does not know`},
			{sql: `SELECT id FROM book 'a' 'S3CRET'`, want: `syntax error`},
			{sql: `SELECT * FROM words WHERE words MATCH ?`, args: []schema.Value{txt(word + ":x")}, want: notTaken},
			{sql: `SELECT * FROM words WHERE words MATCH 'S3CRET:x'`, want: notTaken},
			{sql: `SELECT * FROM words WHERE words MATCH ?`, args: []schema.Value{txt(word + " ^^ x")},
				want: `the query of MATCH has a syntax error`},
			{sql: `SELECT * FROM words WHERE words MATCH ?`, args: []schema.Value{txt(`"` + secret)},
				want: `a text or a query of MATCH has no closing quote`},
			{sql: `SELECT json_extract('{}', ?)`, args: []schema.Value{txt(word)}, want: `the JSON path is invalid`},
			{sql: `SELECT json(?)`, args: []schema.Value{txt(word)}, want: `malformed JSON`},
			{sql: `SELECT * FROM json_each(?)`, args: []schema.Value{txt(word)}, want: `malformed JSON`},
			{sql: `INSERT INTO firm VALUES (?)`, args: []schema.Value{txt(word)},
				want: `cannot store TEXT value in INT column firm.n`},
			{sql: `SELECT strftime(?, 'now'), load_extension(?)`, args: []schema.Value{txt(word), txt(word)}, want: notTaken},
			{sql: `SELECT title FROM book WHERE title REGEXP ?`, args: []schema.Value{txt(word)},
				want: `no such function: REGEXP`},
		} {
			m.check(t, db)
		}
	}
}

func (m mistake) check(t *testing.T, db *DB) {
	t.Helper()
	err := attempt(limited(t), db, &driver.Statement{SQL: placeholders(db, m.sql), Args: m.args, Op: "raw", Raw: true})
	var e *driver.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: %v", m.sql, err)
		return
	}
	if e.Detail != m.want {
		t.Errorf("%s: told %q, not %q; the engine said %v", m.sql, e.Detail, m.want, e.Err)
	}
	if strings.Contains(strings.ToUpper(err.Error()), word) {
		t.Errorf("%s: %v tells the value", m.sql, err)
	}
}
