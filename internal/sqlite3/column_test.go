package sqlite3

import (
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/matryer/is"
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// cells are expressions of every kind of value that SQLite makes, in every form that its cells have.
var cells = []string{
	"NULL", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "0.0", "-0.0", "1.5", "1e300", "9e999", "-9e999",
	"''", "'a'", "'héllo'", "'a' || char(0) || 'b'", "hex(zeroblob(600))", "x''", "x'00ff'", "zeroblob(0)", "zeroblob(5)", "zeroblob(100000)", "CAST('text' AS BLOB)", "CAST(x'6162' AS TEXT)",
	"i", "r", "t", "b", "ir", "i + 0", "r * 2", "t || t", "b || b", "sum(i)", "avg(i)", "total(i)", "count(*)", "max(t)", "group_concat(t)",
	"CAST(i AS REAL)", "CAST(i AS TEXT)", "CAST(t AS INTEGER)", "json('[1,2]')", "json_array(1, 'a')", "date('2024-02-29')", "random() * 0", "typeof(i)", "randomblob(0)",
	"?1", "?2", "?3", "?4", "?5", "?6", "?7", "coalesce(NULL, ?3)", "iif(i = 1, ir, t)", "i IS NULL", "abs(-5)", "round(2.5)", "quote(b)", "substr(b, 1, 1)", "substr(t, 2)",
}

// Ensure that the readers of columns, which look into SQLite's memory, see what SQLite's functions say, for all kinds
// of values, in databases of all encodings.
func TestColumns(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		is := is.New(t)
		c := memory(t)
		do(t, c, "PRAGMA encoding = '"+encoding+"'; CREATE TABLE t (i INT, r, t TEXT, b BLOB, ir REAL)")
		do(t, c, "INSERT INTO t VALUES (1, 2.5, 'grüße', x'0102', 7), (2, -1, 'x', zeroblob(3), 1e10), (NULL, NULL, NULL, NULL, NULL)")
		sql := "SELECT " + strings.Join(cells, ", ") + " FROM t GROUP BY i"
		for range 2 { // prepared, and again
			s, err := c.Prepare(sql)
			is.NoErr(err)
			is.Equal(s.Columns(), len(cells))
			for i, err := range []error{s.BindNull(0), s.BindInt64(1, -7), s.BindFloat64(2, 0.25), s.BindText(3, "grüße"),
				s.BindText(4, ""), s.BindBytes(5, []byte{0, 1}), s.BindBytes(6, nil)} {
				if err != nil {
					t.Fatal(i, err)
				}
			}
			rows := 0
			for {
				row, err := s.Step()
				is.NoErr(err)
				if !row {
					break
				}
				rows++
				for i := range cells {
					compareCell(t, s, i, encoding+" "+cells[i])
				}
			}
			is.Equal(rows, 3)
			is.NoErr(s.Reset())
		}
	}
}

