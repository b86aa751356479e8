package sqltext

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that a piece of SQL is cut at its arguments and nowhere else.
func TestFragment(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string][]string{
		"1 = 1":              {"1 = 1"},
		"a = ?":              {"a = ", ""},
		"? = ?":              {"", " = ", ""},
		"a ?? b":             {"a ? b"},
		"a ??? b":            {"a ?", " b"},
		"a ???? b":           {"a ?? b"},
		"a = '?' AND ?":      {"a = '?' AND ", ""},
		"a = '??'":           {"a = '??'"},
		"'it''s ?' = ?":      {"'it''s ?' = ", ""},
		`"a?""?" = ?`:        {`"a?""?" = `, ""},
		"/* ? */ ?":          {"/* ? */ ", ""},
		"a - - ? / b":        {"a - - ", " / b"},
		"é = ? || 'é?'":      {"é = ", " || 'é?'"},
		"'a' '?' \"?\" ??":   {`'a' '?' "?" ?`},
		`E'\'?' = ?`:         {`E'\'?' = `, ""},
		`E'\\' = ?`:          {`E'\\' = `, ""},
		`type'\' = ?`:        {`type'\' = `, ""},
		"a$b$ = ?":           {"a$b$ = ", ""},
		"(a) = (')', ?)":     {"(a) = (')', ", ")"},
		"a[1:n] = ARRAY[?]":  {"a[1:n] = ARRAY[", "]"},
		"a::int = f(b := ?)": {"a::int = f(b := ", ")"},
		"a @> ? AND b @@to_tsquery(?) AND @ c #>> '{}' = ':a @b $1'": {"a @> ", " AND b @@to_tsquery(",
			") AND @ c #>> '{}' = ':a @b $1'"},
	} {
		got, err := Fragment(sql)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", sql, got, err)
		}
	}
}

// Ensure that what would end a piece of SQL in its statement, or take something of it from outside, is refused, and
// that the error says what it is.
func TestFragmentRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ sql, says string }{
		{"", "is empty"},
		{" \n", "is empty"},
		{"'", "an opening ' without its end"},
		{"a = 'b", "an opening ' without its end"},
		{`a = E'b\'`, "an opening ' without its end"},
		{`"`, `an opening " without its end`},
		{"/*", "an opening /* without its end"},
		{"/*/", "an opening /* without its end"},
		{"a /* /* */ b", "a comment in a comment"},
		{"a -- b", "the comment --"},
		{"--", "the comment --"},
		{"$$", "an opening $$ without its end"},
		{"$a$ $b$", "an opening $a$ without its end"},
		{"1$a$ b $a$", "a number directly before a quote"},
		{"n = $1", "$1, which an engine would read as a placeholder"},
		{"n = ?1", "?1, which an engine would read as a placeholder"},
		{"???1", "?1, which an engine would read as a placeholder"},
		{"n = :a", ":a, which an engine would read as a placeholder"},
		{"n = :1", ":1, which an engine would read as a placeholder"},
		{"n = :::a", ", which an engine would read as a placeholder"},
		{"n = @a", "@a, which an engine would read as a placeholder"},
		{"n <@a", "@a, which an engine would read as a placeholder"},
		{"n = #a", "#a, which an engine would read as a placeholder"},
		{"n = $a", "$a, which an engine would read as a placeholder"},
		{"a[1] = :a", ":a, which an engine would read as a placeholder"},
		{"1=1) OR (1=1", "a closing ) without its opening ("},
		{"(1=1", "an opening ( without its end"},
		{"a[1", "an opening [ without its end"},
		{"(a[1)]", "a closing ) without its opening ("},
		{"[']'] = 1", "a ] in a quoted text"},
		{"a = 1;", "a semicolon"},
		{"`a` = 1", "a backquote"},
		{"a\x00", "a NUL"},
		{"E'a'\n'\\'' OR 1=1) OR ('", "two texts in a row"},
		{`1e'\' OR 1=1) OR ('`, "a number directly before a quote"},
	} {
		if got, err := Fragment(tt.sql); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %q, %v", tt.sql, got, err)
		}
		if err := Closed(tt.sql); err == nil {
			t.Errorf("%q is closed", tt.sql)
		}
	}
	for _, sql := range []string{"a = ?", "a ?? b"} {
		if err := Closed(sql); err == nil || !strings.Contains(err.Error(), "a question mark") {
			t.Errorf("%q: %v", sql, err)
		}
	}
}

// Ensure that a list is cut at its own commas.
func TestTerms(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	got, err := Terms("a, f(b, c) desc, d[1,2] || ', ' , \"e,\"/* , */")
	is.NoErr(err)
	is.Equal(got, []string{"a", " f(b, c) desc", " d[1,2] || ', ' ", " \"e,\"/* , */"})
	for _, sql := range []string{"", "f(a", "a)", "f(?)", "f(a); DROP TABLE b", "f($1)"} {
		_, err := Terms(sql)
		is.True(err != nil)
	}
}

// FuzzFragment makes sure that no text makes the reader fail, that nothing of it is lost, and that what is taken is
// taken beside others as well: between parentheses, and before and behind other pieces.
func FuzzFragment(f *testing.F) {
	for _, s := range []string{"a = ?", "'?' ?? \"?\"", "/* ? */ $a$?$a$", "--", "?1", `E'\'' '`, "a[1:b]::c",
		"(')') @@ ?", "`", "\x00", "1e'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		parts, err := Fragment(sql)
		if err != nil {
			return
		}
		var back strings.Builder
		for i, p := range parts {
			if i > 0 {
				back.WriteByte('?')
			}
			back.WriteString(p)
		}
		if got, want := strings.ReplaceAll(back.String(), "?", ""), strings.ReplaceAll(sql, "?", ""); got != want {
			t.Fatalf("%q became %q", sql, back.String())
		}
		beside, err := Fragment("(" + sql + ") AND (" + sql + ")")
		if err != nil || len(beside) != 2*len(parts)-1 {
			t.Fatalf("%q beside itself: %q, %v", sql, beside, err)
		}
		// A statement holds it as well, and is still one.
		if _, err := Parse("SELECT (" + sql + ")"); err != nil {
			t.Fatalf("%q in a statement: %v", sql, err)
		}
	})
}
