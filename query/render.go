package query

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// partColumn stands for the integer that a part of a date is.
var partColumn = kindColumns[schema.Int64]

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
}

// scope says what the columns of a query belong to.
type scope struct {
	table *schema.Table
	forms schema.Forms // of its columns; nil also for the rows of other queries, which are canonical
	name  string       // quoted: how the query's rows are called
	bare  bool         // columns need not say so
	outer *scope       // of the query around
	joins *joins       // nil where there can be none: references are followed by subqueries then
}

// joins are the references that a query follows.
type joins struct {
	aliases map[string]string // by path
	list    []string          // in order
}

func newRenderer(d dialect.Dialect, sc scope) *renderer {
	return &renderer{d: d, b: &strings.Builder{}, sc: sc, st: &statement{text: &Text{}}}
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
func (r *renderer) canonical(c *schema.Column) string {
	return r.d.Canonical(r.sc.forms.Of(c), r.column(c))
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

// clause returns conditions joined by AND as squirrel takes them.
func (r *renderer) clause(nodes []node) squirrel.Sqlizer {
	text, args := r.part(func() { r.chain(nodes) })
	return squirrel.Expr(text, args...)
}

// column returns a column, with the name of its rows where that is needed.
func (r *renderer) column(c *schema.Column) string {
	if r.sc.bare {
		return r.d.Quote(c.Name)
	}
	return r.sc.name + "." + r.d.Quote(c.Name)
}

// flat is how many conditions are joined without parentheses. SQLite parses a chain into a tree as deep as the chain is long
// and refuses a depth of 1000 (https://www.sqlite.org/limits.html, SQLITE_MAX_EXPR_DEPTH), so longer chains become balanced trees.
const flat = 16

// chain writes nodes joined by AND.
func (r *renderer) chain(nodes []node) { r.joined(leaves(nil, opAnd, nodes), " AND ") }

// leaves appends the nodes that are joined by o, without those in between that join by o, too: a chain that was made
// link by link is as deep as it is long.
func leaves(dst []*node, o op, nodes []node) []*node {
	for i := range nodes {
		n := &nodes[i]
		if len(n.kids) > 0 && (n.op == o || len(n.kids) == 1 && (n.op == opAnd || n.op == opOr)) {
			dst = leaves(dst, o, n.kids)
		} else {
			dst = append(dst, n)
		}
	}
	return dst
}

// joined writes nodes, of which there is one at least, with a word between them.
func (r *renderer) joined(nodes []*node, join string) {
	if len(nodes) <= flat {
		for i, n := range nodes {
			if i > 0 {
				r.b.WriteString(join)
			}
			r.node(n)
		}
		return
	}
	half := len(nodes) / 2
	r.b.WriteByte('(')
	r.joined(nodes[:half], join)
	r.b.WriteString(")" + join + "(")
	r.joined(nodes[half:], join)
	r.b.WriteByte(')')
}

func (r *renderer) node(n *node) {
	switch n.op {
	case opTrue:
		r.b.WriteString("1 = 1")
	case opAnd, opOr:
		r.b.WriteByte('(')
		switch {
		case len(n.kids) == 0 && n.op == opAnd:
			r.b.WriteString("1 = 1")
		case len(n.kids) == 0:
			r.b.WriteString("1 = 0")
		case n.op == opAnd:
			r.chain(n.kids)
		default:
			r.joined(leaves(nil, opOr, n.kids), " OR ")
		}
		r.b.WriteByte(')')
	case opNot:
		r.b.WriteString("NOT (")
		r.node(&n.kids[0])
		r.b.WriteByte(')')
	case opNull:
		r.b.WriteString(r.present(n) + " IS NULL")
	case opNotNull:
		r.b.WriteString(r.present(n) + " IS NOT NULL")
	case opTruth:
		r.b.WriteString(r.side(n))
	case opExists:
		if n.not {
			r.b.WriteString("NOT ")
		}
		r.b.WriteString("EXISTS " + r.side(n))
	case opIn, opNotIn:
		col, expr := r.left(n)
		if n.rhs != nil {
			not := ""
			if n.op == opNotIn {
				not = " NOT"
			}
			r.b.WriteString(r.d.Operand(col, expr) + not + " IN ")
			if r.folds(col) {
				alias := r.alias()
				r.b.WriteString("(SELECT " + r.d.Operand(col, alias+".v") + " FROM ")
				r.expr(n.rhs)
				r.b.WriteString(" AS " + alias + " (v))")
				return
			}
			r.expr(n.rhs)
			return
		}
		r.b.WriteString(r.d.In(col, expr, n.op == opNotIn))
		r.arg(n.val)
	case opKeysIn:
		cols, exprs := make([]*schema.Column, len(n.kids)), make([]string, len(n.kids))
		for i := range n.kids {
			cols[i], exprs[i] = r.sc.forms.Of(n.kids[i].col), r.column(n.kids[i].col)
		}
		r.b.WriteString(r.d.InKeys(cols, exprs))
		for i := range n.kids {
			r.arg(n.kids[i].val)
		}
	case opMatch:
		r.match(n)
	default:
		col, expr := r.operand(n)
		r.b.WriteString(expr + opText[n.op])
		if n.rhs != nil {
			r.b.WriteString(r.folded(col, r.text(func() { r.expr(n.rhs) })))
			return
		}
		r.b.WriteString(r.folded(col, r.d.Arg(col.Kind)))
		r.arg(n.val)
	}
}

// match writes the condition that a text matches.
func (r *renderer) match(n *node) {
	col, expr := n.left(), r.side(n)
	if !n.scans(r.d) {
		r.b.WriteString(r.d.Match(col, expr, n.match, n.fold, n.not))
	} else {
		if n.not {
			r.b.WriteString("NOT ")
		}
		r.b.WriteString("(" + r.d.Match(col, expr, dialect.MatchPrefix, n.fold, false) + " AND " + r.d.Match(col, expr, n.match, n.fold, false) + ")")
	}
	for _, v := range n.patterns(nil, r.d) {
		r.arg(v)
	}
}

// patterns appends the arguments of match.
func (n *node) patterns(dst []schema.Value, d dialect.Dialect) []schema.Value {
	text := n.val.Text()
	if n.scans(d) {
		dst = append(dst, schema.TextValue(schema.Text, d.Pattern(dialect.MatchPrefix, n.fold, dialect.LikePrefix(text))))
	}
	return append(dst, schema.TextValue(schema.Text, d.Pattern(n.match, n.fold, text)))
}

// scans reports whether what a pattern begins with is a condition of its own: one on a column, which an index may
// serve.
func (n *node) scans(d dialect.Dialect) bool {
	return n.match == dialect.MatchLike && n.x == nil && n.part == dialect.NoPart && d.Features().LikeScans
}

// folds reports whether texts that are like those of a column are compared by an expression on both sides.
func (r *renderer) folds(c *schema.Column) bool { return c.Folded && r.d.Features().FoldsTexts }

// folded returns what is compared with the operand of a column.
func (r *renderer) folded(c *schema.Column, expr string) string {
	if r.folds(c) {
		return r.d.Operand(c, expr)
	}
	return expr
}

// side returns the left side of a node, canonical.
func (r *renderer) side(n *node) string {
	if n.x != nil {
		return r.text(func() { r.expr(n.x) })
	}
	if n.part != dialect.NoPart {
		return r.d.DatePart(n.part, r.sc.forms.Of(n.col), r.column(n.col))
	}
	return r.canonical(n.col)
}

// present returns the left side of a node for a condition that asks for NULL alone.
func (r *renderer) present(n *node) string {
	if n.x == nil && n.part == dialect.NoPart {
		return r.column(n.col)
	}
	return r.side(n)
}

// left returns the left side of a node and the column that has its kind. A column that is compared with values is left
// as it is, since the dialect may know how an index can serve that.
func (r *renderer) left(n *node) (*schema.Column, string) {
	if n.x == nil && n.part == dialect.NoPart && n.rhs == nil {
		return r.sc.forms.Of(n.col), r.column(n.col)
	}
	col := n.left()
	if n.x != nil && !n.x.isColumn() {
		switch {
		case n.rhs != nil && n.rhs.isColumn() && n.rhs.like.Folded:
			col = n.rhs.like
		case col.Folded:
			col = unfolded(col)
		}
	}
	return col, r.side(n)
}

// operand returns the left side of a node as its kind compares, and the column that has this kind.
func (r *renderer) operand(n *node) (*schema.Column, string) {
	col, expr := r.left(n)
	return col, r.d.Operand(col, expr)
}

// isColumn reports whether an expression is a column, of whatever row. What ignores case is columns: a text that was
// computed of one heeds it, as it does on SQLite, where functions have no collation.
func (e *expr) isColumn() bool {
	switch e.op {
	case exprColumn, exprExcluded:
		return true
	case exprVia, exprOuter:
		return e.args[0].isColumn()
	}
	return false
}

// unfolded returns what a column is but for its case.
func unfolded(c *schema.Column) *schema.Column {
	plain := *c
	plain.Folded = false
	return &plain
}

// order writes one term of an order.
func (r *renderer) order(o *orderTerm, position int) string {
	col, expr := o.col, strconv.Itoa(position)
	switch {
	case o.part != dialect.NoPart || !r.folds(col):
	case o.x != nil && !o.x.isColumn():
		col = unfolded(col)
	default:
		position = 0 // an expression around a number is none around the column
	}
	switch {
	case position != 0:
		expr = r.d.Operand(col, expr)
	case o.x == nil && o.part == dialect.NoPart:
		expr = r.d.Operand(r.sc.forms.Of(col), r.column(col))
	default:
		expr = r.text(func() { r.expr(o.term()) })
		if o.part == dialect.NoPart {
			expr = r.d.Operand(col, expr)
		}
	}
	if o.desc {
		expr += " DESC"
	}
	switch {
	case o.nulls == nullsNone:
	case o.nulls == nullsFirst:
		return expr + " NULLS FIRST"
	case o.nulls == nullsLast:
		return expr + " NULLS LAST"
	case (col.Null || o.x != nil && o.x.op != exprColumn) && r.d.Features().NullsFirst:
		// NULLs are the greatest, as in PostgreSQL; the other engine is told so where there can be one.
		if o.desc {
			return expr + " NULLS FIRST"
		}
		return expr + " NULLS LAST"
	}
	return expr
}

// where writes the conditions, if there are any.
func (r *renderer) where(nodes []node) {
	if len(nodes) > 0 {
		r.b.WriteString(" WHERE ")
		r.chain(nodes)
	}
}

// orders returns the terms of an order, joined.
func (r *renderer) orders(list []orderTerm) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = r.order(&list[i], 0)
	}
	return strings.Join(texts, ", ")
}

// values gathers the arguments of conditions in the order in which they are written. Without a dialect they are as the caller gave them.
func values(dst []schema.Value, d dialect.Dialect, nodes []node) []schema.Value {
	for i := range nodes {
		n := &nodes[i]
		if n.x != nil {
			dst = exprValues(dst, d, n.x)
		}
		switch {
		case n.rhs != nil:
			dst = exprValues(dst, d, n.rhs)
			continue
		case n.op == opMatch && d == nil:
			dst = append(dst, n.val)
			continue
		case n.op == opMatch:
			dst = n.patterns(dst, d)
			continue
		}
		switch n.op {
		case opTrue, opNull, opNotNull, opExists, opTruth:
		case opAnd, opOr, opNot, opKeysIn:
			dst = values(dst, d, n.kids)
		default:
			dst = append(dst, n.val)
		}
	}
	return dst
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

var errGroupArgs = errors.New("a group by an expression with arguments must be among the columns that are selected")
