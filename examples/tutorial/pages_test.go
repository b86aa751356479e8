package tutorial

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// chapter is a page of docs/learn and its folder.
type chapter struct {
	name string // 1-models
	page string // its text
}

// chapters returns the chapters in their order.
func chapters(t *testing.T) (list []chapter) {
	t.Helper()
	files, err := filepath.Glob("../../docs/learn/[0-9]-*.md")
	if err != nil || len(files) != 6 {
		t.Fatal("not six chapters: ", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, chapter{strings.TrimSuffix(filepath.Base(file), ".md"), string(text)})
	}
	return list
}

// blocks returns the blocks of a page that are in a language.
func (c chapter) blocks(language string) (list []string) {
	for _, m := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```\n").FindAllStringSubmatch(c.page, -1) {
		list = append(list, m[1])
	}
	return list
}

// command is a line of a console block, with what it prints.
type command struct{ line, output string }

// commands returns what the console blocks of a page say, in their order. A line that ends with a backslash goes on.
// The comments "files of 4-tests: models.go" of a page are commands too: they tell which state files have at that
// place.
func (c chapter) commands() (list []command) {
	parts := regexp.MustCompile("(?s)\n```console\n(.*?)```\n|\n<!-- (files of .*?) -->\n")
	for _, m := range parts.FindAllStringSubmatch(c.page, -1) {
		if m[2] != "" {
			list = append(list, command{line: m[2]})
		}
		for _, part := range strings.Split("\n"+m[1], "\n$ ")[1:] {
			line, output, _ := strings.Cut(strings.ReplaceAll(part, "\\\n", ""), "\n")
			list = append(list, command{line, strings.TrimSpace(output)})
		}
	}
	return list
}

// matches reports whether a command printed what the page shows, where an ellipsis stands for any text.
func (c command) matches(printed string) bool {
	pattern := regexp.QuoteMeta(c.output)
	pattern = strings.ReplaceAll(pattern, "…", "(?s:.*?)")
	return regexp.MustCompile("^" + pattern + "$").MatchString(strings.TrimSpace(printed))
}

// words splits a line as a shell does, as far as the pages need it: quotes are single ones.
func words(line string) (list []string) {
	for _, m := range regexp.MustCompile(`(?:[^\s']|'[^']*')+`).FindAllString(line, -1) {
		list = append(list, strings.ReplaceAll(m, "'", ""))
	}
	return list
}
