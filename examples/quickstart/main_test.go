package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that the program runs, as a process of its own, twice in a row on each kind of database.
func TestQuickstart(t *testing.T) {
	if dbtest.IsChild() {
		main()
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		first := int64(1)
		for range 2 {
			is.Equal(quickstart(t, e.DSN), want(first))
			if e.Name == dbtest.NamePostgres {
				first += 10 // its counter goes on when the rows have gone
			}
		}
	})
	for _, dsn := range []string{"", dbtest.Memory()} {
		is := is.New(t)
		for range 2 {
			is.Equal(quickstart(t, dsn), want(1))
		}
	}
}

// quickstart returns what the program prints.
func quickstart(t *testing.T, dsn string) string {
	t.Helper()
	cmd := dbtest.Child(t, "TestQuickstart", "PROM_DSN="+dsn)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	printed, ok := strings.CutSuffix(string(out), "PASS\n")
	if !ok {
		t.Fatalf("unexpected end:\n%s", out)
	}
	return printed
}

// want is what the program prints when the first key is id.
func want(id int64) string {
	var b strings.Builder
	for i := range int64(10) {
		fmt.Fprintf(&b, "created  %d: bar %d, che \"value %d\"\n", id+i, i, i)
	}
	fmt.Fprintf(&b, "found    %d: bar 3, che \"value 3\"\n", id+3)
	fmt.Fprintf(&b, "got      %d: bar 3, che \"value 3\"\n", id+3)
	for _, i := range []int64{9, 8, 7} {
		fmt.Fprintf(&b, "queried  %d: bar %d, che \"value %d\"\n", id+i, i, i)
	}
	for i := range int64(10) {
		fmt.Fprintf(&b, "updated  %d: bar %d\n", id+i, 100+i)
	}
	b.WriteString("deleted  10 rows\nleft     0 rows\n")
	return b.String()
}
