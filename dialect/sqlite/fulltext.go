package sqlite

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Excerpt is the name of the function that gives the first words of a text.
const Excerpt = "prom_excerpt"

// methodFTS5 is the method of what was found as a full-text index.
const methodFTS5 = "fts5"

// tokenizer returns the tokenizer of FTS5 that comes nearest to a text search configuration: words in lower case, with
// their diacritics, and for English their stems by Porter's algorithm.
func tokenizer(language string) string {
	const words = "unicode61 remove_diacritics 0"
	if dialect.IsEnglish(language) {
		return "porter " + words
	}
	return words
}

// rowNumber returns the name of the row's number that no column has taken.
func rowNumber(t *schema.Table) string {
	for _, name := range []string{"_rowid_", "rowid"} {
		if !slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return strings.EqualFold(c.Name, name) }) {
			return name
		}
	}
	return "oid"
}

// createFullText returns the statements that make a full-text index: an external content table of FTS5, with the words
// of the rows that are there, and triggers that keep it up to date (https://www.sqlite.org/fts5.html, section 4.4.3).
// One that is left from a table which is gone is taken again.
func createFullText(t *schema.Table, ix *schema.Index) []string {
	name, table, row := dialect.Quote(ix.Name), dialect.Quote(t.Name), rowNumber(t)
	names := ix.Names()
	values := func(of string) string { return of + "." + strings.Join(quoted(names), ", "+of+".") }
	add := "INSERT INTO " + name + " (rowid, " + dialect.QuoteList(names) + ") VALUES (new." + row + ", " +
		values("new") + ");"
	remove := "INSERT INTO " + name + " (" + name + ", rowid, " + dialect.QuoteList(names) + ") VALUES ('delete', old." +
		row + ", " + values("old") + ");"
	changed := quoted(names)
	for _, c := range t.Key { // which may be the row's number
		if c.Kind.Integer() && !slices.Contains(names, c.Name) {
			changed = append(changed, dialect.Quote(c.Name))
		}
	}
	trigger := func(suffix, event, do string) string {
		return "CREATE TRIGGER " + dialect.Quote(ix.Name+suffix) + " AFTER " + event + " ON " + table + " BEGIN " + do +
			" END"
	}
	return []string{
		"CREATE VIRTUAL TABLE IF NOT EXISTS " + name + " USING fts5(" + dialect.QuoteList(names) + ", content=" +
			quoteText(t.Name) + ", content_rowid=" + quoteText(row) + ", tokenize=" + quoteText(tokenizer(ix.FullText.Language)) + ")",
		trigger("_ai", "INSERT", add),
		trigger("_ad", "DELETE", remove),
		trigger("_au", "UPDATE OF "+strings.Join(changed, ", "), remove+" "+add),
		rebuildFullText(ix.Name),
	}
}

func quoted(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = dialect.Quote(name)
	}
	return list
}

// rebuildFullText returns the statement that reads the words of all rows again.
func rebuildFullText(name string) string {
	return "INSERT INTO " + dialect.Quote(name) + " (" + dialect.Quote(name) + ") VALUES ('rebuild')"
}

// completeFullText adds to what was found as a full-text index the statements that made it and its triggers.
func completeFullText(f *schema.Found) {
	for i := range f.Indexes {
		ix := &f.Indexes[i]
		if ix.Method != methodFTS5 {
			continue
		}
		var parts []string
		for _, d := range f.Definitions {
			if d.Sort == sortFullText && strings.EqualFold(d.Name, ix.Name) || isTriggerOf(d, ix.Name) {
				parts = append(parts, strings.Replace(d.SQL, " IF NOT EXISTS ", " ", 1))
			}
		}
		slices.Sort(parts)
		ix.SQL = strings.Join(parts, ";\n")
	}
}

// isTriggerOf reports whether a definition is one of the triggers that keep a full-text index up to date.
func isTriggerOf(d schema.Definition, index string) bool {
	return d.Sort == sortTrigger && slices.ContainsFunc([]string{"_ai", "_ad", "_au"},
		func(suffix string) bool { return strings.EqualFold(d.Name, index+suffix) })
}

// fullTextDefinitions returns what createFullText makes as it will be found.
func fullTextDefinitions(index string, create []string) []schema.Definition {
	list := []schema.Definition{{Sort: sortFullText, Name: index, SQL: create[0]}}
	for i, suffix := range []string{"_ai", "_ad", "_au"} {
		list = append(list, schema.Definition{Sort: sortTrigger, Name: index + suffix, SQL: create[i+1]})
	}
	return list
}

// dropFullText returns the statements that drop a full-text index and its triggers.
func dropFullText(definitions []schema.Definition, index string) (list []string) {
	for _, d := range definitions {
		if isTriggerOf(d, index) {
			list = append(list, "DROP TRIGGER "+dialect.Quote(d.Name))
		}
	}
	return append(list, "DROP TABLE "+dialect.Quote(index))
}

