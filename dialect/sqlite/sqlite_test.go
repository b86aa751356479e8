package sqlite_test

import (
	"bytes"
	"database/sql"
	"strings"
	"testing"
	"unicode/utf8"

	_ "modernc.org/sqlite"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

func openMemory(f *testing.F) *sql.DB {
	f.Helper()
	db, err := sql.Open("sqlite", "file::memory:?_dqs=0")
	if err != nil {
		f.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	f.Cleanup(func() { _ = db.Close() })
	return db
}

// Ensure that SQLite takes a quoted name for the name.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"a", `a"b`, `"`, `""`, `"; DROP TABLE x; --`, "ü", `\"`, "a\nb", "[a]", "`", "'"} {
		f.Add(s)
	}
	db := openMemory(f)
	f.Fuzz(func(t *testing.T, name string) {
		if schema.CheckName(name) != nil {
			t.Skip("no identifier")
		}
		q := sqlite.Dialect{}.Quote(name)
		rows, err := db.Query("SELECT " + q + " FROM (SELECT 1 AS " + q + ")")
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		defer rows.Close()
		if cols, err := rows.Columns(); err != nil || len(cols) != 1 || cols[0] != name {
			t.Errorf("%q became %q, %v", name, cols, err)
		}
	})
}

// Ensure that SQLite reads a constant as the value that it was made from.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "a", "it's", `\`, `\'`, `'; DROP TABLE x; --`, "a\x00b", "\x00", "\x00'", "ü😀", "a\nb",
		"\xff"} {
		f.Add(s)
	}
	db := openMemory(f)
	f.Fuzz(func(t *testing.T, s string) {
		d := sqlite.Dialect{}
		text, blob := d.Literal(schema.TextValue(schema.Text, s)), d.Literal(schema.BytesValue([]byte(s)))
		var typ string
		var asBytes, asBlob []byte
		if err := db.QueryRow("SELECT typeof("+text+"), CAST("+text+" AS BLOB), "+blob).Scan(&typ, &asBytes,
			&asBlob); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if typ != "text" || string(asBytes) != s || !bytes.Equal(asBlob, []byte(s)) {
			t.Errorf("%q became %s %q and %q", s, typ, asBytes, asBlob)
		}
		if strings.Contains(text, "\x00") {
			t.Errorf("%q: the text of the statement would end at the NUL", s)
		}
	})
}

// Ensure that a pattern finds the beginnings that package strings finds, whatever the value holds.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"", "a", "A", "%", "_", `\`, "*", "?", "[a]", "]", "^", "ü", "\u212a"} {
		f.Add("xay", s)
		f.Add(s+"b", s)
		f.Add("b"+s, s)
	}
	db := openMemory(f)
	f.Fuzz(func(t *testing.T, s, value string) {
		if !utf8.ValidString(s) || !utf8.ValidString(value) || strings.Contains(s+value, "\x00") || len(s+value) > 10_000 {
			t.Skip("no text of a column")
		}
		d := sqlite.Dialect{}
		for _, fold := range []bool{false, true} {
			s, value := s, value
			query := "SELECT " + d.Match(&schema.Column{Kind: schema.Text}, "t.s", dialect.MatchPrefix, fold, false) +
				" FROM (SELECT ? AS s) AS t"
			var got bool
			if err := db.QueryRow(query, d.Pattern(dialect.MatchPrefix, fold, value), s).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if fold {
				s, value = lower(s), lower(value)
			}
			if got != strings.HasPrefix(s, value) {
				t.Errorf("fold=%t of %q in %q is %t", fold, value, s, got)
			}
		}
	})
}

// lower folds the letters A to Z.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
