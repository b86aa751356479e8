package promtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

// Ensure that a schema that has changed fails with the lines that have, that a file is written when that is asked for
// and else asked for, and that the same schema passes.
func TestPlan(t *testing.T) { //nolint:paralleltest // the environment
	is := is.New(t)
	type Shelf struct {
		prom.Model
		Name string `prom:"unique"`
	}
	type ShelfV2 struct {
		prom.Model
		Name  string `prom:"size=..50"`
		Books *int
	}
	then, now := prom.NewRepo[Shelf](), prom.NewRepo[ShelfV2](prom.Table("shelf"))
	file := filepath.Join(t.TempDir(), "testdata", "schema.golden")
	check := func(repos ...prom.AnyRepo) string {
		return record(t, func(tb testing.TB) { promtest.Plan(tb, file, repos...) })
	}
	is.True(strings.Contains(check(then), "does not exist: write it by running the test with PROM_UPDATE=1"))
	t.Setenv(promtest.EnvUpdate, "1")
	is.Equal(check(then), "")
	t.Setenv(promtest.EnvUpdate, "")
	is.Equal(check(then), "")

	text := check(now)
	for _, line := range []string{"\n  table shelf\n", "\n-\tcolumn name text\n", "\n-\tindex shelf_name unique on=name\n",
		"\n+\tcolumn books int64 null\n", "\n+\tcolumn name text max=50\n", "PROM_UPDATE=1"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q lacks %q", text, line)
		}
	}
	is.True(!strings.Contains(text, "_id")) // what has not changed is not told
	is.True(strings.Contains(check(then, now), "has two models"))
	is.True(strings.Contains(check(), "compares nothing"))

	windows, err := os.ReadFile(file)
	is.NoErr(err)
	is.NoErr(os.WriteFile(file, []byte(strings.ReplaceAll(string(windows), "\n", "\r\n")), 0o644))
	is.Equal(check(then), "") // as git may check it out
}
