package arch_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

// root is the folder of the module.
const root = "../.."

// pages lists the project's pages in Markdown, from the root.
func pages(t *testing.T) []string {
	t.Helper()
	return append(glob(t, "*.md"), walk(t, "docs", ".md")...)
}

// glob lists the files that patterns match, from the root. Each must match one.
func glob(t *testing.T, patterns ...string) []string {
	t.Helper()
	var list []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatal("no files ", pattern, err)
		}
		for _, file := range found {
			rel, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, rel)
		}
	}
	return list
}

// walk lists the files below folders whose names have the ending, from the root.
func walk(t *testing.T, folder, ending string) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(os.DirFS(root), folder, func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ending) {
			list = append(list, name)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatal("no files ", folder, ending, err)
	}
	return list
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// goBlocks returns the blocks of Go code of a page.
func goBlocks(page string) []string {
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// Ensure that each block of Go code of the pages stands, line for line, in code that the tests run.
func TestDocsCode(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	files := append(walk(t, "examples", ".go"), glob(t, "example*_test.go", "internal/behaviour/*/*_test.go",
		"internal/joins/*_test.go", "promvector/*_test.go", "promotel/*_test.go", "promcli/*_test.go",
		"internal/coexist/*_test.go")...)
	for _, f := range files {
		code.WriteString("\n" + unindent(readPage(t, f)))
	}
	n := 0
	for _, page := range pages(t) {
		for _, block := range goBlocks(readPage(t, page)) {
			n++
			if !strings.Contains(code.String(), "\n"+unindent(block)) {
				t.Errorf("%s: no test runs this code:\n%s", page, block)
			}
		}
	}
	is.New(t).True(n > 10)
}

// unindent takes the white space in front of each line away, which depends on where code stands.
func unindent(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

// Ensure that docs/tags.md lists the options of tags as package schema does, and shows each in an example.
func TestDocsTags(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page := readPage(t, "docs/tags.md")
	var want []string
	names, help := schema.Options()
	for i, name := range names {
		want = append(want, fmt.Sprintf("| `%s` | %s |", name, strings.ReplaceAll(help[i], "|", `\|`)))
	}
	is.Equal(tableRows(page, "| option | meaning |"), want)

	var shown []string
	for _, block := range goBlocks(page) {
		for _, m := range regexp.MustCompile(`prom:"(.*?)"`).FindAllStringSubmatch(block, -1) {
			for item := range strings.SplitSeq(m[1], ",") {
				name, _, _ := strings.Cut(item, "=")
				shown = append(shown, name)
			}
		}
	}
	for _, name := range names {
		if !slices.Contains(shown, name) {
			t.Errorf("docs/tags.md has no example of the option %s", name)
		}
	}
}

// tableRows returns the rows of the table with a head.
func tableRows(page, head string) []string {
	_, rest, _ := strings.Cut(page, head+"\n")
	var rows []string
	for i, line := range strings.Split(rest, "\n") {
		if !strings.HasPrefix(line, "|") {
			break
		}
		if i > 0 { // the line below the head
			rows = append(rows, line)
		}
	}
	return rows
}

// storedTypes has a field for each row of the table of types, and a field tagged with the row's first column.
type storedTypes struct {
	Bool     bool                  `go:"bool"`
	Int8     int8                  `go:"int8"`
	Int16    int16                 `go:"int16"`
	Uint8    uint8                 `go:"uint8"`
	Int32    int32                 `go:"int32"`
	Uint16   uint16                `go:"uint16"`
	Int      int                   `go:"int"`
	Int64    int64                 `go:"int64"`
	Uint32   uint32                `go:"uint32"`
	Duration time.Duration         `go:"time.Duration"`
	Uint     uint                  `go:"uint"`
	Uint64   uint64                `go:"uint64"`
	Float32  float32               `go:"float32"`
	Float64  float64               `go:"float64"`
	String   string                `go:"string"`
	NoCase   string                `go:"string with nocase" prom:"nocase"`
	Decimal  string                `go:"string with decimal=12.2" prom:"decimal=12.2"`
	TextUUID string                `go:"string with uuid" prom:"uuid"`
	UUID     prom.UUID             `go:"prom.UUID"`
	Bytes    []byte                `go:"[]byte"`
	Time     time.Time             `go:"time.Time"`
	Date     time.Time             `go:"time.Time with date" prom:"date"`
	Clock    time.Duration         `go:"time.Duration with clock" prom:"clock"`
	Struct   struct{ A int }       `go:"structs"`
	Map      map[string]int        `go:"maps"`
	Slice    [][]int               `go:"other slices"`
	Texts    []string              `go:"[]string"`
	Ints     []int                 `go:"[]int"`
	Int64s   []int64               `go:"[]int64"`
	Int32s   []int32               `go:"[]int32"`
	Floats   []float64             `go:"[]float64"`
	Bools    []bool                `go:"[]bool"`
	Times    []time.Time           `go:"[]time.Time"`
	UUIDs    []prom.UUID           `go:"[]prom.UUID"`
	Range32  prom.Range[int32]     `go:"prom.Range[int32]"`
	Range    prom.Range[int]       `go:"prom.Range[int]"`
	Range64  prom.Range[int64]     `go:"prom.Range[int64]"`
	Decimals prom.Range[string]    `go:"prom.Range[string]"`
	During   prom.Range[time.Time] `go:"prom.Range[time.Time]"`
	Days     prom.Range[time.Time] `go:"prom.Range[time.Time] with date" prom:"date"`
	Ranges   prom.MultiRange[int]  `go:"prom.MultiRange[int]"`
	Any      any                   `go:"any"`
	Raw      json.RawMessage       `go:"json.RawMessage"`
	Text     netip.Addr            `go:"types with encoding.TextMarshaler"`
}

// Ensure that the table of types says what columns the dialects make.
// parity: FT
func TestDocsTypes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table, err := schema.Of(reflect.TypeFor[storedTypes]())
	is.NoErr(err)
	rows := map[string]string{} // the SQL types by the Go type
	for _, row := range tableRows(readPage(t, "docs/guarantees.md"), "| Go | SQLite | PostgreSQL |") {
		goTypes, sqlTypes, _ := strings.Cut(strings.Trim(row, "| "), " | ")
		for name := range strings.SplitSeq(strings.ReplaceAll(goTypes, "`", ""), ", ") {
			rows[name] = sqlTypes
		}
	}
	for _, c := range table.Columns {
		name := table.Model.FieldByIndex(c.Path).Tag.Get("go")
		is.Equal(name+": "+rows[name], name+": "+sqlite.Dialect{}.ColumnType(c)+" | "+postgres.Dialect{}.ColumnType(c))
		delete(rows, name)
	}
	is.Equal(len(rows), 0) // each row has its field
}

// Ensure that docs/errors.md lists the kinds of errors that there are, in their order, and says of each what to do.
// parity: E1
func TestDocsErrors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "errors.go"), nil, 0)
	is.NoErr(err)
	var want []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Err") {
			want = append(want, spec.Names[0].Name)
		}
		return true
	})
	page := readPage(t, "docs/errors.md")
	var got, told []string
	for _, row := range tableRows(page, "| kind | when |") {
		got = append(got, strings.Split(row, "`")[1])
	}
	is.Equal(got, want)
	advice := regexp.MustCompile(`(?m)^### (Err\w+)\n\n(?:.+\n)+\n\*\*What to do:\*\* `)
	for _, m := range advice.FindAllStringSubmatch(page, -1) {
		told = append(told, m[1])
	}
	is.Equal(told, want)
}
