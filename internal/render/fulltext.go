package render

import (
	"errors"

	"github.com/prom-go/prom/internal/ast"
)

var errTextOfRows = errors.New("the rows of a union or of From have no full-text index: search in the queries that they come from")

// fullText writes a use of a full-text index.
func (r *renderer) fullText(e *ast.Expr) {
	if r.sc.derived {
		r.fail(errTextOfRows)
		return
	}
	column := func(name string) string {
		c := r.sc.table.Column(name)
		return r.column(c)
	}
	text, err := r.d.TextSearch(e.Text, r.sc.table, r.sc.name, column, r.alias)
	if err != nil {
		r.fail(err)
		return
	}
	r.b.WriteString(text)
	for _, v := range r.d.TextArgs(e.Text) {
		r.arg(v)
	}
}
