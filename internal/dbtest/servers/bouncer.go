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
	"time"
)

// Bouncer is a PgBouncer that can be run.
type Bouncer struct {
	Path    string
	Version string // as in "1.18.0"
}

// Prepares reports whether the version has the setting max_prepared_statements, with which prepared statements of the
// protocol work in transaction mode. It came with 1.21.
func (b Bouncer) Prepares() bool { return slices.Compare(version(b.Version), []int{1, 21}) >= 0 }

// Bouncers returns the PgBouncers that are there, by version: that of the system, and those in the cache folder.
func Bouncers(ctx context.Context) []Bouncer {
	var paths []string
	if exe, err := exec.LookPath("pgbouncer"); err == nil {
		paths = append(paths, exe)
	}
	paths = append(paths, "/usr/sbin/pgbouncer") // which is not everybody's PATH
	cache, _ := Cache()                          // without one, nothing is in it
	for _, bin := range cached(cache, "pgbouncer-") {
		paths = append(paths, filepath.Join(bin, "pgbouncer"))
	}
	var found []Bouncer
	for _, path := range paths {
		b, err := bouncer(ctx, path)
		if err == nil && !slices.ContainsFunc(found, func(f Bouncer) bool { return f.Version == b.Version }) {
			found = append(found, b)
		}
	}
	slices.SortFunc(found, func(a, b Bouncer) int { return slices.Compare(version(a.Version), version(b.Version)) })
	return found
}

// bouncer asks a program for its version.
func bouncer(ctx context.Context, path string) (Bouncer, error) {
	if !executable(path) {
		return Bouncer{}, os.ErrNotExist
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return Bouncer{}, err
	}
	first, _, _ := strings.Cut(string(out), "\n")
	name, ok := strings.CutPrefix(first, "PgBouncer ")
	if !ok {
		return Bouncer{}, fmt.Errorf("%s is no PgBouncer: %s", path, first)
	}
	return Bouncer{Path: path, Version: strings.TrimSpace(name)}, nil
}

// newerDebian is the release of Debian whose PgBouncer is built where the system's own is older than 1.21, and whose
// pgvector is built where the system has none.
const newerDebian = "trixie"

// buildPackages is what PgBouncer is built with.
var buildPackages = []string{"gcc", "libc6-dev", "libevent-dev", "libssl-dev", "make", "pkg-config"}

// BuildBouncer builds PgBouncer from the source package of a newer release of Debian into the cache folder, and returns
// it. The source comes from the system's own mirror, and apt checks its signature. It is for Debian, and for those who
// may install packages.
func BuildBouncer(ctx context.Context) (Bouncer, error) {
	cache, err := makeCache()
	if err != nil {
		return Bouncer{}, err
	}
	if err := Install(ctx, buildPackages...); err != nil {
		return Bouncer{}, err
	}
	removeStale(cache)
	temp, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return Bouncer{}, err
	}
	defer os.RemoveAll(temp)
	if err := source(ctx, temp, "pgbouncer"); err != nil {
		return Bouncer{}, err
	}
	tree := filepath.Join(temp, "tree")
	for _, command := range [][]string{
		{"tar", "-x", "-f", "source.tar.gz", "--strip-components=1"},
		{"./configure", "--quiet", "--prefix=" + tree, "--without-pam", "--without-cares", "--without-systemd"},
		{"make", "-s", "-j" + strconv.Itoa(runtime.NumCPU()), "pgbouncer"},
	} {
		if err := run(ctx, temp, command...); err != nil {
			return Bouncer{}, err
		}
	}
	made := filepath.Join(tree, "bin", "pgbouncer")
	if err := os.MkdirAll(filepath.Dir(made), 0o755); err != nil {
		return Bouncer{}, err
	}
	if err := os.Rename(filepath.Join(temp, "pgbouncer"), made); err != nil {
		return Bouncer{}, err
	}
	for _, name := range []string{tree, filepath.Dir(made), made} {
		if err := os.Chmod(name, 0o755); err != nil { // whatever the umask
			return Bouncer{}, err
		}
	}
	b, err := bouncer(ctx, made)
	if err != nil {
		return Bouncer{}, err
	}
	dest := filepath.Join(cache, "pgbouncer-"+b.Version)
	b.Path = filepath.Join(dest, "bin", "pgbouncer")
	if err := os.Rename(tree, dest); err != nil && !executable(b.Path) { // another process may have been first
		return Bouncer{}, err
	}
	return b, nil
}

// source puts the source of a package of a newer Debian into a folder, as source.tar.gz, through lists of packages of
// its own.
func source(ctx context.Context, folder, name string) error {
	mirror, keys, err := debian(ctx)
	if err != nil {
		return err
	}
	for _, dir := range []string{"lists/partial", "archives/partial"} {
		if err := os.MkdirAll(filepath.Join(folder, dir), 0o755); err != nil {
			return err
		}
	}
	list := fmt.Sprintf("deb-src [signed-by=%s] %s %s main\n", keys, mirror, newerDebian)
	if err := os.WriteFile(filepath.Join(folder, "sources.list"), []byte(list), 0o644); err != nil {
		return err
	}
	apt := []string{"apt-get", "-qq", "-o", "APT::Sandbox::User=root", "-o", "Dir::Etc::SourceParts=-"}
	for _, o := range [][2]string{{"Etc::SourceList", "sources.list"}, {"State::Lists", "lists"}, {"Cache", "."}} {
		apt = append(apt, "-o", "Dir::"+o[0]+"="+filepath.Join(folder, o[1]))
	}
	for _, args := range [][]string{{"update"}, {"source", "--download-only", name}} {
		if err := run(ctx, folder, slices.Concat(apt, args)...); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, name+"_*.orig.tar.gz"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("apt-get source %s: it made %d archives", name, len(files))
	}
	return os.Rename(files[0], filepath.Join(folder, "source.tar.gz"))
}

// debian returns the address of the mirror that the system gets Debian's packages from, and the file of Debian's keys.
func debian(ctx context.Context) (mirror, keys string, err error) {
	out, err := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(ORIGIN) $(COMPONENT) $(RELEASE) $(REPO_URI)", "Created-By: Packages").Output()
	if err != nil {
		return "", "", fmt.Errorf("apt-get indextargets: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) == 4 && f[0] == "Debian" && f[1] == "main" && !strings.Contains(f[2], "-") {
			mirror = f[3]
			break
		}
	}
	if mirror == "" {
		return "", "", errors.New("the system's packages do not come from a mirror of Debian")
	}
	for _, suffix := range []string{"gpg", "pgp"} {
		keys = "/usr/share/keyrings/debian-archive-keyring." + suffix
		if _, err := os.Stat(keys); err == nil {
			return mirror, keys, nil
		}
	}
	return "", "", errors.New("the package debian-archive-keyring is not installed")
}

// run runs a command in a folder.
func run(ctx context.Context, folder string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = folder
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { // what a make that runs this one tells its own
		return strings.HasPrefix(kv, "MAKE") || strings.HasPrefix(kv, "MFLAGS=")
	})
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", command[0], err, oneLine(out))
	}
	return nil
}
