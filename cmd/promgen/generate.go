package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// generator writes Go source from tables.
type generator struct {
	pkg    string
	tables []*found
	left   []string          // tables that no model can have
	used   map[string]bool   // names of the package
	names  map[string]string // of structs, by table

	enums     map[string]*enum // by the names of their types
	enumTypes []string         // in the order in which they were met

	body    source
	imports map[string]bool
}

// add takes a table that a model can have. Of another one nothing but a comment is written.
func (g *generator) add(table string, f schema.Found, unread map[string]string) {
	if g.used == nil {
		g.used = map[string]bool{}
	}
	if _, err := schema.OfNamed(reflect.TypeFor[struct{ ID int64 }](), table); err != nil {
		g.left = append(g.left, table)
		return
	}
	t := &found{Found: f, table: table, unread: unread, name: unused(g.used, cmp.Or(g.names[table], localName(table))),
		fields: map[string]string{}}
	g.tables = append(g.tables, t)
}

// source returns the file, formatted.
func (g *generator) source() ([]byte, error) {
	g.imports = map[string]bool{"github.com/prom-go/prom": true}
	for _, t := range g.tables {
		g.table(t)
	}
	g.writeEnums()
	var file source
	file.comment("Package %s has the models of a database. Promgen has written it; it may be changed.", g.pkg)
	file.printf("package %s\n\nimport (\n", g.pkg)
	for _, group := range [][]string{{"encoding/json", "time"}, {"github.com/prom-go/prom"}} {
		for _, path := range group {
			if g.imports[path] {
				file.printf("%q\n", path)
			}
		}
		file.printf("\n")
	}
	file.printf(")\n\n")
	for _, table := range g.left {
		file.comment("The table %q has a name that no model can have. It is left out.", table)
	}
	file.text.Write(g.body.text.Bytes())
	return format.Source(file.text.Bytes())
}

// field is a column as a field of a struct.
type field struct {
	column schema.FoundColumn
	name   string
	typ    string       // of the field
	stored reflect.Type // the same, without the pointer and the reference
	family string       // of its handle, without Of; "" for none
	tag    []string

	actions []string // tags of a reference
}

func (g *generator) table(t *found) {
	embedded, own := model(t)
	var fields []*field
	var notes []string
	names := map[string]bool{"Model": true, "UUIDModel": true, "TableName": true}
	if embedded != "" {
		names["ID"], names["Created"], names["Updated"], names["IsNew"] = true, true, true, true
	}
	folded := map[string]bool{}
	for _, c := range own {
		f := g.field(t, c)
		if f == nil {
			why := "has the type " + c.Type + ", which no field is stored as"
			if known := t.unread[c.Name]; known != "" {
				why = known
			}
			notes = append(notes, fmt.Sprintf("The column %q %s. It is left out.", c.Name, why))
			continue
		}
		if f.name = unused(names, goName(c.Name)); schema.Snake(f.name) != c.Name {
			f.tag = append([]string{"name=" + tagValue(c.Name)}, f.tag...)
		}
		low := schema.FoldName(c.Name) // a model has no two columns that differ in case only
		if folded[low] || !f.readsBack() {
			notes = append(notes, fmt.Sprintf("The column %q is one that no tag can tell. It is left out.", c.Name))
			continue
		}
		folded[low] = true
		t.fields[c.Name] = f.name
		fields = append(fields, f)
	}
	if embedded == "" && len(fields) == 0 {
		g.body.printf("\n")
		g.body.comment("The table %q has no column that a field is stored as. It is left out.", t.table)
		return
	}
	var blanks [][]string
	switch {
	case t.Materialized:
		blanks = [][]string{{"materialized"}}
	case t.View:
		blanks = [][]string{{"view"}}
	default:
		var left []string
		blanks, left = indexes(t, fields)
		notes = append(notes, left...)
	}

	w := &g.body
	w.printf("\n")
	w.comment("%s is a row of the table %s.", t.name, t.table)
	w.printf("type %s struct {\n", t.name)
	if embedded != "" {
		w.printf("prom.%s\n", embedded)
	}
	for _, f := range fields {
		w.printf("%s %s%s\n", f.name, f.typ, structTag(slices.Concat(f.tag, f.actions)))
		g.imports["time"] = g.imports["time"] || strings.Contains(f.typ, "time.")
		g.imports["encoding/json"] = g.imports["encoding/json"] || strings.Contains(f.typ, "json.")
	}
	for _, b := range blanks {
		w.printf("_ struct{}%s\n", structTag(b))
	}
	for _, n := range notes {
		w.comment("%s", n)
	}
	w.printf("}\n")
	if schema.Snake(t.name) != t.table {
		w.printf("\n")
		w.comment("TableName returns the name of the table.")
		w.printf("func (%s) TableName() string { return %q }\n", t.name, t.table)
	}
	repo := unused(g.used, t.name+"Repo")
	w.printf("\n")
	w.comment("%s and its fields.", repo)
	t.proto = unused(g.used, t.name+"Proto")
	w.printf("var (\n%s = prom.NewRepo[%s]()\n%s = prom.Proto[%s]()\n", repo, t.name, t.proto, t.name)
	if embedded != "" {
		family := "Number"
		if embedded == "UUIDModel" {
			family = "Ordered"
		}
		g.handle(t, "ID", family)
		g.handle(t, "Created", "Time")
		g.handle(t, "Updated", "Time")
	}
	for _, f := range fields {
		g.handle(t, f.name, f.family)
	}
	w.printf(")\n")
}

