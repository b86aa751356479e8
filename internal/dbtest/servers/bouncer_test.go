//go:build unix

package servers

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestBouncerPrepares(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, version := range []string{"1.9.0", "1.18.0", "1.20.1"} {
		is.True(!Bouncer{Version: version}.Prepares())
	}
	for _, version := range []string{"1.21.0", "1.24.1", "2.0"} {
		is.True(Bouncer{Version: version}.Prepares())
	}
}

// Ensure that those in PATH and in the cache folder are found, each version once, and that what is none is passed over.
func TestBouncers(t *testing.T) {
	is := is.New(t)
	cache, bin := t.TempDir(), t.TempDir()
	add := func(dir, script string) {
		is.NoErr(os.MkdirAll(dir, 0o755))
		is.NoErr(os.WriteFile(filepath.Join(dir, "pgbouncer"), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	add(bin, "echo PgBouncer 91.18.0; echo libevent 2.1.12-stable")
	add(filepath.Join(cache, "pgbouncer-92.24.1", "bin"), "echo PgBouncer 92.24.1")
	add(filepath.Join(cache, "pgbouncer-91.18.0", "bin"), "echo PgBouncer 91.18.0")
	add(filepath.Join(cache, "pgbouncer-93", "bin"), "exit 1")
	add(filepath.Join(cache, "pgbouncer-94", "bin"), "echo something else")
	t.Setenv("PATH", bin)
	t.Setenv(EnvCache, cache)
	found := slices.DeleteFunc(Bouncers(t.Context()), func(b Bouncer) bool { // the system's own
		return !strings.HasPrefix(b.Version, "9")
	})
	is.Equal(found, []Bouncer{
		{filepath.Join(bin, "pgbouncer"), "91.18.0"},
		{filepath.Join(cache, "pgbouncer-92.24.1", "bin", "pgbouncer"), "92.24.1"},
	})
}
