package promcli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/schema"
)

// diagramCommand is prom diagram.
type diagramCommand struct {
	Mermaid  bool     `xor:"form" help:"Write an erDiagram of Mermaid, which GitHub and GitLab show in Markdown (the default)."`
	SVG      bool     `name:"svg" xor:"form" help:"Write an image, which is readable in dark mode too."`
	DOT      bool     `name:"dot" xor:"form" help:"Write the language of Graphviz."`
	Models   bool     `xor:"of" help:"Of the models (the default if the program has some)."`
	Database bool     `xor:"of" help:"Of the tables that the database has."`
	Schemas  []string `name:"schema" placeholder:"NAME,…" help:"Of the tables in these schemas of the database."`
	Tables   []string `arg:"" optional:"" complete:"tables" help:"The tables; without them, all."`
}

// Help returns what --help shows below the flags.
func (*diagramCommand) Help() string {
	return "It draws tables with their columns, keys and foreign keys:\n\n" +
		"  prom diagram >> docs/schema.md           of the models; put it in a block of ```mermaid\n" +
		"  prom diagram --svg book author > er.svg  an image of two tables\n" +
		"  prom diagram --database --dot | dot -Tpdf > er.pdf"
}

// diagram is the tables and the foreign keys between them.
type diagram struct {
	Tables []diagramTable `json:"tables"`
	Links  []diagramLink  `json:"links"`

	fold bool // names are compared without the case of letters, as SQLite does
}

type diagramTable struct {
	Name    string          `json:"name"`
	Columns []diagramColumn `json:"columns"` // none of a table that others refer to, and that is not part of the diagram
}

type diagramColumn struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Null   bool   `json:"null,omitempty"`
	Key    bool   `json:"key,omitempty"`    // part of the primary key
	Refers bool   `json:"refers,omitempty"` // part of a foreign key
	Unique bool   `json:"unique,omitempty"` // unique by itself
}

// diagramLink is a foreign key.
type diagramLink struct {
	From    string   `json:"from"`
	Columns []string `json:"columns"`
	To      string   `json:"to"`
	Targets []string `json:"targets"`
	Null    bool     `json:"null,omitempty"`   // a row may refer to none
	Unique  bool     `json:"unique,omitempty"` // at most one row refers to each
}

