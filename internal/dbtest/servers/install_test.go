//go:build unix

package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure it is told why nothing can be installed, and what apt-get said when it failed.
func TestInstallFails(t *testing.T) {
	is := is.New(t)
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	err := Install(t.Context(), "x")
	is.True(err != nil)
	is.Equal(err.Error(), "apt-get is not there")
	is.True(CanInstall(t.Context()) != nil)

	for name, script := range map[string]string{
		"apt-get": "echo E: Unable to locate package; exit 100",
		"env":     `shift; exec "$@"`,
	} {
		is.NoErr(os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	err = Install(t.Context(), "x")
	is.True(err != nil)
	if os.Geteuid() == 0 {
		is.Equal(err.Error(), "apt-get: exit status 100: E: Unable to locate package")
	} else {
		is.True(strings.Contains(err.Error(), "for root alone"))
	}
}

// Ensure that a C compiler which is missing or makes no program is told, and one that works is not.
func TestRace(t *testing.T) {
	is := is.New(t)
	if _, err := exec.LookPath("gcc"); err == nil {
		t.Setenv("CC", "gcc")
		is.NoErr(Race(t.Context()))
	}
	t.Setenv("CC", "no-such-compiler")
	err := Race(t.Context())
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "no-such-compiler"))

	broken := filepath.Join(t.TempDir(), "broken")
	is.NoErr(os.WriteFile(broken, []byte("#!/bin/sh\necho 'fatal error: stdlib.h: No such file'\nexit 1\n"), 0o755))
	t.Setenv("CC", broken)
	t.Setenv("CGO_ENABLED", "1")
	err = Race(t.Context())
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "makes no program: exit status 1: fatal error: stdlib.h: No such file"))
	t.Setenv("CGO_ENABLED", "0")
	is.True(Race(t.Context()) != nil)
}
