package transfer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/transfer"
)

func statements(t *testing.T, on *prom.DB, list ...string) {
	t.Helper()
	for _, sql := range list {
		if _, err := prom.RawExec(t.Context(), on, sql); err != nil {
			t.Fatal(sql, err)
		}
	}
}

func one(t *testing.T, on *prom.DB, sql string) string {
	t.Helper()
	s, err := prom.RawQuery[string](on, sql).First(t.Context())
	if err != nil {
		t.Fatal(sql, err)
	}
	return s
}

// Ensure that tables of other programs on PostgreSQL come with their types, defaults, checks and indexes, and that what
// SQLite cannot have is refused.
func TestCopyFoundPostgres(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	source, target := kit.Open(t, dbtest.Postgres(t)), kit.Open(t, dbtest.Postgres(t))
	statements(t, source, "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
		"CREATE TABLE odd (id serial PRIMARY KEY, m mood DEFAULT 'sad', ms mood[], a inet, r int4range, v varchar(9) CHECK (v <> ''), n numeric, "+
			"f float8, j json, p point, i interval, ts timestamp, ch char(5), nn int[][], g int GENERATED ALWAYS AS (id * 2) STORED)",
		"CREATE INDEX odd_lower ON odd (lower(v)) WHERE v IS NOT NULL",
		"CREATE TABLE lone (a text, b bytea)", // no key
		"INSERT INTO lone SELECT repeat(E'\\t\\\\\\n', i), '\\x00ff' FROM generate_series(1, 100) i",
		`INSERT INTO odd (m, ms, a, r, v, n, f, j, p, i, ts, ch, nn) VALUES
			('it''s ok', '{sad,NULL}', '::1/64', '[1,5)', E'a\tb\\', 'NaN', 'NaN', '{"b": 1,  "a":1}', '(1,2)',
				'1 mon -3 days', '2024-01-01', 'ab', '{{1,NULL},{3,4}}'),
			(NULL, NULL, NULL, 'empty', NULL, 'Infinity', 'Infinity', 'null', NULL, NULL, 'infinity', '', '{}'),
			(NULL, NULL, NULL, NULL, 'x', 12345678901234567890.00001000, -0.0, NULL, NULL, NULL, NULL, NULL, NULL)`)
	r := copyAll(t, source, target, transfer.Options{})
	is.Equal(len(r.Tables), 2)
	all := "SELECT string_agg(o::text, '\n' ORDER BY id) FROM odd o"
	is.Equal(one(t, target, all), one(t, source, all))
	all = "SELECT string_agg(l::text, '\n' ORDER BY a) FROM lone l"
	is.Equal(one(t, target, all), one(t, source, all))
	shape := "SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull, ', ' ORDER BY attnum) " +
		"FROM pg_attribute a WHERE attrelid = 'odd'::regclass AND attnum > 0"
	is.Equal(one(t, target, shape), one(t, source, shape))
	index := "SELECT pg_get_indexdef('odd_lower'::regclass)"
	strip := func(s string) string { return s[strings.Index(s, " USING "):] } // behind the schema
	is.Equal(strip(one(t, target, index)), strip(one(t, source, index)))
	_, err := prom.RawExec(t.Context(), target, "INSERT INTO odd (v) VALUES ('')")
	is.True(err != nil) // the check
	statements(t, target, "INSERT INTO odd (v) VALUES ('next')")
	is.Equal(one(t, target, "SELECT m::text || id FROM odd WHERE v = 'next'"), "sad5") // the failed one has taken a number

	_, err = transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(kit.Open(t, dbtest.SQLite(t))), transfer.Options{})
	is.True(err != nil && strings.Contains(err.Error(),
		"copy odd: row 1 in the order of the key, column n: the value is NaN"))
}

// Ensure that tables of SQLite come as they are, with values that their types do not say, and that PostgreSQL refuses
// such values.
func TestCopyFoundSQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	source, target, pg := kit.Open(t, dbtest.SQLite(t)), kit.Open(t, dbtest.SQLite(t)), kit.Open(t, dbtest.Postgres(t))
	statements(t, source,
		"CREATE TABLE odd (id INTEGER PRIMARY KEY, n INT, d DATETIME, a, b DECIMAL(9,2), t TEXT COLLATE NOCASE CHECK (t <> ''))",
		"CREATE UNIQUE INDEX odd_t ON odd (t) WHERE n > 0",
		"CREATE TRIGGER odd_guard BEFORE DELETE ON odd BEGIN SELECT RAISE(ABORT, 'no'); END",
		"CREATE TABLE plain (k TEXT, x REAL, y BLOB, PRIMARY KEY (k)) WITHOUT ROWID",
		"INSERT INTO plain VALUES ('a', 1, x'00'), ('b', 1.5, 'text')",
		"INSERT INTO odd VALUES (1, 'many', 1700000000, 1, 1.25, 'x'), (2, 2, '2024-01-01 00:00:00', x'00', 2, 'y'), (7, NULL, NULL, 'z', NULL, NULL)")
	copyAll(t, source, target, transfer.Options{})
	for _, sql := range []string{
		"SELECT group_concat(quote(id) || quote(n) || quote(d) || quote(a) || quote(b) || quote(t), ';') FROM odd",
		"SELECT group_concat(quote(k) || quote(x) || quote(y), ';') FROM plain",
		"SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name)",
	} {
		is.Equal(one(t, target, sql), one(t, source, sql))
	}
	refused := func(part string) {
		t.Helper()
		_, err := transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(pg), transfer.Options{Tables: []string{"odd"},
			Again: true})
		if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "many") {
			t.Fatalf("%v, want %s", err, part)
		}
	}
	refused("column a: the column has values of several types")
	statements(t, source, "UPDATE odd SET a = 1.5")
	refused("odd: row 1 in the order of the key, column n: the database holds a TEXT")
	statements(t, source, "UPDATE odd SET n = NULL WHERE id = 1", "UPDATE odd SET t = 'a' || char(0) WHERE id = 2")
	refused("odd: row 2 in the order of the key, column t: a text cannot hold a NUL")
	statements(t, source, "UPDATE odd SET t = 'ok' WHERE id = 2")
	r, err := transfer.Copy(context.Background(), (*db.DB)(source), (*db.DB)(pg),
		transfer.Options{Tables: []string{"odd"}, Again: true})
	is.NoErr(err)
	is.Equal(r.Tables[0].Rows, int64(3))
	is.True(strings.Contains(strings.Join(r.Remarks, "\n"), "odd: the index odd_t is left out"))
	is.Equal(one(t, pg, "SELECT string_agg(concat(id, ' ', d AT TIME ZONE 'UTC', ' ', a, ' ', b), ';' ORDER BY id) FROM odd"),
		"1 2023-11-14 22:13:20 1.5 1.25;2 2024-01-01 00:00:00 1.5 2;7  1.5 ")
}
