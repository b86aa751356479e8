package schema

import (
	"testing"

	"github.com/matryer/is"
)

// Ensure that a constant is told from an expression, as both engines write them.
func TestConstant(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"'a'": "a", "'it''s'": "it's", "''": "", "'a'::text": "a", "'x'::character varying(20)": "x", "7": "7", "-7": "-7", "(-7)": "-7",
		"'-7'::integer": "-7", "(-7)::bigint": "-7", "1.50": "1.50", "1e3": "1e3", "true": "true", "FALSE": "FALSE", "'b'": "b",
		"'2024-01-01 00:00:00+00'::timestamp with time zone": "2024-01-01 00:00:00+00", "'{a,b}'::text[]": "{a,b}",
		"'1.50'::numeric(12,2)": "1.50", "'(a)'": "(a)",
	} {
		is := is.New(t)
		got, ok := Constant(expr)
		is.True(ok)
		is.Equal(got, want)
	}
	for _, expr := range []string{
		"", "'a'||'b'", "('a'||'b')", "('a'::text || 'b'::text)", "now()", "CURRENT_TIMESTAMP", "1+1", "1-1", "2020-01-01", "('now'::text)::date",
		"lower('A'::text)", "'a", "a'", "'a'b'", "NULL", "x", `"a"`, "nextval('s'::regclass)", "('a')||('b')", "(1)+(2)", "'a'::text || 'b'",
	} {
		is := is.New(t)
		_, ok := Constant(expr)
		is.True(!ok)
	}
}
