package promtest

import (
	"io"
	"testing"

	"github.com/prom-go/prom/internal/fieldgen"
)

// CheckFields fails a test when the handles that promgen -fields writes for the package of the test are not current. It
// is given the arguments of the go:generate line, and runs the go command. It is one line of a test:
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
