package sqlite

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
)

// tableDef is a CREATE TABLE statement taken apart, so that a column or a constraint of it can be changed and the rest
// stays as it was.
type tableDef struct {
	columns     []*columnDef
	constraints []clause
	tail        string // behind the brackets, such as WITHOUT ROWID

	start, end remarks // before all and behind all that is in the brackets
}

// columnDef is the definition of a column.
type columnDef struct {
	quoted  string // its name as it stands there
	typ     string // "" for none
	clauses []clause
	remarks
}

// clause is a constraint of a column or of a table, or another part of a column's definition.
type clause struct {
	sort  string // its first word, or words, in capitals: NOT NULL, CHECK, FOREIGN KEY …
	name  string // of the constraint, unquoted; "" for none
	text  string // without the name
	words []token
	remarks
}

// The sorts of clauses that matter.
const (
	clauseNotNull    = "NOT NULL"
	clauseDefault    = "DEFAULT"
	clauseCheck      = "CHECK"
	clauseCollate    = "COLLATE"
	clauseReferences = "REFERENCES"
	clauseForeignKey = "FOREIGN KEY"
	clauseUnique     = "UNIQUE"
	clauseKey        = "PRIMARY KEY"
)

// parseTable takes a CREATE TABLE statement apart. It is false for one that is none, such as that of a virtual table.
func parseTable(sql string) (*tableDef, bool) {
	list := tokens(sql)
	i := slices.IndexFunc(list, func(t token) bool { return t.text == "(" })
	if i < 2 || !list[0].is("CREATE") || slices.ContainsFunc(list[:i], func(t token) bool { return t.is("VIRTUAL") }) {
		return nil, false
	}
	items, rest := inBrackets(list)
	def := &tableDef{}
	def.start.before = commentsOf(sql, list[:i+1])
	end := list[i].to
	last := func() *remarks { return nil } // whose place may change with each one that is added
	for _, item := range items {
		if len(item) == 0 {
			continue
		}
		var inside []string
		before := last()
		if n := len(def.constraints); startsConstraint(item) {
			def.constraints = append(def.constraints, clauses(sql, item)...)
			inside = def.commentsIn(sql, item, n)
			before, last = last(), func() *remarks { return &def.constraints[n].remarks }
		} else {
			col := parseColumn(sql, item)
			def.columns, inside, col.before = append(def.columns, col), col.before, nil
			last = func() *remarks { return &col.remarks }
		}
		remark(sql[end:item[0].from], before, last())
		last().before = append(last().before, inside...)
		end = item[len(item)-1].to
	}
	if len(rest) < len(list) {
		remark(sql[end:list[len(list)-len(rest)-1].from], last(), &def.end)
	}
	if len(rest) > 0 {
		def.tail = " " + sql[rest[0].from:rest[len(rest)-1].to]
	}
	return def, true
}

// commentsIn returns the comments in an item that is constraints of the table, those from n on, but for what they keep.
func (d *tableDef) commentsIn(sql string, item []token, n int) []string {
	var parts [][]token
	for _, c := range d.constraints[n:] {
		parts = append(parts, c.words)
	}
	return commentsOf(sql, item, parts...)
}

// parseColumn takes the definition of a column apart, which is some of the tokens of a statement.
func parseColumn(sql string, item []token) *columnDef {
	col := &columnDef{quoted: item[0].text}
	n := 1
	for n < len(item) && !startsClause(item, n) {
		n++
	}
	if n > 1 {
		col.typ = sql[item[1].from:item[n-1].to]
	}
	col.clauses = clauses(sql, item[n:])
	parts := [][]token{item[1:n]}
	for _, c := range col.clauses {
		parts = append(parts, c.words)
	}
	col.before = commentsOf(sql, item, parts...)
	return col
}

// addedColumn returns the column that an ALTER TABLE … ADD COLUMN adds.
func addedColumn(sql string) *columnDef {
	list := tokens(sql)
	i := slices.IndexFunc(list, func(t token) bool { return t.is("COLUMN") })
	return parseColumn(sql, list[i+1:])
}

// is reports whether a token is that word, which is in capitals.
func (t token) is(word string) bool { return strings.EqualFold(t.text, word) }

func isAny(t token, words ...string) bool {
	return slices.ContainsFunc(words, t.is)
}

