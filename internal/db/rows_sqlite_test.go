package db

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// sqliteCells are the storage classes. They hold 987 or the secret where no error may show it.
var sqliteCells = []cell{
	{"0", readers{"bool": false, "int": int64(0), "uint": uint64(0), "float": 0.0, "text": "0",
		"time": utc(1970, 1, 1, 0, 0, 0, 0)}},
	{"1", readers{"bool": true, "int": int64(1), "uint": uint64(1), "float": 1.0, "text": "1",
		"time": utc(1970, 1, 1, 0, 0, 1, 0)}},
	{"987", readers{"int": int64(987), "uint": uint64(987), "float": 987.0, "text": "987",
		"time": utc(1970, 1, 1, 0, 16, 27, 0)}},
	{"-987", readers{"int": int64(-987), "float": -987.0, "text": "-987", "time": time.Unix(-987, 0).UTC()}},
	{"9223372036854775807", readers{"int": int64(math.MaxInt64), "uint": uint64(math.MaxInt64),
		"float": float64(math.MaxInt64),
		"text":  "9223372036854775807"}}, // no seconds, which end with the year 9999
	{"2.0", readers{"int": int64(2), "uint": uint64(2), "float": 2.0, "text": "2", "time": utc(1970, 1, 1, 0, 0, 2, 0)}},
	{"987.25", readers{"float": 987.25, "text": "987.25", "time": utc(1970, 1, 1, 0, 16, 27, 250000)}},
	{"987e300", readers{"float": 987e300, "text": "987" + strings.Repeat("0", 300)}},
	{"9e999", readers{"float": math.Inf(1), "text": "+Inf"}},
	{"'" + secret + "'", readers{"text": secret, "bytes": secret}},
	{"''", readers{"text": "", "bytes": ""}},
	{"'-12'", readers{"int": int64(-12), "float": -12.0, "text": "-12", "bytes": "-12", "time": time.Unix(-12, 0).UTC()}},
	{"'18446744073709551615'", readers{"uint": uint64(math.MaxUint64), "float": float64(math.MaxUint64),
		"text": "18446744073709551615", "bytes": "18446744073709551615"}},
	{"x'00ff'", readers{"bytes": "\x00\xff"}},
	{"x''", readers{"bytes": ""}},
	{"'12:34:56.5'", readers{"text": "12:34:56.5", "bytes": "12:34:56.5",
		"clock": 12*time.Hour + 34*time.Minute + 56*time.Second + 500*time.Millisecond}},
}

// Ensure that every reader reads the storage classes that can be its own, and refuses all others without showing the
// value. parity: B12 F30, targets rows 19 29
func TestRows_SQLite(t *testing.T) {
	t.Parallel()
	db := connect(t, dbtest.Memory())
	for _, c := range sqliteCells {
		c.check(t, db)
	}
}

