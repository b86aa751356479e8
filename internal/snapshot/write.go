package snapshot

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

// Header is the first line of a text that is no comment.
const Header = "prom schema 1"

const comment = "# The schema that the models declare. It is written by prom and promtest: do not edit it.\n"

// Write writes the text form of the schemas of tables, each once, sorted. Two tables of one name are an error, and so
// is a table whose references do not fit.
func Write(w io.Writer, tables []*schema.Table) error {
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b *schema.Table) int { return cmp.Compare(a.Name, b.Name) })
	tables = slices.Compact(tables)
	b := bufio.NewWriter(w)
	_, _ = b.WriteString(comment + Header + "\n") // errors come with Flush
	for i, t := range tables {
		if i > 0 && tables[i-1].Name == t.Name {
			return fmt.Errorf("snapshot: the table %s has two models, %s and %s; give one of them", t.Name,
				tables[i-1].Model, t.Model)
		}
		if err := t.Check(); err != nil {
			return err
		}
		_, _ = b.WriteString("\n" + head(t) + "\n")
		for _, line := range lines(t) {
			_, _ = b.WriteString("\t" + line + "\n")
		}
	}
	return b.Flush()
}

// line collects the words of a line.
type line []string

func (l *line) flag(name string, on bool) {
	if on {
		*l = append(*l, name)
	}
}

func (l *line) option(name, value string) { *l = append(*l, name+"="+word(value)) }

// some is option for a value that is not "".
func (l *line) some(name, value string) {
	if value != "" {
		l.option(name, value)
	}
}

func (l line) String() string { return strings.Join(l, " ") }

// word returns a name or a value as a word: as it is when it is plain, else quoted.
func word(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-+:", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return strconv.Quote(s)
}

func head(t *schema.Table) string {
	if t.View {
		l := line{"view", word(t.Name)}
		l.flag("materialized", t.Materialized)
		return l.String()
	}
	l := line{"table", word(t.Name)}
	l.flag("audit", t.Audited)
	if p := t.Partition; p != nil {
		l.option("partition", string(p.By))
		l.option("on", p.Column.Name)
		if p.Count > 0 {
			l.option("partitions", strconv.Itoa(p.Count))
		}
	}
	if d := t.Distribution; d != nil && d.Column == nil {
		l.flag(schema.Everywhere, true)
	} else if d != nil {
		l.option("distribute", d.Column.Name)
	}
	return l.String()
}

// lines returns the lines of a table.
func lines(t *schema.Table) []string {
	var list []string
	for _, c := range t.Columns {
		list = append(list, column(c))
		if t.Enforces(c) {
			list = append(list, foreignKey([]*schema.Column{c}, t.TargetOf(c), t.TargetOf(c).Key, c.References.Actions))
		}
	}
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) {
			list = append(list, foreignKey(k.Columns, t.TargetOfKey(k), k.To(), k.Actions))
		}
	}
	for _, ix := range t.Indexes {
		list = append(list, index(ix))
	}
	if len(t.Key) > 0 {
		l := line{"primary key"}
		for _, c := range t.Key {
			l.option("on", c.Name)
		}
		list = append(list, l.String())
	}
	slices.Sort(list)
	return list
}

func column(c *schema.Column) string {
	kind := c.Kind.Elem().String()
	if c.Kind.IsList() {
		kind += strings.Repeat("[]", max(c.Dims, 1))
	}
	l := line{"column", word(c.Name), kind}
	l.flag("null", c.Null)
	l.flag("auto", c.Auto && c.Kind.Integer()) // UUIDs are made in Go
	if c.Kind.Elem() == schema.Decimal {
		l.option("precision", strconv.Itoa(c.Precision))
		l.option("scale", strconv.Itoa(c.Scale))
	}
	if c.Range != schema.Null {
		l.option("range", c.Range.String())
	}
	l.flag("multi", c.Multi)
	l.flag("nocase", c.NoCase)
	l.flag("folded", c.Folded)
	l.some("type", c.SQLType)
	if c.Enum != nil {
		l.option("enum", c.Enum.Name)
		for _, label := range c.Enum.Labels {
			l.option("value", label)
		}
	}
	l.some("stored", c.Told.Option())
	low, high := c.Bounds()
	l.bound("min", c, low)
	l.bound("max", c, high)
	if c.HasConstant() {
		l.option("default", literal(c.Default.Literal))
	}
	l.some("generated", c.Generated)
	l.flag("readonly", c.ReadOnly && c.Generated == "")
	l.flag("deleted", c.Deleted)
	l.flag("noaudit", c.NoAudit)
	return l.String()
}

// bound adds a limit, which is a number with a fraction for a float alone.
func (l *line) bound(name string, c *schema.Column, b *schema.Bound) {
	switch {
	case b == nil:
	case c.Kind == schema.Float32 || c.Kind == schema.Float64:
		l.option(name, strconv.FormatFloat(b.Float, 'g', -1, 64))
	default:
		l.option(name, strconv.FormatInt(b.Int, 10))
	}
}

// literal returns a constant as schema.ParseLiteral reads it.
func literal(v schema.Value) string {
	if v.IsList() {
		return string(sqlite.AppendList(nil, v))
	}
	switch v.Kind() {
	case schema.Bool:
		return strconv.FormatBool(v.Bool())
	case schema.Int16, schema.Int32, schema.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case schema.Float32, schema.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case schema.Bytes:
		return string(v.Bytes())
	case schema.Time:
		return v.Time().Format(time.RFC3339Nano)
	case schema.Date:
		return v.Time().Format(time.DateOnly)
	case schema.Clock:
		return time.Time{}.Add(v.Clock()).Format("15:04:05.999999")
	}
	return v.Text()
}

func foreignKey(cols []*schema.Column, target *schema.Table, to []*schema.Column, a schema.Actions) string {
	l := line{"foreign key"}
	for _, c := range cols {
		l.option("on", c.Name)
	}
	l.option("table", target.Name)
	for _, c := range to {
		l.option("to", c.Name)
	}
	l.some("ondelete", strings.ToLower(a.OnDelete))
	l.some("onupdate", strings.ToLower(a.OnUpdate))
	l.flag("deferrable", a.Deferrable)
	l.flag("deferred", a.Deferred)
	l.flag("notdeferrable", a.NotDeferrable)
	return l.String()
}

func index(ix *schema.Index) string {
	l := line{"index", word(ix.Name)}
	l.flag("unique", ix.Unique)
	for _, c := range ix.Columns {
		if c.Column != nil {
			l.option("on", c.Column.Name)
		} else {
			l.option("expr", c.Expr)
		}
		l.flag("desc", c.Desc)
	}
	for _, c := range ix.Include {
		l.option("include", c.Name)
	}
	l.some("where", ix.Where)
	l.flag("live", ix.Live)
	if ix.FullText == nil { // whose method is always the same
		l.some("using", ix.Method)
	}
	l.some("ops", ix.Ops)
	l.flag("nullsnotdistinct", ix.NullsNotDistinct)
	if ix.FullText != nil {
		l.option("fulltext", ix.FullText.Language)
		for _, w := range ix.FullText.Weights {
			l.option("weight", string(w))
		}
	}
	return l.String()
}
