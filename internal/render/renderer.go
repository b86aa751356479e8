package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// renderer writes one query of a statement, with a question mark for each argument, which squirrel numbers in the end.
type renderer struct {
	d    dialect.Dialect
	b    *strings.Builder
	args []any
	sc   scope
	st   *statement
}

// statement is what the queries of one statement share.
type statement struct {
	aliases  int
	conflict bool // there is a row that could not be inserted
	forms    func(*schema.Table) (schema.Forms, bool)
	into     schema.Forms // of the table that a copy fills
	text     *Text        // gathers what the statement needs
	err      error

	stored  func(*schema.Column) bool // the next column is written as it is stored, if this says so; nil for no column
	reached *schema.Column            // which one that was
}

// scope says what the columns of a query belong to.
type scope struct {
	table *schema.Table
	forms schema.Forms // of its columns; nil also for the rows of other queries, which are canonical
	name  string       // quoted: how the query's rows are called
	bare  bool         // columns need not say so
	// the rows are those of other queries, which have no full-text index
	derived bool
	outer   *scope // of the query around
	joins   *joins // nil where there can be none: references are followed by subqueries then
}

// joins are the references that a query follows.
type joins struct {
	aliases  map[string]string // by path
	list     []string          // in order
	locked   []string          // aliases of rows that are locked, which are there
	optional []string          // aliases of rows that may not be there
}

func newRenderer(d dialect.Dialect, sc scope) *renderer {
	return &renderer{d: d, b: &strings.Builder{}, sc: sc, st: &statement{text: &Text{}}}
}

// renderer returns a renderer of a statement on the table.
func (s *Statements) renderer() *renderer {
	r := newRenderer(s.Dialect, scope{table: s.Table, name: s.name, bare: true})
	r.st.forms = s.forms
	r.sc.forms = r.formsOf(s.Table)
	return r
}

func (r *renderer) arg(v schema.Value) { r.args = append(r.args, v) }

func (r *renderer) fail(err error) {
	if r.st.err == nil {
		r.st.err = err
	}
}

// alias returns a new name for the rows of a query inside the statement, quoted.
func (r *renderer) alias() string {
	r.st.aliases++
	return r.d.Quote("prom_" + strconv.Itoa(r.st.aliases))
}

// need notes that the statement needs a table.
func (r *renderer) need(t *schema.Table) {
	if !slices.Contains(r.st.text.Tables, t) {
		r.st.text.Tables = append(r.st.text.Tables, t)
	}
}

// formsOf returns the forms of a table's columns. That they are not known yet is noted.
func (r *renderer) formsOf(t *schema.Table) schema.Forms {
	if r.st.forms == nil {
		return nil
	}
	forms, known := r.st.forms(t)
	if !known && !slices.Contains(r.st.text.unknown, t) {
		r.st.text.unknown = append(r.st.text.unknown, t)
	}
	return forms
}

// canonical returns a column's value in this library's own form.
func (r *renderer) canonical(c *schema.Column) string { return r.canonicalOf(c, r.column(c)) }

// canonicalOf returns a column's value, which expr is, in this library's own form.
func (r *renderer) canonicalOf(c *schema.Column, expr string) string {
	formed := r.sc.forms.Of(c)
	if r.st.stored != nil && r.st.stored(formed) {
		r.st.reached = formed
		return expr
	}
	return r.d.Canonical(formed, expr)
}

// part returns what write writes, and its arguments, which are taken out.
func (r *renderer) part(write func()) (string, []any) {
	outer, mark := r.b, len(r.args)
	r.b = &strings.Builder{}
	write()
	text := r.b.String()
	r.b = outer
	args := slices.Clone(r.args[mark:])
	r.args = r.args[:mark]
	return text, args
}

// text returns what write writes; its arguments stay.
func (r *renderer) text(write func()) string {
	text, args := r.part(write)
	r.args = append(r.args, args...)
	return text
}

// column returns a column, with the name of its rows where that is needed.
func (r *renderer) column(c *schema.Column) string {
	if r.sc.bare {
		return r.d.Quote(c.Name)
	}
	return r.sc.name + "." + r.d.Quote(c.Name)
}

// format is the placeholder format of a dialect.
func format(d dialect.Dialect) squirrel.PlaceholderFormat {
	if d.Features().NumberedArgs {
		return squirrel.Dollar
	}
	return squirrel.Question
}

// finish renders a builder into the statement's text and makes sure that it has as many arguments as will be given.
func (r *renderer) finish(b squirrel.Sqlizer, args int) (*Text, error) {
	if r.st.err != nil {
		return nil, r.st.err
	}
	sql, rendered, err := b.ToSql()
	if err != nil {
		return nil, fmt.Errorf("prom: rendering a statement: %w", err)
	}
	if len(rendered) != args {
		return nil, fmt.Errorf("prom: internal error: a statement with %d arguments was given %d", len(rendered), args)
	}
	r.st.text.SQL = sql
	return r.st.text, nil
}

// finish is that of a statement on one table.
func finish(b squirrel.Sqlizer, args int) (string, error) {
	text, err := newRenderer(nil, scope{}).finish(b, args)
	if err != nil {
		return "", err
	}
	return text.SQL, nil
}
