package render

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

func (r *renderer) window(w *ast.Window) string {
	var b strings.Builder
	if len(w.Partition) > 0 {
		terms := r.texts(w.Partition)
		for i, e := range w.Partition {
			if e.IsColumn() && e.Part == dialect.NoPart {
				terms[i] = r.folded(e.Like, terms[i])
			}
		}
		b.WriteString("PARTITION BY " + strings.Join(terms, ", "))
	}
	for i := range w.Orders {
		switch {
		case i > 0:
			b.WriteString(", ")
		case b.Len() > 0:
			b.WriteString(" ORDER BY ")
		default:
			b.WriteString("ORDER BY ")
		}
		b.WriteString(r.order(&w.Orders[i], 0))
	}
	b.WriteString(frameText[w.Frame])
	return b.String()
}

var frameText = [...]string{
	ast.FrameAll:   " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
	ast.FrameSoFar: " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
}
