package promcli_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

// Ensure that inspect writes models of the tables, and that fields writes their handles, which compile.
func TestInspectFields(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		for _, r := range shop.Models(prom.Using(open(t, e.DSN))) {
			is.NoErr(r.Install(t.Context()))
		}
		r := run(t, nil, "inspect", "--dsn", e.DSN, "--package", "store", "author", "book")
		is.Equal(r.err, "")
		is.Equal(r.code, promcli.CodeDone)
		is.True(strings.Contains(r.out, "package store\n"))
		is.True(strings.Contains(r.out, "type Book struct"))
		is.True(!strings.Contains(r.out, "type Shelf struct"))
		var told struct{ Package, Source string }
		is.NoErr(json.Unmarshal([]byte(run(t, nil, "inspect", "--json", "--dsn", e.DSN, "--package", "store", "author", "book").out), &told))
		is.Equal(told.Source, r.out)
		is.Equal(run(t, nil, "inspect", "--dsn", e.DSN, "nothing").code, promcli.CodeFailed)

		dir, err := os.MkdirTemp("testdata", "made") // in the module, so that it compiles
		is.NoErr(err)
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		is.Equal(run(t, nil, "inspect", "--dsn", e.DSN, "--package", "store", "-o", filepath.Join(dir, "models.go")), result{})
		is.Equal(run(t, nil, "fields", "--check", dir).code, promcli.CodeDrift)
		is.Equal(run(t, nil, "fields", "--export", dir), result{})
		is.Equal(run(t, nil, "fields", "--export", "--check", dir), result{})
		is.Equal(run(t, nil, "fields", "-o", "fields_test.go", dir).code, promcli.CodeFailed)
		is.NoErr(os.WriteFile(filepath.Join(dir, "use.go"),
			[]byte("package store\n\nvar _ = BookRepo.Where(BookFields.Title.Eq(\"Dune\"))\n"), 0o600))
		out, err := exec.CommandContext(t.Context(), "go", "vet", "./"+dir).CombinedOutput()
		is.Equal(string(out), "")
		is.NoErr(err)
	})
}
