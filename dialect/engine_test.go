package dialect_test

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	modernc "modernc.org/sqlite"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

func TestMain(m *testing.M) {
	if err := register(); err != nil {
		panic(err)
	}
	modernc.MustRegisterCollationUtf8(sqlite.DecimalCollation, func(a, b string) int {
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		if !okX || !okY {
			return strings.Compare(a, b)
		}
		return x.Cmp(y)
	})
	dbtest.Main(m)
}

// engine is a dialect with an empty database to run its text on.
type engine struct {
	dialect.Dialect
	db *sql.DB
}

func open(t *testing.T, e dbtest.Engine) engine {
	t.Helper()
	if e.Name == dbtest.NamePostgres {
		return connect(t, postgres.Dialect{}, "pgx", e.DSN)
	}
	dsn := "file::memory:"
	if path, ok := strings.CutPrefix(e.DSN, "sqlite://"); ok && e.Mode == "file" {
		dsn = "file:" + path
	}
	return connect(t, sqlite.Dialect{}, "sqlite", dsn+"?_pragma=foreign_keys(1)&_dqs=0")
}

func connect(t *testing.T, d dialect.Dialect, driver, dsn string) engine {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // a database in memory belongs to its connection
	t.Cleanup(func() { _ = db.Close() })
	return engine{d, db}
}

// exec runs statements without arguments, as they are.
func (e engine) exec(t *testing.T, stmts ...string) {
	t.Helper()
	for _, s := range stmts {
		if _, err := e.db.Exec(s); err != nil {
			t.Fatalf("%s: %s\n%v", e.Name(), s, err)
		}
	}
}

// bind writes the arguments of a query as the engine numbers them.
func (e engine) bind(query string) string {
	if !e.Features().NumberedArgs {
		return query
	}
	parts := strings.Split(query, "?")
	for i := range parts[1:] {
		parts[i] += "$" + strconv.Itoa(i+1)
	}
	return strings.Join(parts, "")
}

