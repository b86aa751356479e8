package render

import (
	"fmt"
	"strings"

	"github.com/prom-go/prom/internal/ast"
)

// raw writes SQL of the caller's.
func (r *renderer) raw(raw *ast.Raw) {
	numbered := r.d.Features().NumberedArgs
	parts := raw.Parts
	if raw.Engines != nil {
		if parts = raw.Engines[r.d.Name()]; parts == nil {
			r.fail(fmt.Errorf("the expression has no SQL for %s", r.d.Name()))
			return
		}
	}
	r.b.WriteByte('(')
	for i, part := range parts {
		if i > 0 {
			r.rawArg(&raw.Args[i-1])
		}
		if numbered {
			// squirrel takes every question mark for a placeholder, quoted ones too, except doubled ones.
			part = strings.ReplaceAll(part, "?", "??")
		}
		r.b.WriteString(part)
	}
	r.b.WriteByte(')')
}

// rawArg writes an argument. A column of a type of its own is written as it is stored: the SQL around it is of the
// engine, whose operators and indexes are those of the type.
func (r *renderer) rawArg(a *ast.RawArg) {
	if a.Term == nil {
		r.b.WriteByte('?')
		r.arg(a.Val)
		return
	}
	if e := within(a.Term); (e.Op == ast.ExprColumn || e.Op == ast.ExprExcluded) && textual(e) {
		if _, text, ok := r.stored(a.Term, ownType); ok {
			if e != a.Term { // reached from the row by more than a name
				text = "(" + text + ")"
			}
			r.b.WriteString(text)
			return
		}
	}
	switch {
	case a.Term.Op == ast.ExprColumn:
		r.expr(a.Term)
	default:
		r.b.WriteByte('(')
		r.expr(a.Term)
		r.b.WriteByte(')')
	}
}
