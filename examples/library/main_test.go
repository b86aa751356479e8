package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const printed = `3 books by J; 2185 pages in all; 1 without books: Harper Lee
Frank Herbert has 4 books of 1451 pages
Frank Herbert: Children of Dune, 3 stars in 2 reviews
Frank Herbert: Dune Messiah, 3 stars in 2 reviews
Frank Herbert: God Emperor of Dune, 3 stars in 2 reviews
Jane Austen has 1 books of 204 pages
Jane Austen: Emma, 3 stars in 2 reviews
Jules Verne has 2 books of 530 pages
Jules Verne: Around the Moon, 3 stars in 2 reviews
Jules Verne: Michel Strogoff, 3 stars in 2 reviews
the longest is God Emperor of Dune, of 519 pages; taken back: 4
`

// Ensure that the program finds what it should, as a process of its own, twice in a row on each kind of database.
func TestLibrary(t *testing.T) {
	if dbtest.IsChild() {
		main()
		return
	}
	t.Parallel()
	run := func(t *testing.T, dsn string) {
		is := is.New(t)
		for range 2 {
			out, err := dbtest.Child(t, "TestLibrary", "PROM_DSN="+dsn).CombinedOutput()
			is.NoErr(err)
			lines := strings.SplitAfter(strings.TrimSuffix(string(out), "PASS\n"), "\n") // authors come in the order of a map
			slices.Sort(lines)
			is.Equal(strings.Join(lines, ""), printed)
		}
	}
	run(t, "")
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) { run(t, e.DSN) })
}

func TestFields(t *testing.T) { promtest.CheckFields(t) }
