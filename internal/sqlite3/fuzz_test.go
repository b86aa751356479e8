package sqlite3

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"
	modernc "modernc.org/sqlite"
)

// program makes statements and values out of the bytes of a fuzzer.
type program struct{ data []byte }

func (p *program) next(n int) int {
	if len(p.data) == 0 {
		return 0
	}
	b := int(p.data[0])
	p.data = p.data[1:]
	return b % n
}

func (p *program) pick(list ...string) string { return list[p.next(len(list))] }

// value is a parameter in the form of database/sql.
func (p *program) value() any {
	switch p.next(6) {
	case 0:
		return nil
	case 1:
		return []int64{0, 1, 2, -1, math.MaxInt64, math.MinInt64, 1000000}[p.next(7)]
	case 2:
		return []float64{0, 1, 0.5, -2.5, 1e300, math.Inf(1), math.Inf(-1), math.NaN()}[p.next(8)]
	case 3:
		return []byte(p.bytes())
	}
	return strings.ToValidUTF8(p.bytes(), "?")
}

func (p *program) bytes() string {
	n := []int{0, 1, 2, 3, 8, 20, 300}[p.next(7)]
	n = min(n, len(p.data))
	s := string(p.data[:n])
	p.data = p.data[n:]
	return s
}

func (p *program) expr(depth int) string {
	if depth > 2 {
		return p.pick("?", "a", "b", "c", "d", "1", "NULL", "'x'")
	}
	x := func() string { return p.expr(depth + 1) }
	switch p.next(14) {
	case 0:
		return x() + p.pick(" + ", " - ", " * ", " / ", " % ", " || ", " = ", " < ", " IS ", " AND ", " OR ", " & ", " >> ") +
			x()
	case 1:
		return "CAST(" + x() + " AS " + p.pick("TEXT", "INTEGER", "REAL", "BLOB", "NUMERIC") + ")"
	case 2:
		return p.pick("abs", "typeof", "length", "hex", "quote", "upper", "json", "json_type", "date", "unicode", "zeroblob",
			"sum", "count", "max", "group_concat") + "(" + x() + ")"
	case 3:
		return "(CASE WHEN " + x() + " THEN " + x() + " ELSE " + x() + " END)"
	case 4:
		return x() + p.pick(" LIKE ", " GLOB ") + x()
	case 5:
		return "(SELECT " + x() + " FROM t LIMIT 1)"
	}
	return p.expr(3)
}

func (p *program) statement() string {
	switch p.next(12) {
	case 0, 1, 2:
		return "INSERT " + p.pick("", "OR REPLACE ", "OR IGNORE ", "OR FAIL ", "OR ROLLBACK ") +
			"INTO t (a, b, c, d) VALUES (?, ?, ?, ?)" + p.pick("", " RETURNING *", ", (?, ?, ?, ?) RETURNING id, a")
	case 3:
		return "UPDATE " + p.pick("", "OR IGNORE ", "OR REPLACE ") + "t SET " + p.pick("a", "b", "c", "d") + " = " +
			p.expr(0) + p.pick("", " WHERE "+p.expr(0)) + p.pick("", " RETURNING *")
	case 4:
		return "DELETE FROM t WHERE " + p.expr(0) + p.pick("", " RETURNING b")
	case 5:
		return p.pick("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT s", "RELEASE s", "ROLLBACK TO s")
	case 6:
		return p.pick("CREATE TABLE u (x)", "DROP TABLE u", "ALTER TABLE t ADD COLUMN e", "CREATE INDEX i ON t (b)",
			"DROP INDEX i", "SELECT nope FROM t", "SELEKT", `SELECT "a"`, "SELECT * FROM u", "INSERT INTO f VALUES (?)")
	}
	return "SELECT " + p.expr(0) + ", " + p.pick("*", p.expr(0)) + " FROM t" + p.pick("", " WHERE "+p.expr(0)) +
		p.pick("", " GROUP BY a") + p.pick("", " ORDER BY b, id") + p.pick("", " LIMIT 3")
}

// outcome is what a statement gave, in a form that can be compared.
type outcome struct {
	columns string
	rows    []string
	code    int
	changes int64
}

func (o outcome) String() string {
	return fmt.Sprintf("columns %s, rows %q, code %d, changes %d", o.columns, o.rows, o.code, o.changes)
}

func show(v any) string {
	switch v := v.(type) {
	case []byte:
		return fmt.Sprintf("BLOB %x", v)
	case string:
		return fmt.Sprintf("TEXT %x", v)
	case float64:
		return fmt.Sprintf("REAL %x", math.Float64bits(v))
	case int64:
		return fmt.Sprintf("INTEGER %d", v)
	case nil:
		return "NULL"
	}
	return fmt.Sprintf("%T", v)
}

