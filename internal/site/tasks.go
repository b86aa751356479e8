package main

import (
	"path"
	"strings"
)

// task is a row of the index by task, docs/README.md. A search for its words finds its sections.
type task struct {
	Words    string   `json:"words"`
	Sections []string `json:"sections"` // as links of the site, the best first
}

// readTasks reads the index by task. It also returns the words for each section, by the path of its page and its
// anchor.
func (s *stager) readTasks() (list []task, words map[string][]string, err error) {
	const index = "docs/README.md"
	words = map[string][]string{}
	p := s.pages[index]
	if p == nil {
		return nil, words, nil
	}
	for _, l := range p.lines {
		cells := strings.Split(strings.ReplaceAll(l.text, `\|`, "/"), " | ")
		if l.code || len(cells) != 2 || !strings.HasPrefix(l.text, "| ") {
			continue
		}
		t := task{Words: plain(strings.TrimPrefix(cells[0], "| "))}
		for _, m := range target.FindAllStringSubmatch(cells[1], -1) {
			if _, err := s.target(p, m[1]); err != nil {
				return nil, nil, err
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
			words[name+"#"+anchor] = append(words[name+"#"+anchor], t.Words)
			t.Sections = append(t.Sections, address(name)+"#"+anchor)
		}
		if len(t.Sections) > 0 {
			list = append(list, t)
		}
	}
	return list, words, nil
}
