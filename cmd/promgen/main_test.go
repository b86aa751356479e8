package main

import (
	"bytes"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the arguments choose between models and handles, and that the database of the arguments is read.
func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		_, err = prom.RawExec(t.Context(), db, "CREATE TABLE cup (id INTEGER PRIMARY KEY)")
		is.NoErr(err)
		is.NoErr(db.Close())
		var out, usage bytes.Buffer
		is.NoErr(run(t.Context(), []string{"-dsn", e.DSN, "-package", "shelf"}, &out, &usage))
		is.True(strings.Contains(out.String(), "package shelf"))
		is.True(strings.Contains(out.String(), "type Cup struct"))
		is.Equal(usage.String(), "")
		is.True(errors.Is(run(t.Context(), []string{"-help"}, &out, &usage), flag.ErrHelp))
		is.True(strings.Contains(usage.String(), "-schema"))
		err = run(t.Context(), []string{"-fields", "-check", filepath.Join("..", "..", "examples", "library")}, &out, &usage)
		is.NoErr(err) // it is current
	})
}
