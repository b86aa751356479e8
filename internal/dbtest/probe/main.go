// Command probe exits with 0 if tests can have PostgreSQL, and else says in one line how to get it.
package main

import (
	"fmt"
	"os"

	"github.com/prom-go/prom/internal/dbtest"
)

func main() {
	if err := dbtest.Available(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