func (g *generator) handle(t *found, name, family string) {
	if family == "" {
		return
	}
	handle := unused(g.used, t.name+name)
	g.body.printf("%s = prom.%sOf(%s, &%s.%s)\n", handle, family, t.proto, t.proto, name)
}

// model returns the struct to embed for the key and the times that it has, and the other columns.
func model(t *found) (embedded string, own []schema.FoundColumn) {
	id, created, updated := t.Column("_id"), t.Column("_created"), t.Column("_updated")
	isTime := func(c *schema.FoundColumn) bool { return c != nil && c.Kind == schema.Time && c.NotNull }
	if id != nil && id.Key && !id.Generated && len(t.Key()) == 1 && t.Reference("_id") == nil && isTime(created) && isTime(updated) {
		switch {
		case id.Auto && id.Kind == schema.Int64:
			embedded = "Model"
		case id.Kind == schema.UUID:
			embedded = "UUIDModel"
		}
	}
	for _, c := range t.Columns {
		if embedded == "" || c.Name != "_id" && c.Name != "_created" && c.Name != "_updated" {
			own = append(own, c)
		}
	}
	return embedded, own
}

// goTypes are the types of fields by kind, as they are written and as they are, the families of their handles, and the
// tags that they need.
var goTypes = map[schema.Kind]struct {
	typ         string
	is          reflect.Type
	family, tag string
}{
	schema.Bool:    {"bool", reflect.TypeFor[bool](), "Field", ""},
	schema.Int16:   {"int16", reflect.TypeFor[int16](), "Number", ""},
	schema.Int32:   {"int32", reflect.TypeFor[int32](), "Number", ""},
	schema.Int64:   {"int64", reflect.TypeFor[int64](), "Number", ""},
	schema.Uint64:  {"uint64", reflect.TypeFor[uint64](), "Number", ""},
	schema.Float32: {"float32", reflect.TypeFor[float32](), "Number", ""},
	schema.Float64: {"float64", reflect.TypeFor[float64](), "Number", ""},
	schema.Text:    {"string", reflect.TypeFor[string](), "Text", ""},
	schema.Bytes:   {"[]byte", reflect.TypeFor[[]byte](), "Ordered", ""},
	schema.Decimal: {"string", reflect.TypeFor[string](), "Ordered", "decimal"},
	schema.Time:    {"time.Time", reflect.TypeFor[time.Time](), "Time", ""},
	schema.Date:    {"time.Time", reflect.TypeFor[time.Time](), "Time", "date"},
	schema.Clock:   {"time.Duration", reflect.TypeFor[time.Duration](), "Ordered", "clock"},
	schema.UUID:    {"prom.UUID", reflect.TypeFor[prom.UUID](), "Ordered", ""},
	schema.JSON:    {"json.RawMessage", reflect.TypeFor[json.RawMessage](), "JSON", ""},
}

