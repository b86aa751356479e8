package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/sqltext"
)

// pendingIndex is an index as the tags tell it, before all columns are known.
type pendingIndex struct {
	name    string // without the table
	unique  bool
	where   string
	columns []IndexColumn
	on      string // of a blank field: columns by name, and expressions
	include string // of a blank field: columns by name
	using   string
	ops     string
	nulls   string
	prefix  string // of the columns of the struct that declares it
	blank   bool
	single  bool // a field's own index, not one shared by name
	text    *FullText
}

// addFieldIndexes reads unique and index on a field.
func (b *builder) addFieldIndexes(c *Column, tg *tag, in place) error {
	if tg.has("on") || tg.has("where") || tg.has("include") || tg.has("fulltext") || tg.has("language") {
		return errors.New("on, include, where, fulltext and language belong on a blank field _, not on a column")
	}
	desc, used := tg.has("desc"), false
	using, _ := tg.value("using")
	ops, _ := tg.value("ops")
	nulls, _ := tg.value("nulls")
	nulls = strings.ToLower(nulls)
	for _, it := range tg.items {
		if it.name != "unique" && it.name != "index" {
			continue
		}
		if used = true; it.value != "" {
			it.value = in.column + it.value
		}
		if (c.Kind == JSON || c.Kind.IsList()) && using == "" {
			return fmt.Errorf("a %s cannot be indexed by a B-tree; add the option using=gin", c.Type)
		}
		if err := b.addIndexColumn(it, IndexColumn{Column: c, Desc: desc}, using, ops, nulls); err != nil {
			return err
		}
	}
	switch {
	case desc && !used:
		return errors.New("desc needs the option index or unique")
	case (using != "" || ops != "") && !used:
		return errors.New("using and ops need the option index")
	case nulls != "" && !used:
		return errNulls
	}
	return nil
}

func (b *builder) addIndexColumn(it tagItem, ic IndexColumn, using, ops, nulls string) error {
	unique := it.name == "unique"
	name, single := it.value, it.value == ""
	if single {
		name = ic.Column.Name
	}
	for i := range b.indexes {
		p := &b.indexes[i]
		if p.name != name {
			continue
		}
		if p.single || single || p.blank || p.unique != unique {
			return fmt.Errorf("an index named %q is declared already", name)
		}
		if using != p.using || ops != p.ops || nulls != p.nulls {
			return fmt.Errorf("the fields of the index %q say using, ops or nulls differently", name)
		}
		p.columns = append(p.columns, ic)
		return nil
	}
	b.indexes = append(b.indexes, pendingIndex{name: name, unique: unique, single: single, using: using, ops: ops, nulls: nulls,
		columns: []IndexColumn{ic}})
	return nil
}

// addBlank reads the tag of a blank field, which declares an index over several columns, or the table's name from
// before.
func (b *builder) addBlank(tg *tag, in place) error {
	if was, ok := tg.value("was"); ok {
		return b.setWas(tg, was)
	}
	if tg.has("view") || tg.has("materialized") {
		return b.setView(tg)
	}
	if tg.has("audit") {
		return b.setAudit(tg)
	}
	if tg.has("partition") || tg.has("partitions") {
		return b.setPartition(tg, in)
	}
	if tg.has("distribute") {
		return b.setDistribution(tg, in)
	}
	if columns, ok := tg.value("fulltext"); ok {
		return b.addFullText(tg, columns)
	}
	p := pendingIndex{blank: true, prefix: in.column}
	for _, it := range tg.items {
		switch it.name {
		case "unique", "index":
			if p.name != "" {
				return errors.New("a blank field can declare only one index")
			}
			p.name, p.unique = it.value, it.name == "unique"
		case "on":
			p.on = it.value
		case "include":
			p.include = it.value
		case "where":
			p.where = it.value
		case "using":
			p.using = it.value
		case "ops":
			p.ops = it.value
		case "nulls":
			p.nulls = it.value
		default:
			return fmt.Errorf("the option %s does not belong on a blank field; use index or unique, on, include, "+
				"using, ops, nulls and where, fulltext, was, audit, partition, distribute, or view", it.name)
		}
	}
	if p.name == "" || p.on == "" || tg.name != "" {
		return errors.New("a blank field declares an index: index=name (or unique=name), on='a, b desc' and perhaps where='…'")
	}
	switch p.name = in.column + p.name; {
	case in.column == "":
	case p.where != "", strings.ContainsRune(p.on, '('):
		return errors.New("SQL in the tag of an embedded struct names columns without its prefix; " +
			"declare this index on the model itself")
	}
	return b.pend(p)
}

