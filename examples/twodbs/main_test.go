package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const printed = `moved 2
main: A-2023
main: A-2024
archive: A-2021
archive: A-2022
`

// Ensure that the program moves orders from one database to the other, as a process of its own, twice in a row: without
// any set-up, and with databases of the same engine and of different ones. parity: D4 D20 R5
func TestTwoDBs(t *testing.T) {
	if dbtest.IsChild() {
		main()
		return
	}
	t.Parallel()
	run := func(t *testing.T, first, second string) {
		is := is.New(t)
		for range 2 {
			out, err := dbtest.Child(t, "TestTwoDBs", "PROM_DSN_1="+first, "PROM_DSN_2="+second).CombinedOutput()
			is.NoErr(err)
			is.Equal(strings.TrimSuffix(string(out), "PASS\n"), printed)
		}
	}
	run(t, "", "")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		run(t, e.With("#main"), dbtest.SQLite(t)+"#archive")
		run(t, dbtest.Postgres(t)+"#archive", e.With("#main")) // their order does not matter
	})
}
