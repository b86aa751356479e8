package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// Ensure that tests are counted, that those which failed are shown and no others, and that a run which fails though its
// tests passed counts as a failure.
func TestRunAll(t *testing.T) {
	t.Parallel()
	bin, err := servers.Find()
	if err != nil {
		if os.Getenv(servers.EnvPostgres) == "" {
			t.Fatal(err)
		}
		t.Skipf("left out: %s names a server, and this test runs binaries: %v", servers.EnvPostgres, err)
	}
	is := is.New(t)
	tests, err := compile(t.Context(), t.TempDir(), []string{"./testdata/sample", "./testdata/broken", "."})
	is.NoErr(err)
	is.Equal(len(tests), 3)
	for file := range tests {
		if strings.HasSuffix(file, "matrix.test") {
			delete(tests, file) // this one
		}
	}
	var out bytes.Buffer
	r, err := runAll(t.Context(), &out, bin, tests, options{timeout: time.Minute})
	is.NoErr(err)
	is.True(strings.HasPrefix(r.server, "PostgreSQL 1"))
	is.Equal(r.passed, 3)
	is.Equal(r.failed, 3) // one and its parent, and the exit code
	is.Equal(r.skipped, 1)
	is.True(strings.Contains(out.String(), ": on purpose"))
	is.True(strings.Contains(out.String(), "broken.test: exit status"))
	is.True(!strings.Contains(out.String(), "TestPasses"))

	r, err = runAll(t.Context(), &out, bin, tests, options{timeout: time.Minute, run: "TestIsLeftOut"})
	is.NoErr(err)
	is.Equal(r.skipped, 1)
	is.Equal(r.passed, 0)
}

// Ensure that packages without tests are an error, rather than a matrix that passes.
func TestCompileNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	_, err := compile(t.Context(), t.TempDir(), []string{"unsafe"})
	is.True(err != nil)
}
