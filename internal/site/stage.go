package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// repository is where links lead that point to files which are no pages.
const repository = "https://github.com/prom-go/prom"

// site is what the generator gets beside the pages, as site.json.
type site struct {
	Sidebar    []sidebar `json:"sidebar"`
	Tasks      []task    `json:"tasks"`
	Version    string    `json:"version"`  // of these pages
	Versions   []string  `json:"versions"` // the released ones, the newest first
	Repository string    `json:"repository"`
}

type sidebar struct {
	Text  string    `json:"text"`
	Link  string    `json:"link,omitempty"`
	Items []sidebar `json:"items,omitempty"`
}

// stage writes the pages of a repository to a folder, and returns how many there are.
func stage(repo, out, version string) (n int, err error) {
	tree, err := readTree(repo)
	if err != nil {
		return 0, err
	}
	s := &stager{repo: repo, out: out, pages: map[string]*page{}}
	for _, section := range tree {
		for _, p := range section.Pages {
			if s.pages[p], err = readPage(repo, p); err != nil {
				return 0, err
			}
		}
	}
	tasks, aliases, err := s.readTasks()
	if err != nil {
		return 0, err
	}
	s.aliases = aliases
	if err := os.RemoveAll(out); err != nil {
		return 0, err
	}
	about := site{Tasks: tasks, Version: version, Versions: s.versions(), Repository: repository}
	if version == "" {
		about.Version = "unreleased"
	}
	for _, section := range tree {
		group := sidebar{Text: section.Title}
		for _, p := range section.Pages {
			if err := s.write(s.pages[p]); err != nil {
				return 0, err
			}
			short := shortTitle(s.pages[p])
			group.Items = append(group.Items, sidebar{Text: short, Link: address(p)})
			n++
		}
		about.Sidebar = append(about.Sidebar, group)
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return 0, err
	}
	return n, errors.Join(s.save("site.json", text), s.copyImages())
}

var chapter = regexp.MustCompile(`^Tutorial (\d+): `)

// shortTitle is the title of a page in the tree.
func shortTitle(p *page) string {
	if p.path == "README.md" {
		return "First page"
	}
	if chapter.MatchString(p.title) {
		return chapter.ReplaceAllString(p.title, "$1. ")
	}
	short, _, _ := strings.Cut(p.title, ": ")
	return short
}

// stager writes pages.
type stager struct {
	repo, out string
	pages     map[string]*page
	aliases   map[string][]string // of sections, by the path of the page and the anchor
}

// staged returns the path of a page in the site.
func staged(p string) string {
	switch p {
	case "README.md":
		return "index.md"
	case "docs/README.md":
		return "tasks.md"
	}
	dir, name := path.Split(strings.TrimPrefix(p, "docs/"))
	if name == "README.md" {
		name = "index.md"
	}
	return dir + strings.ToLower(name)
}

// address returns the address of a page in the site.
func address(p string) string {
	name := "/" + strings.TrimSuffix(staged(p), ".md")
	if path.Base(name) == "index" {
		return strings.TrimSuffix(name, "index")
	}
	return name + ".html"
}

func (s *stager) save(name string, text []byte) error {
	name = filepath.Join(s.out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}

// copyImages copies the pictures, which pages name by their path from docs.
func (s *stager) copyImages() error {
	folder := os.DirFS(filepath.Join(s.repo, "docs"))
	return fs.WalkDir(folder, "img", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		return s.save(name, text)
	})
}

var release = regexp.MustCompile(`^## \[(\d[^\]]*)\]`)

// versions returns the releases that the changelog lists.
func (s *stager) versions() []string {
	list := []string{}
	if p := s.pages["CHANGELOG.md"]; p != nil {
		for _, l := range p.lines {
			if m := release.FindStringSubmatch(l.text); m != nil && !l.code {
				list = append(list, "v"+m[1])
			}
		}
	}
	return list
}

