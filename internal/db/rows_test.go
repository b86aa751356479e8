package db

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// cell is an expression in SQL and what each reader makes of it; a reader that is not listed must refuse it.
type cell struct {
	sql     string
	readers map[string]any
}

// reads calls every typed reader of a column.
func reads(rows driver.Rows, i int) (map[string]any, map[string]error) {
	values, errs := map[string]any{}, map[string]error{}
	note := func(name string, v any, err error) {
		if err != nil {
			errs[name] = err
			return
		}
		values[name] = v
	}
	b, err := rows.Bool(i)
	note("bool", b, err)
	n, err := rows.Int(i)
	note("int", n, err)
	u, err := rows.Uint(i)
	note("uint", u, err)
	f, err := rows.Float(i)
	note("float", f, err)
	s, err := rows.Text(i)
	note("text", s, err)
	raw, err := rows.Bytes(i)
	note("bytes", string(raw), err)
	at, err := rows.Time(i)
	note("time", at, err)
	clock, err := rows.Clock(i)
	note("clock", clock, err)
	return values, errs
}

// same compares what was read with what was wanted; times by the instant, and NaN is equal to itself.
func same(got, want any) bool {
	switch w := want.(type) {
	case time.Time:
		g, ok := got.(time.Time)
		return ok && g.Equal(w) && g.Location() == time.UTC
	case float64:
		g, ok := got.(float64)
		return ok && (g == w || math.IsNaN(g) && math.IsNaN(w))
	}
	return reflect.DeepEqual(got, want)
}

// check reads a cell with every reader.
func (c cell) check(t *testing.T, db *DB) {
	t.Helper()
	is := is.New(t)
	rows, err := db.Query(limited(t), read(db, "SELECT "+c.sql+" AS cell"))
	is.NoErr(err)
	defer rows.Close()
	if !rows.Next() {
		t.Fatalf("%s: %v", c.sql, errors.Unwrap(rows.Close()))
	}
	is.Equal(rows.Len(), 1)
	is.Equal(rows.Name(0), "cell")
	is.True(!rows.IsNull(0))
	values, errs := reads(rows, 0)
	for _, name := range []string{"bool", "int", "uint", "float", "text", "bytes", "time", "clock"} {
		want, wanted := c.readers[name]
		got, read := values[name]
		if wanted != read || wanted && !same(got, want) {
			t.Errorf("%s as %s is %v (%v), want %v", c.sql, name, got, errs[name], want)
		}
		if err := errs[name]; err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "987")) {
			t.Errorf("%s as %s: the error shows the value: %v", c.sql, name, err)
		}
	}
}

func utc(y, m, d, h, min, s, us int) time.Time {
	return time.Date(y, time.Month(m), d, h, min, s, us*1000, time.UTC)
}

type readers = map[string]any

