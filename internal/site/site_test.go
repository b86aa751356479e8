package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// root is the folder of the module.
const root = "../.."

// Ensure that the site can be made: each page of the repository is in the tree and has a title and a description of its
// own, and every link of it leads somewhere. The options of tags and DSNs have anchors.
func TestStage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	out := filepath.Join(t.TempDir(), "src")
	n, err := stage(root, out, "v0.1.0")
	is.NoErr(err)
	is.True(n > 40)

	tree, err := readTree(root)
	is.NoErr(err)
	titles, descriptions := map[string]string{}, map[string]string{}
	for _, section := range tree {
		for _, path := range section.Pages {
			p, err := readPage(root, path)
			is.NoErr(err)
			if other := titles[p.title]; other != "" {
				t.Errorf("%s and %s have the same title", path, other)
			}
			if other := descriptions[p.description]; other != "" {
				t.Errorf("%s and %s have the same description", path, other)
			}
			titles[p.title], descriptions[p.description] = path, path
			if n := len(p.description); n < 30 || n > 320 {
				t.Errorf("%s: the description has %d characters: begin with a paragraph that says what the page is for: %s",
					path, n, p.description)
			}
			_, err = os.Stat(filepath.Join(out, staged(path)))
			is.NoErr(err)
		}
	}

	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(out, name))
		is.NoErr(err)
		return string(b)
	}
	names, _ := schema.Options()
	for page, options := range map[string][]string{"tags.md": names, "dsn.md": dsn.OptionNames()} {
		text := read(page)
		for _, name := range options {
			if n := strings.Count(text, `<a id="`+optionAnchor(name)+`"`); n != 1 {
				t.Errorf("%s: %d anchors of the option %s", page, n, name)
			}
		}
	}
	is.True(strings.Contains(read("guide/pages.md"), "<!-- search: pagination (paging): LIMIT and OFFSET, total -->"))
	is.True(strings.Contains(read("guide/tour.md"), "```go\n// Queries are typed")) // which is deeper in the page
	is.True(strings.Contains(read("site.json"), `"version": "v0.1.0"`))
}

// Ensure that a page without a title, without a description, in no section, or with a link that leads nowhere is found.
func TestStage_Bad(t *testing.T) {
	t.Parallel()
	const page = "# Title\n\nThis is a page.\n"
	for _, tt := range []struct{ name, text, tree, want string }{
		{"docs/a.md", page, `[]`, "docs/a.md: add the path"},
		{"docs/a.md", page, `[{"pages": ["docs/a.md", "docs/b.md"]}]`, "docs/b.md is no page"},
		{"docs/a.md", page, `[{"pages": ["docs/a.md"]}, {"pages": ["docs/a.md"]}]`,
			"docs/a.md is no page, or is there twice"},
		{"docs/a.md", "Text\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: the first line is no title"},
		{"docs/a.md", "# A\n\n## B\n\nText.\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: no paragraph below the title"},
		{"docs/a.md", page + "```go\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: a code block has no end"},
		{"docs/a.md", page + "[b](b.md)\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: the link b.md leads nowhere"},
		{"docs/a.md", page + "[`b`](#b)\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: the link #b leads to no heading"},
		{"docs/a.md", page + "[b](../../x)\n", `[{"pages": ["docs/*.md"]}]`, "docs/a.md: the link ../../x leads nowhere"},
	} {
		is := is.New(t)
		repo := t.TempDir()
		for name, text := range map[string]string{tt.name: tt.text, "site/tree.json": tt.tree} {
			is.NoErr(os.MkdirAll(filepath.Dir(filepath.Join(repo, name)), 0o750))
			is.NoErr(os.WriteFile(filepath.Join(repo, name), []byte(text), 0o600))
		}
		_, err := stage(repo, filepath.Join(t.TempDir(), "src"), "")
		is.True(err != nil)
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q, want %q", err, tt.want)
		}
	}
}

// Ensure the order of pages: the README of a folder, then by numbers and names.
func TestFindPages(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	repo := t.TempDir()
	want := []string{"docs/README.md", "docs/a.md", "docs/learn/README.md", "docs/learn/2-b.md", "docs/learn/10-a.md"}
	for _, name := range want {
		is.NoErr(os.MkdirAll(filepath.Dir(filepath.Join(repo, name)), 0o750))
		is.NoErr(os.WriteFile(filepath.Join(repo, name), nil, 0o600))
	}
	got, err := findPages(repo)
	is.NoErr(err)
	is.Equal(got, want)
}

// Ensure that anchors are those of GitHub, that code has no headings, and what a description is.
func TestParsePage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p, err := parsePage("a.md", "# A `b` & *c*\n\n[One](x.md) is \"two\". It is v1.2 of `x`: an\nexample.\n\n"+
		"```sh\n# no heading\n```\n\n## What's new: ON CONFLICT …\n## Twice\n## Twice\n")
	is.NoErr(err)
	is.Equal(p.title, "A b & *c*")
	is.Equal(p.description, `One is "two". It is v1.2 of x: an example.`)
	var got []string
	for _, h := range p.headings() {
		got = append(got, h.anchor)
	}
	is.Equal(p.indents(), map[int]string{6: ""})
	is.Equal(shortTitle(&page{title: "Tutorial 2: queries"}), "2. queries")
	is.Equal(shortTitle(&page{title: "Relations: foreign keys"}), "Relations")
	is.Equal(got, []string{"a-b--c", "whats-new-on-conflict-", "twice", "twice-1"})
}
