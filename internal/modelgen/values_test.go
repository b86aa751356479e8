package modelgen

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a column of SQLite gets a field that reads its values, whatever its type says, and that one of
// which nothing is known is left out with the reason.
func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct{ typ, values, want string }{
		{"SMALLINT", "'t', 'f', NULL", "*bool"},
		{"INTEGER", "0, 1", "*int64"},
		{"INT", "1, ''", "*prom.AnyValue"},
		{"INT", "1.5", "*prom.AnyValue"},
		{"BOOLEAN", "0, 1, 't'", "*bool"},
		{"BOOLEAN", "0, 7", "*int64"},
		{"TIMESTAMP", "'2020-01-01 00:00:00', 0, '2020-01-01T00:00:00Z'", "*time.Time"},
		{"TIMESTAMP", "'2020-01-01 00:00:00', ''", "*string"},
		{"DATE", "'2020-01-01'", "*time.Time `prom:\"date\"`"},
		{"DATE", "'2020-01-01', '2020-01-01 10:00:00'", "*time.Time"},
		{"DATE", "'2020-01-01', '2020-01-02 00:00:00'", "*time.Time"},
		{"UUID", "'00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000A'", "*string"},
		{"TIME", "'10:00:00'", "*time.Duration `prom:\"clock\"`"},
		{"TIME", "'noon'", "*string"},
		{"JSON", `'{"a": 1}', '1'`, "*json.RawMessage"},
		{"JSON", "''", "*string"},
		{"UUID", "'00000000-0000-4000-8000-000000000001'", "*prom.UUID"},
		{"UUID", "'none'", "*string"},
		{"TEXT", "'a', x'00'", "*[]byte"},
		{"BLOB", "'a', x'00'", "*[]byte"},
		{"BLOB SUB_TYPE TEXT", "'a'", "*string"},
		{"BIGINT UNSIGNED", "7", "*int64"},
		{"STRING", "'a', 7", "*string"},
		{"", "7, 8", "*int64"},
		{"", "7, 8.5", "*float64"},
		{"", "7, 'a'", "*prom.AnyValue"},
		{"", "x'00'", "*[]byte"},
		{"", "NULL", "is declared without a type, and its values tell none"},
		{"DATETIME", "NULL", "*time.Time"},
	}
	for _, tt := range tests {
		is := is.New(t)
		ctx := context.Background()
		dsn := dbtest.SQLite(t)
		db, err := new(prom.Registry).Open(dsn)
		is.NoErr(err)
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		_, err = raw.ExecContext(ctx, "CREATE TABLE t (id INTEGER PRIMARY KEY, v "+tt.typ+");"+
			"INSERT INTO t (v) VALUES ("+strings.ReplaceAll(tt.values, ", ", "), (")+")")
		is.NoErr(err)
		is.NoErr(db.Close())
		var source bytes.Buffer
		is.NoErr(run(ctx, []string{"-dsn", dsn}, &source))
		field := regexp.MustCompile(`(?m)^\tV +(.*)$`).FindStringSubmatch(source.String())
		left := regexp.MustCompile(`(?m)^\t// The column "v" (.*)\. It is left out\.$`).FindStringSubmatch(source.String())
		got := ""
		for _, m := range [][]string{field, left} {
			if m != nil {
				got += m[1]
			}
		}
		got = strings.ReplaceAll(got, " `prom:\"stored=datetime\"`", "")
		got = strings.ReplaceAll(got, " `prom:\"stored=mixed\"`", "")
		if got != tt.want {
			t.Errorf("%s with %s: %s, not %s\n%s", tt.typ, tt.values, got, tt.want, source.String())
		}
	}
}
