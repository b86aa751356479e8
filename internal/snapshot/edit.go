package snapshot

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/sqltext"
	"github.com/prom-go/prom/schema"
)

// Text is the text form of tables, taken apart: the lines of each by what they are about, such as "column name".
type Text map[string]map[string]string

// headKey is the key of a table's first line.
const headKey = "table"

// Of returns the text form of tables.
func Of(tables []*schema.Table) (Text, error) {
	var b bytes.Buffer
	if err := Write(&b, tables); err != nil {
		return nil, err
	}
	text, table := Text{}, map[string]string(nil)
	for line := range strings.SplitSeq(b.String(), "\n") {
		switch inner, indented := strings.CutPrefix(line, "\t"); {
		case indented:
			words, err := split(inner)
			if err != nil {
				return nil, err
			}
			table[key(words)] = inner
		case line != "" && line != Header && line[0] != '#':
			words, err := split(line)
			if err != nil {
				return nil, err
			}
			table = map[string]string{headKey: line}
			text[words[1].name] = table
		}
	}
	return text, nil
}

// key tells what a line is about.
func key(words []item) string {
	l := line{words[0].name, word(words[1].name)}
	if words[0].name == "foreign" {
		for _, it := range words[2:] {
			if it.name == "on" || it.name == "table" {
				l.option(it.name, it.value)
			}
		}
	}
	return l.String()
}

// Tables returns the tables of the text; an error when they do not fit together.
func (t Text) Tables() ([]*schema.Table, error) {
	var b strings.Builder
	b.WriteString(Header + "\n")
	for _, name := range slices.Sorted(maps.Keys(t)) {
		b.WriteString("\n" + t[name][headKey] + "\n")
		lines := slices.Collect(maps.Values(t[name]))
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == t[name][headKey] })
		slices.Sort(lines)
		for _, l := range lines {
			b.WriteString("\t" + l + "\n")
		}
	}
	return Read(strings.NewReader(b.String()))
}

// Change is a line that two texts do not share.
type Change struct {
	Table    string
	Key      string
	Was, Now string // "" where there is none
}

// Whole reports whether all of a table is new or gone.
func (c Change) Whole() bool { return c.Key == headKey && (c.Was == "" || c.Now == "") }

// Changes lists what is different between two texts, sorted. A table that one of them does not have is one change.
func Changes(was, now Text) (list []Change) {
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w, n := was[name], now[name]
		if w == nil || n == nil {
			list = append(list, Change{name, headKey, w[headKey], n[headKey]})
			continue
		}
		keys := map[string]bool{}
		for k := range w {
			keys[k] = true
		}
		for k := range n {
			keys[k] = true
		}
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			if w[k] != n[k] {
				list = append(list, Change{name, k, w[k], n[k]})
			}
		}
	}
	return list
}

// Without returns the text as it is without changes that led to it. A column that stays, and that rows need a value for
// which no model gives any more, takes NULL from then on.
func (t Text) Without(was Text, changes []Change) Text {
	text := Text{}
	for name, lines := range t {
		text[name] = maps.Clone(lines)
	}
	for _, c := range changes {
		switch {
		case c.Whole() && c.Now == "":
			text[c.Table] = maps.Clone(was[c.Table])
		case c.Whole():
			delete(text, c.Table)
		case c.Was == "":
			delete(text[c.Table], c.Key)
		default:
			text[c.Table][c.Key] = c.Was
			if c.Now == "" {
				text[c.Table][c.Key] = optional(c.Was)
			}
		}
	}
	return text
}

// optional returns the line of a column that takes NULL, if rows need a value for it and there is no default.
func optional(text string) string {
	words, err := split(text)
	if err != nil || words[0].name != "column" || slices.ContainsFunc(words[3:], func(it item) bool {
		return it.name == "null" || it.name == "default" || it.name == "auto" || it.name == "generated"
	}) {
		return text
	}
	l := line{"column", word(words[1].name), words[2].name, "null"}
	for _, it := range words[3:] {
		l.item(it)
	}
	return l.String()
}

