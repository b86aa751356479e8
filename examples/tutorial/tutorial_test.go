package tutorial

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Ensure that what the pages of docs/learn say happens, in their order: on the databases that they name, and the
// chapters before PostgreSQL on PostgreSQL too.
func TestPages(t *testing.T) {
	t.Parallel()
	dir, server, other := t.TempDir(), dbtest.Postgres(t), dbtest.Postgres(t)
	r := newReader(t, dir, func(page string) string {
		if strings.HasPrefix(page, "sqlite") {
			return page
		}
		if _, options, ok := strings.Cut(page, "?"); ok {
			return server + "&" + options
		}
		return server
	})
	onPostgres := newReader(t, dir, func(string) string { return other })
	for i, c := range chapters(t) {
		r.write(c)
		r.follow(c)
		if i < 3 {
			onPostgres.follow(c)
		}
	}
}

// Ensure that the pages show all code of the chapters: what a chapter's folder declares stands on its page or on one
// before it.
func TestShown(t *testing.T) {
	t.Parallel()
	shown := ""
	for _, c := range chapters(t) {
		shown += flat(strings.Join(c.blocks("go"), "\n")) + " "
		files, err := filepath.Glob(c.name + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(c.name, err)
		}
		for _, file := range files {
			for _, text := range declarations(t, file) {
				if !strings.Contains(shown, flat(text)) {
					t.Errorf("docs/learn/%s.md does not show this of %s:\n%s", c.name, file, text)
				}
			}
		}
	}
}

// flat makes one space of all white space, because declarations are aligned with their neighbours.
func flat(code string) string { return strings.Join(strings.Fields(code), " ") }

// declarations returns the text of each function, type, variable, constant and import of a file.
func declarations(t *testing.T, file string) (list []string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	add := func(n ast.Node) {
		list = append(list, string(source[files.Position(n.Pos()).Offset:files.Position(n.End()).Offset]))
	}
	for _, d := range parsed.Decls {
		if group, ok := d.(*ast.GenDecl); ok {
			for _, spec := range group.Specs {
				add(spec)
			}
			continue
		}
		add(d)
	}
	return list
}