// startsConstraint reports whether an item between the brackets is a constraint of the table.
func startsConstraint(item []token) bool {
	return isAny(item[0], "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
}

// startsClause reports whether a clause begins at that token of an item, outside of brackets.
func startsClause(item []token, i int) bool {
	var before token
	if i > 0 {
		before = item[i-1]
	}
	switch t := item[i]; {
	case isAny(t, "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "COLLATE", "REFERENCES", "GENERATED", "FOREIGN"):
		return !before.is("CONSTRAINT") // an unquoted constraint cannot have this name
	case t.is("DEFAULT"):
		return !before.is("SET")
	case t.is("NOT"):
		return i+1 < len(item) && item[i+1].is("NULL")
	case t.is("NULL"):
		return !isAny(before, "NOT", "SET", "DEFAULT")
	case t.is("AS"):
		return !before.is("ALWAYS")
	}
	return false
}

// clauses cuts tokens into clauses.
func clauses(sql string, list []token) []clause {
	var cut [][]token
	depth := 0
	for i, t := range list {
		switch {
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case depth == 0 && startsClause(list, i) && !named(list, i):
			if foreignKeyOf(cut) {
				break // it goes on
			}
			cut = append(cut, list[i:i])
		}
		if n := len(cut); n > 0 {
			cut[n-1] = cut[n-1][:len(cut[n-1])+1]
		}
	}
	var found []clause
	for _, words := range cut {
		c := clause{}
		if words[0].is("CONSTRAINT") && len(words) > 2 {
			c.name, words = unquote(words[1].text), words[2:]
		}
		c.words = words
		c.text = sql[words[0].from:words[len(words)-1].to]
		c.sort = strings.ToUpper(words[0].text)
		if len(words) > 1 && isAny(words[0], "NOT", "PRIMARY", "FOREIGN") {
			c.sort += " " + strings.ToUpper(words[1].text)
		}
		found = append(found, c)
	}
	return found
}

// named reports whether the token at i follows CONSTRAINT and its name, whose clause it is a part of.
func named(list []token, i int) bool { return i >= 2 && list[i-2].is("CONSTRAINT") }

// foreignKeyOf reports whether the last clause is a FOREIGN KEY of a table, whose REFERENCES is part of it.
func foreignKeyOf(cut [][]token) bool {
	if len(cut) == 0 {
		return false
	}
	last := cut[len(cut)-1]
	return last[0].is("FOREIGN") || len(last) > 2 && last[0].is("CONSTRAINT") && last[2].is("FOREIGN")
}

// condition returns the condition of a CHECK, with one space where it has any between its tokens.
func (c *clause) condition() string {
	if len(c.words) < 3 {
		return ""
	}
	return spaced(c.words[2 : len(c.words)-1])
}

// spaced returns the text of tokens, with one space where they have any between them.
func spaced(list []token) string {
	var b strings.Builder
	for i, t := range list {
		if i > 0 && t.from > list[i-1].to {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// speaksOf reports whether a clause is about a column of that name, besides the one that it stands with.
func (c *clause) speaksOf(column string) bool {
	switch c.sort {
	case clauseKey, clauseUnique, clauseForeignKey:
		return slices.ContainsFunc(c.columns(), func(name string) bool { return strings.EqualFold(name, column) })
	case clauseCheck, clauseGenerated, clauseAs:
		return exprSpeaksOf(c.words[1:], column)
	}
	return false
}

// foreignKey returns the clause that makes the foreign key of those columns, or nil.
func (d *tableDef) foreignKey(columns []string) *clause {
	if len(columns) == 1 {
		if col := d.column(columns[0]); col != nil && col.clause(clauseReferences) != nil {
			return col.clause(clauseReferences)
		}
	}
	for i := range d.constraints {
		if c := &d.constraints[i]; c.sort == clauseForeignKey && slices.EqualFunc(c.columns(), columns, strings.EqualFold) {
			return c
		}
	}
	return nil
}

// deferrable reads the end of a clause that makes a foreign key ("CREATE TABLE", the diagram foreign-key-clause).
func (c *clause) deferrable() (is, deferred bool) {
	for i, t := range c.words {
		if t.is("DEFERRABLE") && !c.words[i-1].is("NOT") {
			return true, i+2 < len(c.words) && c.words[i+2].is("DEFERRED")
		}
	}
	return false, false
}

// columns returns the columns of a FOREIGN KEY, or of a PRIMARY KEY or UNIQUE that lists them.
func (c *clause) columns() []string {
	items, _ := inBrackets(c.words)
	var names []string
	for _, item := range items {
		if len(item) > 0 {
			names = append(names, unquote(item[0].text))
		}
	}
	return names
}

// target returns the table that a REFERENCES or a FOREIGN KEY leads to, "" for another clause.
func (c *clause) target() string {
	i := slices.IndexFunc(c.words, func(t token) bool { return t.is("REFERENCES") })
	if i < 0 || i+1 >= len(c.words) {
		return ""
	}
	return unquote(c.words[i+1].text)
}

func (c *clause) String() string {
	if c.name == "" {
		return c.text
	}
	return "CONSTRAINT " + dialect.Quote(c.name) + " " + c.text
}

func (c *columnDef) name() string { return unquote(c.quoted) }

// clause returns the column's first clause of a sort, or nil.
func (c *columnDef) clause(sort string) *clause {
	for i := range c.clauses {
		if c.clauses[i].sort == sort {
			return &c.clauses[i]
		}
	}
	return nil
}

// collation returns the name of the column's collation, "" for the engine's own.
func (c *columnDef) collation() string {
	if cl := c.clause(clauseCollate); cl != nil && len(cl.words) > 1 {
		return unquote(cl.words[1].text)
	}
	return ""
}

// The sorts of the clause of a generated column, with and without the words GENERATED ALWAYS.
const (
	clauseGenerated = "GENERATED"
	clauseAs        = "AS"
)

// generated returns the expression of a generated column, "" for another one.
func (c *columnDef) generated() string {
	for _, sort := range []string{clauseGenerated, clauseAs} {
		if cl := c.clause(sort); cl != nil {
			i := slices.IndexFunc(cl.words, func(t token) bool { return t.text == "(" })
			end := len(cl.words)
			for end > 0 && cl.words[end-1].text != ")" { // STORED or VIRTUAL
				end--
			}
			if i >= 0 && end > i+1 {
				return spaced(cl.words[i+1 : end-1])
			}
		}
	}
	return ""
}

// put takes the clause of a sort from another definition of the column, or removes it.
func (c *columnDef) put(sort string, from *columnDef) {
	c.clauses = slices.DeleteFunc(c.clauses, func(cl clause) bool { return cl.sort == sort })
	if cl := from.clause(sort); cl != nil {
		c.clauses = append(c.clauses, *cl)
	}
}

func (c *columnDef) String() string {
	parts := []string{c.quoted}
	if c.typ != "" {
		parts = append(parts, c.typ)
	}
	for i := range c.clauses {
		parts = append(parts, c.clauses[i].String())
	}
	return strings.Join(parts, " ")
}

func (d *tableDef) column(name string) *columnDef {
	for _, c := range d.columns {
		if strings.EqualFold(c.name(), name) {
			return c
		}
	}
	return nil
}

// checks returns the CHECK constraints of the columns and of the table.
func (d *tableDef) checks() []clause {
	var list []clause
	all := func(from []clause) {
		for _, c := range from {
			if c.sort == clauseCheck {
				list = append(list, c)
			}
		}
	}
	for _, c := range d.columns {
		all(c.clauses)
	}
	all(d.constraints)
	return list
}

// dropWhere removes the clauses of columns and table for which is holds.
func (d *tableDef) dropWhere(is func(col *columnDef, c *clause) bool) {
	for _, col := range d.columns {
		col.clauses = slices.DeleteFunc(col.clauses, func(c clause) bool { return is(col, &c) })
	}
	d.constraints = slices.DeleteFunc(d.constraints, func(c clause) bool { return is(nil, &c) })
}

// create returns the statement that makes the table under a name, which is SQL.
func (d *tableDef) create(name string) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + name + " (\n")
	d.start.write(&b, "")
	comma := func(i int) string {
		if i+1 < len(d.columns)+len(d.constraints) {
			return ","
		}
		return ""
	}
	for i, c := range d.columns {
		c.write(&b, c.String()+comma(i))
	}
	for i := range d.constraints {
		c := &d.constraints[i]
		c.write(&b, c.String()+comma(len(d.columns)+i))
	}
	d.end.write(&b, "")
	b.WriteString(")" + d.tail)
	return b.String()
}