func (l *line) item(it item) {
	if it.option {
		l.option(it.name, it.value)
	} else {
		*l = append(*l, word(it.name))
	}
}

// Renames are new names, by those from before: of tables, and of columns by their table's new name.
type Renames struct {
	Tables  map[string]string
	Columns map[string]map[string]string
}

// RenamesOf tells which tables and columns of a declared schema have new names in another one, as the tag option was
// says.
func RenamesOf(was, now []*schema.Table) Renames {
	find := func(list []*schema.Table, name string) *schema.Table {
		if i := slices.IndexFunc(list, func(t *schema.Table) bool { return t.Name == name }); i >= 0 {
			return list[i]
		}
		return nil
	}
	r := Renames{Tables: map[string]string{}, Columns: map[string]map[string]string{}}
	for _, t := range now {
		old := find(was, t.Name)
		if old == nil && t.Was != "" && find(now, t.Was) == nil && find(was, t.Was) != nil && !t.View {
			old = find(was, t.Was)
			r.Tables[old.Name] = t.Name
		}
		if old == nil || t.View || old.View {
			continue
		}
		for _, c := range t.Columns {
			if c.Was != "" && old.Column(c.Name) == nil && t.Column(c.Was) == nil && old.Column(c.Was) != nil {
				if r.Columns[t.Name] == nil {
					r.Columns[t.Name] = map[string]string{}
				}
				r.Columns[t.Name][c.Was] = c.Name
			}
		}
	}
	return r
}

// Table returns the new name of a table.
func (r Renames) Table(name string) string {
	if to, ok := r.Tables[name]; ok {
		return to
	}
	return name
}

// Column returns the new name of a column, of a table by its new name.
func (r Renames) Column(table, name string) string {
	if to, ok := r.Columns[table][name]; ok {
		return to
	}
	return name
}

// Index returns the new name of an index: that of an index of one column, which is named after it, and those which
// begin with the name of the table.
func (r Renames) Index(table, name string) string {
	now := r.Table(table)
	short, ok := strings.CutPrefix(name, schema.IndexName(table, ""))
	if !ok {
		return name
	}
	return schema.IndexName(now, r.Column(now, short))
}

// Of returns tables with the new names.
func (r Renames) Of(tables []*schema.Table) ([]*schema.Table, error) {
	text, err := Of(tables)
	if err != nil {
		return nil, err
	}
	renamed := Text{}
	for name, lines := range text {
		now := r.Table(name)
		renamed[now] = map[string]string{}
		for k, inner := range lines {
			words, err := split(inner)
			if err != nil {
				return nil, err
			}
			if k != headKey {
				r.line(name, words)
				k = key(words)
			} else {
				words[1].name = now
				for i := range words {
					if words[i].option && (words[i].name == "on" || words[i].name == "distribute") { // by which rows are divided
						words[i].value = r.Column(now, words[i].value)
					}
				}
			}
			var l line
			for i, it := range words {
				if i == 0 {
					l = append(l, it.name) // the sort of the line
				} else {
					l.item(it)
				}
			}
			renamed[now][k] = l.String()
		}
	}
	return renamed.Tables()
}

// line renames in the words of a line of a table.
func (r Renames) line(table string, words []item) {
	now := r.Table(table)
	sort, target := words[0].name, ""
	switch sort {
	case "column":
		words[1].name = r.Column(now, words[1].name)
	case "index":
		words[1].name = r.Index(table, words[1].name)
	}
	for i := range words {
		it := &words[i]
		switch {
		case !it.option:
		case it.name == "on" || it.name == "include" && sort == "index":
			it.value = r.Column(now, it.value)
		case it.name == "table" && sort == "foreign":
			it.value = r.Table(it.value)
			target = it.value
		case it.name == "to" && sort == "foreign":
			it.value = r.Column(target, it.value)
		case it.name == "expr" || it.name == "where" || it.name == "generated":
			for from, to := range r.Columns[now] {
				it.value = sqltext.Rename(it.value, from, to)
			}
		}
	}
}
