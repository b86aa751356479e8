package render

import (
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// inner returns a renderer for a query on a table inside this one.
func (r *renderer) inner(t *schema.Table) *renderer {
	outer := r.sc
	return &renderer{d: r.d, b: &strings.Builder{}, st: r.st, sc: scope{table: t, forms: r.formsOf(t), name: r.alias(),
		outer: &outer}}
}

// subquery writes a query in parentheses.
func (r *renderer) subquery(s *ast.Subquery) {
	r.b.WriteByte('(')
	r.query(s)
	r.b.WriteByte(')')
}

// query writes a query inside the statement.
func (r *renderer) query(s *ast.Subquery) {
	table := s.Table
	if s.Related && r.sc.table != nil && r.sc.table.Model == table.Model {
		table = r.sc.table
	}
	r.need(table)
	if s.Owner != nil {
		r.st.text.owners = append(r.st.text.owners, s.Owner)
	}
	inner := r.inner(table)
	if s.Spec.Extra().Tree != nil {
		inner.tree(&s.Spec)
		r.b.WriteString(inner.b.String())
		r.args = append(r.args, inner.args...)
		return
	}
	what := selectRows
	if s.Spec.More == nil {
		what = selectOne
	}
	text, args, err := inner.selectBuilder(&s.Spec, what, nil).ToSql()
	if err != nil {
		r.fail(err)
	}
	r.b.WriteString(text)
	r.args = append(r.args, args...)
}
