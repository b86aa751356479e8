package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// server is what pg_config tells of the server in a folder of binaries.
type server struct {
	bin, major, share, lib string
}

// serverIn asks the pg_config of a folder of binaries, or of the one that its links lead to.
func serverIn(ctx context.Context, bin string) (server, error) {
	exe, err := filepath.EvalSymlinks(filepath.Join(bin, "postgres"))
	if err != nil {
		return server{}, err
	}
	bin = filepath.Dir(exe)
	s := server{bin: bin}
	tell := exec.CommandContext(ctx, filepath.Join(bin, "pg_config"), "--version", "--sharedir", "--pkglibdir")
	out, err := tell.Output()
	if err != nil {
		return s, fmt.Errorf("pg_config: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 3 {
		return s, fmt.Errorf("pg_config printed %d lines, not 3", len(lines))
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(lines[0], "PostgreSQL "), " ")
	s.major, _, _ = strings.Cut(number, ".")
	s.share, s.lib = lines[1], lines[2]
	return s, nil
}

// hasVector reports whether the server has the extension vector.
func (s server) hasVector() bool {
	_, err := os.Stat(filepath.Join(s.share, "extension", "vector.control"))
	return err == nil
}

// Vector gives the server that [Find] finds the extension vector (pgvector): the package of the system, or one that is
// built from the source package of a newer release of Debian. It reports whether it did something. It is for root on
// Debian, and changes the folders of the installed server.
func Vector(ctx context.Context) (installed bool, err error) {
	bin, err := Find()
	if err != nil {
		return false, err
	}
	s, err := serverIn(ctx, bin)
	if err != nil || s.hasVector() {
		return false, err
	}
	if os.Geteuid() != 0 || !strings.HasPrefix(s.bin, "/usr/lib/postgresql/") {
		return false, errors.New("only root can add it, to a server of Debian's packages")
	}
	if Install(ctx, "postgresql-"+s.major+"-pgvector") == nil && s.hasVector() {
		return true, nil
	}
	return true, s.buildVector(ctx)
}

// buildVector builds the extension and copies it to the server's. The package of the server's headers depends on a
// compiler of LLVM, which pgvector can do without: so only its files are taken.
func (s server) buildVector(ctx context.Context) error {
	if err := Install(ctx, "gcc", "libc6-dev", "make"); err != nil {
		return err
	}
	cache, err := makeCache()
	if err != nil {
		return err
	}
	removeStale(cache)
	temp, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := source(ctx, temp, "pgvector"); err != nil {
		return err
	}
	headers := []string{"postgresql-server-dev-" + s.major, "libpq-dev"}
	get := append([]string{"apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download"}, headers...)
	if err := run(ctx, temp, get...); err != nil {
		return err
	}
	for _, name := range headers {
		files, err := filepath.Glob(filepath.Join(temp, name+"_*.deb"))
		if err != nil || len(files) != 1 {
			return fmt.Errorf("apt-get download %s: it made %d files", name, len(files))
		}
		if err := run(ctx, temp, "dpkg-deb", "-x", files[0], temp); err != nil {
			return err
		}
	}
	include := filepath.Join(temp, "usr/include/postgresql")
	for _, command := range [][]string{
		{"tar", "-x", "-f", "source.tar.gz", "--strip-components=1"},
		{"make", "-s", "-j" + strconv.Itoa(runtime.NumCPU()), "with_llvm=no", "OPTFLAGS=",
			"PG_CONFIG=" + filepath.Join(s.bin, "pg_config"),
			"PG_CPPFLAGS=-I" + include + " -I" + filepath.Join(include, s.major, "server")},
	} {
		if err := run(ctx, temp, command...); err != nil {
			return err
		}
	}
	scripts, err := filepath.Glob(filepath.Join(temp, "sql", "vector--*.sql"))
	if err != nil {
		return err
	}
	// The control file is last: it says that the rest is there.
	extension := filepath.Join(s.share, "extension")
	for _, command := range [][]string{
		{"install", "-m", "755", "vector.so", s.lib},
		slices.Concat([]string{"install", "-m", "644"}, scripts, []string{extension}),
		{"install", "-m", "644", "vector.control", extension},
	} {
		if err := run(ctx, temp, command...); err != nil {
			return err
		}
	}
	return nil
}
