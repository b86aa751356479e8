package scan_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// wide has every type that is decoded straight from an engine's own form, in its three forms, and some that are not.
type wide struct {
	I8    int8
	U8    *uint8
	I16   sql.Null[int16]
	U16   uint16
	I32   *int32
	U32   sql.Null[uint32]
	I64   int64
	J64   *int64
	K64   sql.NullInt64
	U64   uint64
	On    bool
	Off   *bool
	F32   float32
	F64   float64
	G64   *float64
	Text  string
	Texts *string
	Null  sql.NullString
	Data  []byte
	Datas *[]byte
	At    time.Time
	When  *time.Time
	Then  sql.NullTime
	ID    [16]byte
	IDs   *[16]byte
	Price string `prom:"decimal=12.2"`
	Tags  []string
	Day   time.Time `prom:"date"`
}

// shown are expressions that a database may have in the place of a column, right and wrong ones.
var shown = map[string][]string{
	dbtest.NamePostgres: {
		"NULL::int8", "7::int8", "-7::int4", "300::int2", "70000::int4", "5000000000::int8", "(-9223372036854775807 - 1)", "3::numeric", "3.5::numeric",
		"NULL::bool", "true", "false", "1.5::float4", "1e300::float8", "'NaN'::float8", "'-Infinity'::float4", "0.1::float8",
		"''::text", "'ä text'", "'of a varchar'::varchar(20)", "'padded'::char(9)", "repeat('long ', 400)", "NULL::text", "'1'::text",
		`'\x00ff'::bytea`, `''::bytea`, "'2024-02-29 12:34:56.123456+02'::timestamptz", "'1950-01-01 00:00:00.000001'::timestamp",
		"'infinity'::timestamptz", "'2024-02-29'::date", "NULL::timestamptz", "'12:34:56'::time",
		"'6BA7B810-9dad-11d1-80b4-00c04fd430c8'::uuid", "'6BA7B810-9dad-11d1-80b4-00c04fd430c8'::text", `'["a", "b"]'::jsonb`, `'["a"]'::json`,
		"12.50::numeric(12,2)", "ARRAY[1]", "'10.0.0.1'::inet",
	},
	dbtest.NameSQLite: {
		"NULL", "7", "-7", "300", "70000", "5000000000", "-9223372036854775807 - 1", "3.0", "3.5", "1", "0", "2", "1e300", "9e999", "-9e999", "1e39", "0.1",
		"''", "'ä text'", "printf('%.2000c', 'x')", "'1'", "x'00ff'", "x''", "zeroblob(20)", "'2024-02-29 12:34:56.123456'", "'2024-02-29T12:34:56Z'",
		"'2024-02-29'", "'12:34:56'", "'6BA7B810-9dad-11d1-80b4-00c04fd430c8'", "x'6BA7B8109dad11d180b400c04fd430c8'", `'["a","b"]'`, "'12.50'", "12.5",
	},
}

// codecs hides the form of a row, so that each column is decoded by its codec.
type codecs struct{ scan.Row }

// Ensure that the straight way from an engine's own form of a row gives what the codecs do, or fails where they do, for
// columns of right and wrong types, and that no later row changes what was decoded.
func TestWays(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, err := new(db.Registry).Open(e.DSN)
		is.NoErr(err)
		defer db.Close()
		plan, err := scan.For(reflect.TypeFor[wide]())
		is.NoErr(err)
		random := rand.New(rand.NewPCG(1, 2))
		good, bad := 0, 0
		for range 150 {
			// Columns that fit, with one or two of any kind among them; some rows alike, for the texts of one chunk.
			cols := make([]string, len(plan.Table.Columns))
			for i, c := range plan.Table.Columns {
				cols[i] = fitting(e.Name, c)
			}
			for range random.IntN(3) {
				cols[random.IntN(len(cols))] = shown[e.Name][random.IntN(len(shown[e.Name]))]
			}
			query := "SELECT " + strings.Join(cols, ", ")
			rows, err := db.Query(ctx, &driver.Statement{SQL: query + " UNION ALL " + query + " UNION ALL " + query, Op: "read"})
			is.NoErr(err)
			direct, viaCodec := scan.NewLoader[wide](plan), scan.NewLoader[wide](plan)
			var got, want []wide
			for rows.Next() {
				var a, b wide
				aErr, bErr := direct.Load(rows, &a), viaCodec.Load(codecs{rows}, &b)
				if (aErr == nil) != (bErr == nil) {
					t.Fatalf("%s\nthe straight way: %v\nthe codecs: %v", query, aErr, bErr)
				}
				if aErr == nil {
					got, want = append(got, a), append(want, b)
					good++
				} else {
					bad++
				}
			}
			is.NoErr(rows.Close())
			for i := range got {
				if a, b := fmt.Sprintf("%+v", flat(got[i])), fmt.Sprintf("%+v", flat(want[i])); a != b { // by text, for NaN
					t.Fatalf("%s\nthe straight way %s\nthe codecs       %s", query, a, b)
				}
			}
		}
		is.True(good > 100 && bad > 100)
	})
}

// flat lists a struct's fields, with what is behind pointers.
func flat(v wide) []any {
	var list []any
	for s, i := reflect.ValueOf(v), 0; i < s.NumField(); i++ {
		f := s.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		list = append(list, f.Interface())
	}
	return list
}

// fitting returns an expression of the type that the library gives a column.
func fitting(engine string, c *schema.Column) string {
	pg := engine == dbtest.NamePostgres
	if c.Kind.IsList() {
		return map[bool]string{true: "ARRAY['a']", false: `'["a"]'`}[pg]
	}
	switch c.Kind {
	case schema.Bool:
		return map[bool]string{true: "true", false: "1"}[pg]
	case schema.Float32, schema.Float64:
		return map[bool]string{true: "1.5::float8", false: "1.5"}[pg]
	case schema.Text:
		return "'a text'"
	case schema.Bytes:
		return map[bool]string{true: `'\x01'::bytea`, false: "x'01'"}[pg]
	case schema.Decimal:
		return map[bool]string{true: "1.50::numeric", false: "'1.50'"}[pg]
	case schema.Time:
		return map[bool]string{true: "'2024-02-29 12:34:56.123456+00'::timestamptz",
			false: "'2024-02-29 12:34:56.123456'"}[pg]
	case schema.Date:
		return map[bool]string{true: "'2024-02-29'::date", false: "'2024-02-29'"}[pg]
	case schema.UUID:
		return map[bool]string{true: "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid",
			false: "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'"}[pg]
	case schema.JSON:
		return map[bool]string{true: `'["a"]'::jsonb`, false: `'["a"]'`}[pg]
	}
	return "7"
}
