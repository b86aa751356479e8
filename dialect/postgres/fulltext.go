package postgres

import (
	"fmt"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// vector returns the tsvector that a full-text index is over. PostgreSQL uses the index for a query that has the same
// expression.
func vector(ix *schema.Index, column func(name string) string) string {
	text := ix.FullText
	parts := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		parts[i] = "coalesce(" + column(c.Column.Name) + ", '')"
	}
	if text.Weights == nil {
		return "to_tsvector(" + regconfig(text.Language) + ", " + strings.Join(parts, " || ' ' || ") + ")"
	}
	for i, part := range parts {
		parts[i] = "setweight(to_tsvector(" + regconfig(text.Language) + ", " + part + "), '" + string(text.Weights[i]) + "')"
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// regconfig returns a text search configuration as a constant: functions of a text and an argument of this type are
// immutable.
func regconfig(language string) string { return quoteText(language) + "::regconfig" }

// createFullText returns the statement that makes a full-text index.
func createFullText(t *schema.Table, ix *schema.Index) string {
	return "CREATE INDEX " + dialect.Quote(ix.Name) + " ON " + dialect.Quote(t.Name) + " USING gin (" +
		vector(ix, dialect.Quote) + ")"
}

// TextSearch returns a use of a full-text index, see [dialect.Expression].
func (d Dialect) TextSearch(s *dialect.TextSearch, t *schema.Table, _ string, column func(name string) string,
	_ func() string) (string, error) {
	var doc, language string
	if s.Index < 0 {
		doc, language = column(s.Vector), s.Language
	} else {
		ix := t.Indexes[s.Index]
		doc, language = vector(ix, column), ix.FullText.Language
	}
	arg := d.Typed(schema.Text)
	query := "to_tsquery(" + regconfig(language) + ", " + arg + ")"
	switch s.Use {
	case dialect.TextRank:
		return "ts_rank_cd(" + doc + ", " + query + ")::double precision", nil
	case dialect.TextHeadline:
		return "ts_headline(" + regconfig(language) + ", coalesce(" + column(s.Document) + ", ''), " + query + ", " + arg +
			")", nil
	}
	return "(" + doc + " @@ " + query + ")", nil
}

// TextArgs returns the arguments of a use of a full-text index.
func (Dialect) TextArgs(s *dialect.TextSearch) []schema.Value {
	args := []schema.Value{schema.TextValue(schema.Text, tsquery(&s.Query))}
	if s.Use == dialect.TextHeadline {
		options := "StartSel=" + optionText(s.Start) + ", StopSel=" + optionText(s.Stop) + ", "
		if s.MaxWords == 0 {
			options += "HighlightAll=true"
		} else { // the least has to be less
			options += fmt.Sprintf("MaxWords=%d, MinWords=%d", s.MaxWords, s.MaxWords-1)
		}
		args = append(args, schema.TextValue(schema.Text, options))
	}
	return args
}

// TextRow returns "": the columns are all that a search needs.
func (Dialect) TextRow(*schema.Table, string) string { return "" }

// optionText quotes a value of an option of ts_headline, in which a backslash is one. word quotes a word of a tsquery.
func optionText(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func word(s string) string       { return "'" + wordEscaper.Replace(s) + "'" }

var wordEscaper = strings.NewReplacer(`'`, `''`, `\`, `\\`)

// tsquery returns a query as to_tsquery reads it. It has no syntax error: each word is quoted.
func tsquery(q *dialect.TextQuery) string {
	any := make([]string, len(q.Any))
	for i, args := range q.Any {
		all := make([]string, len(args))
		for j, a := range args {
			words := make([]string, len(a.Words))
			for k, w := range a.Words {
				words[k] = word(w)
			}
			if all[j] = strings.Join(words, " <-> "); a.Prefix {
				all[j] += ":*"
			}
			if a.Not {
				all[j] = "!(" + all[j] + ")"
			}
		}
		any[i] = strings.Join(all, " & ")
	}
	return strings.Join(any, " | ")
}
