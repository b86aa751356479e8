package modelgen

import (
	"strings"

	"github.com/prom-go/prom/schema"
)

// enum is an enum type of the database with the names that it gets in Go.
type enum struct {
	name   string
	labels []string
}

// enumOf returns the Go type of an enum, which is written once for all columns of it.
func (g *generator) enumOf(typ string, labels []string) *enum {
	if g.enums == nil {
		g.enums = map[string]*enum{}
	}
	e := g.enums[typ]
	if e == nil {
		_, bare := splitType(typ)
		e = &enum{name: unused(g.used, goName(bare)), labels: labels}
		g.enums[typ] = e
		g.enumTypes = append(g.enumTypes, typ)
	}
	return e
}

// splitType returns the schema and the name of a type as the server writes it, without their quotes.
func splitType(typ string) (in, name string) {
	var parts []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(typ); i++ {
		switch c := typ[i]; {
		case c == '"' && quoted && i+1 < len(typ) && typ[i+1] == '"':
			b.WriteByte(c)
			i++
		case c == '"':
			quoted = !quoted
		case c == '.' && !quoted:
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	if parts != nil {
		in = parts[0]
	}
	return in, b.String()
}

// native makes a field of a column whose type no kind belongs to: a text, or a Go type of its own for an enum. It
// returns false on SQLite, which tells no types.
func (g *generator) native(f *field) bool {
	c := f.column
	elem, list := strings.CutSuffix(c.Native.Type, "[]")
	if elem == "" {
		return false
	}
	if !list && f.ofRanges(elem) {
		return true
	}
	f.typ, f.family, f.stored = "string", "Text", goTypes[schema.Text].is
	if c.Native.Labels != nil {
		f.typ = g.enumOf(elem, c.Native.Labels).name
		if in, name := splitType(elem); in == "" {
			f.actions = []string{"enum=" + tagValue(name)}
		} else {
			f.actions = []string{"type=" + tagValue(elem)}
		}
	} else {
		f.tag = append(f.tag, typeTag+tagValue(strings.TrimSuffix(c.Type, "[]")))
	}
	if list {
		f.listOf(f.typ, f.stored)
	}
	return true
}

const typeTag = "type="

// writeEnums writes the types of the enums, with their values as constants.
func (g *generator) writeEnums() {
	w := &g.body
	for _, typ := range g.enumTypes {
		e := g.enums[typ]
		w.printf("\n")
		w.comment("%s is a value of the enum type %s.", e.name, typ)
		w.printf("type %s string\n\n", e.name)
		w.comment("The values of %s, in their order.", e.name)
		w.printf("const (\n")
		names := make([]string, len(e.labels))
		for i, label := range e.labels {
			names[i] = unused(g.used, e.name+goName(label))
			w.printf("%s %s = %q\n", names[i], e.name, label)
		}
		w.printf(")\n\n")
		w.comment("Values returns the values, in their order.")
		w.printf("func (%s) Values() []%s { return []%s{%s} }\n", e.name, e.name, e.name, strings.Join(names, ", "))
	}
}
