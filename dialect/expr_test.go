package dialect_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// values are tricky values of each kind in ascending order, no two of them equal.
func values() map[schema.Kind][]schema.Value {
	text := func(k schema.Kind, texts ...string) (out []schema.Value) {
		for _, s := range texts {
			out = append(out, schema.TextValue(k, s))
		}
		return out
	}
	ints := func(k schema.Kind, ns ...int64) (out []schema.Value) {
		for _, n := range ns {
			out = append(out, schema.IntValue(k, n))
		}
		return out
	}
	floats := func(k schema.Kind, fs ...float64) (out []schema.Value) {
		for _, f := range fs {
			out = append(out, schema.FloatValue(k, f))
		}
		return out
	}
	at := func(k schema.Kind, times ...string) (out []schema.Value) {
		for _, s := range times {
			v, err := schema.ParseLiteral(k, s)
			if err != nil {
				panic(err)
			}
			out = append(out, v)
		}
		return out
	}
	return map[schema.Kind][]schema.Value{
		schema.Bool:  {schema.BoolValue(false), schema.BoolValue(true)},
		schema.Int16: ints(schema.Int16, math.MinInt16, -1, 0, 1, math.MaxInt16),
		schema.Int32: ints(schema.Int32, math.MinInt32, -1, 0, 1, math.MaxInt32),
		schema.Int64: ints(schema.Int64, math.MinInt64, -1<<53-1, -1<<53, 0, 1<<53, 1<<53+1, math.MaxInt64-1,
			math.MaxInt64),
		schema.Uint64: {schema.UintValue(0), schema.UintValue(1), schema.UintValue(1<<53 + 1),
			schema.UintValue(math.MaxInt64)},
		schema.Float32: floats(schema.Float32, math.Inf(-1), -math.MaxFloat32, float64(float32(0.1)), 1, math.MaxFloat32,
			math.Inf(1)),
		schema.Float64: floats(schema.Float64, math.Inf(-1), -math.MaxFloat64, -5e-324, 0, 5e-324, 0.1, 0.30000000000000004,
			1, 1<<53, math.MaxFloat64, math.Inf(1)),
		schema.Text: text(schema.Text, "", " ", "\t\n", "'", `"`, "0", "05", "5", "5.0", "1e400", "A", "a", `\`, "{}", "null",
			"true",
			"e\u0301", "\u00e9", "ß", "İ", "\u212a", "😀", "\u202e", "a,b", "NULL", `{"x"}`, strings.Repeat("long", 5000)),
		schema.Bytes: {schema.BytesValue(nil), schema.BytesValue([]byte{0}), schema.BytesValue([]byte{0, 0}),
			schema.BytesValue([]byte("5")), schema.BytesValue([]byte{0xff, 0xfe})},
		schema.Decimal: text(schema.Decimal, "-9999999999.99", "-10.00", "-9.00", "-0.01", "0.00", "0.10", "9.00", "10.00",
			"9007199254.93", "9007199254.94"),
		schema.Time: at(schema.Time, "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z",
			"2020-02-29T12:00:00Z", "2020-02-29T12:00:00.000001Z", "2020-02-29T12:00:00.5Z", "9999-12-31T23:59:59.999999Z"),
		schema.Date:  at(schema.Date, "0001-01-01", "1970-01-01", "2020-02-29", "9999-12-31"),
		schema.Clock: at(schema.Clock, "00:00:00", "00:00:00.000001", "09:00:00", "10:00:00", "23:59:59.999999"),
		schema.UUID: text(schema.UUID, "00000000-0000-0000-0000-000000000000", "0f47ac10-58cc-4372-a567-0e02b2c3d479",
			"f47ac10b-58cc-4372-a567-0e02b2c3d479"),
		schema.JSON: text(schema.JSON, `null`, `"x\"y"`, `5`, `[]`, `{"a":[1,"b"]}`),
	}
}

// list makes a list of values.
func list(k schema.Kind, vs []schema.Value) schema.Value {
	var bools []bool
	var ints []int64
	var uints []uint64
	var floats []float64
	var texts []string
	var blobs [][]byte
	for _, v := range vs {
		bools, ints, uints = append(bools, v.Bool()), append(ints, v.Int()), append(uints, v.Uint())
		floats, texts, blobs = append(floats, v.Float()), append(texts, v.Text()), append(blobs, v.Bytes())
	}
	switch k {
	case schema.Bool:
		return schema.ListValue(k, bools)
	case schema.Uint64:
		return schema.ListValue(k, uints)
	case schema.Float32, schema.Float64:
		return schema.ListValue(k, floats)
	case schema.Bytes:
		return schema.ListValue(k, blobs)
	case schema.Text, schema.Decimal, schema.UUID, schema.JSON:
		return schema.ListValue(k, texts)
	}
	return schema.ListValue(k, ints)
}

func column(k schema.Kind) *schema.Column {
	return &schema.Column{Name: "v", Kind: k, Null: true, Precision: 12, Scale: 2}
}

// fill makes a table with a column of kind k that holds NULL and the values, numbered from 0 on.
func fill(t *testing.T, e engine, k schema.Kind, vs []schema.Value) *schema.Column {
	t.Helper()
	c := column(k)
	e.exec(t, fmt.Sprintf("CREATE TABLE %s (n INTEGER, v %s)", e.Quote(k.String()), e.ColumnType(c)))
	for i, v := range append(vs, schema.Value{}) {
		var arg any
		if !v.IsNull() {
			arg = v
		}
		if err := e.insert(k.String(), []string{"n", "v"}, i, arg); err != nil {
			t.Fatalf("%s: %s: %v", e.Name(), k, err)
		}
	}
	return c
}

// Ensure that IN finds exactly the elements of its list, for every kind and length, and that an empty list holds
// nothing. parity: Q7 Q8
func TestIn(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		for k, vs := range values() {
			c := fill(t, e, k, vs)
			ask := func(not bool, in ...schema.Value) []string {
				return e.rows(t, "SELECT n FROM "+e.Quote(k.String())+" AS t WHERE "+e.In(c, `t."v"`, not)+" ORDER BY n",
					e.value(list(k, in)))
			}
			is := is.New(t)
			var all []string
			for i := range vs {
				all = append(all, fmt.Sprint(i))
			}
			for i, v := range vs {
				rest := slices.Delete(slices.Clone(vs), i, i+1)
				others := slices.Delete(slices.Clone(all), i, i+1)
				is.Equal(ask(false, v), []string{all[i]})
				is.Equal(ask(true, rest...), []string{all[i]})
				is.Equal(strings.Join(ask(true, v), " "), strings.Join(others, " "))
				is.Equal(strings.Join(ask(false, rest...), " "), strings.Join(others, " "))
			}
			is.Equal(ask(false, vs...), all)
			is.Equal(len(ask(true, vs...)), 0)
			is.Equal(len(ask(false)), 0)
			is.Equal(len(ask(true)), len(vs)+1) // NULL too
		}
	})
}

// Ensure that a column compares and sorts as its kind does.
// parity: Q5 Q6 B8 B12
func TestOperand(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		for k, vs := range values() {
			if k == schema.Text || k == schema.JSON {
				continue // their order is not the order above
			}
			c := fill(t, e, k, vs)
			from := " FROM " + e.Quote(k.String()) + " AS t WHERE "
			operand := e.Operand(c, `t."v"`)
			is := is.New(t)
			sorted := e.rows(t, "SELECT n"+from+`t."v" IS NOT NULL ORDER BY `+operand)
			for i, v := range vs {
				is.Equal(sorted[i], fmt.Sprint(i))
				for op, want := range map[string][2]int{"=": {i, i + 1}, "<": {0, i}, ">=": {i, len(vs)}} {
					got := e.rows(t, "SELECT min(n), max(n) + 1, count(*)"+from+operand+" "+op+" "+e.Arg(k), e.value(v))
					if want[0] < want[1] {
						is.Equal(got, []string{fmt.Sprintf("%d %d %d", want[0], want[1], want[1]-want[0])})
					} else {
						is.Equal(got, []string{"<nil> <nil> 0"})
					}
				}
			}
		}
	})
}

// Ensure that IN on a nocase column ignores case, that decimals compare by value, and that an index is used.
// parity: X6 B12
func TestInCollations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		folded := &schema.Column{Name: "f", Kind: schema.Text, NoCase: true, Folded: true}
		exact := &schema.Column{Name: "d", Kind: schema.Decimal, Precision: 10, Scale: 3}
		e.exec(t, e.Prerequisites([]*schema.Column{folded})...)
		e.exec(t, fmt.Sprintf("CREATE TABLE c (f %s, d %s, id INTEGER PRIMARY KEY)", e.ColumnType(folded),
			e.ColumnType(exact)),
			e.CreateIndex(&schema.Table{Name: "c"}, &schema.Index{Name: "c_f",
				Columns: []schema.IndexColumn{{Column: folded}}})[0], "INSERT INTO c VALUES ('Go', '1.500', 1), ('Rust', '12.000', 2)")
		ask := func(c *schema.Column, not bool, list ...string) []string {
			return e.rows(t, "SELECT id FROM c WHERE "+e.In(c, c.Name, not)+" ORDER BY id",
				e.value(schema.ListValue(c.Kind, list)))
		}
		is.Equal(ask(folded, false, "GO", "x"), []string{"1"})
		is.Equal(ask(folded, true, "GO", "x"), []string{"2"})
		is.Equal(ask(exact, false, "1.5"), []string{"1"})
		is.Equal(ask(exact, true, "12"), []string{"1"})
		is.Equal(e.rows(t, "SELECT id FROM c WHERE "+e.Operand(exact, "d")+" > "+e.Arg(schema.Decimal), "9.000"),
			[]string{"2"})
		if e.Name() == dbtest.NamePostgres {
			e.exec(t, "INSERT INTO c SELECT 'n' || n, n, n FROM generate_series(10, 20000) n", "ANALYZE c")
			for _, cond := range []string{e.In(folded, "f", false), e.Operand(folded, "f") + " = " + e.Operand(folded,
				e.Arg(schema.Text))} {
				arg := "GO"
				if strings.Contains(cond, "unnest") {
					arg = "{GO,Rust}"
				}
				plan := strings.Join(e.rows(t, "EXPLAIN SELECT id FROM c WHERE "+cond, arg), "\n")
				is.True(strings.Contains(plan, "c_f"))
			}
		}
		if e.Name() == "sqlite" {
			for _, c := range []*schema.Column{folded, {Name: "id", Kind: schema.Int64}} {
				plan := strings.Join(e.rows(t, "EXPLAIN QUERY PLAN SELECT id FROM c WHERE "+e.In(c, c.Name, false), "[]"), "\n")
				is.True(strings.Contains(plan, "SEARCH c USING"))
			}
		}
	})
}

// Ensure that a list may be longer than the number of arguments that a statement takes.
// parity: Q7
func TestLongIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		c := column(schema.Int64)
		ids := make([]int64, e.Features().MaxArgs+1)
		for i := range ids {
			ids[i] = int64(i)
		}
		in := e.value(schema.ListValue(schema.Int64, ids))
		e.exec(t, "CREATE TABLE t (v BIGINT)", "INSERT INTO t VALUES (1), (32766), (100000)")
		is.Equal(e.rows(t, "SELECT v FROM t WHERE "+e.In(c, "v", false)+" ORDER BY v", in), []string{"1", "32766"})
		is.Equal(e.rows(t, "SELECT v FROM t WHERE "+e.In(c, "v", true), in), []string{"100000"})
	})
}

// Ensure that a sum is right up to the last number that a column holds, and one beyond is an error that changes
// nothing. parity: Q42
func TestAdd(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		e := open(t, de)
		for _, tt := range []struct {
			kind      schema.Kind
			low, high int64
		}{
			{schema.Int16, math.MinInt16, math.MaxInt16}, {schema.Int32, math.MinInt32, math.MaxInt32},
			{schema.Int64, math.MinInt64, math.MaxInt64}, {schema.Uint64, 0, math.MaxInt64},
		} {
			is := is.New(t)
			one := schema.IntValue(tt.kind, 1)
			if tt.kind == schema.Uint64 {
				one = schema.UintValue(1)
			}
			c := column(tt.kind)
			e.exec(t, fmt.Sprintf("CREATE TABLE %s (v %s CHECK (v IS NULL OR v >= %d))", e.Quote(tt.kind.String()),
				e.ColumnType(c), tt.low))
			at := e.Quote(tt.kind.String())
			for _, minus := range []bool{false, true} {
				last, before := tt.high, tt.high-1
				if minus {
					last, before = tt.low, tt.low+1
				}
				e.exec(t, "DELETE FROM "+at, "INSERT INTO "+at+" VALUES (NULL)",
					fmt.Sprintf("INSERT INTO %s VALUES (%d)", at, before))
				update := e.bind("UPDATE " + at + " SET v = " + e.Add(c, "v", minus))
				_, err := e.db.Exec(update, e.value(one))
				is.NoErr(err)
				is.Equal(e.rows(t, "SELECT v FROM "+at+" WHERE v IS NOT NULL"), []string{fmt.Sprint(last)})
				is.Equal(e.rows(t, "SELECT count(*) FROM "+at+" WHERE v IS NULL"), []string{"1"})
				if tt.kind == schema.Uint64 && !minus && e.Name() == "postgres" {
					continue // NUMERIC has room left
				}
				_, err = e.db.Exec(update, e.value(one))
				is.True(err != nil)
				is.Equal(e.rows(t, "SELECT v FROM "+at+" WHERE v IS NOT NULL"), []string{fmt.Sprint(last)})
			}
		}
	})
}

// Ensure that an installation takes its lock and leaves the transaction's own settings as they were.
func TestInstallBegin(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		tx, err := e.db.Begin()
		is.NoErr(err)
		defer func() { is.NoErr(tx.Rollback()) }()
		run := func(stmts ...string) {
			for _, s := range stmts {
				_, err := tx.Exec(s)
				is.NoErr(err)
			}
		}
		if e.Name() != "postgres" {
			is.Equal(len(e.InstallBegin(0, 0))+len(e.InstallEnd()), 0)
			return
		}
		setting := func() (s string) {
			is.NoErr(tx.QueryRow("SELECT current_setting('lock_timeout')").Scan(&s))
			return s
		}
		run("SET LOCAL lock_timeout = 1234")
		run(e.InstallBegin(30*time.Second, 2*time.Second)...)
		is.Equal(setting(), "2s")
		run(e.InstallEnd()...)
		is.Equal(setting(), "1234ms")
		run(e.InstallBegin(0, 0)...) // once more in the same transaction
		is.Equal(setting(), "0")
		run(e.InstallEnd()...)
		is.Equal(setting(), "1234ms")
		var locks int
		is.NoErr(tx.QueryRow("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()").Scan(&locks))
		is.Equal(locks, 1)
	})
}

// Ensure that a page is what its name says, with an offset alone too, and that a limit of 0 is nothing.
// parity: Q30 Q31 Q32
func TestPage(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		e.exec(t, "CREATE TABLE t (v BIGINT)", "INSERT INTO t VALUES (1), (2), (3), (4)")
		ask := func(limit, offset bool, args ...any) string {
			return strings.Join(e.rows(t, "SELECT v FROM t ORDER BY v "+e.Page(limit, offset), args...), " ")
		}
		is.Equal(ask(false, false), "1 2 3 4")
		is.Equal(ask(true, false, 2), "1 2")
		is.Equal(ask(true, false, 0), "")
		is.Equal(ask(false, true, 3), "4")
		is.Equal(ask(false, true, 9), "")
		is.Equal(ask(true, true, 2, 1), "2 3")
		is.Equal(ask(true, true, int64(math.MaxInt64), 1), "2 3 4")
	})
}

// Ensure that HasRows tells an empty table from another.
// parity: A9
func TestHasRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		is := is.New(t)
		e := open(t, de)
		e.exec(t, `CREATE TABLE "a""b" (v BIGINT)`)
		has := func() (b bool) {
			is.NoErr(e.db.QueryRow(e.HasRows(`a"b`)).Scan(&b))
			return b
		}
		is.True(!has())
		e.exec(t, `INSERT INTO "a""b" VALUES (NULL)`)
		is.True(has())
	})
}

