package render

import (
	"strings"

	"github.com/prom-go/prom/internal/ast"
)

// raw writes SQL of the caller's.
func (r *renderer) raw(raw *ast.Raw) {
	numbered := r.d.Features().NumberedArgs
	r.b.WriteByte('(')
	for i, part := range raw.Parts {
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

func (r *renderer) rawArg(a *ast.RawArg) {
	switch {
	case a.Term == nil:
		r.b.WriteByte('?')
		r.arg(a.Val)
	case a.Term.Op == ast.ExprColumn:
		r.expr(a.Term)
	default:
		r.b.WriteByte('(')
		r.expr(a.Term)
		r.b.WriteByte(')')
	}
}
