package servers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// Environment variables that say where the servers are.
const (
	// EnvPostgres has the URL of the PostgreSQL server that tests use instead of one of their own. Its user must be
	// allowed to create schemas.
	EnvPostgres = "PROM_TEST_POSTGRES"
	// EnvBin names the folder with the server binaries of PostgreSQL that tests use, instead of those that [Find]
	// would choose.
	EnvBin = "PROM_TEST_BIN"
	// EnvCache names the folder in which [Fetch] and [BuildBouncer] keep what they have made, instead of that of
	// [Cache].
	EnvCache = "PROM_TEST_CACHE"
)

// systemCache is the cache folder of root: PostgreSQL runs as another user, who cannot reach root's home.
const systemCache = "/var/cache/prom-test"

// ErrNone is the error of [Find] when there are no server binaries.
var ErrNone = errors.New("no PostgreSQL: run go run ./internal/dbtest/setup, which installs or fetches it, set " +
	EnvPostgres + " to the URL of a server, or set " + EnvBin + " to the folder of the server binaries")

// binDirs are the folders that packagers keep out of PATH, as patterns.
var binDirs = []string{
	"/usr/lib/postgresql/*/bin",         // Debian
	"/usr/lib/postgresql*/bin",          // openSUSE
	"/usr/pgsql-*/bin",                  // RHEL
	"/usr/libexec/postgresql*",          // Alpine
	"/opt/homebrew/opt/postgresql*/bin", // Homebrew on ARM
	"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel
}

// Find returns the folder that holds initdb and postgres: that of [EnvBin], else the first one of PATH, else the
// highest version among the folders of packagers, else the highest version in the cache folder. Where there is none,
// the error is [ErrNone].
func Find() (string, error) {
	if dir := os.Getenv(EnvBin); dir != "" {
		if !filepath.IsAbs(dir) || !hasServer(dir) {
			return "", fmt.Errorf("%s must be the absolute path of a folder with initdb and postgres: %s", EnvBin, dir)
		}
		return dir, nil
	}
	cache, _ := Cache() // without one, nothing is in it
	return find(os.Getenv("PATH"), binDirs, cache)
}

func find(path string, patterns []string, cache string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) && hasServer(dir) {
			return dir, nil
		}
	}
	var found []string
	for _, p := range patterns {
		dirs, err := filepath.Glob(p)
		if err != nil {
			return "", err
		}
		found = append(found, dirs...)
	}
	if dir := highest(found); dir != "" {
		return dir, nil
	}
	if dir := highest(cached(cache, "postgresql-")); dir != "" {
		return dir, nil
	}
	return "", ErrNone
}

// highest returns the folder with the highest version among those that hold a server, or "".
func highest(dirs []string) string {
	dirs = slices.DeleteFunc(dirs, func(dir string) bool { return !hasServer(dir) })
	if len(dirs) == 0 {
		return ""
	}
	return slices.MaxFunc(dirs, func(a, b string) int { return slices.Compare(version(a), version(b)) })
}

// cached returns the folders bin of what the cache folder holds by names that begin with prefix.
func cached(cache, prefix string) []string {
	if cache == "" {
		return nil
	}
	entries, _ := os.ReadDir(cache) // a folder that is not there holds nothing
	var dirs []string
	for _, e := range entries {
		if len(e.Name()) > len(prefix) && e.Name()[:len(prefix)] == prefix {
			dirs = append(dirs, filepath.Join(cache, e.Name(), "bin"))
		}
	}
	return dirs
}

// Cache returns the cache folder, which need not exist: that of [EnvCache], else for root /var/cache/prom-test, else
// prom-test in the user's cache folder.
func Cache() (string, error) {
	if dir := os.Getenv(EnvCache); dir != "" {
		return filepath.Abs(dir)
	}
	if os.Geteuid() == 0 {
		return systemCache, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w; set %s", err, EnvCache)
	}
	return filepath.Join(dir, "prom-test"), nil
}

// makeCache makes the cache folder and returns it. For root it must be one that every user can reach.
func makeCache() (string, error) {
	dir, err := Cache()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, reachable(dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // whatever the umask
		return "", err
	}
	return dir, reachable(dir)
}

// reachable returns an error when root runs this and another user cannot reach the folder.
func reachable(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for up := dir; ; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("PostgreSQL runs as a user who cannot reach the cache folder %s: "+
				"%s is closed to others; set %s to another folder", dir, up, EnvCache)
		}
		if up == filepath.Dir(up) {
			return nil
		}
	}
}

func hasServer(dir string) bool {
	return executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres"))
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

var digits = regexp.MustCompile(`[0-9]+`)

// version returns the numbers in a text: 9, 6 of /usr/lib/postgresql/9.6/bin.
func version(text string) []int {
	var v []int
	for _, s := range digits.FindAllString(text, -1) {
		n, _ := strconv.Atoi(s) // too long for an int: no version, and the largest int does no harm
		v = append(v, n)
	}
	return v
}
