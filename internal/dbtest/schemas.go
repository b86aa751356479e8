package dbtest

import (
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// Schemas returns a database of the test's own in which models may name those schemas: of PostgreSQL a whole one, for
// the schema of a test cannot hold others, and of SQLite one to which as many are attached.
func (e Engine) Schemas(tb testing.TB, names ...string) Engine {
	tb.Helper()
	if e.Name == NamePostgres {
		e.DSN = database(tb)
		return e
	}
	var options []string
	folder := tb.TempDir()
	for _, name := range names {
		path := ":memory:"
		if !strings.Contains(e.DSN, path) {
			path = filepath.ToSlash(filepath.Join(folder, "attached", name+".db"))
		}
		options = append(options, "attach="+name+":"+url.QueryEscape(path))
	}
	base, fragment, named := strings.Cut(e.DSN, "#")
	separator := "?"
	if strings.Contains(base, "?") {
		separator = "&"
	}
	if e.DSN = base + separator + strings.Join(options, "&"); named {
		e.DSN += "#" + fragment
	}
	return e
}

// database returns the DSN of an empty database of PostgreSQL, which is dropped when the test ends.
func database(tb testing.TB) string {
	tb.Helper()
	base, err := serverDSN()
	if err != nil {
		tb.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		tb.Fatal("dbtest: the server's DSN is not a URL")
	}
	name := "d_" + strings.ToLower(rand.Text()[:16])
	if err := execSQL(base, "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("dbtest: create database: %v", err)
	}
	tb.Cleanup(func() {
		if err := execSQL(base, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("dbtest: drop database: %v", err)
		}
	})
	u.Path, u.Fragment = "/"+name, ""
	return u.String()
}
