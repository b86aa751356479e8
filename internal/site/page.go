package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// page is a page in Markdown.
type page struct {
	path        string // from the root of the repository
	title       string // its first heading, as text
	description string // its first paragraph, as text
	lines       []line
}

// line is a line of a page. Code blocks are code, with their fences.
type line struct {
	text string
	code bool
}

func readPage(repo, path string) (*page, error) {
	text, err := os.ReadFile(filepath.Join(repo, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	p, err := parsePage(path, string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func parsePage(path, text string) (*page, error) {
	p := &page{path: path}
	fence := ""
	for _, t := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		mark := fenceOf(t)
		p.lines = append(p.lines, line{t, fence != "" || mark != ""})
		switch {
		case fence == "":
			fence = mark
		case strings.HasPrefix(mark, fence) && strings.Trim(strings.TrimSpace(t), mark[:1]) == "":
			fence = ""
		}
	}
	if fence != "" {
		return nil, fmt.Errorf("a code block has no end")
	}
	if len(p.lines) == 0 || !strings.HasPrefix(p.lines[0].text, "# ") {
		return nil, fmt.Errorf("the first line is no title: begin with # and the title")
	}
	p.title = plain(strings.TrimPrefix(p.lines[0].text, "# "))
	if p.description = p.describe(); p.description == "" {
		return nil, fmt.Errorf("no paragraph below the title: say in one what the page is for")
	}
	return p, nil
}

var (
	fenceMark   = regexp.MustCompile("^(`{3,}|~{3,})")
	headingMark = regexp.MustCompile(`^#{1,6} `)
	sentence    = regexp.MustCompile(`[^.]*(\.[^. ][^.]*)*[.:]( |$)`)
)

// fenceOf returns the characters with which a line begins or ends a code block, if it does.
func fenceOf(line string) string {
	return fenceMark.FindString(strings.TrimSpace(line))
}

// indents returns the tabs with which all lines of a block of code begin, by the number of the line: pages quote code
// as it stands in a function.
func (p *page) indents() map[int]string {
	indents := map[int]string{}
	for i := 0; i < len(p.lines); i++ {
		if !p.lines[i].code {
			continue
		}
		first, tabs := i+1, -1 // below the fence
		for i = first; i < len(p.lines) && p.lines[i].code && fenceOf(p.lines[i].text) == ""; i++ {
			if text := p.lines[i].text; text != "" {
				if n := len(text) - len(strings.TrimLeft(text, "\t")); tabs < 0 || n < tabs {
					tabs = n
				}
			}
		}
		for j := first; j < i; j++ {
			indents[j] = strings.Repeat("\t", max(tabs, 0))
		}
	}
	return indents
}

// describe returns the first paragraph below the title, cut at the end of a sentence where it is long.
func (p *page) describe() string {
	const most = 200 // what search engines show
	var words []string
	for _, l := range p.lines[1:] {
		if l.text == "" && len(words) == 0 {
			continue
		}
		if l.text == "" || l.code || strings.ContainsAny(l.text[:1], "#|->*") {
			break
		}
		words = append(words, strings.TrimSpace(l.text))
	}
	text := plain(strings.Join(words, " "))
	if len(text) <= most {
		return text
	}
	short := ""
	for _, s := range sentence.FindAllString(text, -1) {
		if short != "" && len(short)+len(s) > most {
			break
		}
		short += s
	}
	return strings.TrimSpace(short)
}

var (
	image = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	link  = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)
)

// plain returns the text of a line in Markdown.
func plain(markdown string) string {
	text := link.ReplaceAllString(image.ReplaceAllString(markdown, ""), "$1")
	text = strings.NewReplacer("`", "", "**", "", `\|`, "|", `\`, "").Replace(text)
	return strings.TrimSpace(html.UnescapeString(text))
}

// heading is a heading of a page, with the name by which a link reaches it.
type heading struct {
	level  int
	text   string
	anchor string
}

// headings returns the headings of a page.
func (p *page) headings() []heading {
	var list []heading
	seen := map[string]int{}
	for _, l := range p.lines {
		marks := headingMark.FindString(l.text)
		if l.code || marks == "" {
			continue
		}
		text := strings.TrimSpace(l.text[len(marks):])
		anchor := slug(text)
		if n := seen[anchor]; n > 0 {
			seen[anchor]++
			anchor = fmt.Sprintf("%s-%d", anchor, n)
		} else {
			seen[anchor] = 1
		}
		list = append(list, heading{len(marks) - 1, plain(text), anchor})
	}
	return list
}

var notInSlug = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)

// slug is the name by which a link reaches a heading, as GitHub makes it. site/.vitepress/config.mjs does the same.
func slug(heading string) string {
	text := notInSlug.ReplaceAllString(link.ReplaceAllString(heading, "$1"), "")
	return strings.ReplaceAll(strings.ToLower(text), " ", "-")
}
