package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/examples/conduit/api"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the jobs of CI go as they should: the plan has all tables, the check stops what is not applied, and
// passes when it is.
func TestJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		defer func() { _ = db.Close() }()
		models := api.New(nil, prom.Using(db)).Models()
		run := func(args ...string) (code int, out string) {
			var text bytes.Buffer
			code = promcli.Run(t.Context(), promcli.Streams{Out: &text, Err: &text}, args, models...)
			return code, text.String()
		}
		code, out := run("plan", "--markdown")
		is.Equal(code, promcli.CodeDone)
		is.Equal(strings.Count(out, "create table `"), len(models))
		code, out = run("check", "--annotations=text")
		is.Equal(code, promcli.CodeDrift)
		is.True(strings.Contains(out, "examples/conduit/api/models.go:"))
		code, _ = run("apply", "--allow", "additive,locking", "--yes")
		is.Equal(code, promcli.CodeDone)
		code, _ = run("check", "--annotations=text", "--strict")
		is.Equal(code, promcli.CodeDone)
	})
}

// Ensure that the migrations make what the models say, and lead back.
func TestMigrations(t *testing.T) {
	t.Parallel()
	for engine, server := range map[string][]string{"sqlite": nil, "postgres": {"--dsn", dbtest.Postgres(t)}} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var out, errs bytes.Buffer
			args := append([]string{"migrate", "verify", "--dir", "../../migrations/" + engine}, server...)
			code := promcli.Run(t.Context(), promcli.Streams{Out: &out, Err: &errs}, args, api.New(nil).Models()...)
			is.Equal(errs.String(), "")
			is.Equal(code, promcli.CodeDone)
		})
	}
}
