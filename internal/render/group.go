package render

import (
	"errors"
	"strconv"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
)

// group adds the groups of a query: by its columns that are no aggregates, given by their numbers so that their
// arguments are written once, and by what else was asked for.
func (r *renderer) group(b squirrel.SelectBuilder, m *ast.More) squirrel.SelectBuilder {
	for i, e := range m.Cols {
		switch {
		case r.foldsGroup(e):
			b = r.groupFolded(b, e)
		case e.Groups():
			by := strconv.Itoa(i + 1)
			if _, text, ok := r.native(e); ok {
				by = text
			}
			b = b.GroupBy(by)
		}
	}
	for _, e := range m.Groups {
		if m.Column(e) > 0 && e.Groups() {
			continue // it has been written
		}
		if r.foldsGroup(e) {
			b = r.groupFolded(b, e)
			continue
		}
		if _, text, ok := r.native(e); ok {
			b = b.GroupBy(text)
			continue
		}
		text, args := r.part(func() { r.expr(e) })
		if len(args) > 0 {
			r.fail(errGroupArgs)
		}
		b = b.GroupBy(text)
	}
	if len(m.Having) > 0 {
		b = b.Having(r.clause(m.Having))
	}
	return b
}

var errGroupArgs = errors.New("a group by an expression with arguments must be among the columns that are selected")
