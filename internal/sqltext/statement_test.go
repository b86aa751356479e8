package sqltext

import (
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that a statement is known by its first word, and that the numbered arguments of a function, or of what is
// prepared by hand, are its own.
func TestParse(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for sql, lead := range map[string]string{
		"select 1": "SELECT", "(SELECT 1)": "SELECT", "/* a */ -- b\n WITH a AS (SELECT 1) SELECT 2;": "WITH",
		"CREATE FUNCTION f(int) RETURNS int RETURN $1": "CREATE", "PREPARE transaction (int) AS SELECT $1": "PREPARE",
		"PREPARE p AS SELECT :a": "PREPARE", "1": "1", "'a'": "",
	} {
		s, err := Parse(sql)
		is.NoErr(err)
		is.Equal(s.Lead, lead)
		is.Equal(len(s.Parts), 1)
	}
	s, err := Parse("SELECT `?`, ?;")
	is.NoErr(err)
	is.Equal(s.Parts, []string{"SELECT `?`, ", ""})
}

// FuzzParse makes sure that no text makes the reader fail, and that what it gives is a statement once more.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"SELECT ?; -- a", "CREATE TRIGGER a BEGIN SELECT 1; END;", "PREPARE TRANSACTION 'a'",
		"SELECT $1", ";;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		s, err := Parse(sql)
		if err != nil {
			return
		}
		again := strings.Join(s.Parts, " ? ")
		if s2, err := Parse(again); !strings.Contains(sql, "??") &&
			(err != nil || s2.Lead != s.Lead || len(s2.Parts) != len(s.Parts)) {
			t.Fatalf("%q became %q: %v, %v", sql, again, s2, err)
		}
	})
}