// rows runs a query and returns its rows as text, NULL as <nil>.
func (e engine) rows(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := e.db.Query(e.bind(query), args...)
	if err != nil {
		t.Fatalf("%s: %s\n%v", e.Name(), query, err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		values, ptrs := make([]any, len(cols)), make([]any, len(cols))
		for i := range values {
			ptrs[i] = &values[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %s\n%v", e.Name(), query, err)
	}
	return out
}

// insert writes one row; values that are schema.Value are bound as the engine stores them.
func (e engine) insert(table string, names []string, values ...any) error {
	args, marks := make([]any, len(values)), make([]string, len(values))
	for i, v := range values {
		args[i], marks[i] = v, "?"
		if v, ok := v.(schema.Value); ok {
			args[i], marks[i] = e.value(v), e.Arg(v.Kind())
		}
	}
	_, err := e.db.Exec(e.bind("INSERT INTO ")+e.Quote(table)+" ("+dialect.QuoteList(names)+e.bind(") VALUES ("+strings.Join(marks, ", ")+")"), args...)
	return err
}

// value returns what the engine's driver takes for a value.
func (e engine) value(v schema.Value) any {
	_, lite := e.Dialect.(sqlite.Dialect)
	switch k := v.Kind(); {
	case v.IsList() && lite:
		return jsonList(v)
	case v.IsList():
		return arrayList(v)
	case k == schema.Time && lite:
		return v.Time().Format(sqlite.TimeLayout)
	case k == schema.Date:
		return v.Time().Format(sqlite.DateLayout)
	case k == schema.Clock:
		return time.Time{}.Add(v.Clock()).Format(sqlite.ClockLayout)
	case k == schema.Bool && lite:
		return map[bool]int64{true: 1}[v.Bool()]
	case k == schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	}
	return v.Any()
}

func elements(v schema.Value) []schema.Value {
	var out []schema.Value
	switch list := v.List().(type) {
	case []bool:
		for _, x := range list {
			out = append(out, schema.BoolValue(x))
		}
	case []int64:
		for _, x := range list {
			switch v.Kind() {
			case schema.Time, schema.Date:
				out = append(out, schema.TimeValue(v.Kind(), time.UnixMicro(x).UTC()))
			case schema.Clock:
				out = append(out, schema.ClockValue(time.Duration(x)*time.Microsecond))
			default:
				out = append(out, schema.IntValue(v.Kind(), x))
			}
		}
	case []uint64:
		for _, x := range list {
			out = append(out, schema.UintValue(x))
		}
	case []float64:
		for _, x := range list {
			out = append(out, schema.FloatValue(v.Kind(), x))
		}
	case []string:
		for _, x := range list {
			out = append(out, schema.TextValue(v.Kind(), x))
		}
	case [][]byte:
		for _, x := range list {
			out = append(out, schema.BytesValue(x))
		}
	}
	return out
}

// jsonList writes a list as package sqlite's documentation says.
func jsonList(v schema.Value) string {
	parts := []string{}
	for _, x := range elements(v) {
		switch x.Kind() {
		case schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Uint64:
			parts = append(parts, fmt.Sprint(x.Any()))
		case schema.Float32, schema.Float64:
			s := strconv.FormatFloat(x.Float(), 'g', -1, 64)
			if math.IsInf(x.Float(), 0) {
				s = strings.Replace(strings.TrimPrefix(s, "+"), "Inf", "9e999", 1)
			}
			parts = append(parts, s)
		case schema.Bytes:
			parts = append(parts, `"`+hex.EncodeToString(x.Bytes())+`"`)
		default:
			s, _ := json.Marshal(engine{Dialect: sqlite.Dialect{}}.value(x))
			parts = append(parts, string(s))
		}
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// arrayList writes a list as the text of a PostgreSQL array.
func arrayList(v schema.Value) string {
	parts := []string{}
	for _, x := range elements(v) {
		var s string
		switch x.Kind() {
		case schema.Bytes:
			s = `\x` + hex.EncodeToString(x.Bytes())
		case schema.Time:
			s = x.Time().Format(sqlite.TimeLayout)
		default:
			s = fmt.Sprint(engine{Dialect: postgres.Dialect{}}.value(x))
		}
		parts = append(parts, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// found introspects a table.
func (e engine) found(t *testing.T, table string) schema.Found {
	t.Helper()
	f := schema.Found{FoldNames: e.Features().FoldNames}
	scan(t, e, e.Columns(), table, func(rows *sql.Rows) error {
		var c schema.FoundColumn
		var def, domain, native, labels, collation sql.NullString
		err := rows.Scan(&c.Name, &c.Type, &c.NotNull, &c.Key, &def, &c.NoCase, &c.Auto, &c.Generated, &f.View,
			&f.Partitioned, &c.Equating, &domain, &native, &c.Native.Ordered, &c.Native.Least, &labels, &f.Materialized,
			&c.Dims, &collation)
		c.Default, c.Domain, c.Native.Type, c.Collation = def.String, domain.String, native.String, collation.String
		if c.Generated {
			c.Expr, c.Default = c.Default, ""
		}
		e.ReadType(&c)
		f.Exists, f.Columns = true, append(f.Columns, c)
		return err
	})
	scan(t, e, e.Indexes(), table, func(rows *sql.Rows) error {
		var ix schema.FoundIndex
		var c schema.FoundIndexColumn
		var column, expr, where, method, ops, nulls, collation sql.NullString
		var besides bool
		if err := rows.Scan(&ix.Name, &ix.Unique, &ix.Partial, &column, &c.Desc, &expr, &where, &besides, &ix.Invalid,
			&ix.Bound, &ix.NullsNotDistinct, &method, &ops, &nulls, &collation, &ix.Exclude); err != nil {
			return err
		}
		ix.Where, c.Name, c.Expr, ix.Method, ix.Ops = where.String, column.String, expr.String, method.String, ops.String
		c.Nulls, c.Collation = nulls.String, collation.String
		if n := len(f.Indexes); n == 0 || f.Indexes[n-1].Name != ix.Name {
			f.Indexes = append(f.Indexes, ix)
		}
		last := &f.Indexes[len(f.Indexes)-1]
		if besides {
			last.Include = append(last.Include, c.Name)
			return nil
		}
		last.Columns = append(last.Columns, c)
		return nil
	})
	group := ""
	scan(t, e, e.ForeignKeys(), table, func(rows *sql.Rows) error {
		var k schema.FoundForeignKey
		var id, column, target string
		var name sql.NullString
		var sets bool
		err := rows.Scan(&id, &name, &column, &k.Table, &target, &k.OnDelete, &k.OnUpdate, &k.Deferrable, &k.Unchecked, &sets,
			&k.Deferred, &k.FullName)
		if k.Name = name.String; id != group || f.ForeignKeys == nil {
			group, f.ForeignKeys = id, append(f.ForeignKeys, k)
		}
		last := &f.ForeignKeys[len(f.ForeignKeys)-1]
		last.Columns, last.TargetColumns = append(last.Columns, column), append(last.TargetColumns, target)
		if sets {
			last.SetColumns = append(last.SetColumns, column)
		}
		return err
	})
	if query := e.Checks(); query != "" {
		scan(t, e, query, table, func(rows *sql.Rows) error {
			var c schema.FoundCheck
			err := rows.Scan(&c.Name, &c.Expr, &c.Unchecked)
			f.Checks = append(f.Checks, c)
			return err
		})
	}
	if query := e.Definitions(); query != "" {
		scan(t, e, query, table, func(rows *sql.Rows) error {
			var d schema.Definition
			err := rows.Scan(&d.Sort, &d.Name, &d.SQL)
			f.Definitions = append(f.Definitions, d)
			return err
		})
		e.Complete(&f)
	}
	return f
}

func scan(t *testing.T, e engine, query, table string, row func(*sql.Rows) error) {
	t.Helper()
	query, arg := e.About(query, table)
	rows, err := e.db.Query(e.bind(query), arg)
	if err != nil {
		t.Fatalf("%s: %s\n%v", e.Name(), query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
