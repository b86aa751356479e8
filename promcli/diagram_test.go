package promcli_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

// drawn is the JSON of a diagram.
type drawn struct {
	Tables []struct {
		Name    string
		Columns []struct {
			Name, Type                string
			Null, Key, Refers, Unique bool
		}
	}
	Links []struct {
		From, To         string
		Columns, Targets []string
		Null, Unique     bool
	}
}

func draw(t *testing.T, repos []prom.AnyRepo, args ...string) (d drawn) {
	t.Helper()
	is := is.New(t)
	r := run(t, repos, append([]string{"diagram", "--json"}, args...)...)
	is.Equal(r.err, "")
	is.NoErr(json.Unmarshal([]byte(r.out), &d))
	return d
}

// Ensure that models and the tables that they make have the same diagram, but for the words of types.
func TestDiagram(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repos := shop.Models(prom.Using(open(t, e.DSN)))
		for _, r := range repos {
			is.NoErr(r.Install(t.Context()))
		}
		models, database := draw(t, repos), draw(t, nil, "--dsn", e.DSN)
		for _, d := range []drawn{models, database} {
			slices.SortFunc(d.Links, func(a, b struct {
				From, To         string
				Columns, Targets []string
				Null, Unique     bool
			}) int {
				return strings.Compare(a.From+a.To, b.From+b.To)
			})
			is.Equal(len(d.Tables), 3)
			is.Equal(len(d.Links), 3)
			is.Equal(fmt.Sprint(d.Links), "[{book author [author] [_id] false false} {shelf book [best] [_id] true false} "+
				"{shelf shelf [below_room below_no] [room no] true false}]")
			is.True(d.Tables[0].Columns[0].Unique) // the name of authors
		}
		for i, table := range models.Tables {
			for j := range table.Columns {
				table.Columns[j].Type = database.Tables[i].Columns[j].Type
			}
		}
		is.Equal(models.Tables, database.Tables)

		part := draw(t, repos, "book")
		is.Equal(len(part.Tables), 2)
		is.Equal(len(part.Tables[1].Columns), 0) // author, which is only referred to
		is.Equal(run(t, repos, "diagram", "--database", "--on", "no").code, promcli.CodeFailed)
		is.Equal(run(t, nil, "diagram", "--dsn", e.DSN, "boook").code, promcli.CodeUsage)
		is.Equal(run(t, repos, "diagram", "--svg", "--json").code, promcli.CodeUsage)
		is.Equal(run(t, nil, "diagram", "--models").code, promcli.CodeUsage)
	})
}

// hostile makes tables whose names need care: one that refers to itself, two in a circle, and a one-to-one.
func hostile(t *testing.T, e dbtest.Engine) {
	t.Helper()
	db := open(t, e.DSN)
	sqlExec(t, db,
		"CREATE TABLE \"a \"\"b\"\" <c> & d\\\\\" (\"id|x\" INTEGER PRIMARY KEY, \"größe {}\" NUMERIC(10,2), \"1st\" INTEGER REFERENCES \"a \"\"b\"\" <c> & d\\\\\")",
		"CREATE TABLE left_one (id INTEGER PRIMARY KEY, other INTEGER NOT NULL UNIQUE)",
		"CREATE TABLE right_one (id INTEGER PRIMARY KEY, other INTEGER NOT NULL UNIQUE REFERENCES left_one (id))")
	if e.Name == dbtest.NamePostgres {
		sqlExec(t, db, "ALTER TABLE left_one ADD FOREIGN KEY (other) REFERENCES right_one (id)")
	} else {
		sqlExec(t, db, "DROP TABLE left_one",
			"CREATE TABLE left_one (id INTEGER PRIMARY KEY, other INTEGER NOT NULL UNIQUE REFERENCES RIGHT_ONE (ID))") // in any case
	}
}

var (
	mermaidTable = regexp.MustCompile(`^    "[^"%\\]+"( \{)?$`)
	mermaidField = regexp.MustCompile(`^        [A-Za-z_]\w* [A-Za-z_]\w*( (PK|FK|UK)(, (PK|FK|UK))*)?( "[^"]*")?$`)
	mermaidLink  = regexp.MustCompile(`^    "[^"%\\]+" (\|\||\|o)--(o\{|o\|) "[^"%\\]+" : "[^"]+"$`)
)

// Ensure that the text of a diagram is what Mermaid's and Graphviz's grammars take, whatever names are.
func TestDiagramText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		hostile(t, e)
		r := run(t, nil, "diagram", "--dsn", e.DSN)
		is.Equal(r.err, "")
		lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
		is.Equal(lines[0], "erDiagram")
		tables, links := 0, 0
		for _, l := range lines[1:] {
			switch {
			case mermaidTable.MatchString(l):
				tables++
			case mermaidLink.MatchString(l):
				links++
			case !mermaidField.MatchString(l) && l != "    }":
				t.Errorf("%q", l)
			}
		}
		is.Equal(tables, 3)
		is.Equal(links, 3)
		is.True(strings.Contains(r.out, `    "left_one" ||--o| "right_one" : "other"`))
		is.True(strings.Contains(r.out, `"größe {}, null"`)) // as it is called

		file, err := dot.ParseString(run(t, nil, "diagram", "--dsn", e.DSN, "--dot").out)
		is.NoErr(err)
		nodes, edges := 0, 0
		for _, s := range file.Graphs[0].Stmts {
			switch s := s.(type) {
			case *ast.NodeStmt:
				nodes++
				label := s.Attrs[0].Val
				d := xml.NewDecoder(strings.NewReader(label[1 : len(label)-1])) // what stands between < and >
				for err == nil {
					_, err = d.Token()
				}
				is.Equal(err, io.EOF)
				err = nil
			case *ast.EdgeStmt:
				edges++
			}
		}
		is.Equal(nodes, 3)
		is.Equal(edges, 3)
	})
}

