package main

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var taskLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// readTasks returns the words of the index by task, docs/README.md, for the sections that it leads to: a search for
// them finds these sections.
func (s *stager) readTasks() (map[string][]string, error) {
	const index = "docs/README.md"
	words := map[string][]string{}
	p := s.pages[index]
	if p == nil {
		return words, nil
	}
	for _, l := range p.lines {
		task, sections, ok := strings.Cut(strings.TrimPrefix(l.text, "| "), " | ")
		if !ok || l.code || !strings.HasPrefix(l.text, "| ") {
			continue
		}
		for _, m := range taskLink.FindAllStringSubmatch(sections, -1) {
			if _, err := s.target(p, m[1]); err != nil {
				return nil, err
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			name := path.Join("docs", file)
			q := s.pages[name]
			if q == nil {
				continue
			}
			if anchor == "" {
				anchor = q.headings()[0].anchor
			}
			if key := name + "#" + anchor; !slices.Contains(words[key], plain(task)) {
				words[key] = append(words[key], plain(task))
			}
		}
	}
	return words, nil
}
