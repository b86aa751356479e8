package render

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
)

// Ensure that a raw statement keeps its text, with the placeholders of the engine and without what ends in a line.
func TestRawStatement(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ sql, lite, pg string }{
		{"SELECT 1", "SELECT 1", "SELECT 1"},
		{"SELECT 1;", "SELECT 1", "SELECT 1"},
		{"SELECT 1 ; -- the end\n /* yes */ ;", "SELECT 1 ", "SELECT 1 "},
		{"SELECT ?, ?", "SELECT ?, ?", "SELECT $1, $2"},
		{"SELECT a ?? ?, '?', \"?\"", "SELECT a ? ?, '?', \"?\"", "SELECT a ? $1, '?', \"?\""},
		{"SELECT 1 -- what? '\n, ?", "SELECT 1 \n, ?", "SELECT 1 \n, $1"},
		{"SELECT ';--?' AS \";\" /* ;? */", "SELECT ';--?' AS \";\" /* ;? */", "SELECT ';--?' AS \";\" /* ;? */"},
		{"SELECT 'it''s;?', $$;?$$, $a$ ; $$ ? $a$", "SELECT 'it''s;?', $$;?$$, $a$ ; $$ ? $a$",
			"SELECT 'it''s;?', $$;?$$, $a$ ; $$ ? $a$"},
		{`SELECT E'\'?;', ?`, `SELECT E'\'?;', ?`, `SELECT E'\'?;', $1`},
		{`SELECT type'\', ?`, `SELECT type'\', ?`, `SELECT type'\', $1`}, // no E of its own
		{"SELECT a[1:n], b::int, f(c := ?), @ d, e <@ f", "SELECT a[1:n], b::int, f(c := ?), @ d, e <@ f",
			"SELECT a[1:n], b::int, f(c := $1), @ d, e <@ f"},
		{"CREATE TRIGGER a AFTER INSERT ON b BEGIN UPDATE c SET d = 1; END;",
			"CREATE TRIGGER a AFTER INSERT ON b BEGIN UPDATE c SET d = 1; END;",
			"CREATE TRIGGER a AFTER INSERT ON b BEGIN UPDATE c SET d = 1; END;"},
		{"create or replace function f() begin atomic select 1; end",
			"create or replace function f() begin atomic select 1; end",
			"create or replace function f() begin atomic select 1; end"},
	} {
		is := is.New(t)
		args := make([]any, strings.Count(tt.pg, "$1")+strings.Count(tt.pg, "$2"))
		s, err := NewRawStatement(tt.sql, args)
		is.NoErr(err)
		is.Equal(s.SQL(sqlite.Dialect{}), tt.lite)
		is.Equal(s.SQL(postgres.Dialect{}), tt.pg)
		is.Equal(len(s.Args()), len(args))
	}
}

// Ensure that what cannot be one statement is refused before any SQL.
func TestRawStatementRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sql  string
		args []any
		says string
	}{
		{"", nil, "empty"},
		{" -- nothing\n", nil, "empty"},
		{";", nil, "empty"},
		{"SELECT ?", nil, "1 question marks for 0 arguments"},
		{"SELECT 1", []any{1}, "0 question marks for 1 arguments"},
		{"SELECT ?, $1", []any{1}, "has $1, which an engine would read as a placeholder"},
		{"SELECT $1, ?", []any{1}, "both numbered arguments and question marks"},
		{"SELECT $1, a ?? b", []any{1}, "both numbered arguments and question marks"},
		{"SELECT $1, $3", []any{1, 2}, "has $3, and there are 2 arguments"},
		{"SELECT $1, $3", []any{1, 2, 3}, "has no $2 for argument 2"},
		{"SELECT $0", []any{1}, "has $0, which an engine would read as a placeholder"},
		{"SELECT $1", nil, "has $1, and there are 0 arguments"},
		{"SELECT :a", nil, "has :a, which an engine would read as a placeholder"},
		{"CREATE FUNCTION f(int) RETURNS int RETURN $1 + ?", []any{1}, "has $1, which an engine would read as a placeholder"},
		{"SELECT ?1", []any{1}, "numbered placeholders are not used"},
		{"SELECT 'a", nil, "opening '"},
		{`SELECT E'a\'`, nil, "opening '"},
		{"SELECT /* a", nil, "opening /*"},
		{"SELECT ?", []any{make(chan int)}, "argument 1 of the raw SQL: a chan int"},
		{"SELECT ?", []any{"a\x00"}, "argument 1 of the raw SQL: a text argument must be valid UTF-8 without NUL"},
		{"SELECT 1; DROP TABLE note", nil, "more than one statement"},
		{"SELECT 1;\n--x\nSELECT 2", nil, "more than one statement"},
		{"CREATE TABLE a (b int); DROP TABLE note", nil, "more than one statement"},
		{"CREATE TABLE trigger (a int); DROP TABLE note", nil, "more than one statement"},
		{"CREATE TEMP TABLE trigger (a int); DROP TABLE note", nil, "more than one statement"},
		{"SELECT 1 AS x$a$; DROP TABLE note; SELECT 2 AS y$a$", nil, "more than one statement"},
		{"SELECT 1$a$; DROP TABLE note; SELECT 2$a$", nil, "a number directly before a quote"},
		{`SELECT 1e'\'; DROP TABLE note; --'`, nil, "a number directly before a quote"},
		{"SELECT E'a'\n'\\'' ; DROP TABLE note; --'", nil, "two texts in a row"},
		{"SELECT 1 /* /* */ ; DROP TABLE note; /* */ */", nil, "a comment in a comment"},
		{"SELECT 1\x00; DROP TABLE note", nil, "NUL"},
		{"PREPARE TRANSACTION 'a'", nil, "begins with PREPARE TRANSACTION"},
		{"prepare /* a */ transaction $$as$$", nil, "begins with PREPARE TRANSACTION"},
		{"COMMIT PREPARED 'a'", nil, "begins with COMMIT"},
		{"BEGIN", nil, "begins with BEGIN"},
		{" /* x */ -- y\n commit", nil, "begins with COMMIT"},
		{"Savepoint a", nil, "begins with SAVEPOINT"},
		{"ROLLBACK TO a", nil, "begins with ROLLBACK"},
	} {
		_, err := NewRawStatement(tt.sql, tt.args)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %v", tt.sql, err)
		}
	}
}
