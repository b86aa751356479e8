package ast

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// FullText is a full-text index of a model, or a column of the type tsvector.
type FullText struct {
	index    int // among the table's; -1 for a column
	column   *schema.Column
	language string
	columns  []*schema.Column // of the index
}

// FullTextOf returns the full-text index of a model over fields, or its only one.
func FullTextOf(t *schema.Table, cols []*schema.Column) (*FullText, error) {
	at, err := t.FullTextIndex(cols)
	if err != nil {
		return nil, err
	}
	ix := t.Indexes[at]
	return &FullText{index: at, language: ix.FullText.Language, columns: ix.OnColumns()}, nil
}

// VectorOf returns a column of the type tsvector, whose words are those of a language.
func VectorOf(c *scan.Codec, language string) (*FullText, error) {
	return &FullText{index: -1, column: c.Column(), language: language}, schema.CheckLanguage(language)
}

var errNoFullText = errors.New("a FullText is the zero value of its type; make it by FullTextOf or TSVectorOf")

// search makes a use of the index in a query.
func (f *FullText) search(use dialect.TextUse, kind schema.Kind, query string) *Expr {
	e := &Expr{Op: ExprText, Like: KindColumns[kind]}
	if f == nil {
		e.Text, e.Err = &dialect.TextSearch{}, errNoFullText
		return e
	}
	q, err := dialect.ParseTextQuery(query)
	e.Text, e.Err = &dialect.TextSearch{Use: use, Index: f.index, Language: f.language, Query: q,
		Words: q.WithoutStopWords(f.language)}, err
	cols := f.columns
	if f.index < 0 {
		e.Text.Vector, cols = f.column.Name, []*schema.Column{f.column}
	}
	for _, c := range cols {
		e.Args = append(e.Args, ColumnExpr(c, dialect.NoPart))
	}
	return e
}

// Match makes the condition that a row matches a query.
func (f *FullText) Match(query string) *Cond {
	return TestExpr(OpTruth, f.search(dialect.TextMatch, schema.Bool, query))
}

// Rank makes the number that tells how well a row matches.
func (f *FullText) Rank(query string) *Expr {
	return f.search(dialect.TextRank, schema.Float64, query)
}

// The most and the least words of a headline. FTS5 has no longer ones.
const (
	mostWords  = 64
	leastWords = 2
)

// Headline makes the part of a column that matches, with its words marked. Zero words are the whole.
func (f *FullText) Headline(doc *Expr, query, start, stop string, words int) *Expr {
	e := f.search(dialect.TextHeadline, schema.Text, query)
	if e.Err != nil {
		return e
	}
	switch {
	case doc.Err != nil:
		e.Err = doc.Err
	case doc.Op != ExprColumn || doc.Part != dialect.NoPart || doc.Col.Kind != schema.Text:
		e.Err = errors.New("Headline takes a field that is a text")
	case f.index >= 0 && !slices.Contains(f.columns, doc.Col):
		e.Err = fmt.Errorf("Headline takes a field of the full-text index, and %s is none", doc.Col.Field)
	case words != 0 && (words < leastWords || words > mostWords):
		e.Err = fmt.Errorf("a headline has from %d to %d words", leastWords, mostWords)
	case checkText(start) != nil || checkText(stop) != nil:
		e.Err = errors.New("the options Start and Stop of a headline must be valid UTF-8 without zero bytes")
	default:
		e.Text.Document, e.Text.Start, e.Text.Stop, e.Text.MaxWords = doc.Col.Name, start, stop, words
		e.Args = append(e.Args, doc)
	}
	return e
}

// textValues appends the arguments of a use of a full-text index. Without a dialect they are all that it depends on.
func textValues(dst []schema.Value, d dialect.Dialect, s *dialect.TextSearch) []schema.Value {
	if d != nil {
		return append(dst, d.TextArgs(s)...)
	}
	return append(dst, schema.TextValue(schema.Text, s.Query.Text), schema.TextValue(schema.Text, s.Start),
		schema.TextValue(schema.Text, s.Stop), schema.IntValue(schema.Int64, int64(s.MaxWords)))
}

// text adds a use of a full-text index; its columns are Args.
func (k Shape) text(s *dialect.TextSearch) Shape {
	return k.Byte(byte(s.Use), Bit(s.Words.Inverted())|Bit(s.MaxWords == 0)<<1).Int(s.Index + 1).Text(s.Language)
}
