package render

import (
	"errors"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// folds reports whether texts that are like those of a column are compared by an expression on both sides.
func (r *renderer) folds(c *schema.Column) bool { return c.Folded && r.d.Features().FoldsTexts }

// folded returns what is compared with the operand of a column.
func (r *renderer) folded(c *schema.Column, expr string) string {
	if r.folds(c) {
		return r.d.Operand(c, expr)
	}
	return expr
}

// unfolded returns what a column is but for its case.
func unfolded(c *schema.Column) *schema.Column {
	plain := *c
	plain.Folded = false
	return &plain
}

// foldsGroup reports whether groups by an expression are groups by its lower case.
func (r *renderer) foldsGroup(e *ast.Expr) bool {
	return e.IsColumn() && e.Part == dialect.NoPart && r.folds(e.Like)
}

func (r *renderer) groupFolded(b squirrel.SelectBuilder, e *ast.Expr) squirrel.SelectBuilder {
	return b.GroupBy(r.d.Operand(e.Like, r.text(func() { r.expr(e) })))
}

var errFoldWindow = errors.New("on PostgreSQL, min, max and DISTINCT in a window cannot ignore case")
