package prom

import (
	"html"
	"reflect"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// FullText is a full-text index of the model P, with which queries search. A blank field of the
// model declares it:
//
//	type Article struct {
//		prom.Model
//		Title string
//		Body  string
//		_     struct{} `prom:"fulltext='title A, body B',language=english"`
//	}
//
//	var (
//		article     = prom.Proto[Article]()
//		articleBody = prom.TextOf(article, &article.Body)
//		articleText = prom.FullTextOf(article)
//	)
//
// On PostgreSQL it is a GIN index on to_tsvector of the columns. On SQLite it is a table of FTS5 with the columns as
// external content, which triggers keep up to date. prom creates both, like any other index.
//
// The option language names a text search configuration of PostgreSQL (manual, section "Configuration Example"); on
// SQLite, english is FTS5's tokenizer porter, and each other language unicode61. Without the option it is simple, in
// which a query matches the same words on both engines. The letters A to D are weights for [FullText.Rank].
//
// A FullText is immutable and safe for concurrent use. Queries with the zero FullText are errors.
type FullText[P any] struct {
	_ [0]func(P)
	t *ast.FullText
}

// FullTextOf returns the full-text index of a model with the given prototype over the fields with the given addresses,
// in any order. Without fields it is the only full-text index of the model. It panics if there is none; call it in
// package variables, so that such mistakes show when the program starts.
func FullTextOf[P any](of P, fields ...any) FullText[P] {
	return FullText[P]{t: fullTextOf(unsafe.Pointer(&of), reflect.TypeFor[P](), fields)}
}

func fullTextOf(of unsafe.Pointer, pointer reflect.Type, fields []any) *ast.FullText {
	var cols []*schema.Column
	for _, field := range fields {
		v := reflect.ValueOf(field)
		if v.Kind() != reflect.Pointer {
			panic("prom: FullTextOf takes the addresses of fields of the prototype, such as &article.Title")
		}
		c, err := scan.PlaceIn(of, v.UnsafePointer(), pointer, v.Type().Elem(), v.Type().Elem()).Codec()
		if err != nil {
			panic(err)
		}
		cols = append(cols, c.Column())
	}
	table, err := scan.TableIn(of, pointer)
	if err != nil {
		panic(err)
	}
	t, err := ast.FullTextOf(table, cols)
	if err != nil {
		panic("prom: model " + table.Model.String() + ": " + err.Error())
	}
	return t
}

// TSVectorOf returns a column of PostgreSQL's type tsvector as a full-text index, for a table that has one. The field
// names the column. The language is the text search configuration that the column was made with. On SQLite queries with
// it are [ErrValidation]. TSVectorOf panics if the field is none of the model or the language is no name.
func TSVectorOf[P, V any](of P, field *V, language string) FullText[P] {
	return FullText[P]{t: vectorOf(place[V](of, field), language)}
}

func vectorOf(at scan.Place, language string) *ast.FullText {
	c, err := at.Codec()
	if err != nil {
		panic(err)
	}
	t, err := ast.VectorOf(c, language)
	if err != nil {
		panic("prom: model " + at.Model.String() + ": " + err.Error())
	}
	return t
}

// Match is true for rows that match a query as users write it: all words, in any order, of all fields of the index.
//
//	go generics     both words
//	"type sets"     the words one after the other
//	go OR rust      one of them; OR binds less than the words beside each other
//	go -generics    the first and not the second
//	gener*          words that begin so
//
// No query is a syntax error: characters without a meaning are ignored. A query without words matches no row. A NULL
// field has no words. A query of more than 16 KiB, or with a word of more than 1 KiB, is [ErrValidation].
func (t FullText[P]) Match(query string) Cond[P] { return Cond[P]{n: t.t.Match(query)} }

// Rank is a number that is greater for rows that match the query better. Use it to sort, with the primary key behind
// it, because many rows may have the same rank:
//
//	articles.Where(articleText.Match(q)).OrderBy(articleText.Rank(q).Desc(), articleID.Asc())
//
// On PostgreSQL it is ts_rank_cd, on SQLite bm25 with the opposite sign. Their values, and often the order, differ. Of
// a row that does not match, the rank has no meaning. It is never NULL.
func (t FullText[P]) Rank(query string) Expr[P, float64] { return typed[P, float64](t.t.Rank(query)) }

// HeadlineOptions are the options of [FullText.Headline]. The zero value is the whole text with the marks for
// [HeadlineHTML].
type HeadlineOptions struct {
	MaxWords int    // the length of the excerpt in words, from 2 to 64; 0 for the whole text
	Start    string // the mark before each matching word; STX if Start and Stop are empty
	Stop     string // the mark after each matching word; ETX if Start and Stop are empty
}

// The marks of a headline without others: the characters STX and ETX, which texts do not have.
const (
	headlineStart = "\x02"
	headlineStop  = "\x03"
)

// Headline is the text of a field in which the words of the query are marked, or the excerpt of it that matches best.
// The field must be one of the index. If nothing matches in the field, the excerpt is its beginning; for NULL it is
// empty.
//
// The engines do not escape HTML. Leave Start and Stop empty and write the result by [HeadlineHTML], or escape the
// result yourself. PostgreSQL leaves out tags of HTML from excerpts.
//
// A database computes a headline from the text of the row, not from the index. So select it for the rows of a page
// alone. On PostgreSQL it is ts_headline, on SQLite snippet or highlight; they choose excerpts differently.
func (t FullText[P]) Headline(field AnyTerm[P], query string, options HeadlineOptions) Expr[P, string] {
	start, stop := options.marks()
	return typed[P, string](t.t.Headline(field.anyTerm(*new(P)), query, start, stop, options.MaxWords))
}

func (options HeadlineOptions) marks() (start, stop string) {
	if options.Start == "" && options.Stop == "" {
		return headlineStart, headlineStop
	}
	return options.Start, options.Stop
}

// HeadlineHTML returns a [FullText.Headline] with the default marks as HTML: the text is escaped, and each matching
// word is in a mark element. Marks that are not in pairs, which a stored text may have brought, are left out.
func HeadlineHTML(headline string) string {
	var b strings.Builder
	for headline != "" {
		before, rest, _ := strings.Cut(headline, headlineStart)
		word, after, closed := strings.Cut(rest, headlineStop)
		b.WriteString(html.EscapeString(unmarked.Replace(before)))
		if !closed {
			b.WriteString(html.EscapeString(unmarked.Replace(rest)))
			break
		}
		b.WriteString("<mark>" + html.EscapeString(unmarked.Replace(word)) + "</mark>")
		headline = after
	}
	return b.String()
}

var unmarked = strings.NewReplacer(headlineStart, "", headlineStop, "")