// pend adds the index of a blank field.
func (b *builder) pend(p pendingIndex) error {
	for _, q := range b.indexes {
		if q.name == p.name {
			return fmt.Errorf("an index named %q is declared already", p.name)
		}
	}
	b.indexes = append(b.indexes, p)
	return nil
}

// setWas reads the tag of a blank field that tells the table's name from before.
func (b *builder) setWas(tg *tag, was string) error {
	switch {
	case len(tg.items) > 1 || tg.name != "":
		return errors.New("was, the old name of the table, must be the only option of its blank field")
	case b.table.Was != "":
		return fmt.Errorf("the old name of the table is given already, %q", b.table.Was)
	case FoldName(was) == FoldName(b.table.Name):
		return errors.New("was must be the old name of the table, not its current name")
	}
	if err := checkTableName(was); err != nil {
		return fmt.Errorf("was: %w", err)
	}
	b.table.Was = was
	return nil
}

// checkShortName is [CheckName] of an index's own name, to which that of its table is added.
func (b *builder) checkShortName(name string) error {
	if strings.Contains(name, ".") && b.table.byName[name] == nil { // an index of one column is named after it
		return fmt.Errorf("the name %q contains a dot; an index is in the schema of its table, and its name begins with the table's name", name)
	}
	return CheckName(name)
}

// makeIndexes turns the declarations into indexes, once all columns are known.
func (b *builder) makeIndexes() error {
	for _, p := range b.indexes {
		var err error
		switch {
		case p.text != nil:
			if err = b.makeFullText(&p); err != nil {
				return fmt.Errorf("fulltext: %w", err)
			}
		case p.on != "":
			if p.columns, err = b.parseOn(p.on, p.prefix); err != nil {
				return fmt.Errorf("index %s: %w", p.name, err)
			}
		}
		if err := b.checkShortName(p.name); err != nil {
			return fmt.Errorf("index name: %w", err)
		}
		if p.where != "" {
			if err := sqltext.Closed(p.where); err != nil {
				return fmt.Errorf("index %s: where: %w", p.name, err)
			}
		}
		if err := b.checkIndexName(p.name); err != nil {
			return err
		}
		for i, ic := range p.columns {
			if ic.Column != nil && slices.ContainsFunc(p.columns[:i],
				func(other IndexColumn) bool { return other.Column == ic.Column }) {
				return fmt.Errorf("index %s: the column %q appears twice", p.name, ic.Column.Name)
			}
		}
		if err = p.checkMethod(); err != nil {
			return fmt.Errorf("index %s: %w", p.name, err)
		}
		if p.nulls, err = readNulls(p.nulls, p.unique); err != nil {
			return fmt.Errorf("index %s: %w", p.name, err)
		}
		include, err := b.parseInclude(p)
		if err != nil {
			return fmt.Errorf("index %s: include: %w", p.name, err)
		}
		b.table.Indexes = append(b.table.Indexes, &Index{
			Name: IndexName(b.table.Name, p.name), short: p.name, Columns: p.columns, Include: include, Unique: p.unique, Where: p.where,
			Method: strings.ToLower(p.using), Ops: p.ops, NullsNotDistinct: p.nulls != "",
			Live: p.unique && b.table.Deleted != nil, FullText: p.text,
		})
	}
	return nil
}

var errNulls = errors.New("nulls needs the option unique: in other indexes nothing is compared")

// readNulls reads the option nulls, which is "" without it.
func readNulls(text string, unique bool) (string, error) {
	switch nulls := strings.ToLower(strings.Join(strings.Fields(text), " ")); {
	case nulls == "":
		return "", nil
	case nulls != "not distinct":
		return "", fmt.Errorf("nulls=%s: write nulls=not distinct, so that a NULL is equal to another one; without it none is", text)
	case !unique:
		return "", errNulls
	default:
		return nulls, nil
	}
}

