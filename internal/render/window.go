package render

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
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
		o := w.Orders[i]
		if w.Frame.Unit == ast.FrameTime {
			o.Expr, o.Col = ast.Call(dialect.FuncRangeTime, ast.KindColumns[schema.Int64],
				o.Term()), ast.KindColumns[schema.Int64]
		}
		b.WriteString(r.order(&o, 0))
	}
	if w.Frame != (ast.Frame{}) {
		from, to := w.Frame.Bounds()
		b.WriteString(frameUnits[w.Frame.Unit] + r.bound(w, from) + " AND " + r.bound(w, to) +
			frameExclusions[w.Frame.Exclude])
	}
	return b.String()
}

var (
	frameUnits = [...]string{
		" RANGE BETWEEN ", ast.FrameRows: " ROWS BETWEEN ", ast.FrameRange: " RANGE BETWEEN ", ast.FrameGroups: " GROUPS BETWEEN ",
		ast.FrameTime: " RANGE BETWEEN ",
	}
	frameExclusions = [...]string{
		"", ast.ExcludeCurrentRow: " EXCLUDE CURRENT ROW", ast.ExcludeGroup: " EXCLUDE GROUP", ast.ExcludeTies: " EXCLUDE TIES",
	}
)

// bound returns where a frame begins or ends. A number is an argument.
func (r *renderer) bound(w *ast.Window, n int64) string {
	switch {
	case n == ast.UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case n == ast.UnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	case n == 0:
		return "CURRENT ROW"
	}
	r.arg(schema.Value{}) // the shape has no numbers
	offset := r.d.Typed(w.OffsetKind())
	if w.Frame.Unit == ast.FrameTime {
		offset = r.d.Call(dialect.FuncRangeOffset, ast.KindColumns[schema.Int64], []string{offset})
	}
	if n < 0 {
		return offset + " PRECEDING"
	}
	return offset + " FOLLOWING"
}
