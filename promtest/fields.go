package promtest

import (
	"io"
	"testing"

	"github.com/prom-go/prom/internal/fieldgen"
)

// CheckFields fails the test if the handles that promgen -fields has written for the package of the test are not
// current. The arguments are those of the go:generate line. It runs the go command, and is one line of a test:
//
//	func TestFields(t *testing.T) { promtest.CheckFields(t) }
func CheckFields(tb testing.TB, args ...string) {
	tb.Helper()
	options, err := fieldgen.Parse(args, io.Discard)
	if err == nil {
		options.Check = true
		err = fieldgen.Run(options)
	}
	if err != nil {
		tb.Fatal("promtest: ", err)
	}
}
