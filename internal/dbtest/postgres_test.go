package dbtest

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/matryer/is"
)

// Ensure two schemas do not see each other, and nothing of them stays.
func TestPostgresIsolation(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var schema string
	t.Run("in use", func(t *testing.T) {
		is := is.New(t)
		a, b := Postgres(t), Postgres(t)
		is.NoErr(execSQL(a, "CREATE TABLE note (text text); INSERT INTO note VALUES ('of a')"))
		is.Equal(queryText(t, b, "SELECT coalesce(to_regclass('note')::text, 'none')"), "none")
		is.NoErr(execSQL(b, "CREATE TABLE note (text text); INSERT INTO note VALUES ('of b')"))
		is.Equal(queryText(t, a, "SELECT text FROM note"), "of a")
		is.Equal(queryText(t, b, "SELECT text FROM note"), "of b")
		schema = queryText(t, a, "SELECT current_schema()")
		is.True(strings.HasPrefix(schema, "t_"))
	})
	left := queryText(t, Postgres(t), "SELECT count(*)::text FROM pg_namespace WHERE nspname = '"+schema+"'")
	is.Equal(left, "0")
}

// Ensure the server can hold what PostgreSQL can hold, in a database made for it.
func TestPostgresEncoding(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := Postgres(t)
	is.Equal(queryText(t, dsn, "SHOW server_encoding"), "UTF8")
	is.Equal(queryText(t, dsn, "SELECT '日本 ☂'::text"), "日本 ☂")
}

func TestWithSchema(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, dsn, want string }{
		{"plain", "postgres://u:p@h:1/db", "postgres://u:p@h:1/db?search_path=s"},
		{"other parameters", "postgresql://h/db?sslmode=disable", "postgresql://h/db?search_path=s&sslmode=disable"},
		{"search_path replaced", "postgres://h/db?search_path=public", "postgres://h/db?search_path=s"},
		{"fragment dropped", "postgres://h/db#blog", "postgres://h/db?search_path=s"},
		{"keywords", "host=h password=secret", ""},
		{"unreadable", "postgres://u:secret@h:port%zz/db", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			got, err := withSchema(tt.dsn, "s")
			is.Equal(got, tt.want)
			is.Equal(err != nil, tt.want == "")
			if err != nil {
				is.True(!strings.Contains(err.Error(), "secret"))
			}
		})
	}
}

func connect(tb testing.TB, dsn string) *pgx.Conn {
	tb.Helper()
	c, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// queryText returns the one text that a query results in.
func queryText(tb testing.TB, dsn, sql string) (text string) {
	tb.Helper()
	if err := connect(tb, dsn).QueryRow(tb.Context(), sql).Scan(&text); err != nil {
		tb.Fatal(err)
	}
	return text
}