// compareCell reads a column in both ways, ours first, since SQLite's functions may change the cell.
func compareCell(t *testing.T, s *Stmt, i int, what string) {
	t.Helper()
	cell := &s.Row()[i]
	if pointer(lib.Xsqlite3_column_value(s.conn.tls, s.stmt, int32(i))) != unsafe.Pointer(cell) {
		t.Fatalf("%s lies elsewhere", what)
	}
	typ, n, f, raw := s.Type(i), s.Int64(i), s.Float64(i), string(s.Raw(i))
	want := map[int32]Type{lib.SQLITE_NULL: Null, lib.SQLITE_INTEGER: Integer, lib.SQLITE_FLOAT: Float,
		lib.SQLITE_TEXT: Text, lib.SQLITE_BLOB: Blob}
	if got := want[lib.Xsqlite3_column_type(s.conn.tls, s.stmt, int32(i))]; got != typ || cell.Type() != typ {
		t.Errorf("%s is %v here and %v there", what, typ, got)
	}
	switch typ {
	case Integer:
		if got := lib.Xsqlite3_column_int64(s.conn.tls, s.stmt, int32(i)); got != n {
			t.Errorf("%s is %d here and %d there", what, n, got)
		}
		fallthrough
	case Float:
		if got := lib.Xsqlite3_column_double(s.conn.tls, s.stmt, int32(i)); math.Float64bits(got) != math.Float64bits(f) {
			t.Errorf("%s is %v here and %v there", what, f, got)
		}
	case Text:
		p := lib.Xsqlite3_column_text(s.conn.tls, s.stmt, int32(i))
		if got := string(libc.GoBytes(p, int(lib.Xsqlite3_column_bytes(s.conn.tls, s.stmt, int32(i))))); got != raw {
			t.Errorf("%s is %q here and %q there", what, raw, got)
		}
	case Blob:
		p := lib.Xsqlite3_column_blob(s.conn.tls, s.stmt, int32(i))
		if got := string(libc.GoBytes(p, int(lib.Xsqlite3_column_bytes(s.conn.tls, s.stmt, int32(i))))); got != raw {
			t.Errorf("%s is %q here and %q there", what, raw, got)
		}
	}
	if typ != Integer && n != 0 || typ != Integer && typ != Float && f != 0 || typ != Text && typ != Blob && raw != "" {
		t.Errorf("%s is read as what it is not", what)
	}
}

// Ensure that the rows which SQLite makes without a table, or tells of itself, are read as all others.
func TestColumns_Special(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	do(t, c, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')")
	for _, sql := range []string{
		"EXPLAIN SELECT * FROM t WHERE b = 'x' ORDER BY a", "EXPLAIN QUERY PLAN SELECT * FROM t, t AS u", "PRAGMA table_info(t)", "PRAGMA compile_options",
		"VALUES (1, 'a'), (2.5, x'00')", "INSERT INTO t DEFAULT VALUES RETURNING *, a IS NULL", "SELECT * FROM json_each('[1, 2.5, \"x\", null]')", "SELECT * FROM sqlite_schema",
		"PRAGMA integrity_check", "SELECT * FROM (SELECT 1 UNION ALL SELECT NULL UNION ALL SELECT 'x')",
	} {
		s, err := c.Prepare(sql)
		is.NoErr(err)
		rows := 0
		for {
			row, err := s.Step()
			is.NoErr(err)
			if !row {
				break
			}
			rows++
			for i := range s.Columns() {
				compareCell(t, s, i, sql)
			}
		}
		is.True(rows > 0)
		is.NoErr(s.Reset())
	}
}

// Ensure that there is nothing to read where there is no row.
func TestColumns_None(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	s, err := c.Prepare("SELECT 1, 2")
	is.NoErr(err)
	panics := func(i int) (yes bool) {
		defer func() { yes = recover() != nil }()
		s.Int64(i)
		return false
	}
	is.Equal(len(s.Row()), 0)
	is.True(panics(0))
	row, err := s.Step()
	is.NoErr(err)
	is.True(row)
	is.True(!panics(1))
	is.True(panics(2))
	is.True(panics(-1))
	is.NoErr(s.Reset())
	is.True(panics(0))
}

// Ensure that a result has the columns of the table as it is, not as it was when the statement was prepared.
func TestColumns_Changed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := memory(t)
	do(t, c, "CREATE TABLE t (a); INSERT INTO t VALUES (1)")
	for i, names := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}} {
		s, err := c.Prepare("SELECT * FROM t")
		is.NoErr(err)
		row, err := s.Step()
		is.NoErr(err)
		is.True(row)
		is.Equal(s.Columns(), len(names))
		is.Equal(len(s.Row()), len(names))
		for j, name := range names {
			is.Equal(s.Name(j), name)
		}
		is.NoErr(s.Reset())
		do(t, c, "ALTER TABLE t ADD COLUMN "+string(rune('b'+i)))
	}
}
