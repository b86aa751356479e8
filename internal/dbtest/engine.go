package dbtest

import (
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"
)

// The names of the engines, see [Engine].
const (
	NameSQLite   = "sqlite"
	NamePostgres = "postgres"
)

// execModes are the values of pgx's default_query_exec_mode, its default first.
var execModes = []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"}

// envModes is the environment variable that makes each test of [EachMode] run in all modes, when it is "all".
const envModes = "PROM_TEST_MODES"

// modesOf returns the modes in which a test runs: all, or the default one and another, which its name decides, so that
// the tests together run in all of them.
func modesOf(test string) []string {
	if os.Getenv(envModes) == "all" {
		return execModes
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(test))
	return []string{execModes[0], execModes[1+int(h.Sum32()%uint32(len(execModes)-1))]}
}

// Engine is an empty database of a test's own.
type Engine struct {
	// Name is [NameSQLite] or [NamePostgres].
	Name string
	// Mode is a variant of the engine: for PostgreSQL the pgx exec mode, or "" for the default one; for SQLite
	// "file" or "memory".
	Mode string
	// DSN is the database's address, without a fragment. It can be opened as often as the test likes.
	DSN string
}

// With returns another DSN of the same database: options are parameters, a fragment or both, as in "install=off",
// "#blog" or "install=check&pool_max_conns=2#blog". A parameter replaces that of the same name, a fragment the one that
// was there. Options are taken as they are: what needs escaping in a URL must be escaped.
func (e Engine) With(options string) string { return withOptions(e.DSN, options) }

func withOptions(dsn, options string) string {
	dsn, fragment, _ := strings.Cut(dsn, "#")
	options, newFragment, replace := strings.Cut(options, "#")
	if replace {
		fragment = newFragment
	}
	base, query, _ := strings.Cut(dsn, "?")
	given := pairs(options)
	kept := slices.DeleteFunc(pairs(query), func(old string) bool { return hasKey(given, old) })
	if all := append(kept, given...); len(all) > 0 {
		base += "?" + strings.Join(all, "&")
	}
	if fragment != "" {
		base += "#" + fragment
	}
	return base
}

func pairs(query string) []string {
	return strings.FieldsFunc(query, func(r rune) bool { return r == '&' })
}

func hasKey(pairs []string, pair string) bool {
	key, _, _ := strings.Cut(pair, "=")
	for _, p := range pairs {
		if k, _, _ := strings.Cut(p, "="); k == key {
			return true
		}
	}
	return false
}

// envEngine is the environment variable that leaves the other engine out of the tests of [Each] and [EachMode], when it
// is the name of one.
const envEngine = "PROM_TEST_ENGINE"

// leaveEngineOut skips a subtest of an engine that envEngine leaves out.
func leaveEngineOut(t *testing.T, name string) {
	t.Helper()
	if only := os.Getenv(envEngine); only != "" && only != name {
		t.Skip(envEngine + " is " + only)
	}
}

// Each runs fn as the parallel subtests "sqlite" and "postgres", each with an empty database.
func Each(t *testing.T, fn func(t *testing.T, e Engine)) {
	t.Helper()
	each(t, NameSQLite, fn, func(t *testing.T) Engine {
		leaveEngineOut(t, NameSQLite)
		return Engine{Name: NameSQLite, Mode: "file", DSN: SQLite(t)}
	})
	each(t, NamePostgres, fn, func(t *testing.T) Engine {
		leaveEngineOut(t, NamePostgres)
		return Engine{Name: NamePostgres, DSN: Postgres(t)}
	})
}

// EachMode runs fn as the parallel subtests "sqlite/file", "sqlite/memory" and, for the ways in which pgx can send a
// query, "postgres/cache_statement" and one of "postgres/cache_describe", "postgres/describe_exec", "postgres/exec" and
// "postgres/simple_protocol"; all of them when PROM_TEST_MODES is "all". Each has an empty database.
func EachMode(t *testing.T, fn func(t *testing.T, e Engine)) {
	t.Helper()
	test := t.Name()
	t.Run(NameSQLite, func(t *testing.T) {
		t.Parallel()
		leaveEngineOut(t, NameSQLite)
		each(t, "file", fn, func(t *testing.T) Engine {
			return Engine{Name: NameSQLite, Mode: "file", DSN: SQLite(t)}
		})
		each(t, "memory", fn, func(*testing.T) Engine {
			return Engine{Name: NameSQLite, Mode: "memory", DSN: Memory()}
		})
	})
	t.Run(NamePostgres, func(t *testing.T) {
		t.Parallel()
		leaveEngineOut(t, NamePostgres)
		for _, mode := range modesOf(test) {
			each(t, mode, fn, func(t *testing.T) Engine {
				return Engine{Name: NamePostgres, Mode: mode,
					DSN: withOptions(Postgres(t), "default_query_exec_mode="+mode)}
			})
		}
	})
}

func each(t *testing.T, name string, fn func(*testing.T, Engine), engine func(*testing.T) Engine) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		e := engine(t)
		runs.add(e.Name)
		fn(t, e)
	})
}
