package modelgen

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the tables of other schemas become models that name them with these, tables of one name two structs, and
// that references lead from one schema into another, where the database has such. parity: K13
func TestGenerateSchemas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		e = e.Schemas(t, "auth", "billing")
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		statements := []string{
			`CREATE TABLE auth."user" (id bigint PRIMARY KEY, name text NOT NULL)`,
			`CREATE TABLE billing."user" (id bigint PRIMARY KEY, boss bigint REFERENCES billing."user")`,
			`CREATE TABLE billing."in.voice" (id bigint PRIMARY KEY, payer bigint NOT NULL REFERENCES billing."user", login bigint REFERENCES auth."user")`,
			`CREATE INDEX "in.voice_payer" ON billing."in.voice" (payer)`, `CREATE TABLE outside (id bigint PRIMARY KEY)`,
			`INSERT INTO auth."user" VALUES (1, 'ada')`, `INSERT INTO billing."user" VALUES (2, NULL)`,
			`INSERT INTO billing."in.voice" VALUES (3, 2, 1)`,
		}
		if e.Name == dbtest.NamePostgres {
			statements = append([]string{"CREATE SCHEMA auth", "CREATE SCHEMA billing"}, statements...)
		} else {
			statements[1] = `CREATE TABLE billing."user" (id bigint PRIMARY KEY, boss bigint REFERENCES "user")`
			statements[2] = `CREATE TABLE billing."in.voice" (id bigint PRIMARY KEY, payer bigint NOT NULL REFERENCES "user", login bigint)`
			statements[3] = `CREATE INDEX billing."in.voice_payer" ON "in.voice" (payer)`
		}
		for _, sql := range statements {
			_, err := raw.Exec(sql)
			is.NoErr(err)
		}
		var source bytes.Buffer
		is.NoErr(run(ctx, []string{"-dsn", e.DSN, "-package", "main", "-schema", "auth,billing"}, &source))
		text := source.String()
		fields := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{`func (AuthUser) TableName() string { return "auth.user" }`,
			`func (BillingUser) TableName() string { return "billing.user" }`,
			`func (InVoice) TableName() string { return "billing.\"in.voice\"" }`, "Boss *prom.Ref[BillingUser]"} {
			is.True(strings.Contains(fields, want))
		}
		is.True(strings.Contains(fields, "Payer prom.Ref[BillingUser] `prom:\"index"))
		is.Equal(strings.Contains(fields, "Login *prom.Ref[AuthUser]"), e.Name == dbtest.NamePostgres)
		is.True(!strings.Contains(text, "Outside"))
		err = run(ctx, []string{"-dsn", e.DSN, "-schema", "nope"}, &source)
		is.True(err != nil)
		is.Equal(err.Error(), `the schema "nope" has no tables`)
		view := `CREATE VIEW auth.names AS SELECT name FROM "user"`
		if e.Name == dbtest.NamePostgres {
			view = `CREATE SCHEMA api; CREATE VIEW api.names AS SELECT name FROM auth."user"`
		}
		_, err = raw.Exec(view)
		is.NoErr(err)
		var views bytes.Buffer
		space := map[bool]string{true: "api", false: "auth"}[e.Name == dbtest.NamePostgres]
		is.NoErr(run(ctx, []string{"-dsn", e.DSN, "-views", "-schema", space}, &views)) // where it has views alone as well
		is.True(strings.Contains(views.String(), `func (Names) TableName() string { return "`+space+`.names" }`))
		is.True(strings.Contains(views.String(), `prom:"view"`))
		if e.Name == dbtest.NameSQLite {
			return
		}
		dir := t.TempDir()
		is.NoErr(os.WriteFile(filepath.Join(dir, "models.go"), []byte(text), 0o644))
		is.NoErr(os.WriteFile(filepath.Join(dir, "main.go"), []byte(check(text)), 0o644))
		cmd := dbtest.Go("run", filepath.Join(dir, "models.go"), filepath.Join(dir, "main.go"),
			e.With("install=check"))
		cmd.Dir = "../.."
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != "1 1 1 \n" {
			t.Errorf("%v\n%s\n%s", err, out, text)
		}
	})
}
