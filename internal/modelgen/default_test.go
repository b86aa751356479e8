package modelgen

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a default which is an expression does not become a constant of the model.
func TestExpressionDefaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		_, err = raw.Exec(`CREATE TABLE piece (id INTEGER PRIMARY KEY, word TEXT DEFAULT ('a'||'b'), low TEXT DEFAULT (lower('A')), sum INTEGER DEFAULT (1-1),
			said TEXT DEFAULT 'it''s', neg INTEGER DEFAULT -7)`)
		is.NoErr(err)
		_, err = raw.Exec(`CREATE TABLE "a.b" (id INTEGER PRIMARY KEY)`)
		is.NoErr(err)
		for _, text := range []string{ // a circle of required references
			`CREATE TABLE hen (id INTEGER PRIMARY KEY)`, `CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER NOT NULL REFERENCES hen (id))`,
			`CREATE TABLE chick (id INTEGER PRIMARY KEY, egg INTEGER NOT NULL REFERENCES egg (id))`, `ALTER TABLE hen ADD COLUMN egg INTEGER REFERENCES egg (id)`,
		} {
			if e.Name == dbtest.NameSQLite && strings.HasPrefix(text, "CREATE TABLE hen") {
				text = `CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER NOT NULL REFERENCES egg (id))`
			} else if e.Name == dbtest.NameSQLite && strings.HasPrefix(text, "ALTER") {
				continue
			}
			_, err = raw.Exec(text)
			is.NoErr(err)
		}
		if e.Name == dbtest.NamePostgres {
			_, err = raw.Exec(`ALTER TABLE hen ALTER COLUMN egg SET NOT NULL`)
			is.NoErr(err)
		}
		var source bytes.Buffer
		is.NoErr(run(ctx, []string{"-dsn", e.DSN, "-package", "main"}, &source))
		text := source.String()
		is.Equal(strings.Count(text, "default="), 2)
		is.True(strings.Contains(text, `TableName() string { return "\"a.b\"" }`))
		is.Equal(strings.Count(text, "prom.RefBy[")+strings.Count(text, "prom.Ref["), 3)
		is.Equal(strings.Count(text, "deferrable=no"), 1) // which says that the circle is meant
		is.True(strings.Contains(text, "default='it''s'"))
		is.True(strings.Contains(text, "default=-7"))
	})
}
