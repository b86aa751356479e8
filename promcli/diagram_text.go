package promcli

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

var (
	// What Mermaid's names of entities, between quotes, and its words of attributes cannot hold.
	notEntity    = regexp.MustCompile(`["%\\\r\n\v\x08]`)
	notAttribute = regexp.MustCompile(`[^A-Za-z0-9_]`)
)

// mermaid returns a diagram as an erDiagram. A name that Mermaid does not take is changed, and a comment has it as it
// is.
func mermaid(d *diagram) string {
	var b strings.Builder
	b.WriteString("erDiagram\n")
	for _, t := range d.Tables {
		fmt.Fprintf(&b, "    %s", entity(t.Name))
		if len(t.Columns) == 0 {
			b.WriteString("\n")
			continue
		}
		b.WriteString(" {\n")
		for _, c := range t.Columns {
			name := attribute(c.Name)
			fmt.Fprintf(&b, "        %s %s", attribute(c.Type), name)
			var keys []string
			for _, k := range []struct {
				is   bool
				name string
			}{{c.Key, "PK"}, {c.Refers, "FK"}, {c.Unique && !c.Key, "UK"}} {
				if k.is {
					keys = append(keys, k.name)
				}
			}
			if keys != nil {
				b.WriteString(" " + strings.Join(keys, ", "))
			}
			var notes []string
			if name != c.Name {
				notes = append(notes, notEntity.ReplaceAllString(c.Name, "'"))
			}
			if c.Null {
				notes = append(notes, "null")
			}
			if notes != nil {
				fmt.Fprintf(&b, ` "%s"`, strings.Join(notes, ", "))
			}
			b.WriteString("\n")
		}
		b.WriteString("    }\n")
	}
	for _, l := range d.Links {
		one, many := "||", "o{"
		if l.Null {
			one = "|o"
		}
		if l.Unique {
			many = "o|"
		}
		fmt.Fprintf(&b, "    %s %s--%s %s : \"%s\"\n", entity(l.To), one, many, entity(l.From),
			notEntity.ReplaceAllString(strings.Join(l.Columns, ", "), "'"))
	}
	return b.String()
}

func entity(name string) string { return `"` + notEntity.ReplaceAllString(name, "'") + `"` }

// attribute returns a word for a name or a type: "character varying(10)" becomes character_varying_10.
func attribute(text string) string {
	text = strings.TrimRight(notAttribute.ReplaceAllString(text, "_"), "_")
	if text == "" || text[0] >= '0' && text[0] <= '9' {
		return "_" + text
	}
	return text
}

// dot returns a diagram for Graphviz: each table is a node with a port for each column.
func dot(d *diagram) string {
	var b strings.Builder
	b.WriteString("digraph schema {\n\tgraph [rankdir=RL, nodesep=0.4, ranksep=1]\n" +
		"\tnode [shape=plain, fontname=\"Helvetica\"]\n" +
		"\tedge [dir=both, arrowtail=crow, arrowhead=tee]\n")
	for i, t := range d.Tables {
		fmt.Fprintf(&b, "\tt%d [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\">", i)
		fmt.Fprintf(&b, "<tr><td port=\"name\" bgcolor=\"lightgrey\"><b>%s</b></td></tr>", html.EscapeString(t.Name))
		for j, c := range t.Columns {
			name := html.EscapeString(c.Name)
			if c.Key {
				name = "<u>" + name + "</u>"
			}
			fmt.Fprintf(&b, "<tr><td port=\"c%d\" align=\"left\">%s <font color=\"gray40\">%s</font></td></tr>",
				j, name, html.EscapeString(typeText(c)))
		}
		b.WriteString("</table>>]\n")
	}
	for _, l := range d.Links {
		from, to := d.index(l.From), d.index(l.To)
		tail := ""
		if l.Unique {
			tail = ", arrowtail=teeodot"
		}
		if l.Null {
			tail += ", arrowhead=teeodot"
		}
		fmt.Fprintf(&b, "\tt%d:%s -> t%d:%s [tooltip=%s%s]\n", from, d.port(from, l.Columns[0]),
			to, d.port(to, l.Targets[0]), dotText(l.title()), tail)
	}
	b.WriteString("}\n")
	return b.String()
}

// port returns the port of a column, that of the table's name if the diagram has no such column.
func (d *diagram) port(table int, column string) string {
	if i := d.Tables[table].row(column); i >= 0 {
		return fmt.Sprintf("c%d", i)
	}
	return "name"
}

func (t *diagramTable) row(column string) int {
	for i, c := range t.Columns {
		if c.Name == column {
			return i
		}
	}
	return -1
}

// typeText returns a column's type, and whether it may be NULL.
func typeText(c diagramColumn) string {
	if c.Null {
		return c.Type + " null"
	}
	return c.Type
}

// dotText returns a quoted string of Graphviz. It is an escString, in which a backslash begins an escape.
func dotText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(text) + `"`
}