// postgresCells hold 987 or the secret where no error may show it.
var postgresCells = []cell{
	{"true", readers{"bool": true}},
	{"false", readers{"bool": false}},
	{"987::int2", readers{"int": int64(987), "uint": uint64(987), "float": 987.0}},
	{"-987::int4", readers{"int": int64(-987), "float": -987.0}},
	{"9223372036854775807", readers{"int": int64(math.MaxInt64), "uint": uint64(math.MaxInt64),
		"float": float64(math.MaxInt64)}},
	{"(-9223372036854775807 - 1)", readers{"int": int64(math.MinInt64), "float": float64(math.MinInt64)}},
	{"(-32768)::int2", readers{"int": int64(-32768), "float": -32768.0}},
	{"4294967295::oid", readers{"int": int64(math.MaxUint32), "uint": uint64(math.MaxUint32), "text": "4294967295"}},
	{"1.5::float8", readers{"float": 1.5}},
	{"-987.25::float4", readers{"float": -987.25}},
	{"0.1::float4", readers{"float": float64(float32(0.1))}},
	{"0.1::float8", readers{"float": 0.1}},
	{"'NaN'::float8", readers{"float": math.NaN()}},
	{"'-Infinity'::float8", readers{"float": math.Inf(-1)}},
	{"'Infinity'::float4", readers{"float": math.Inf(1)}},

	{"0::numeric", readers{"int": int64(0), "uint": uint64(0), "float": 0.0, "text": "0"}},
	{"0.00::numeric", readers{"float": 0.0, "text": "0.00"}},
	{"987::numeric(20,0)", readers{"int": int64(987), "uint": uint64(987), "float": 987.0, "text": "987"}},
	{"-987.10::numeric(10,2)", readers{"float": -987.1, "text": "-987.10"}},
	{"10000::numeric", readers{"int": int64(10000), "uint": uint64(10000), "float": 10000.0, "text": "10000"}},
	{"100000000.0001::numeric", readers{"float": 100000000.0001, "text": "100000000.0001"}},
	{"0.00000000000000000001::numeric", readers{"float": 1e-20, "text": "0.00000000000000000001"}},
	{"0.00010203::numeric", readers{"float": 0.00010203, "text": "0.00010203"}},
	{"18446744073709551615::numeric", readers{"uint": uint64(math.MaxUint64), "float": float64(math.MaxUint64),
		"text": "18446744073709551615"}},
	{"9223372036854775808::numeric", readers{"uint": uint64(1 << 63), "float": float64(1 << 63),
		"text": "9223372036854775808"}},
	{"-1::numeric", readers{"int": int64(-1), "float": -1.0, "text": "-1"}},
	{"('987' || repeat('0', 200))::numeric", readers{"float": 987e200, "text": "987" + strings.Repeat("0", 200)}},
	{"('987' || repeat('0', 1000))::numeric", readers{"text": "987" + strings.Repeat("0", 1000)}}, // too large for a float
	{"'NaN'::numeric", readers{"float": math.NaN(), "text": "NaN"}},
	{"'Infinity'::numeric", readers{"float": math.Inf(1), "text": "Infinity"}},
	{"'-Infinity'::numeric", readers{"float": math.Inf(-1), "text": "-Infinity"}},

	{"'" + secret + "'::text", readers{"text": secret, "bytes": secret}},
	{"''::text", readers{"text": "", "bytes": ""}},
	{"'" + secret + "'::varchar(20)", readers{"text": secret, "bytes": secret}},
	{"'ab'::char(3)", readers{"text": "ab "}},
	{"'ab'::name", readers{"text": "ab"}},
	{"'987'::text", readers{"text": "987", "bytes": "987"}},
	{`'\x00ff73'::bytea`, readers{"bytes": "\x00\xff\x73"}},
	{`''::bytea`, readers{"bytes": ""}},
	{"'6BA7B810-9dad-11d1-80b4-00c04fd430c8'::uuid", readers{"text": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}},
	{`'{"a": [987]}'::json`, readers{"text": `{"a": [987]}`, "bytes": `{"a": [987]}`}},
	{`'{"a":[987]}'::jsonb`, readers{"text": `{"a": [987]}`, "bytes": `{"a": [987]}`}},
	{"'sad'::mood", readers{"text": "sad"}},
	{"'" + secret + "'::label", readers{"text": secret, "bytes": secret}}, // a domain is sent as its base
	{"987::positive", readers{"int": int64(987), "uint": uint64(987), "float": 987.0}},
	{"ROW(1, 'a')::pair", readers{"text": "(1,a)"}}, // a type that the driver does not know is its text
	{"'10.0.0.1'::inet", readers{"text": "10.0.0.1"}},
	{"interval '987 days'", readers{"text": "987 days"}},
	{"ARRAY[987]", nil},

	{"'2024-02-29 12:34:56.123456+02'::timestamptz", readers{"time": utc(2024, 2, 29, 10, 34, 56, 123456)}},
	{"'2024-02-29 12:34:56'::timestamp", readers{"time": utc(2024, 2, 29, 12, 34, 56, 0)}},
	{"'1970-01-01 00:00:00.5'::timestamp", readers{"time": utc(1970, 1, 1, 0, 0, 0, 500000)}},
	{"'0001-01-01 00:00:00+00'::timestamptz", readers{"time": utc(1, 1, 1, 0, 0, 0, 0)}},
	{"'0044-03-15 12:00:00+00 BC'::timestamptz", readers{"time": utc(-43, 3, 15, 12, 0, 0, 0)}},
	{"'0044-03-15 12:00:00.000001 BC'::timestamp", readers{"time": utc(-43, 3, 15, 12, 0, 0, 1)}},
	{"'9999-12-31 23:59:59.999999+00'::timestamptz", readers{"time": utc(9999, 12, 31, 23, 59, 59, 999999)}},
	{"'12024-01-02 03:04:05+00'::timestamptz", readers{"time": utc(12024, 1, 2, 3, 4, 5, 0)}},
	{"'294276-12-31 23:59:59'::timestamp", readers{"time": utc(294276, 12, 31, 23, 59, 59, 0)}},
	{"'2024-02-29'::date", readers{"time": utc(2024, 2, 29, 0, 0, 0, 0)}},
	{"'1969-12-31'::date", readers{"time": utc(1969, 12, 31, 0, 0, 0, 0)}},
	{"'0044-03-15 BC'::date", readers{"time": utc(-43, 3, 15, 0, 0, 0, 0)}},
	{"'12024-01-02'::date", readers{"time": utc(12024, 1, 2, 0, 0, 0, 0)}},
	{"'infinity'::timestamptz", nil},
	{"'-infinity'::timestamp", nil},
	{"'infinity'::date", nil},
	{"'12:34:56.000007'::time", readers{"clock": 12*time.Hour + 34*time.Minute + 56*time.Second + 7*time.Microsecond}},
	{"'00:00'::time", readers{"clock": time.Duration(0)}},
	{"'24:00'::time", readers{"clock": 24 * time.Hour}},
	{"'12:00+02'::timetz", readers{"text": "12:00:00+02"}}, // which the driver has no binary form of
}

