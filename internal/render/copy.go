package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Copy inserts a row into the table for each row of a query. Columns that nothing is mapped to have what a new row has
// in them: the time at, their default, NULL, or a key that the database makes. It returns of the rows what returning
// says. The arguments are appended to args.
func (s *Statements) Copy(args []schema.Value, q *ast.Subquery, maps []ast.Mapping, at time.Time,
	returning Returning) (*Text, []schema.Value, error) {
	if q.Spec.Extra().Cols != nil {
		return nil, nil, errors.New("InsertSelect takes the columns from its mappings; pass the query, not a projection")
	}
	cols, terms := make([]*schema.Column, 0, len(s.Table.Columns)), make([]*ast.Expr, 0, len(s.Table.Columns))
	for _, m := range maps {
		if m.Col == nil {
			return nil, nil, errors.New("a mapping is the zero Mapping; make it by To")
		}
		if err := m.Term.FirstErr(); err != nil {
			return nil, nil, err
		}
		if slices.Contains(cols, m.Col) {
			return nil, nil, fmt.Errorf("the column %s is mapped twice", m.Col.Name)
		}
		if m.Col.ReadOnly {
			return nil, nil, ReadOnly(m.Col)
		}
		op := ast.ExprFit
		if m.Term.Op == ast.ExprColumn {
			op = ast.ExprStored
		}
		cols, terms = append(cols, m.Col), append(terms, intoColumn(op, m.Col, ast.Moment(m.Term, m.Col.Kind)))
	}
	if len(cols) == 0 {
		return nil, nil, errors.New("InsertSelect needs at least one mapping")
	}
	var missing []string
	for _, c := range s.Table.Columns {
		if slices.Contains(cols, c) || c.ReadOnly || c.Auto && c.Kind != schema.UUID {
			continue
		}
		value, ok := unmapped(c, at)
		switch {
		case ok:
			cols, terms = append(cols, c), append(terms, intoColumn(ast.ExprStored, c,
				&ast.Expr{Op: ast.ExprValue, Like: c, Val: value}))
		case c.Required():
			missing = append(missing, c.Field)
		}
	}
	if missing != nil {
		return nil, nil, fmt.Errorf("no mapping for %s, which has no default and may not be NULL",
			strings.Join(missing, ", "))
	}
	sub := *q
	sub.Spec = sub.Spec.Project(terms)
	if err := sub.Spec.Err(); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = sub.Spec.Values(args, s.Dialect)
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindCopy, byte(returning)).Columns(cols).Subquery(&sub)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := newRenderer(s.Dialect, scope{})
		r.st.forms = s.forms
		r.st.into = r.formsOf(s.Table)
		r.need(sub.Table)
		r.st.text.owners = append(r.st.text.owners, sub.Owner)
		b := squirrel.Insert(s.from).Columns(s.quoted(cols)...).Select(r.inner(sub.Table).selectBuilder(&sub.Spec, selectRows,
			nil))
		if clause := s.returns(returning); clause != "" {
			b = b.Suffix(clause)
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
}

// intoColumn is a term on its way into a column.
func intoColumn(op ast.ExprOp, c *schema.Column, term *ast.Expr) *ast.Expr {
	return &ast.Expr{Op: op, Like: c, Col: c, Args: []*ast.Expr{term}}
}

// unmapped returns what a new row has in a column to which nothing is mapped; false when it has NULL, or needs a value.
func unmapped(c *schema.Column, at time.Time) (schema.Value, bool) {
	switch {
	case c.Created || c.Updated:
		return schema.TimeValue(schema.Time, at), true
	case c.Default == nil || c.Default.Func == "uuid":
		return schema.Value{}, false
	case c.Default.Func == "now":
		return schema.TimeValue(c.Kind, at), true
	}
	return c.Default.Literal, true
}
