package query

import (
	"fmt"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// partColumn stands for the integer that a part of a date is.
var partColumn = &schema.Column{Kind: schema.Int64}

// clause is conditions as squirrel takes them. They are joined by AND.
type clause struct {
	d     dialect.Dialect
	nodes []node
}

// ToSql implements squirrel.Sqlizer. The arguments are schema.Values.
func (c clause) ToSql() (string, []any, error) {
	r := renderer{d: c.d}
	r.chain(c.nodes, " AND ", "")
	return r.b.String(), r.args, nil
}

// renderer writes conditions with a question mark for each argument, which squirrel numbers.
type renderer struct {
	d    dialect.Dialect
	b    strings.Builder
	args []any
}

func (r *renderer) arg(v schema.Value) { r.args = append(r.args, v) }

// flat is how many conditions are joined without parentheses. SQLite parses a chain into a tree as deep as the chain is long
// and refuses a depth of 1000 (https://www.sqlite.org/limits.html, SQLITE_MAX_EXPR_DEPTH), so longer chains become balanced trees.
const flat = 16

// chain writes nodes joined by AND or OR, or none when there are no nodes.
func (r *renderer) chain(nodes []node, join, none string) {
	switch {
	case len(nodes) == 0:
		r.b.WriteString(none)
	case len(nodes) <= flat:
		for i := range nodes {
			if i > 0 {
				r.b.WriteString(join)
			}
			r.node(&nodes[i])
		}
	default:
		half := len(nodes) / 2
		r.b.WriteByte('(')
		r.chain(nodes[:half], join, none)
		r.b.WriteString(")" + join + "(")
		r.chain(nodes[half:], join, none)
		r.b.WriteByte(')')
	}
}

func (r *renderer) node(n *node) {
	switch n.op {
	case opTrue:
		r.b.WriteString("1 = 1")
	case opAnd, opOr:
		join, none := " AND ", "1 = 1"
		if n.op == opOr {
			join, none = " OR ", "1 = 0"
		}
		r.b.WriteByte('(')
		r.chain(n.kids, join, none)
		r.b.WriteByte(')')
	case opNot:
		r.b.WriteString("NOT (")
		r.node(&n.kids[0])
		r.b.WriteByte(')')
	case opRaw:
		r.raw(n.raw)
	case opNull:
		r.b.WriteString(r.d.Quote(n.col.Name) + " IS NULL")
	case opNotNull:
		r.b.WriteString(r.d.Quote(n.col.Name) + " IS NOT NULL")
	case opIn, opNotIn:
		col, expr := r.operand(n.col, n.part)
		r.b.WriteString(r.d.In(col, expr, n.op == opNotIn))
		r.arg(n.val)
	case opMatch:
		r.b.WriteString(r.d.Match(n.col, r.d.Quote(n.col.Name), n.fold, n.not))
		r.arg(schema.TextValue(schema.Text, r.d.Pattern(n.match, n.fold, n.val.Text())))
	default:
		col, expr := r.operand(n.col, n.part)
		r.b.WriteString(expr + opText[n.op] + r.d.Arg(col.Kind))
		r.arg(n.val)
	}
}

// operand returns the expression of a column or a part of it, and the column that has its kind.
func (r *renderer) operand(col *schema.Column, part dialect.DatePart) (*schema.Column, string) {
	expr := r.d.Quote(col.Name)
	if part != dialect.NoPart {
		return partColumn, r.d.DatePart(part, col, expr)
	}
	return col, r.d.Operand(col, expr)
}

func (r *renderer) raw(raw *rawSQL) {
	numbered := r.d.Features().NumberedArgs
	r.b.WriteByte('(')
	for i, part := range raw.parts {
		if i > 0 {
			r.b.WriteByte('?')
			r.arg(raw.args[i-1])
		}
		if numbered {
			// squirrel takes every question mark for a placeholder, quoted ones too, except doubled ones.
			part = strings.ReplaceAll(part, "?", "??")
		}
		r.b.WriteString(part)
	}
	r.b.WriteByte(')')
}

// order returns the text of one term.
func (r *renderer) order(o orderTerm) string {
	_, expr := r.operand(o.col, o.part)
	if o.desc {
		expr += " DESC"
	}
	// NULLs are the greatest, as in PostgreSQL; the other engine is told so where there can be one.
	if o.col.Null && r.d.Features().NullsFirst {
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
		r.chain(nodes, " AND ", "")
	}
}

func (r *renderer) orders(list []orderTerm) []string {
	texts := make([]string, len(list))
	for i, o := range list {
		texts[i] = r.order(o)
	}
	return texts
}

// values gathers the arguments of conditions in the order in which they are written.
func values(dst []schema.Value, d dialect.Dialect, nodes []node) []schema.Value {
	for i := range nodes {
		switch n := &nodes[i]; n.op {
		case opTrue, opNull, opNotNull:
		case opAnd, opOr, opNot:
			dst = values(dst, d, n.kids)
		case opRaw:
			dst = append(dst, n.raw.args...)
		case opMatch:
			dst = append(dst, schema.TextValue(schema.Text, d.Pattern(n.match, n.fold, n.val.Text())))
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

// finish renders a builder and makes sure that it has as many arguments as will be given.
func finish(b squirrel.Sqlizer, args int) (string, error) {
	text, rendered, err := b.ToSql()
	if err != nil {
		return "", fmt.Errorf("prom: rendering a statement: %w", err)
	}
	if args >= 0 && len(rendered) != args {
		return "", fmt.Errorf("prom: internal error: a statement with %d arguments was given %d", len(rendered), args)
	}
	return text, nil
}