// write stages a page.
func (s *stager) write(p *page) error {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s\ndescription: %s\nsource: %s\n", quote(p.title), quote(p.description), quote(p.path))
	if slices.Contains([]string{"CHANGELOG.md", "CHANGELOG-main.md", "docs/README.md"}, p.path) {
		b.WriteString("search: false\n") // they have the words of all
	}
	if p.path == "README.md" {
		b.WriteString("titleTemplate: Go structs in PostgreSQL and SQLite\n")
	}
	b.WriteString("---\n\n")
	marks := s.anchors(p)
	headings := p.headings()
	indent := p.indents()
	for i, l := range p.lines {
		text := strings.TrimPrefix(l.text, indent[i])
		if !l.code {
			var err error
			if text, err = s.rewrite(p, text); err != nil {
				return err
			}
			text = marks.replace(i, text)
		}
		b.WriteString(text + "\n")
		if !l.code && headingMark.MatchString(l.text) {
			if words := s.aliases[p.path+"#"+headings[0].anchor]; words != nil {
				fmt.Fprintf(&b, "\n<!-- search: %s -->\n", strings.Join(words, ", "))
			}
			headings = headings[1:]
		}
	}
	return s.save(staged(p.path), []byte(b.String()))
}

// quote writes a text for front matter: JSON is YAML.
func quote(text string) string {
	b, _ := json.Marshal(text) // a text can always be encoded
	return string(b)
}

var target = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// rewrite changes the targets of the links of a line, which are written for the files of the repository.
func (s *stager) rewrite(p *page, text string) (string, error) {
	var failed error
	parts := codeSpans(text)
	for i := 0; i < len(parts); i += 2 {
		parts[i] = target.ReplaceAllStringFunc(parts[i], func(m string) string {
			to, err := s.target(p, m[2:len(m)-1])
			failed = errors.Join(failed, err)
			return "](" + to + ")"
		})
	}
	return strings.Join(parts, ""), failed
}

var span = regexp.MustCompile("`[^`]+`")

// codeSpans splits a line: every second part is code, with its marks.
func codeSpans(text string) []string {
	var parts []string
	at := 0
	for _, m := range span.FindAllStringIndex(text, -1) {
		parts = append(parts, text[at:m[0]], text[m[0]:m[1]])
		at = m[1]
	}
	return append(parts, text[at:])
}

// target returns where a link of a page leads in the site: to a page or picture, or else to the file in the repository.
// A link that leads nowhere is an error.
func (s *stager) target(p *page, to string) (string, error) {
	if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return to, nil
	}
	file, anchor, hasAnchor := strings.Cut(to, "#")
	name := p.path
	if file != "" {
		name = path.Join(path.Dir(p.path), file)
	}
	if hasAnchor {
		anchor = "#" + anchor
	}
	if q := s.pages[name]; q != nil {
		if hasAnchor && !slices.ContainsFunc(q.headings(), func(h heading) bool { return "#"+h.anchor == anchor }) {
			return "", fmt.Errorf("%s: the link %s leads to no heading", p.path, to)
		}
		if file == "" {
			return to, nil
		}
		return relative(staged(p.path), staged(name)) + anchor, nil
	}
	info, err := os.Stat(filepath.Join(s.repo, filepath.FromSlash(name)))
	switch {
	case err != nil || strings.HasPrefix(name, "../"):
		return "", fmt.Errorf("%s: the link %s leads nowhere", p.path, to)
	case strings.HasPrefix(name, "docs/img/"):
		return relative(staged(p.path), strings.TrimPrefix(name, "docs/")), nil
	case info.IsDir():
		if _, err := os.Stat(filepath.Join(s.repo, name, "README.md")); err == nil && s.pages[name+"/README.md"] != nil {
			return relative(staged(p.path), staged(name+"/README.md")), nil
		}
		return repository + "/tree/main/" + name + anchor, nil
	}
	return repository + "/blob/main/" + name + anchor, nil
}

// relative returns the path of a file as a link in another one.
func relative(from, to string) string {
	rel, err := filepath.Rel(filepath.FromSlash(path.Dir(from)), filepath.FromSlash(to))
	if err != nil {
		return to
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, ".") {
		rel = "./" + rel
	}
	return rel
}