func direct(c *Conn, text string, args []any) (o outcome) {
	before := c.TotalChanges()
	fail := func(err error) bool {
		var e *Error
		if errors.As(err, &e) && o.code == 0 {
			o.code = e.Code
		}
		return err != nil
	}
	s, err := c.Prepare(text)
	if fail(err) {
		return o
	}
	for i := range s.Params() {
		switch v := args[i].(type) {
		case nil:
			err = s.BindNull(i)
		case int64:
			err = s.BindInt64(i, v)
		case float64:
			err = s.BindFloat64(i, v)
		case string:
			err = s.BindText(i, v)
		case []byte:
			err = s.BindBytes(i, v)
		}
		if fail(err) {
			break
		}
	}
	for o.code == 0 {
		row, err := s.Step()
		if fail(err) || !row {
			break
		}
		if o.columns == "" {
			for i := range s.Columns() {
				o.columns += s.Name(i) + ","
			}
		}
		var line []string
		for i := range s.Row() {
			var v any
			switch s.Type(i) {
			case Integer:
				v = s.Int64(i)
			case Float:
				v = s.Float64(i)
			case Text:
				v = string(s.Raw(i))
			case Blob:
				v = bytes.Clone(s.Raw(i))
			}
			line = append(line, show(v))
		}
		o.rows = append(o.rows, strings.Join(line, " "))
	}
	fail(s.Reset())
	o.changes = c.TotalChanges() - before
	return o
}

func throughDriver(c *sql.Conn, text string, args []any) (o outcome) {
	fail := func(err error) {
		var e *modernc.Error
		if errors.As(err, &e) {
			o.code = e.Code()
		}
	}
	total := func() (n int64) {
		_ = c.QueryRowContext(context.Background(), "SELECT total_changes()").Scan(&n)
		return n
	}
	before := total()
	rows, err := c.QueryContext(context.Background(), text, args...)
	if err != nil {
		fail(err)
		o.changes = total() - before
		return o
	}
	names, _ := rows.Columns()
	for rows.Next() {
		if o.columns == "" {
			o.columns = strings.Join(names, ",") + ","
		}
		values := make([]any, len(names))
		places := make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		_ = rows.Scan(places...)
		var line []string
		for _, v := range values {
			line = append(line, show(v))
		}
		o.rows = append(o.rows, strings.Join(line, " "))
	}
	fail(rows.Err())
	fail(rows.Close())
	o.changes = total() - before
	return o
}

const fuzzSchema = `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT UNIQUE, c REAL CHECK (c IS NOT 1000), d);
CREATE TABLE f (p INT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)`

// Ensure that statements and values give the same through this package and through database/sql and its driver: rows,
// types, changes and codes of errors.
func FuzzDifferential(f *testing.F) {
	for i := range 20 {
		seed := make([]byte, 60+i*10)
		for j := range seed {
			seed[j] = byte(j*(2*i+3) + j*j/7 + i*31)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 2000 {
			return
		}
		is := is.New(t)
		c, err := Open("file::memory:", ReadWrite|Create, Options{})
		is.NoErr(err)
		defer c.Close()
		is.NoErr(c.Exec(fuzzSchema + "; PRAGMA foreign_keys = 1"))
		db, err := sql.Open("sqlite", "file::memory:?_dqs=0&_foreign_keys=1")
		is.NoErr(err)
		defer db.Close()
		other, err := db.Conn(context.Background())
		is.NoErr(err)
		defer other.Close()
		_, err = other.ExecContext(context.Background(), fuzzSchema)
		is.NoErr(err)
		p := &program{data: data}
		for step := 0; len(p.data) > 0 && step < 40; step++ {
			text := p.statement()
			params := strings.Count(text, "?")
			args := make([]any, params)
			for i := range args {
				args[i] = p.value()
			}
			got, want := direct(c, text, args), throughDriver(other, text, args)
			if got.String() != want.String() {
				t.Fatalf("%s\nwith %v\nhere  %v\nthere %v", text, args, got, want)
			}
		}
		is.True(c.Exec("ROLLBACK") == nil || c.Autocommit())
		_, _ = other.ExecContext(context.Background(), "ROLLBACK")
		is.Equal(direct(c, "SELECT * FROM t ORDER BY id", nil).String(),
			throughDriver(other, "SELECT * FROM t ORDER BY id", nil).String())
	})
}