// dropFullTexts returns the statements that drop full-text indexes which a table has under the names that the model's
// have on a table of that name, those alone of which is is true.
func dropFullTexts(t *schema.Table, f *schema.Found, table string, is func(ix *schema.FoundIndex) bool) (list []string) {
	for i := range f.Indexes {
		ix := &f.Indexes[i]
		if ix.Method == methodFTS5 && is(ix) && slices.ContainsFunc(t.Indexes,
			func(own *schema.Index) bool {
				return own.FullText != nil && strings.EqualFold(own.NameOn(table), ix.Name)
			}) {
			list = append(list, dropFullText(f.Definitions, ix.Name)...)
		}
	}
	return list
}

var errVector = errors.New("a column of the type tsvector is PostgreSQL's: on SQLite, declare a full-text index by the tag option fulltext")

// TextSearch returns a use of a full-text index, see [dialect.Expression]. The statistics behind bm25 are those of all
// rows that match, so these are ranked once, and not anew for each row.
func (Dialect) TextSearch(s *dialect.TextSearch, t *schema.Table, rows string, column func(name string) string,
	alias func() string) (string, error) {
	if s.Index < 0 {
		return "", errVector
	}
	ix := t.Indexes[s.Index]
	name, row := dialect.Quote(ix.Name), rows+"."+rowNumber(t)
	from := " FROM " + name + " WHERE " + name + " MATCH ?"
	switch s.Use {
	case dialect.TextRank:
		a := alias()
		return "coalesce((WITH " + a + " (id, v) AS MATERIALIZED (SELECT rowid, -bm25(" + name + weights(ix.FullText) + ")" +
			from + ") SELECT v FROM " + a + " WHERE id = " + row + "), 0.0)", nil
	case dialect.TextHeadline:
		doc := column(s.Document)
		at := slices.Index(ix.Names(), s.Document)
		call, otherwise := "snippet("+name+", "+strconv.Itoa(at)+", ?, ?, '', ?)", Excerpt+"("+doc+", ?)"
		if s.MaxWords == 0 {
			call, otherwise = "highlight("+name+", "+strconv.Itoa(at)+", ?, ?)", doc
		}
		return "coalesce((SELECT " + call + from + " AND rowid = " + row + "), " + otherwise + ", '')", nil
	}
	not := ""
	if s.Words.Inverted() {
		not = "NOT "
	}
	return "(" + row + " " + not + "IN (SELECT rowid" + from + "))", nil
}

// TextRow returns the row's number.
func (Dialect) TextRow(t *schema.Table, rows string) string {
	if !slices.ContainsFunc(t.Indexes, func(ix *schema.Index) bool { return ix.FullText != nil }) {
		return ""
	}
	return rows + "." + rowNumber(t) + " AS " + rowNumber(t)
}

// weights returns the arguments of bm25 for the columns, which are those that PostgreSQL gives to the letters.
func weights(text *schema.FullText) (list string) {
	for _, w := range text.Weights {
		list += ", " + map[byte]string{'A': "1.0", 'B': "0.4", 'C': "0.2", 'D': "0.1"}[w]
	}
	return list
}

// TextArgs returns the arguments of a use of a full-text index.
func (Dialect) TextArgs(s *dialect.TextSearch) []schema.Value {
	text := func(s string) schema.Value { return schema.TextValue(schema.Text, s) }
	match := text(matchExpr(&s.Words, s.Use != dialect.TextMatch))
	if s.Use != dialect.TextHeadline {
		return []schema.Value{match}
	}
	args := []schema.Value{text(s.Start), text(s.Stop)}
	if s.MaxWords == 0 {
		return append(args, match)
	}
	n := schema.IntValue(schema.Int64, int64(s.MaxWords))
	return append(args, n, match, n)
}

// matchExpr returns a query in the syntax of FTS5 (https://www.sqlite.org/fts5.html, section 3), which has no syntax
// error: each word is quoted. NOT of FTS5 has two operands, so that a query which is inverted is given as the rows that
// it does not match. With found it is the words alone that a row is to have.
func matchExpr(q *dialect.TextQuery, found bool) string {
	var any, but []string
	for _, args := range q.Any {
		var all, none []string
		for _, a := range args {
			term := `"` + strings.ReplaceAll(strings.Join(a.Words, " "), `"`, `""`) + `"`
			if a.Prefix {
				term += " *"
			}
			if a.Not {
				none = append(none, term)
			} else {
				all = append(all, term)
			}
		}
		switch {
		case len(all) == 0:
			but = append(but, joined(none, " OR "))
		case len(none) == 0 || found:
			any = append(any, joined(all, " AND "))
		default:
			any = append(any, "("+joined(all, " AND ")+" NOT "+joined(none, " OR ")+")")
		}
	}
	switch {
	case len(any) == 0 && (len(but) == 0 || found):
		return `""`
	case len(but) == 0 || found:
		return joined(any, " OR ")
	case len(any) == 0:
		return joined(but, " AND ")
	}
	return joined(but, " AND ") + " NOT " + joined(any, " OR ")
}

// joined returns the terms with an operator between them, in parentheses if there are several.
func joined(terms []string, operator string) string {
	if len(terms) == 1 {
		return terms[0]
	}
	return "(" + strings.Join(terms, operator) + ")"
}
