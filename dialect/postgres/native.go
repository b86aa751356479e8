package postgres

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Native returns the type of a column of texts, or of a list of them, that is neither text nor varchar, which the server
// takes for each other.
func (d Dialect) Native(c *schema.Column, found *schema.FoundColumn) *schema.Native {
	if c.Kind.Elem() != schema.Text {
		return nil
	}
	if found == nil {
		return told(c)
	}
	elem, isList := strings.CutSuffix(found.Type, "[]")
	if c.Kind.IsList() && !isList {
		return nil // such as JSON, which is read and nothing else
	}
	one := schema.FoundColumn{Type: found.Type}
	if c.Kind.IsList() {
		one.Type = elem
	}
	d.ReadType(&one)
	switch name, _ := dialect.CutLimits(one.Type); {
	case name == "text", name == "character varying" && !c.Kind.IsList():
		return nil
	case one.Kind == schema.Null, one.Kind == schema.Text, one.Kind == schema.UUID, one.Kind == schema.JSON, one.Kind == schema.Decimal:
		n := found.Native
		if c.Range != schema.Null && !c.HoldsRange(n.Type) {
			return nil
		}
		if !c.Kind.IsList() && isList {
			n.Ordered = false // a list of arrays would be an array of two dimensions
		}
		return &n
	}
	return nil // of a kind that no text is
}

// told returns the type that the tag of a column tells, for a table that is not there yet.
func told(c *schema.Column) *schema.Native {
	if c.Enum != nil {
		n := &schema.Native{Type: typeName(c), Ordered: true, Least: true, Labels: c.Enum.Labels}
		if c.Kind.IsList() {
			n.Type += "[]"
		}
		return n
	}
	name, array := strings.ToLower(c.SQLType), ""
	for strings.HasSuffix(name, "[]") {
		name, array = strings.TrimSuffix(name, "[]"), array+"[]"
	}
	if i, j := strings.IndexByte(name, '('), strings.IndexByte(name, ')'); i >= 0 && i < j {
		name = name[:i] + name[j+1:]
	}
	switch name {
	case "", "text", "varchar", "character varying":
		if array == "" && !c.Kind.IsList() || name == "" || name == "text" {
			return nil
		}
	case "bit":
		name = `"bit"` // the other is bit(1)
	case "char", "character":
		name = "bpchar"
	}
	if strings.Contains(c.SQLType, `"`) {
		name = strings.TrimSuffix(c.SQLType, array)
	}
	if c.Kind.IsList() {
		array = "[]"
	}
	return &schema.Native{Type: name + array, Ordered: !unordered[name]}
}

// unordered are the types whose values have no order that the server knows.
var unordered = map[string]bool{"xml": true, "json": true, "point": true, "line": true, "lseg": true, "box": true,
	"path": true, "polygon": true, "circle": true, "jsonpath": true, "refcursor": true, "aclitem": true, "txid_snapshot": true}

// leastOf returns the least or the greatest value of a column of a type of its own, as a text.
func leastOf(fn dialect.Func, c *schema.Column, arg string) (call, as string, err error) {
	if c.Native.Least {
		return dialect.PlainCall(fn, arg), asText(c, "(%s)"), nil
	}
	order := arg
	if fn == dialect.FuncMax {
		order += " DESC NULLS LAST"
	}
	return "array_agg(" + arg + " ORDER BY " + order + ")", asText(c, "(%s)[1]"), nil
}

// typeName returns the type that the tag of a column names, or its element's, "" for none.
func typeName(c *schema.Column) string {
	if c.Enum != nil {
		return dialect.Quote(c.Enum.Name)
	}
	return c.SQLType
}

// AddValues returns the statements that add values to an enum, each where the model has it: behind the one before it
// that is there, or else before the next one.
func (Dialect) AddValues(c *schema.Column, found *schema.FoundColumn, labels []string) []string {
	name, there := strings.TrimSuffix(found.Native.Type, "[]"), slices.Clone(found.Native.Labels)
	list := make([]string, len(labels))
	for i, label := range labels {
		list[i] = "ALTER TYPE " + name + " ADD VALUE IF NOT EXISTS " + quoteText(label) + place(c.Enum.Labels, there, label)
		there = append(there, label)
	}
	return list
}

// place says where a value of an enum goes among those that are there.
func place(all, there []string, label string) string {
	at := slices.Index(all, label)
	for i := at - 1; i >= 0; i-- {
		if slices.Contains(there, all[i]) {
			return " AFTER " + quoteText(all[i])
		}
	}
	for i := at + 1; i < len(all); i++ {
		if slices.Contains(there, all[i]) {
			return " BEFORE " + quoteText(all[i])
		}
	}
	return ""
}