// Ensure that texts in the forms that the reference wrote to SQLite have the right parts, unix timestamps included.
// parity: F29 F30
func TestDatePartOfOldForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, de dbtest.Engine) {
		if de.Name != dbtest.NameSQLite {
			return
		}
		is := is.New(t)
		e := open(t, de)
		at := time.Date(2020, 3, 25, 19, 34, 5, 0, time.UTC)
		e.exec(t, "CREATE TABLE t (n INTEGER, v TIMESTAMP)",
			"INSERT INTO t VALUES (0, '2020-03-25T19:34:05Z'), (1, '2020-03-25 19:34:05'), (2, '2020-03-25T19:34:05.05Z'), "+
				"(3, '2020-03-25T19:34:05.999999'), (6, '2020-03-25T21:34:05.5+02:00'), (4, "+fmt.Sprint(at.Unix())+"), (5, "+fmt.Sprint(at.Unix())+".25)")
		for p, want := range goParts(at) {
			for _, got := range e.rows(t, "SELECT "+e.DatePart(p, column(schema.Time), "v")+" FROM t") {
				is.Equal(got, fmt.Sprint(want))
			}
		}
		e.exec(t, "DELETE FROM t", "INSERT INTO t VALUES (0, '2020-03-25')")
		is.Equal(e.rows(t, "SELECT "+e.DatePart(8, column(schema.Time), "v")+" FROM t"), []string{"0"})
	})
}
