package main

import (
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that README.md shows this program as a whole and what it prints: on an empty database of each engine, as a
// process of its own. When it runs again, it finds its rows.
func TestBooks(t *testing.T) {
	if dbtest.IsChild() {
		main()
		return
	}
	t.Parallel()
	is := is.New(t)
	readme, err := os.ReadFile("../../README.md")
	is.NoErr(err)
	program, err := os.ReadFile("main.go")
	is.NoErr(err)
	is.True(strings.Contains(string(readme), "Save this as `main.go`:\n\n```go\n"+string(program)+"```\n"))
	_, rest, ok := strings.Cut(string(readme), "and prints:\n\n```\n")
	is.True(ok)
	want, _, ok := strings.Cut(rest, "```\n")
	is.True(ok)

	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		run := func() string {
			out, err := dbtest.Child(t, "TestBooks", "PROM_DSN="+e.DSN).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			return strings.TrimSuffix(string(out), "PASS\n")
		}
		is.Equal(run(), want)
		is.Equal(run(), "already there: Dune\nalready there: Emma\nalready there: Ulysses\n"+
			want[strings.Index(want, "long:"):])
	})
}
