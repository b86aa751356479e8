package snapshot

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// Read reads what [Write] has written. The tables tell all that DDL depends on, in the order of the text; they have no
// Go types, so no rows are read or written by them. An error tells the number of its line. A text in which git has
// marked a conflict is an error that says so.
func Read(r io.Reader) ([]*schema.Table, error) {
	var drafts []schema.Draft
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	began := false
	for n := 1; lines.Scan(); n++ {
		text := lines.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		var err error
		switch inner, indented := strings.CutPrefix(text, "\t"); {
		case strings.HasPrefix(text, "<<<<<<< "), strings.HasPrefix(text, "======="), strings.HasPrefix(text, ">>>>>>> "):
			err = errors.New("the text has a conflict that git has marked; resolve it as the models say")
		case !began && text != Header:
			err = fmt.Errorf("the text does not begin with %q: it is no snapshot, or another version's", Header)
		case !began:
			began = true
		case !indented:
			var d schema.Draft
			if d, err = readHead(text); err == nil {
				drafts = append(drafts, d)
			}
		case len(drafts) == 0:
			err = errors.New("the line belongs to no table")
		default:
			err = readLine(&drafts[len(drafts)-1], inner)
		}
		if err != nil {
			return nil, fmt.Errorf("snapshot: line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	if !began {
		return nil, errors.New("snapshot: the text is empty")
	}
	for i := range drafts {
		if err := finish(&drafts[i]); err != nil {
			return nil, fmt.Errorf("snapshot: table %s: %w", drafts[i].Name, err)
		}
	}
	tables, err := schema.Assemble(drafts)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return tables, nil
}

const maxLine = 1 << 24

// Declared returns tables as the text form of them tells, in the same order, and with columns and indexes in the order
// of the models: tables that are equal to those of a text wherever DDL is.
func Declared(tables []*schema.Table) ([]*schema.Table, error) {
	var b bytes.Buffer
	if err := Write(&b, tables); err != nil {
		return nil, err
	}
	read, err := Read(&b)
	if err != nil {
		return nil, err
	}
	order := func(t *schema.Table) int {
		return slices.IndexFunc(tables, func(o *schema.Table) bool { return o.Name == t.Name })
	}
	slices.SortFunc(read, func(a, b *schema.Table) int { return cmp.Compare(order(a), order(b)) })
	for _, t := range read {
		of := tables[order(t)]
		slices.SortFunc(t.Columns, func(a, b *schema.Column) int {
			return cmp.Compare(of.Column(a.Name).Ordinal, of.Column(b.Name).Ordinal)
		})
		for i, c := range t.Columns {
			c.Ordinal, c.Was = i, of.Column(c.Name).Was
		}
		t.Was = of.Was
		place := func(ix *schema.Index) int {
			return slices.IndexFunc(of.Indexes, func(o *schema.Index) bool { return o.Name == ix.Name })
		}
		slices.SortFunc(t.Indexes, func(a, b *schema.Index) int { return cmp.Compare(place(a), place(b)) })
	}
	return read, nil
}

// item is a word of a line: a flag or a name, or an option with its value.
type item struct {
	name, value string
	option      bool
}

// split reads the words of a line.
func split(text string) (list []item, err error) {
	for text != "" {
		var it item
		if strings.HasPrefix(text, `"`) {
			if it.name, text, err = unquote(text); err != nil {
				return nil, err
			}
		} else {
			end := strings.IndexAny(text, " =")
			if end < 0 {
				end = len(text)
			}
			it.name, text = text[:end], text[end:]
		}
		if rest, ok := strings.CutPrefix(text, "="); ok {
			it.option = true
			if strings.HasPrefix(rest, `"`) {
				if it.value, text, err = unquote(rest); err != nil {
					return nil, err
				}
			} else {
				end := strings.IndexByte(rest, ' ')
				if end < 0 {
					end = len(rest)
				}
				it.value, text = rest[:end], rest[end:]
			}
		}
		if text != "" && text[0] != ' ' || it.name == "" && !it.option && len(list) == 0 {
			return nil, fmt.Errorf("the words of the line cannot be told apart at %q", text)
		}
		list, text = append(list, it), strings.TrimPrefix(text, " ")
	}
	return list, nil
}

// unquote reads the Go string with which a text begins.
func unquote(text string) (value, rest string, err error) {
	quoted, err := strconv.QuotedPrefix(text)
	if err == nil {
		value, err = strconv.Unquote(quoted)
	}
	if err != nil {
		return "", "", fmt.Errorf("the quotes of %s are not those of a Go string", text)
	}
	return value, text[len(quoted):], nil
}

func readHead(text string) (d schema.Draft, err error) {
	words, err := split(text)
	switch {
	case err != nil:
		return d, err
	case len(words) < 2 || words[0].name != "table" && words[0].name != "view" || words[1].option:
		return d, errors.New(`the line is neither "table NAME" nor "view NAME"`)
	}
	d.Name, d.View = words[1].name, words[0].name == "view"
	for _, it := range words[2:] {
		switch {
		case it.name == "audit" && !it.option && !d.View:
			d.Audited = true
		case it.name == "materialized" && !it.option && d.View:
			d.Materialized = true
		case it.name == schema.Everywhere && !it.option && !d.View:
			d.Distribution = new(schema.Distribution)
		case it.name == "distribute" && it.option && !d.View:
			d.Distribution = &schema.Distribution{Column: &schema.Column{Name: it.value}} // see finish
		case it.option && !d.View && (d.Partition != nil || it.name == "partition"):
			if err := readPartitioning(&d, it); err != nil {
				return d, err
			}
		default:
			return d, unknown(it)
		}
	}
	return d, nil
}

// readPartitioning reads an option that tells how the table is partitioned, the first of which is partition.
func readPartitioning(d *schema.Draft, it item) (err error) {
	if d.Partition == nil {
		d.Partition = &schema.Partitioning{Column: &schema.Column{}} // see finish
	}
	switch it.name {
	case "partition":
		d.Partition.By = schema.PartitionBy(it.value)
		if !d.Partition.By.Known() {
			return fmt.Errorf("partition=%s is not known", it.value)
		}
	case "on":
		d.Partition.Column.Name = it.value
	case "partitions":
		d.Partition.Count, err = strconv.Atoi(it.value)
	default:
		return unknown(it)
	}
	return err
}

func unknown(it item) error { return fmt.Errorf("the option %q is not known here", it.name) }

func readLine(d *schema.Draft, text string) error {
	words, err := split(text)
	if err != nil {
		return err
	}
	first := func(i int) string {
		if i < len(words) && !words[i].option {
			return words[i].name
		}
		return ""
	}
	switch sort := first(0); {
	case sort == "column" && len(words) >= 3 && !words[1].option:
		return readColumn(d, words[1].name, first(2), words[3:])
	case sort == "foreign" && first(1) == "key":
		return readKey(d, words[2:])
	case sort == "index" && len(words) >= 2 && !words[1].option:
		return readIndex(d, words[1].name, words[2:])
	case sort == "primary" && first(1) == "key":
		for _, it := range words[2:] {
			if it.name != "on" || !it.option {
				return unknown(it)
			}
			d.Key = append(d.Key, &schema.Column{Name: it.value}) // see finish
		}
		return nil
	}
	return errors.New("the line is no column, foreign key, index or primary key")
}

func readColumn(d *schema.Draft, name, kind string, options []item) error {
	c := &schema.Column{Name: name}
	elem := strings.TrimRight(kind, "[]")
	c.Dims = strings.Count(kind[len(elem):], "[]")
	var ok bool
	if c.Kind, ok = schema.ParseKind(elem); !ok {
		return fmt.Errorf("the kind %q is not known", kind)
	}
	if c.Dims > 0 {
		c.Kind = c.Kind.List()
	}
	flags := map[string]*bool{"null": &c.Null, "auto": &c.Auto, "multi": &c.Multi,
		"nocase": &c.NoCase, "folded": &c.Folded,
		"readonly": &c.ReadOnly, "deleted": &c.Deleted, "noaudit": &c.NoAudit}
	for _, it := range options {
		if flag := flags[it.name]; flag != nil && !it.option {
			*flag = true
			continue
		}
		if !it.option {
			return unknown(it)
		}
		if err := columnOption(c, it); err != nil {
			return fmt.Errorf("column %s: %s=%s: %w", name, it.name, it.value, err)
		}
	}
	c.ReadOnly = c.ReadOnly || c.Generated != ""
	d.Columns = append(d.Columns, c)
	return nil
}

func columnOption(c *schema.Column, it item) (err error) {
	switch it.name {
	case "precision":
		c.Precision, err = strconv.Atoi(it.value)
	case "scale":
		c.Scale, err = strconv.Atoi(it.value)
	case "range":
		var ok bool
		if c.Range, ok = schema.ParseKind(it.value); !ok {
			err = errors.New("no such kind")
		}
	case "type":
		c.SQLType = it.value
	case "enum":
		c.Enum = &schema.Enum{Name: it.value}
	case "value":
		if c.Enum == nil {
			return errors.New("there is no enum before it")
		}
		c.Enum.Labels = append(c.Enum.Labels, it.value)
	case "stored":
		var ok bool
		if c.Told, ok = schema.ToldForm(it.value); !ok {
			err = errors.New("no such form")
		}
	case "min":
		c.Rules.Min, err = bound(c, it.value)
	case "max":
		c.Rules.Max, err = bound(c, it.value)
	case "default":
		var v schema.Value
		if v, err = schema.ParseLiteral(c.Kind, it.value); err == nil {
			c.Default = &schema.Default{Literal: v}
		}
	case "generated":
		c.Generated = it.value
	default:
		return unknown(it)
	}
	return err
}

func bound(c *schema.Column, text string) (*schema.Bound, error) {
	if c.Kind == schema.Float32 || c.Kind == schema.Float64 {
		f, err := strconv.ParseFloat(text, 64)
		return &schema.Bound{Int: int64(f), Float: f}, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return &schema.Bound{Int: n, Float: float64(n)}, err
}

func readKey(d *schema.Draft, options []item) error {
	var k schema.DraftKey
	for _, it := range options {
		switch {
		case !it.option && it.name == "deferrable":
			k.Deferrable = true
		case !it.option && it.name == "deferred":
			k.Deferred = true
		case !it.option && it.name == "notdeferrable":
			k.NotDeferrable = true
		case it.name == "on":
			k.Columns = append(k.Columns, it.value)
		case it.name == "table":
			k.Table = it.value
		case it.name == "to":
			k.To = append(k.To, it.value)
		case it.name == "ondelete":
			k.OnDelete = strings.ToUpper(it.value)
		case it.name == "onupdate":
			k.OnUpdate = strings.ToUpper(it.value)
		default:
			return unknown(it)
		}
	}
	d.Keys = append(d.Keys, k)
	return nil
}

func readIndex(d *schema.Draft, name string, options []item) error {
	ix := &schema.Index{Name: name}
	flags := map[string]*bool{"unique": &ix.Unique, "live": &ix.Live, "nullsnotdistinct": &ix.NullsNotDistinct}
	for _, it := range options {
		if flag := flags[it.name]; flag != nil && !it.option {
			*flag = true
			continue
		}
		switch {
		case !it.option && it.name == "desc" && len(ix.Columns) > 0:
			ix.Columns[len(ix.Columns)-1].Desc = true
		case !it.option:
			return unknown(it)
		case it.name == "on":
			ix.Columns = append(ix.Columns, schema.IndexColumn{Column: &schema.Column{Name: it.value}}) // see finish
		case it.name == "expr":
			ix.Columns = append(ix.Columns, schema.IndexColumn{Expr: it.value})
		case it.name == "include":
			ix.Include = append(ix.Include, &schema.Column{Name: it.value})
		case it.name == "where":
			ix.Where = it.value
		case it.name == "using":
			ix.Method = it.value
		case it.name == "ops":
			ix.Ops = it.value
		case it.name == "fulltext":
			ix.FullText, ix.Method = &schema.FullText{Language: it.value}, "gin"
		case it.name == "weight" && ix.FullText != nil && len(it.value) == 1:
			ix.FullText.Weights = append(ix.FullText.Weights, it.value[0])
		default:
			return unknown(it)
		}
	}
	d.Indexes = append(d.Indexes, ix)
	return nil
}

// finish puts the columns of a table in the place of their names.
func finish(d *schema.Draft) error {
	var missing string
	find := func(c *schema.Column) *schema.Column {
		i := slices.IndexFunc(d.Columns, func(o *schema.Column) bool { return o.Name == c.Name })
		if i < 0 {
			missing = c.Name
			return c
		}
		return d.Columns[i]
	}
	for i, c := range d.Key {
		d.Key[i] = find(c)
	}
	if d.Partition != nil {
		d.Partition.Column = find(d.Partition.Column)
	}
	if d.Distribution != nil && d.Distribution.Column != nil {
		d.Distribution.Column = find(d.Distribution.Column)
	}
	for _, ix := range d.Indexes {
		for i, c := range ix.Columns {
			if c.Column != nil {
				ix.Columns[i].Column = find(c.Column)
			}
		}
		for i, c := range ix.Include {
			ix.Include[i] = find(c)
		}
	}
	if missing != "" {
		return fmt.Errorf("there is no column %s", missing)
	}
	return nil
}
