package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// anchors are the words of a page that get an anchor, by the number of their line.
type anchors map[int][]string

// anchors finds where the options of DSNs and tags are told: in the first column of a table, or else where the chapters
// about options name them first.
func (s *stager) anchors(p *page) anchors {
	var names []string
	switch p.path {
	case "docs/tags.md":
		names, _ = schema.Options()
	case "docs/dsn.md":
		names = dsn.OptionNames()
	default:
		return nil
	}
	start := slices.IndexFunc(p.lines, func(l line) bool { return strings.HasPrefix(l.text, "## Options") })
	found := anchors{}
	seen := map[string]bool{}
	for _, inTables := range []bool{true, false} {
		for i := max(start, 0); i < len(p.lines); i++ {
			text := p.lines[i].text
			if p.lines[i].code {
				continue
			}
			if inTables {
				if !strings.HasPrefix(text, "| `") {
					continue
				}
				text, _, _ = strings.Cut(text[2:], " | ")
			}
			for j, part := range codeSpans(text) {
				if name := strings.Trim(part, "`"); j%2 == 1 && !seen[name] && slices.Contains(names, name) {
					seen[name] = true
					found[i] = append(found[i], name)
				}
			}
		}
	}
	return found
}

// replace gives the words of a line their anchors.
func (a anchors) replace(i int, text string) string {
	for _, name := range a[i] {
		text = strings.Replace(text, "`"+name+"`", fmt.Sprintf(
			`<a id="%[1]s" class="option" href="#%[1]s"><code>%[2]s</code></a>`, optionAnchor(name), name), 1)
	}
	return text
}

// optionAnchor is the anchor of an option, which headings cannot have.
func optionAnchor(name string) string { return "option_" + name }
