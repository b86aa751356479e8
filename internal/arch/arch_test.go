package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const module = "github.com/prom-go/prom"

// Modules that only some packages may import.
const (
	pgx      = "github.com/jackc/pgx/v5"
	modernc  = "modernc.org"
	squirrel = "github.com/Masterminds/squirrel"
	uuid     = "github.com/google/uuid"
	goleak   = "go.uber.org/goleak"
)

// arrows lists, for each package of the module, what it may import beside the standard library: packages of the module
// by their folder (the root is "."), others by a path that stands for all below it too. A new package needs a line.
var arrows = map[string][]string{
	".": {"dialect", "schema", "internal/ast", "internal/core", "internal/db", "internal/db/driver", "internal/dsn",
		"internal/filter",
		"internal/install", "internal/scan", "internal/span", "internal/sqlite3", "internal/twin", pgx, squirrel, uuid},

	"internal/filter": {"dialect", "schema", "internal/ast", "internal/core", "internal/db/driver"},

	"internal/core": {"dialect", "schema", "internal/ast", "internal/db", "internal/db/driver", "internal/dsn",
		"internal/install",
		"internal/render", "internal/scan", "internal/syncmap", "internal/token", "internal/watch", uuid},

	"query":            {"."},
	"internal/render":  {"dialect", "schema", "internal/ast", "internal/sqltext", "internal/syncmap", squirrel},
	"internal/ast":     {"dialect", "schema", "internal/scan", "internal/sqltext", uuid},
	"internal/install": {"dialect", "schema", "internal/db", "internal/db/driver", "internal/dsn", "internal/snapshot", "internal/sqltext", uuid},

	"conn": {".", "internal/dsn"},
	"internal/db": {"dialect", "schema", "internal/db/driver", "internal/db/postgres", "internal/db/replica",
		"internal/db/sqlite",
		"internal/dsn",
		"internal/syncmap", pgx},
	"internal/db/postgres": {"dialect", "dialect/postgres", "schema", "internal/db/driver", "internal/dsn", pgx, uuid},
	"internal/db/replica":  {"internal/db/driver", "internal/dsn"},
	"internal/db/sqlite": {"dialect", "dialect/sqlite", "schema", "internal/db/driver", "internal/dsn",
		"internal/jsontext",
		"internal/match", "internal/span", "internal/sqlite3", modernc, uuid},
	"internal/db/driver": {"dialect", "schema", "internal/dsn", "internal/twin"},
	"internal/dsn":       {pgx},

	"internal/scan": {"schema", "dialect/sqlite", "internal/jsontext", "internal/span", "internal/sqlite3", "internal/syncmap",
		"internal/twin", uuid},
	"internal/sqlite3":  {"internal/twin", modernc},
	"internal/twin":     {},
	"internal/jsontext": {},
	"internal/sqltext":  {},
	"internal/syncmap":  {},
	"internal/match":    {},
	"internal/span":     {"schema"},
	"internal/snapshot": {"schema", "dialect/sqlite", "internal/sqltext"},
	"internal/watch":    {"internal/token", "schema"},
	"internal/token":    {"schema"},
	"dialect/postgres":  {"dialect", "schema", uuid},
	"dialect/sqlite":    {"dialect", "schema", uuid},
	"dialect":           {"schema", uuid},
	"schema":            {"internal/sqltext", uuid},

	"audit":  {".", "dialect", "internal/core"},
	"outbox": {"."},
	"promtest": {".", "schema", "internal/core", "internal/db", "internal/fieldgen", "internal/queryplan",
		"internal/snapshot", pgx},
	"cmd/promgen":       {".", "internal/fieldgen", "internal/modelgen"},
	"internal/modelgen": {".", "schema"},
	"internal/fieldgen": {"schema"},

	"internal/fieldgen/shapes":       {".", "internal/fieldgen/shapes/other"},
	"internal/fieldgen/shapes/other": {},
	"examples/*":                     {"."},
	"examples/conduit":               {".", "examples/conduit/api"},
	"examples/conduit/api":           {"."},

	"internal/queryplan": {".", "schema", "internal/sqltext"},
	"internal/transfer": {"schema", "dialect", "dialect/sqlite", "internal/core", "internal/db", "internal/db/driver",
		"internal/db/postgres", "internal/install", "internal/scan", "internal/sqltext", uuid},
	"internal/fit":            {"schema", "internal/fit/walk"},
	"internal/fit/walk":       {".", "schema", "promtest"},
	"internal/dbtest":         {"internal/dbtest/servers", pgx, goleak},
	"internal/dbtest/servers": {}, // it sets up a fresh machine
	"internal/dbtest/setup":   {"internal/dbtest/servers"},
	"internal/dbtest/matrix":  {"internal/dbtest/servers"},
	"internal/dsn/dsntest":    {},
	"internal/shelves":        {"."},
	"internal/arch":           {},
	"internal/behaviour/*":    {},
	"internal/behaviour/kit":  {".", "internal/dbtest"},
	"internal/differential":   {},
	"internal/parity":         {"internal/testindex"},
	"internal/suites":         {"internal/testindex"},
	"internal/site":           {"schema", "internal/dsn"},
	"internal/testindex":      {},
	"internal/torture":        {},
}

