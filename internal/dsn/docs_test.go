package dsn

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that docs/dsn.md names every option of each engine, and no other, in the chapters that are about it.
func TestDSNDocs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile("../../docs/dsn.md")
	is.NoErr(err)
	_, page1, ok := strings.Cut(string(page), "## Options of both engines")
	is.True(ok)
	both, rest, ok := strings.Cut(page1, "## Options of PostgreSQL")
	is.True(ok)
	postgres, sqlite, ok := strings.Cut(rest, "## Options of SQLite")
	is.True(ok)

	for _, tt := range []struct {
		chapters string
		options  optionSet
	}{{both + postgres, postgresOptions}, {both + sqlite, sqliteOptions}} {
		named := optionNames(tt.chapters)
		for name := range tt.options {
			if !slices.Contains(named, name) {
				t.Errorf("docs/dsn.md does not name the option %s", name)
			}
		}
	}
	for _, name := range optionNames(page1) {
		if postgresOptions[name] == nil && sqliteOptions[name] == nil {
			t.Errorf("docs/dsn.md names the option %s, which there is not", name)
		}
	}
}

// notOptions are words of the page in the form of an option that are values of one, or a setting of PgBouncer.
var notOptions = []string{
	"auto", "check", "off", "on", "true", "false", "yes", "cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol",
	"max_prepared_statements",
}

// optionNames returns the words of a page that are written as an option is.
func optionNames(page string) []string {
	var names []string
	for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(page, -1) {
		if !slices.Contains(notOptions, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
