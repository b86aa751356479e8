package modelgen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"reflect"
	"regexp"
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
	left   []string          // comments on tables that no model can have
	used   map[string]bool   // names of the package
	names  map[string]string // of structs, by table
	needs  []need

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
		g.left = append(g.left, fmt.Sprintf("The table %q has a name that no model can have. It is left out.", table))
		return
	}
	t := &found{Found: f, table: table, unread: unread, name: unused(g.used, cmp.Or(g.names[table], localName(table)))}
	g.tables = append(g.tables, t)
}

// source returns the file, formatted.
func (g *generator) source() ([]byte, error) {
	g.imports = map[string]bool{"github.com/prom-go/prom": true}
	g.tables = slices.DeleteFunc(g.tables, func(t *found) bool {
		why := g.prepare(t)
		if why != "" {
			g.left = append(g.left, fmt.Sprintf("The table %q %s. It is left out.", t.table, why))
		}
		return why != ""
	})
	g.relate()
	for _, t := range g.tables {
		g.write(t)
	}
	g.writeEnums()
	var file source
	file.comment("Package %s has the models of a database. Promgen has written it; it may be changed.", g.pkg)
	file.printf("package %s\n\nimport (\n", g.pkg)
	for _, group := range [][]string{{"encoding/json", "time"}, {"github.com/prom-go/prom"}} {
		for _, path := range group {
			if g.imports[path] && (path != "github.com/prom-go/prom" || len(g.tables) > 0) {
				file.printf("%q\n", path)
			}
		}
		file.printf("\n")
	}
	file.printf(")\n\n")
	for _, text := range g.left {
		file.comment("%s", text)
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

// prepare finds the fields of a table, without its references, and its indexes. If no model can have the table, it
// returns why.
func (g *generator) prepare(t *found) (why string) {
	embedded, own := model(t)
	t.embedded = embedded
	t.names = map[string]bool{"Model": true, "UUIDModel": true, "TableName": true, "ConnectionName": true}
	if embedded != "" {
		t.names["ID"], t.names["Created"], t.names["Updated"], t.names["IsNew"] = true, true, true, true
	}
	folded := map[string]string{} // columns by their names in the case that SQLite compares
	for _, c := range own {
		f := g.fieldOf(t, c)
		if f == nil {
			t.leave(c, cmp.Or(t.unread[c.Name], noField(c.Type)))
			continue
		}
		if other, ok := folded[schema.FoldName(c.Name)]; ok {
			t.leave(c, fmt.Sprintf("differs from %q only in case, which SQLite ignores", other))
			continue
		}
		if f.name = unused(t.names, goName(c.Name)); schema.Snake(f.name) != c.Name {
			f.tag = append([]string{"name=" + tagValue(c.Name)}, f.tag...)
		}
		if err := f.readsBack(); err != nil {
			delete(t.names, f.name)
			t.leave(c, "is one that no tag can tell: "+err.Error())
			continue
		}
		folded[schema.FoldName(c.Name)] = c.Name
		t.fields = append(t.fields, f)
	}
	if embedded == "" && len(t.fields) == 0 {
		return "has no column that a field is stored as"
	}
	t.checkKey()
	t.findIndexes()
	t.findPartitioning()
	return ""
}

// leave notes that a column is left out.
func (t *found) leave(c schema.FoundColumn, why string) {
	t.notes = append(t.notes, fmt.Sprintf("The column %q %s. It is left out.", c.Name, why))
	if c.Required() {
		t.top = append(t.top, fmt.Sprintf("No row can be inserted by this model: the required column %q is not in it.",
			c.Name))
	}
}

// checkKey takes the key out of the model if a column of it cannot be in one: the others alone are no key.
func (t *found) checkKey() {
	for _, c := range t.Key() {
		f := t.field(c.Name)
		if f != nil && (f.column.Name == "_id" || slices.Contains(f.tag, "key")) {
			continue
		}
		for _, f := range t.fields {
			f.tag = slices.DeleteFunc(f.tag, func(o string) bool { return o == "key" || o == "auto" })
		}
		t.top = append(t.top, fmt.Sprintf("The model has no primary key, as the column %q of that of the table, of type %s, "+
			"cannot be a field of one.", c.Name, c.Type))
		return
	}
}

// findIndexes finds the indexes. If a model cannot have all of them together, it gets none.
func (t *found) findIndexes() {
	switch {
	case t.Materialized:
		t.blanks = [][]string{{"materialized"}}
		return
	case t.View:
		t.blanks = [][]string{{"view"}}
		return
	}
	without := make([][]string, len(t.fields))
	for i, f := range t.fields {
		without[i] = slices.Clone(f.tag)
	}
	blanks, left := indexes(t, t.fields)
	if _, err := modelOf(t.table, blanks, t.fields...); err != nil && len(t.Indexes) > 0 {
		for i, f := range t.fields {
			f.tag = without[i]
		}
		t.uniques = nil
		t.notes = append(t.notes, "The indexes are left out: "+err.Error())
		return
	}
	t.blanks, t.notes = blanks, append(t.notes, left...)
}

func (g *generator) write(t *found) {
	w := &g.body
	w.printf("\n")
	w.comment("%s is a row of the table %s.", t.name, t.table)
	for _, text := range t.top {
		w.comment("%s", text)
	}
	w.printf("type %s struct {\n", t.name)
	if t.embedded != "" {
		w.printf("prom.%s\n", t.embedded)
	}
	for _, f := range t.fields {
		w.printf("%s %s%s\n", f.name, f.typ, structTag(slices.Concat(f.tag, f.actions)))
		g.imports["time"] = g.imports["time"] || strings.Contains(f.typ, "time.")
		g.imports["encoding/json"] = g.imports["encoding/json"] || strings.Contains(f.typ, "json.")
	}
	for _, r := range t.relations {
		w.printf("%s %s%s\n", r.name, r.typ, structTag(r.tag))
	}
	for _, b := range t.blanks {
		w.printf("_ struct{}%s\n", structTag(b))
	}
	for _, n := range t.notes {
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
	if t.embedded != "" {
		family := "Number"
		if t.embedded == "UUIDModel" {
			family = "Ordered"
		}
		g.handle(t, "ID", family)
		g.handle(t, "Created", "Time")
		g.handle(t, "Updated", "Time")
	}
	for _, f := range slices.Concat(t.fields, t.relations) {
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
	schema.Any:     {"prom.AnyValue", reflect.TypeFor[prom.AnyValue](), "Ordered", ""},
	schema.JSON:    {"json.RawMessage", reflect.TypeFor[json.RawMessage](), "JSON", ""},
}

// fieldOf returns a column as a field, without what it refers to, or nil when no field is stored as its type.
func (g *generator) fieldOf(t *found, c schema.FoundColumn) *field {
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
		f.listOf(gt.typ, gt.is)
	case isInfinite(c):
		f.typ, f.stored, f.family = "prom.TimeOrInfinity", reflect.TypeFor[prom.TimeOrInfinity](), "Ordered"
	}
	isKey := c.Key && c.Kind != schema.JSON && c.Kind != schema.Any && c.Kind != schema.Float32 && c.Kind != schema.Float64 && !list
	switch {
	case isKey && c.Auto && countedKeys(t) == 1 && c.Kind.Integer() && c.Kind != schema.Uint64:
		f.tag = append(f.tag, "key", "auto")
	case isKey && (c.Auto || c.Generated):
		f.tag = append(f.tag, "key", "readonly")
	case isKey:
		f.tag = append(f.tag, "key")
	case c.Generated && c.Expr != "" && !t.usesRetyped(c.Expr):
		f.tag = append(f.tag, generatedTag+tagValue(c.Expr))
	case c.Generated, c.Auto: // by an identity or a sequence beside the key
		f.tag = append(f.tag, "readonly")
	}
	switch {
	case gt.tag == "decimal" && (c.Precision < 1 || c.Scale < 0 || c.Scale > c.Precision):
		// No tag tells its digits, so it is the text that it is stored as.
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
	if ok {
		f.tag = append(f.tag, defaultTag+tagValue(def))
	}
	if stored := c.Form.Option(); stored != "" && c.Kind == schema.Time && (!ok || def == "now") {
		f.tag = append(f.tag, "stored="+stored)
	}
	if !c.NotNull && !isKey {
		f.stored = reflect.PointerTo(f.stored)
		if f.typ = "*" + f.typ; f.family != "" {
			f.family = "Null" + strings.TrimPrefix(f.family, "Field")
		}
	}
	return f
}

// listOf makes the field a list, or a list of lists where the column was declared with several dimensions.
func (f *field) listOf(typ string, is reflect.Type) {
	f.family = "List"
	for range max(1, f.column.Dims) {
		typ, is = "[]"+typ, reflect.SliceOf(is)
	}
	if f.typ, f.stored = typ, is; f.column.Dims > 1 {
		f.tag, f.family = append(f.tag, "array"), "" // which no handle compares
	}
}

// isInfinite reports whether the default of a time is an infinity, which a time.Time cannot hold. Of other columns only
// their values tell that they have some.
func isInfinite(c schema.FoundColumn) bool {
	text, ok := schema.Constant(c.Default)
	return ok && (c.Kind == schema.Time || c.Kind == schema.Date) && schema.InfiniteText(text) != 0
}

// countedKeys returns how many columns of the key the database generates.
func countedKeys(t *found) (n int) {
	for _, c := range t.Key() {
		if c.Auto {
			n++
		}
	}
	return n
}

// usesRetyped reports whether an expression uses a column whose type is not the one that a table of the model has,
// texts apart: numeric without digits, timestamp, json, a domain. There the expression may be none, or another one.
func (t *found) usesRetyped(expr string) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.FoundColumn) bool {
		typ := strings.TrimSuffix(c.Type, "[]")
		retyped := typ == "numeric" || typ == "json" || strings.HasPrefix(typ, "timestamp") && strings.HasSuffix(typ, " without time zone") ||
			c.Domain != "" && c.Kind.Elem() != schema.Text
		return retyped && !t.FoldNames && mentions(expr, c.Name)
	})
}

// mentions reports whether a name occurs in an expression, as a word.
func mentions(expr, name string) bool {
	return regexp.MustCompile(`(^|[^\w$])` + regexp.QuoteMeta(name) + `($|[^\w$])`).MatchString(expr)
}

// noField says why a column has no field.
func noField(typ string) string {
	if typ == "" {
		return "is declared without a type, and its values tell none"
	}
	return fmt.Sprintf("has the type %s, which no field is stored as", typ)
}