// guarded lists the packages of the standard library that not everybody may import, and who may.
var guarded = map[string][]string{
	// the module builds without a C compiler
	"C": {},
	// addresses of values, and SQLite's memory
	"unsafe": {".", "internal/core", "internal/scan", "internal/sqlite3"},
	// sql.Null
	"database/sql": {".", "internal/db", "internal/db/driver", "internal/db/postgres", "internal/db/sqlite", "schema",
		"internal/scan", "internal/queryplan", "examples/*", "internal/behaviour/kit", "internal/fieldgen/shapes"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

// Ensure that arrows between packages point down.
func TestArrows(t *testing.T) {
	t.Parallel()
	pkgs, err := list()
	if err != nil {
		t.Fatal(err)
	}
	is := is.New(t)
	is.True(slices.ContainsFunc(pkgs, func(p pkg) bool { return p.ImportPath == module+"/internal/arch" }))
	for _, p := range pkgs {
		for _, v := range violations(p) {
			t.Error(v)
		}
	}
}

// Ensure the rules find what they are there to find.
func TestViolations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pkg, imports string
		want         string // of the one violation, "" when there is none
	}{
		{"", module + "/internal/core " + module + "/internal/scan " + squirrel + " context", ""},
		{"", modernc + "/sqlite", `. may not import modernc.org/sqlite`},
		{"", module + "/query", ". may not import query"},
		{"/internal/db/sqlite", "modernc.org/sqlite/lib modernc.org/libc database/sql", ""},
		{"/internal/db/postgres", "modernc.org/sqlite", "internal/db/postgres may not import modernc.org/sqlite"},
		{"/internal/db/driver", pgx, "internal/db/driver may not import github.com/jackc/pgx/v5"},
		{"/conn", module + "/internal/scan", "conn may not import internal/scan"},
		{"/conn", module, ""},
		{"/conn", module + "/dialect/mysql", "conn may not import dialect/mysql"},
		{"/dialect", module + "/dialect/postgres", "dialect may not import dialect/postgres"},
		{"/dialect/sqlite", "modernc.org/sqlite", "dialect/sqlite may not import modernc.org/sqlite"},
		{"/schema", uuid + " reflect database/sql database/sql/driver", ""},
		{"/schema", module + "/dialect", "schema may not import dialect"},
		{"/schema", uuid + "fork", "schema may not import github.com/google/uuidfork"},
		{"/dialect", "database/sql", "dialect may not import database/sql"},
		{"/query", "unsafe", "query may not import unsafe"},
		{"/internal/scan", "unsafe", ""},
		{"/internal/scan", "C", "internal/scan may not import C"},
		{"/internal/install", squirrel, "internal/install may not import " + squirrel},
		{"/examples/blog", module + " database/sql net/http", ""},
		{"/examples/blog", module + "/query", "examples/blog may not import query"},
		{"/examples/blog/store", module, "examples/blog/store is not in the table arrows: " +
			"add it, with what it may import"},
		{"/new", "", "new is not in the table arrows: add it, with what it may import"},
	}
	for _, tt := range tests {
		is := is.New(t)
		got := violations(pkg{ImportPath: module + tt.pkg, Imports: strings.Fields(tt.imports)})
		is.Equal(strings.Join(got, "\n"), tt.want)
	}
}

// violations names every import of p that the tables do not allow.
func violations(p pkg) []string {
	name := folder(p.ImportPath)
	row := name
	allowed, ok := arrows[row]
	if all := path.Dir(name) + "/*"; !ok && arrows[all] != nil { // a row for the folders of a folder
		row, allowed, ok = all, arrows[all], true
	}
	if !ok {
		return []string{name + " is not in the table arrows: add it, with what it may import"}
	}
	var out []string
	for _, imp := range p.Imports {
		if !mayImport(row, allowed, imp) {
			out = append(out, fmt.Sprintf("%s may not import %s", name, folder(imp)))
		}
	}
	return out
}

func mayImport(row string, allowed []string, imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	switch {
	case inModule(imp):
		return slices.Contains(allowed, folder(imp))
	case strings.Contains(first, "."): // a domain: another module
		return slices.ContainsFunc(allowed, func(a string) bool { return imp == a || strings.HasPrefix(imp, a+"/") })
	default:
		who, ok := guarded[imp]
		return !ok || slices.Contains(who, row)
	}
}

func inModule(imp string) bool { return imp == module || strings.HasPrefix(imp, module+"/") }

// folder returns a package's folder within the module, or the path of one from elsewhere.
func folder(imp string) string {
	if !inModule(imp) {
		return imp
	}
	return path.Join(".", strings.TrimPrefix(imp, module))
}

// list returns the module's packages with what their code, tests aside, imports.
func list() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, &errs)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(&out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
}