// checkMethod reads the method of an index, and refuses what only a B-tree can be or have.
func (p *pendingIndex) checkMethod() error {
	if strings.EqualFold(p.using, "btree") {
		p.using = ""
	}
	for _, word := range []string{p.using, p.ops} {
		if strings.ContainsFunc(word, func(r rune) bool {
			return r != '_' &&
				(r > 'z' || r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a')
		}) {
			return fmt.Errorf("%q is no method or operator class: their names are words", word)
		}
	}
	switch {
	case p.using == "" && p.ops == "":
		for _, c := range p.columns {
			if c.Column != nil && (c.Column.Kind == JSON || c.Column.Kind.IsList()) {
				return fmt.Errorf("the column %q holds JSON or a list, which a B-tree cannot index; add the option using=gin",
					c.Column.Name)
			}
		}
	case p.using == "":
	case p.unique:
		return fmt.Errorf("an index of the method %s cannot be unique", p.using)
	default:
		for _, c := range p.columns {
			if c.Desc {
				return fmt.Errorf("an index of the method %s has no order: leave desc out", p.using)
			}
		}
	}
	return nil
}

// checkIndexName refuses a name that is taken: by another index, in any case because SQLite does not tell cases apart,
// or by what PostgreSQL makes for a primary key, which shares one namespace with indexes.
func (b *builder) checkIndexName(name string) error {
	for _, ix := range b.table.Indexes {
		if FoldName(ix.short) == FoldName(name) {
			return fmt.Errorf("the indexes %q and %q differ only in case, which SQLite ignores", name, ix.short)
		}
	}
	taken := len(b.table.Key) > 0 && name == "pkey"
	for _, c := range b.table.Key {
		taken = taken || c.Auto && c.Kind.Integer() && name == c.Name+"_seq"
	}
	if taken {
		return fmt.Errorf("the index name %q is the name of PostgreSQL's index for the primary key", name)
	}
	return nil
}

// parseOn reads a list of columns, whose names may hold anything but a comma, or of columns and expressions.
func (b *builder) parseOn(on, prefix string) ([]IndexColumn, error) {
	list, err := b.parseTerms(strings.Split(on, ","), prefix, false)
	if err == nil || !strings.ContainsRune(on, '(') {
		return list, err
	}
	terms, err := sqltext.Terms(on)
	if err != nil {
		return nil, err
	}
	return b.parseTerms(terms, prefix, true)
}

func (b *builder) parseTerms(terms []string, prefix string, exprs bool) ([]IndexColumn, error) {
	list := make([]IndexColumn, len(terms))
	for i, term := range terms {
		var err error
		if list[i], err = b.parseIndexColumn(term, prefix, exprs); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// parseIndexColumn reads "name", "name asc" or "name desc", or an expression, which has a parenthesis, in place of the
// name when there may be one.
func (b *builder) parseIndexColumn(s, prefix string, exprs bool) (IndexColumn, error) {
	name := strings.TrimSpace(s)
	ic := IndexColumn{Column: b.named(name, prefix)}
	if ic.Column == nil && exprs && strings.ContainsRune(name, '(') {
		expr, order, found := cutLast(name)
		switch {
		case found && strings.EqualFold(order, "desc"):
			return IndexColumn{Expr: expr, Desc: true}, nil
		case found && strings.EqualFold(order, "asc"):
			return IndexColumn{Expr: expr}, nil
		}
		return IndexColumn{Expr: name}, nil
	}
	if ic.Column == nil {
		word, order, _ := cutLast(name)
		ic.Column = b.named(word, prefix)
		ic.Desc = strings.EqualFold(order, "desc")
		if !ic.Desc && !strings.EqualFold(order, "asc") {
			ic.Column = nil
		}
	}
	if ic.Column == nil {
		return ic, fmt.Errorf("there is no column %q; the columns are %s", name,
			strings.Join(ColumnNames(b.table.Columns), ", "))
	}
	return ic, nil
}

// parseInclude reads the names of an index's INCLUDE columns.
func (b *builder) parseInclude(p pendingIndex) ([]*Column, error) {
	if p.include == "" {
		return nil, nil
	}
	var list []*Column
	for name := range strings.SplitSeq(p.include, ",") {
		c := b.named(strings.TrimSpace(name), p.prefix)
		if c == nil {
			return nil, fmt.Errorf("there is no column %q; the columns are %s", strings.TrimSpace(name),
				strings.Join(ColumnNames(b.table.Columns), ", "))
		}
		if slices.Contains(list, c) || slices.ContainsFunc(p.columns, func(ic IndexColumn) bool { return ic.Column == c }) {
			return nil, fmt.Errorf("the column %q is in the index already", c.Name)
		}
		list = append(list, c)
	}
	return list, nil
}

// cutLast cuts s around its last space.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:i]), s[i+1:], true
}