// Ensure that every form of a time is understood that this library, SQLite itself and the reference have written, from
// a column that is declared as one and from any other. parity: F28 F29 F30 B8
func TestRows_SQLiteTimes(t *testing.T) {
	t.Parallel()
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (stamp TIMESTAMP, day DATE, moment DATETIME, words TEXT, anything)")
	whole := utc(2020, 3, 25, 19, 34, 5, 0)
	for literal, want := range map[string]time.Time{
		"'2020-03-25T19:34:05.050000Z'":         whole.Add(50 * time.Millisecond),
		"'2020-03-25T19:34:05.05Z'":             whole.Add(50 * time.Millisecond),
		"'2020-03-25T19:34:05Z'":                whole,
		"'2020-03-25T19:34:05'":                 whole,
		"'2020-03-25 19:34:05'":                 whole,
		"'2020-03-25 19:34:05.5'":               whole.Add(500 * time.Millisecond),
		"'2020-03-25 19:34:05.05'":              whole.Add(50 * time.Millisecond),
		"'2020-03-25 19:34:05.050'":             whole.Add(50 * time.Millisecond),
		"'2020-03-25 19:34:05.0500'":            whole.Add(50 * time.Millisecond),
		"'2020-03-25 19:34:05.05000'":           whole.Add(50 * time.Millisecond),
		"'2020-03-25 19:34:05.050001'":          whole.Add(50001 * time.Microsecond),
		"'2020-03-25 21:34:05.05+02:00'":        whole.Add(50 * time.Millisecond),
		"'2020-03-25T14:04:05-05:30'":           whole,
		"'20191008T201859.566855'":              utc(2019, 10, 8, 20, 18, 59, 566855),
		"'20191008T201859'":                     utc(2019, 10, 8, 20, 18, 59, 0),
		"'20191008T201859.566855Z'":             utc(2019, 10, 8, 20, 18, 59, 566855),
		"'2020-03-25'":                          utc(2020, 3, 25, 0, 0, 0, 0),
		"'2020-03-25T19:34'":                    utc(2020, 3, 25, 19, 34, 0, 0),
		"'2020-03-25 19:34'":                    utc(2020, 3, 25, 19, 34, 0, 0),
		"1585164845":                            whole,
		"1585164845.25":                         whole.Add(250 * time.Millisecond),
		"datetime('2020-03-25 19:34:05')":       whole,
		"strftime('%s', '2020-03-25 19:34:05')": whole,
		"'0001-01-01T00:00:00.000000Z'":         utc(1, 1, 1, 0, 0, 0, 0),
		"'9999-12-31T23:59:59.999999Z'":         utc(9999, 12, 31, 23, 59, 59, 999999),
	} {
		is := is.New(t)
		do(ctx, t, db, "DELETE FROM t", "INSERT INTO t SELECT x, x, x, x, x FROM (SELECT "+literal+" AS x)")
		rows, err := db.Query(ctx, read(db, "SELECT stamp, day, moment, words, anything FROM t"))
		is.NoErr(err)
		if !rows.Next() {
			t.Fatal(rows.Close())
		}
		for i := range rows.Len() {
			got, err := rows.Time(i)
			if err != nil || !same(got, want) {
				t.Errorf("%s in the column %s is %v, %v", literal, rows.Name(i), got, err)
			}
		}
		is.NoErr(rows.Close())
	}
}

// Ensure that a date without hyphens is one where SQLite keeps it as a text. In a column that is declared as a date it
// does not: the column's affinity makes it a number, and a number is a Unix time. parity: F29 F30
func TestRows_SQLiteShortDate(t *testing.T) {
	t.Parallel()
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (words TEXT, day DATE)", "INSERT INTO t VALUES ('20200325', '20200325')")
	for column, want := range map[string]time.Time{"words": utc(2020, 3, 25, 0, 0, 0, 0),
		"day": time.Unix(20200325, 0).UTC()} {
		is := is.New(t)
		rows, err := db.Query(ctx, read(db, "SELECT "+column+" FROM t"))
		is.NoErr(err)
		if !rows.Next() {
			t.Fatal(rows.Close())
		}
		got, err := rows.Time(0)
		is.NoErr(errors.Join(err, rows.Close()))
		is.True(got.Equal(want))
	}
}

// Ensure that a text that is no time is an error, and not shown.
// parity: F29 E7
func TestRows_SQLiteNoTime(t *testing.T) {
	t.Parallel()
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (stamp TIMESTAMP)")
	for _, literal := range []string{"'" + secret + "'", "''", "'2020-13-45'", "'2020-02-30 00:00:00'", "'987e300'",
		"987e300", "x'00'", "'NaN'", "'inf'"} {
		is := is.New(t)
		do(ctx, t, db, "DELETE FROM t", "INSERT INTO t VALUES ("+literal+")")
		rows, err := db.Query(ctx, read(db, "SELECT stamp FROM t"))
		is.NoErr(err)
		if !rows.Next() {
			t.Fatal(rows.Close())
		}
		at, err := rows.Time(0)
		if err == nil {
			t.Errorf("%s is %v", literal, at)
		} else {
			is.True(!strings.Contains(err.Error(), secret) && !strings.Contains(err.Error(), "987"))
		}
		is.NoErr(rows.Close())
	}
}

