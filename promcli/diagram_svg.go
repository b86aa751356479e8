package promcli

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Sizes of the image, in pixels. The font is one of fixed width, so the width of a text is known without it.
const (
	charWidth = 7.9 // of a character of 13 pixels
	rowHeight = 22.0
	boxGap    = 28.0 // between boxes, one below the other
	rankGap   = 90.0 // between columns of boxes, for the lines
	margin    = 20.0
)

// box is a table in the image.
type box struct {
	table      *diagramTable
	rank       int
	x, y, w, h float64
	nameWidth  float64 // of the columns' names
}

// svg returns a diagram as an image. The tables that others refer to are to the left of them.
func svg(d *diagram) string {
	boxes, width, height := layout(d)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">
<title>Tables and foreign keys</title>
`+svgStyle, width, height, width, height)
	for _, l := range d.Links {
		from, to := boxes[d.index(l.From)], boxes[d.index(l.To)]
		many, one := "many", "one"
		if l.Unique {
			many = "one"
		}
		if l.Null {
			one = "maybe"
		}
		fmt.Fprintf(&b, "<path class=\"link\" marker-start=\"url(#%s)\" marker-end=\"url(#%s)\" d=\"%s\">"+
			"<title>%s</title></path>\n", many, one, line(from, to, from.rowY(l.Columns[0]), to.rowY(l.Targets[0])), html.EscapeString(l.title()))
	}
	for _, x := range boxes {
		x.write(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

const svgStyle = `<style>
svg {
 --paper: #ffffff; --text: #1f2328; --faint: #59636e; --line: #818b98; --head: #ddf4ff; --box: #ffffff;
 background: var(--paper)
}
@media (prefers-color-scheme: dark) {
svg { --paper: #0d1117; --text: #e6edf3; --faint: #9198a1; --line: #656c76; --head: #1f3a5f; --box: #151b23 }
}
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: var(--text) }
.name { font-weight: bold }
.key { text-decoration: underline }
.type { fill: var(--faint) }
.box { fill: var(--box); stroke: var(--line) }
.head { fill: var(--head); stroke: var(--line) }
.link, marker path, marker circle { fill: none; stroke: var(--line); stroke-width: 1.5 }
marker circle { fill: var(--paper) }
</style>
<defs>
<marker id="many" markerWidth="14" markerHeight="14" refX="0" refY="7" orient="auto"
 markerUnits="userSpaceOnUse"><path d="M0,1 L12,7 L0,13"/></marker>
<marker id="one" markerWidth="14" markerHeight="14" refX="12" refY="7" orient="auto"
 markerUnits="userSpaceOnUse"><path d="M6,1 V13"/></marker>
<marker id="maybe" markerWidth="20" markerHeight="14" refX="18" refY="7" orient="auto"
 markerUnits="userSpaceOnUse"><path d="M14,1 V13"/><circle cx="6" cy="7" r="4"/></marker>
</defs>
`

const rectangle = "<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" rx=\"4\"/>\n"

func (x *box) write(b *strings.Builder) {
	b.WriteString("<g>")
	fmt.Fprintf(b, rectangle, "box", x.x, x.y, x.w, x.h)
	fmt.Fprintf(b, rectangle, "head", x.x, x.y, x.w, rowHeight)
	text := func(row int, dx float64, class, s string) {
		fmt.Fprintf(b, "<text class=\"%s\" x=\"%.0f\" y=\"%.0f\" xml:space=\"preserve\">%s</text>\n", class, x.x+8+dx,
			x.y+float64(row)*rowHeight+15.5, html.EscapeString(printable(s)))
	}
	text(0, 0, "name", x.table.Name)
	for i, c := range x.table.Columns {
		class := "column"
		if c.Key {
			class = "column key"
		}
		text(i+1, 0, class, c.Name)
		text(i+1, x.nameWidth+charWidth, "type", typeText(c))
	}
	b.WriteString("</g>\n")
}

// printable leaves out the characters that XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, s)
}

func (x *box) rowY(column string) float64 {
	return x.y + float64(x.table.row(column)+1)*rowHeight + rowHeight/2
}

// line returns the path between the rows of two boxes, which leaves each to the side where the other one is. Boxes in
// one column, and a table and itself, are joined at their right.
func line(from, to *box, y1, y2 float64) string {
	x1, x2 := from.x, to.x+to.w // the target is to the left
	c1, c2 := x1-rankGap/2, x2+rankGap/2
	switch {
	case from.x < to.x+to.w && to.x < from.x+from.w:
		x1, x2 = from.x+from.w, to.x+to.w
		out := max(x1, x2) + rankGap*0.6
		c1, c2 = out, out
		if y1 == y2 { // a column that refers to itself
			y2 += rowHeight / 3
		}
	case from.x < to.x:
		x1, x2 = from.x+from.w, to.x
		c1, c2 = x1+rankGap/2, x2-rankGap/2
	}
	return fmt.Sprintf("M%.1f,%.1f C%.1f,%.1f %.1f,%.1f %.1f,%.1f", x1, y1, c1, y1, c2, y2, x2, y2)
}

// layout places the tables, in columns: each to the right of those that it refers to, as far as there is no circle. A
// column that is too high is several. The boxes have the order of the tables.
func layout(d *diagram) (boxes []*box, width, height float64) {
	area := 0.0
	for i := range d.Tables {
		t := &d.Tables[i]
		x := &box{table: t, h: float64(len(t.Columns)+1) * rowHeight}
		typeWidth := 0.0
		for _, c := range t.Columns {
			x.nameWidth = max(x.nameWidth, textWidth(c.Name))
			typeWidth = max(typeWidth, textWidth(typeText(c)))
		}
		x.w = max(textWidth(t.Name), x.nameWidth+charWidth+typeWidth) + 16
		area += (x.w + rankGap) * (x.h + boxGap)
		boxes = append(boxes, x)
	}
	rank(d, boxes)
	ranks := columnsOf(boxes, max(600, math.Sqrt(area)))
	place := func() {
		left := margin
		for _, column := range ranks {
			w := 0.0
			top := margin
			for _, x := range column {
				x.x, x.y = left, top
				top += x.h + boxGap
				w = max(w, x.w)
			}
			left += w + rankGap
			width, height = max(width, left-rankGap/4), max(height, top-boxGap+margin)
		}
	}
	place()
	near := neighbours(d, boxes)
	for range 8 { // each box to the middle of its neighbours
		for _, column := range ranks {
			middle := map[*box]float64{}
			for _, x := range column {
				middle[x] = x.y + x.h/2
				if n := len(near[x]); n > 0 {
					sum := 0.0
					for _, o := range near[x] {
						sum += o.y + o.h/2
					}
					middle[x] = sum / float64(n)
				}
			}
			slices.SortStableFunc(column, func(a, b *box) int { return cmp.Compare(middle[a], middle[b]) })
		}
		place()
	}
	for _, column := range ranks { // in the middle of the image
		last := column[len(column)-1]
		down := (height - margin - (last.y + last.h)) / 2
		for _, x := range column {
			x.y = math.Round(x.y + down)
		}
	}
	return boxes, max(width, 2*margin), max(height, 2*margin)
}

func textWidth(s string) float64 { return float64(runewidth.StringWidth(printable(s))) * charWidth }

func neighbours(d *diagram, boxes []*box) map[*box][]*box {
	near := map[*box][]*box{}
	for _, l := range d.Links {
		if from, to := boxes[d.index(l.From)], boxes[d.index(l.To)]; from != to {
			near[from], near[to] = append(near[from], to), append(near[to], from)
		}
	}
	return near
}

// rank sets the rank of each box: one more than the highest of those that it refers to. References that close a circle
// do not count. Tables without any reference come last.
func rank(d *diagram, boxes []*box) {
	targets := map[*box][]*box{}
	linked := map[*box]bool{}
	for _, l := range d.Links {
		from, to := boxes[d.index(l.From)], boxes[d.index(l.To)]
		targets[from] = append(targets[from], to)
		linked[from], linked[to] = true, true
	}
	done, open := map[*box]bool{}, map[*box]bool{}
	highest := 0
	var visit func(x *box)
	visit = func(x *box) {
		open[x] = true
		for _, to := range targets[x] {
			if open[to] {
				continue
			}
			if !done[to] {
				visit(to)
			}
			x.rank = max(x.rank, to.rank+1)
		}
		open[x], done[x] = false, true
		highest = max(highest, x.rank)
	}
	for _, x := range boxes {
		if !done[x] {
			visit(x)
		}
	}
	for _, x := range boxes {
		if !linked[x] {
			x.rank = highest + 1
		}
	}
}

// columnsOf returns the boxes by their ranks, those of a rank that is higher than a limit in several columns.
func columnsOf(boxes []*box, limit float64) (columns [][]*box) {
	boxes = slices.Clone(boxes)
	slices.SortStableFunc(boxes, func(a, b *box) int { return cmp.Compare(a.rank, b.rank) })
	top, last := 0.0, -1
	for _, x := range boxes {
		if x.rank != last || top+x.h > limit {
			columns, top, last = append(columns, nil), 0, x.rank
		}
		i := len(columns) - 1
		columns[i], top = append(columns[i], x), top+x.h+boxGap
	}
	return columns
}
