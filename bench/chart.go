package main

import (
	"fmt"
	"html/template"
	"io"
	"slices"
)

// charted are the workloads that the charts show, for each engine.
var charted = map[string][]string{
	Postgres: {"get", "list100", "list10k", "stream", "insert", "bulk10k", "tx10", "update"},
	SQLite:   {"get", "list100", "list10k", "stream", "insert", "bulk10k", "tx10", "upsert"},
}

// The measures of a chart, in pixels.
const (
	chartWidth  = 860
	panelWidth  = chartWidth / 2
	labelWidth  = 124
	valueWidth  = 44
	barHeight   = 14
	barStep     = 18
	panelTop    = 30
	panelBottom = 20
	fullRatio   = 2.5 // what a bar of the full length stands for; longer ones are cut
)

// bar is one peer in a panel.
type bar struct {
	Name, Value, Class string
	Y, TextY           int
	Width              float64
	Cut                bool
}

// panel is one workload.
type panel struct {
	Title       string
	X, Y        int
	Bars        []bar
	BaseX, BotY int
}

var chartTemplate = template.Must(template.New("chart").Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{.Width}} {{.Height}}" width="{{.Width}}" height="{{.Height}}" role="img" aria-label="{{.Title}}">
<title>{{.Title}}</title>
<style>
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
.head { font-weight: 600; }
.small { fill: #57606a; }
.prom { fill: #0969da; }
.peer { fill: #afb8c1; }
.base { stroke: #57606a; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small { fill: #9198a1; }
.prom { fill: #4493f8; }
.peer { fill: #656c76; }
.base { stroke: #9198a1; }
}
</style>
<text class="head" x="8" y="18">{{.Title}}</text>
<text class="small" x="8" y="36">{{.Note}}</text>
{{range .Panels}}<g transform="translate({{.X}} {{.Y}})">
<text class="head" x="8" y="18">{{.Title}}</text>
{{range .Bars}}<text x="8" y="{{.TextY}}">{{.Name}}</text><rect class="{{.Class}}" x="{{$.LabelWidth}}" y="{{.Y}}" width="{{printf "%.1f" .Width}}" height="{{$.BarHeight}}" rx="2"/><text x="{{printf "%.1f" .End}}" y="{{.TextY}}">{{.Value}}{{if .Cut}} »{{end}}</text>
{{end}}<line class="base" x1="{{.BaseX}}" x2="{{.BaseX}}" y1="24" y2="{{.BotY}}"/>
</g>
{{end}}</svg>
`))

// End is where the text behind the bar begins.
func (b bar) End() float64 { return labelWidth + b.Width + 5 }

// writeChart draws the ratios of an engine's workloads, and reports whether there are any.
func writeChart(w io.Writer, engine string, results []*Result) (bool, error) {
	const top = 48
	room := float64(panelWidth - labelWidth - valueWidth - 16)
	var panels []panel
	base := ""
	y, rowHeight := top, 0
	for _, id := range charted[engine] {
		i := slices.IndexFunc(results, func(r *Result) bool { return r.ID == id })
		if i < 0 {
			continue
		}
		r := results[i]
		base = r.Base().Name
		if len(panels)%2 == 0 {
			y, rowHeight = y+rowHeight, 0
		}
		p := panel{Title: r.Title, X: len(panels) % 2 * panelWidth, Y: y, BaseX: labelWidth + int(room/fullRatio)}
		lines := slices.Clone(r.Lines[1:])
		slices.SortStableFunc(lines, func(a, b *Line) int {
			switch {
			case a.Ratio < b.Ratio:
				return -1
			case a.Ratio > b.Ratio:
				return 1
			}
			return 0
		})
		for _, l := range lines {
			if l.Name == againName {
				continue
			}
			b := bar{Name: l.Name, Value: fmt.Sprintf("%.2f", l.Ratio), Class: "peer", Y: panelTop + len(p.Bars)*barStep}
			if l.Name == promName {
				b.Class = "prom"
			}
			b.TextY, b.Cut = b.Y+barHeight-3, l.Ratio > fullRatio
			b.Width = max(1, room*min(l.Ratio, fullRatio)/fullRatio)
			p.Bars = append(p.Bars, b)
		}
		p.BotY = panelTop + len(p.Bars)*barStep
		rowHeight = max(rowHeight, p.BotY+panelBottom)
		panels = append(panels, p)
	}
	if panels == nil {
		return false, nil
	}
	return true, chartTemplate.Execute(w, map[string]any{
		"Title": "Time on " + engineTitle(engine) + ", as a ratio to " + base,
		"Note":  "The dashed line is " + base + ". Shorter is faster.",
		"Width": chartWidth, "Height": y + rowHeight, "Panels": panels, "LabelWidth": labelWidth, "BarHeight": barHeight,
	})
}
