package dbtest

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// EnvPostgres is the environment variable with the URL of the PostgreSQL server that tests use instead of one of
// their own. Its user must be allowed to create schemas.
const EnvPostgres = "PROM_TEST_POSTGRES"

var errNoPostgres = errors.New("dbtest: no PostgreSQL: set " + EnvPostgres +
	" to a DSN, or install the server binaries (Debian: apt-get install postgresql)")

// binDirs are the folders that packagers keep out of PATH, as patterns.
var binDirs = []string{
	"/usr/lib/postgresql/*/bin",         // Debian
	"/usr/lib/postgresql*/bin",          // openSUSE
	"/usr/pgsql-*/bin",                  // RHEL
	"/usr/libexec/postgresql*",          // Alpine
	"/opt/homebrew/opt/postgresql*/bin", // Homebrew on ARM
	"/usr/local/opt/postgresql*/bin",    // Homebrew on Intel
}

// Available returns nil when tests can have PostgreSQL, because [EnvPostgres] is set or the server's binaries were
// found, and else an error of one line that says how to get it. It does not try to connect.
func Available() error {
	if os.Getenv(EnvPostgres) != "" {
		return nil
	}
	_, err := findBinaries(os.Getenv("PATH"), binDirs)
	return err
}

// findBinaries returns the folder that holds initdb and postgres: the first one of path, a list like PATH, or else the
// one with the highest version among those that the patterns match.
func findBinaries(path string, patterns []string) (string, error) {
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
		for _, dir := range dirs {
			if hasServer(dir) {
				found = append(found, dir)
			}
		}
	}
	if len(found) == 0 {
		return "", errNoPostgres
	}
	return slices.MaxFunc(found, func(a, b string) int { return slices.Compare(version(a), version(b)) }), nil
}

func hasServer(dir string) bool {
	return executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres"))
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

var digits = regexp.MustCompile(`[0-9]+`)

// version returns the numbers in a folder's name: 9, 6 of /usr/lib/postgresql/9.6/bin.
func version(dir string) []int {
	var v []int
	for _, s := range digits.FindAllString(dir, -1) {
		n, _ := strconv.Atoi(s) // too long for an int: no version, and the largest int does no harm
		v = append(v, n)
	}
	return v
}