// field returns a column as a field, or nil when no field is stored as its type.
func (g *generator) field(t *found, c schema.FoundColumn) *field {
	list := c.Kind.IsList()
	gt, ok := goTypes[c.Kind.Elem()]
	f := &field{column: c, typ: gt.typ, stored: gt.is, family: gt.family}
	switch {
	case list && c.Kind.Elem() == schema.Bytes:
		return nil
	case c.Kind == schema.Null && g.native(f):
		list = strings.HasPrefix(f.typ, "[]")
	case !ok:
		return nil
	case list:
		f.typ, f.stored, f.family = "[]"+gt.typ, reflect.SliceOf(gt.is), "List"
	}
	isKey := c.Key && c.Kind != schema.JSON && c.Kind != schema.Float32 && c.Kind != schema.Float64 && !list
	ref := g.reference(t, c)
	switch {
	case isKey && c.Auto && ref == "" && countedKeys(t) == 1 && c.Kind.Integer() && c.Kind != schema.Uint64:
		f.tag = append(f.tag, "key", "auto")
	case isKey && (c.Auto || c.Generated):
		f.tag = append(f.tag, "key", "readonly")
	case isKey:
		f.tag = append(f.tag, "key")
	case c.Generated && ref == "" && c.Expr != "":
		f.tag = append(f.tag, generatedTag+tagValue(c.Expr))
	case c.Generated, c.Auto: // by an identity or a sequence beside the key
		f.tag = append(f.tag, "readonly")
	}
	switch {
	case gt.tag == "decimal" && c.Precision == 0: // its digits are not known, so it is the text that it is stored as
		if !list {
			f.family = "Text"
		}
	case gt.tag == "decimal":
		f.tag = append(f.tag, fmt.Sprintf("decimal=%d.%d", c.Precision, c.Scale))
	case gt.tag != "":
		f.tag = append(f.tag, gt.tag)
	}
	if c.NoCase {
		f.tag = append(f.tag, "nocase")
	}
	if c.Size > 0 && !t.FoldNames { // SQLite stores longer texts as well
		f.tag = append(f.tag, fmt.Sprintf("max=%d", c.Size))
	}
	def, ok := defaultOf(c)
	if ok && ref == "" {
		f.tag = append(f.tag, defaultTag+tagValue(def))
	}
	if stored := c.Form.Option(); stored != "" && c.Kind == schema.Time && (!ok || def == "now") {
		f.tag = append(f.tag, "stored="+stored)
	}
	if ref != "" {
		f.typ, f.family = ref, "Ref"
		f.actions = actions(t.Reference(c.Name), !c.NotNull && !isKey)
	}
	if !c.NotNull && !isKey {
		f.stored = reflect.PointerTo(f.stored)
		if f.typ = "*" + f.typ; f.family != "" {
			f.family = "Null" + strings.TrimPrefix(f.family, "Field")
		}
	}
	return f
}

// countedKeys returns how many columns of the key the database counts up.
func countedKeys(t *found) (n int) {
	for _, c := range t.Key() {
		if c.Auto {
			n++
		}
	}
	return n
}

// actions returns the tags of a foreign key that does something else than one that the library makes.
func actions(k *schema.FoundForeignKey, optional bool) (tags []string) {
	onDelete := "CASCADE"
	if optional {
		onDelete = "SET NULL"
	}
	// A tag does not say what fails always, SET NULL of a column that is NOT NULL, nor SET DEFAULT without the default.
	says := func(action string) bool { return action != "SET DEFAULT" && (optional || action != "SET NULL") }
	if k.OnDelete != onDelete && says(k.OnDelete) {
		tags = append(tags, "ondelete="+strings.ToLower(k.OnDelete))
	}
	if k.OnUpdate != "CASCADE" && says(k.OnUpdate) {
		tags = append(tags, "onupdate="+strings.ToLower(k.OnUpdate))
	}
	switch {
	case k.Deferred:
		tags = append(tags, "deferrable=deferred")
	case k.Deferrable:
		tags = append(tags, "deferrable")
	}
	return tags
}

// target returns the name of the table that a foreign key refers to, with its schema if the tables are named so.
func (g *generator) target(k *schema.FoundForeignKey) string {
	if slices.ContainsFunc(g.tables, func(t *found) bool { return t.table == k.FullName }) {
		return k.FullName
	}
	return k.Table
}

// needs reports whether a row of a table can be there only when one of another table is, by columns that are NOT NULL.
func (g *generator) needs(table, other string, seen map[string]bool) bool {
	if table == other {
		return true
	}
	i := slices.IndexFunc(g.tables, func(o *found) bool {
		return o.table == table ||
			o.FoldNames && strings.EqualFold(o.table, table)
	})
	if i < 0 || seen[table] {
		return false
	}
	seen[table] = true
	return slices.ContainsFunc(g.tables[i].ForeignKeys, func(k schema.FoundForeignKey) bool {
		for _, name := range k.Columns {
			if c := g.tables[i].Column(name); c == nil || !c.NotNull {
				return false
			}
		}
		return g.needs(g.target(&k), other, seen)
	})
}

// reference returns the type of a reference, or "" when the column is none that a model can be made of: its target is
// the single key of a table that is generated too, and unless it may be NULL one that needs no row of this table.
func (g *generator) reference(t *found, c schema.FoundColumn) string {
	k := t.Reference(c.Name)
	if k == nil || c.NotNull && g.needs(g.target(k), t.table, map[string]bool{}) {
		return ""
	}
	i := slices.IndexFunc(g.tables, func(o *found) bool {
		return o.table == g.target(k) ||
			t.FoldNames && strings.EqualFold(o.table, k.Table)
	})
	if i < 0 {
		return ""
	}
	target := g.tables[i]
	key := target.Key()
	if len(key) != 1 || key[0].Kind != c.Kind || key[0].NoCase != c.NoCase || key[0].Name != k.TargetColumns[0] ||
		target.Reference(key[0].Name) != nil {
		return ""
	}
	switch c.Kind {
	case schema.Int64:
		return "prom.Ref[" + target.name + "]"
	case schema.Int16, schema.Int32, schema.Text, schema.UUID:
		return "prom.RefBy[" + target.name + ", " + goTypes[c.Kind].typ + "]"
	}
	return ""
}