func (c *diagramCommand) Run(ctx context.Context, e *env) error {
	var d *diagram
	var err error
	if c.Database || len(c.Schemas) > 0 || len(e.repos) == 0 && !c.Models {
		d, err = e.diagramOfDatabase(ctx, c.Schemas, c.Tables)
	} else {
		d, err = e.diagramOfModels(c.Tables)
	}
	if err != nil {
		return err
	}
	if e.flags.JSON && (c.SVG || c.DOT || c.Mermaid) {
		return usage("--json, --mermaid, --svg and --dot are different forms: give one of them")
	}
	d.complete()
	return e.print(d, func(w io.Writer) error {
		text := mermaid(d)
		switch {
		case c.SVG:
			text = svg(d)
		case c.DOT:
			text = dot(d)
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

// diagramOfModels draws what models say. Types are those of their connections; models whose connection is not known
// have PostgreSQL's.
func (e *env) diagramOfModels(tables []string) (*diagram, error) {
	repos, err := e.models()
	if err == nil {
		repos, err = named(repos, tables)
	}
	if err != nil {
		return nil, err
	}
	d := &diagram{}
	for _, r := range repos {
		t, sql := r.Schema(), dialect.Dialect(postgres.Dialect{})
		if db, err := r.DB(); err == nil {
			sql = db.Dialect()
		}
		table := diagramTable{Name: t.Name}
		for _, c := range t.Columns {
			table.Columns = append(table.Columns, diagramColumn{
				Name: c.Name, Type: sql.ColumnType(c), Null: c.Null, Key: c.Key,
				Refers: c.References != nil || slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool {
					return slices.Contains(k.Columns, c)
				}),
				Unique: uniqueModel(t, []string{c.Name}),
			})
		}
		d.Tables = append(d.Tables, table)
		for _, c := range t.References() {
			d.Links = append(d.Links, diagramLink{t.Name, []string{c.Name}, c.References.Target().Name,
				[]string{c.References.TargetColumn().Name}, c.Null, uniqueModel(t, []string{c.Name})})
		}
		for _, k := range t.ForeignKeys {
			from := namesOf(k.Columns)
			d.Links = append(d.Links, diagramLink{t.Name, from, k.Target().Name, namesOf(k.To()), len(k.Null) > 0,
				uniqueModel(t, from)})
		}
	}
	return d, nil
}

func namesOf(cols []*schema.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// uniqueModel reports whether a model's key or a unique index has exactly these columns.
func uniqueModel(t *schema.Table, columns []string) bool {
	return sameNames(namesOf(t.Key), columns) || slices.ContainsFunc(t.Indexes, func(ix *schema.Index) bool {
		return ix.Unique && !ix.Partial() && sameNames(ix.Names(), columns)
	})
}

// sameNames reports whether two lists hold the same names, in any order.
func sameNames(a, b []string) bool {
	return len(a) == len(b) && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// diagramOfDatabase draws what a database has.
func (e *env) diagramOfDatabase(ctx context.Context, schemas, tables []string) (*diagram, error) {
	db, err := e.db()
	if err != nil {
		return nil, err
	}
	var names []string
	if len(schemas) == 0 {
		names, err = db.Tables(ctx)
	}
	for _, s := range schemas {
		if err != nil {
			break
		}
		var in []string
		in, err = prom.TablesIn(ctx, db, s)
		names = append(names, in...)
	}
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if !slices.Contains(names, t) {
			return nil, usage("there is no table %q", t)
		}
	}
	if len(tables) > 0 {
		names = tables
	}
	d := &diagram{}
	for _, name := range names {
		found, err := db.Describe(ctx, name)
		if errors.Is(err, prom.ErrNoTable) { // it has no columns, or was dropped just now
			continue
		}
		if err != nil {
			return nil, err
		}
		d.Tables, d.fold = append(d.Tables, tableOf(name, &found)), found.FoldNames
		for _, k := range found.ForeignKeys {
			null := slices.ContainsFunc(k.Columns, func(name string) bool {
				c := found.Column(name)
				return c != nil && !c.NotNull
			})
			d.Links = append(d.Links, diagramLink{name, k.Columns, targetName(names, &k), k.TargetColumns, null,
				uniqueFound(&found, k.Columns)})
		}
	}
	return d, nil
}

func tableOf(name string, found *schema.Found) diagramTable {
	t := diagramTable{Name: name}
	for _, c := range found.Columns {
		refers := slices.ContainsFunc(found.ForeignKeys, func(k schema.FoundForeignKey) bool {
			return slices.Contains(k.Columns, c.Name)
		})
		unique := uniqueFound(found, []string{c.Name})
		t.Columns = append(t.Columns, diagramColumn{c.Name, c.Type, !c.NotNull, c.Key, refers, unique})
	}
	return t
}

func uniqueFound(found *schema.Found, columns []string) bool {
	var key []string
	for _, c := range found.Key() {
		key = append(key, c.Name)
	}
	return sameNames(key, columns) || slices.ContainsFunc(found.Indexes, func(ix schema.FoundIndex) bool {
		return ix.Unique && !ix.Partial && !ix.Invalid && sameNames(ix.Names(), columns)
	})
}

// targetName returns the table that a foreign key refers to by the name that the diagram has for it.
func targetName(names []string, k *schema.FoundForeignKey) string {
	if !slices.Contains(names, k.Table) && slices.Contains(names, k.FullName) {
		return k.FullName
	}
	return k.Table
}

// complete gives the links the names that tables and columns have in the diagram, and adds the tables that others refer
// to and that are not in it, without columns.
func (d *diagram) complete() {
	if d.Links == nil {
		d.Links = []diagramLink{}
	}
	var tables []string
	for _, t := range d.Tables {
		tables = append(tables, t.Name)
	}
	for i := range d.Links {
		l := &d.Links[i]
		l.To = d.named(tables, l.To)
		if d.index(l.To) < 0 {
			d.Tables = append(d.Tables, diagramTable{Name: l.To, Columns: []diagramColumn{}})
			tables = append(tables, l.To)
		}
		l.Columns, l.Targets = d.columns(l.From, l.Columns), d.columns(l.To, l.Targets)
	}
}

// named returns a name as a list has it.
func (d *diagram) named(list []string, name string) string {
	i := slices.IndexFunc(list, func(n string) bool { return d.fold && schema.FoldName(n) == schema.FoldName(name) })
	if i < 0 {
		return name
	}
	return list[i]
}

// columns returns the names of columns as the table has them.
func (d *diagram) columns(table string, names []string) []string {
	var has, list []string
	for _, c := range d.Tables[d.index(table)].Columns {
		has = append(has, c.Name)
	}
	for _, n := range names {
		list = append(list, d.named(has, n))
	}
	return list
}

// index returns the position of a table, -1 if there is none of that name.
func (d *diagram) index(table string) int {
	return slices.IndexFunc(d.Tables, func(t diagramTable) bool { return t.Name == table })
}

// title says which columns refer to which: "book.author → author._id".
func (l *diagramLink) title() string {
	return l.From + "." + strings.Join(l.Columns, ", ") + " → " + l.To + "." + strings.Join(l.Targets, ", ")
}
