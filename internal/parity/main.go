// Parity compares the rows of docs/parity.md with the tests: which test shows which row, and on which engines it runs.
//
//	go run ./internal/parity [-v] [folder]
//
// It prints what is missing, with -v each row with its tests, and exits with 1 when something is. A test names the rows
// that it shows in a comment, its own, one in its body or one of a function that it uses: parity: M8 Q28..Q30.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/prom-go/prom/internal/testindex"
)

func main() {
	verbose := flag.Bool("v", false, "print each row with its tests")
	flag.Parse()
	root := "."
	if flag.NArg() > 0 {
		root = flag.Arg(0)
	}
	missing, err := run(os.Stdout, root, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(2)
	}
	if missing > 0 {
		os.Exit(1)
	}
}

// run reports on the module in the folder root, and returns how many rows lack something.
func run(w io.Writer, root string, verbose bool) (int, error) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "parity.md"))
	if err != nil {
		return 0, err
	}
	rows, err := parseRows(string(page))
	if err != nil {
		return 0, err
	}
	tests, err := testindex.Find(root, "parity", expand)
	if err != nil {
		return 0, err
	}
	if err := match(rows, tests); err != nil {
		return 0, err
	}
	return report(w, rows, verbose), nil
}