// Ensure that what is written is stored in the forms that dialect/sqlite documents, and that their order is that of the
// times. parity: F28 B8, trap 7
func TestRows_SQLiteStored(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	db := connect(t, dbtest.Memory())
	do(ctx, t, db, "CREATE TABLE t (stamp TIMESTAMP, day DATE, clock TIME)")
	base := time.Date(2024, 2, 29, 23, 0, 0, 0, time.FixedZone("", 2*3600))
	for _, d := range []time.Duration{time.Second, 0, 500 * time.Millisecond, time.Microsecond} {
		at := base.Add(d)
		clock := 9*time.Hour + d
		is.NoErr(second(db.Exec(ctx, write(db, "INSERT INTO t VALUES (?, ?, ?)",
			schema.TimeValue(schema.Time, at), schema.TimeValue(schema.Date, at), schema.ClockValue(clock)))))
		row := "SELECT CAST(stamp AS TEXT) || ' ' || CAST(day AS TEXT) || ' ' || CAST(clock AS TEXT) FROM t ORDER BY rowid DESC LIMIT 1"
		is.Equal(text(ctx, t, db, row), at.UTC().Format(sqlite.TimeLayout)+" "+at.Format(sqlite.DateLayout)+" "+
			time.Time{}.Add(clock).Format(sqlite.ClockLayout))
	}
	list, err := ints(ctx, db, "SELECT rowid FROM t ORDER BY stamp, clock")
	is.NoErr(err)
	is.Equal(list, []int64{2, 4, 3, 1})
}

// Ensure that the collation of decimals orders by value, whatever the digits look like, on every connection.
// parity: B12
func TestRows_SQLiteDecimals(t *testing.T) {
	t.Parallel()
	groups := [][]string{ // in order; those in a group are equal
		{"-100000000000000000000.5"}, {"-12"}, {"-3.10", "-3.1", "-03.1"}, {"-3.01"}, {"-.5", "-0.50"},
		{"0", "-0", "+0", "0.00", "00", "-.0"}, {"0.0001"}, {"0.5", ".5", "+0.5"}, {"1", "1.",
			"1.0"}, {"2"}, {"10"}, {"10.000000000000000000001"},
		{"100000000000000000000"},
		{""}, {"+"}, {"-1e5"}, {"."}, {"1e5"}, {"1x"}, {"NaN"}, {"x"}, // no numbers: after those that are, by their bytes
	}
	db := connect(t, dbtest.SQLite(t))
	ctx := limited(t)
	do(ctx, t, db, "CREATE TABLE t (n INT)")
	compare := "SELECT CASE WHEN ? COLLATE " + sqlite.DecimalCollation + " < ? THEN -1 WHEN ? COLLATE " +
		sqlite.DecimalCollation + " > ? THEN 1 ELSE 0 END"
	place := map[string]int{}
	for i, group := range groups {
		for _, s := range group {
			place[s] = i
		}
	}
	sign := func(n int) int64 { return int64(min(1, max(-1, n))) }
	order := func(s string) int { return place[s] }
	nan := map[string]bool{"": true, "+": true, "-1e5": true, ".": true, "1e5": true, "1x": true, "NaN": true, "x": true}
	for a := range place {
		for b := range place {
			want := sign(order(a) - order(b))
			if nan[a] && nan[b] {
				want = int64(strings.Compare(a, b))
			}
			if got := int64(sign(schema.CompareDecimals(a, b))); got != want {
				t.Errorf("compare %q and %q: %d, want %d", a, b, got, want)
			}
			if len(a)+len(b) < 6 { // the rest is the same function
				if got := count(ctx, t, db, compare, txt(a), txt(b), txt(a), txt(b)); got != want {
					t.Errorf("SQL compare %q and %q: %d, want %d", a, b, got, want)
				}
			}
		}
	}
}
