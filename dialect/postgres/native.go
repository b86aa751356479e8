package postgres

import (
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
	case one.Kind == schema.Null, one.Kind == schema.Text, one.Kind == schema.UUID, one.Kind == schema.JSON:
		n := found.Native
		if !c.Kind.IsList() && isList {
			n.Ordered = false // a list of arrays would be an array of two dimensions
		}
		return &n
	}
	return nil // of a kind that no text is
}

// told returns the type that the tag of a column tells, for a table that is not there yet.
func told(c *schema.Column) *schema.Native {
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