// rect is an element of an image.
type rect struct{ x, y, w, h float64 }

func attr(t *testing.T, e xml.StartElement, name string) float64 {
	t.Helper()
	for _, a := range e.Attr {
		if a.Name.Local == name {
			f, err := strconv.ParseFloat(a.Value, 64)
			is.New(t).NoErr(err)
			return f
		}
	}
	t.Fatal("no ", name)
	return 0
}

// image reads an SVG: the boxes of tables, the texts, and the number of lines.
func image(t *testing.T, svg string) (boxes []rect, texts []string, links int) {
	t.Helper()
	is := is.New(t)
	inText := false
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return boxes, texts, links
		}
		is.NoErr(err)
		switch e := token.(type) {
		case xml.StartElement:
			class := ""
			for _, a := range e.Attr {
				if a.Name.Local == "class" {
					class = a.Value
				}
			}
			inText = e.Name.Local == "text"
			switch class {
			case "box":
				boxes = append(boxes, rect{attr(t, e, "x"), attr(t, e, "y"), attr(t, e, "width"), attr(t, e, "height")})
			case "link":
				links++
			}
		case xml.CharData:
			if inText {
				texts = append(texts, string(e))
			}
		case xml.EndElement:
			inText = false
		}
	}
}

// Ensure that an image has all tables, beside each other, with their names as they are, and colors for dark mode.
func TestDiagramSVG(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		hostile(t, e)
		r := run(t, nil, "diagram", "--dsn", e.DSN, "--svg")
		is.Equal(r.err, "")
		boxes, texts, links := image(t, r.out)
		is.Equal(len(boxes), 3)
		is.Equal(links, 3)
		is.True(slices.Contains(texts, `a "b" <c> & d\\`))
		is.True(slices.Contains(texts, "größe {}"))
		is.True(strings.Contains(r.out, "@media (prefers-color-scheme: dark)"))
		is.Equal(run(t, nil, "diagram", "--dsn", e.DSN, "--svg").out, r.out) // each time the same
	})
}

// Ensure that no box of a large diagram covers another one, and that all are in the image.
func TestDiagramLarge(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := dbtest.SQLite(t)
	db := open(t, dsn)
	for i := range 120 { // chains, stars and tables by themselves
		sql := fmt.Sprintf("CREATE TABLE t%d (id INTEGER PRIMARY KEY", i)
		for j := range i % 7 {
			sql += fmt.Sprintf(", ref%d INTEGER REFERENCES t%d", j, (i*j+j)%120)
		}
		sqlExec(t, db, sql+")")
	}
	r := run(t, nil, "diagram", "--dsn", dsn, "--svg")
	boxes, _, links := image(t, r.out)
	is.Equal(len(boxes), 120)
	is.True(links > 300)
	size := regexp.MustCompile(`width="(\d+)" height="(\d+)"`).FindStringSubmatch(r.out)
	width, _ := strconv.ParseFloat(size[1], 64)
	height, _ := strconv.ParseFloat(size[2], 64)
	for i, a := range boxes {
		if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
			t.Fatalf("%v is not in the image of %v × %v", a, width, height)
		}
		for _, b := range boxes[:i] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Fatalf("%v covers %v", a, b)
			}
		}
	}
}

// Ensure that tables of two schemas have the names of these.
func TestDiagramSchemas(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := dbtest.Postgres(t)
	db := open(t, dsn)
	space := fmt.Sprintf("other_%d", number(t, db, "SELECT abs(hashtext(current_schema()))"))
	sqlExec(t, db, "CREATE SCHEMA "+space, "CREATE TABLE "+space+".item (id INTEGER PRIMARY KEY)",
		"CREATE TABLE item (id INTEGER PRIMARY KEY, of INTEGER REFERENCES "+space+".item)")
	t.Cleanup(func() {
		_, err := prom.RawExec(context.Background(), db, "DROP SCHEMA "+space+" CASCADE")
		is.NoErr(err)
	})
	d := draw(t, nil, "--dsn", dsn)
	is.Equal(d.Links[0].To, space+".item")
	is.Equal(d.Tables[1].Name, space+".item") // which is only referred to
	own, err := prom.RawQuery[string](db, "SELECT current_schema()").First(t.Context())
	is.NoErr(err)
	d = draw(t, nil, "--dsn", dsn, "--schema", own+","+space)
	is.Equal(len(d.Tables), 2)
	is.Equal(len(d.Tables[1].Columns), 1)
	is.Equal(fmt.Sprint(d.Links), fmt.Sprintf("[{%s.item %s.item [of] [id] true false}]", own, space))
}