// Ensure that every reader reads the types of PostgreSQL that are its own, exactly and the same in every mode, and
// refuses all others without showing the value. parity: FT F28 B12, targets rows 19 20 21 29
func TestRows_Postgres(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return // has TestRows_SQLite
		}
		for _, zone := range []string{"UTC", "Asia/Kolkata", "America/St_Johns"} { // half hours, and seconds in old times
			db := connect(t, e.With("timezone="+zone))
			if zone == "UTC" {
				do(limited(t), t, db, "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN label AS text",
					"CREATE DOMAIN positive AS int CHECK (VALUE > 0)", "CREATE TYPE pair AS (a int, b text)")
			}
			for _, c := range postgresCells {
				c.check(t, db)
			}
		}
	})
}

// Ensure that NULL is NULL, and no reader makes a value of it.
// parity: B40
func TestRows_Null(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := connect(t, e.DSN)
		types := []string{"int", "bigint", "text", "varchar(3)", "numeric", "date", "timestamp", "time", "json"}
		if e.Name == dbtest.NamePostgres {
			types = append(types, "bool", "bytea", "uuid", "jsonb", "timestamptz", "float8")
		}
		for _, typ := range types {
			rows, err := db.Query(limited(t), read(db, "SELECT CAST(NULL AS "+typ+"), 1"))
			is.NoErr(err)
			t.Cleanup(func() { _ = rows.Close() }) // before the DB is closed, which waits for it
			is.True(rows.Next())
			is.True(rows.IsNull(0))
			is.True(!rows.IsNull(1))
			values, _ := reads(rows, 0)
			is.Equal(values, map[string]any{}) // what was made of NULL
			is.True(!rows.Next())
			is.NoErr(rows.Close())
			is.NoErr(rows.Close())
		}
	})
}

// Ensure that bytea in the server's other text format is told, not misread.
func TestRows_PostgresByteaEscape(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name == dbtest.NameSQLite {
			return
		}
		is := is.New(t)
		db := connect(t, e.With("options=-c%20bytea_output%3Descape"))
		rows, err := db.Query(limited(t), read(db, `SELECT '\x00ff'::bytea`))
		is.NoErr(err)
		defer rows.Close()
		is.True(rows.Next())
		b, err := rows.Bytes(0)
		if err == nil {
			is.Equal(b, []byte{0, 255})
		} else {
			is.True(strings.Contains(err.Error(), "bytea_output"))
		}
	})
}

// Ensure that an error in the middle of a result is told by Close and by every one after.
// parity: E1
func TestRows_Error(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := limited(t)
		db := connect(t, e.DSN)
		sql := "SELECT 100 / (50 - n) FROM generate_series(1, 100) AS s(n)"
		if e.Name == dbtest.NameSQLite {
			sql = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 100) SELECT CASE WHEN n = 50 THEN json('{') ELSE n END FROM c"
		}
		rows, err := db.Query(ctx, read(db, sql))
		is.NoErr(err)
		defer rows.Close()
		n := 0
		for rows.Next() {
			n++
		}
		is.True(n < 50)
		err = rows.Close()
		is.True(err != nil)
		is.True(strings.HasPrefix(err.Error(), "prom: read: "))
		is.Equal(rows.Close(), err)
		is.Equal(fmt.Sprint(count(ctx, t, db, "SELECT 1")), "1") // the connection is good
	})
}
