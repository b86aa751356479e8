package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// section is a group of pages in the tree of the site.
type section struct {
	Title string   `json:"title"`
	Pages []string `json:"pages"` // paths from the root of the repository, or patterns of path.Match
}

// readTree returns the sections of site/tree.json, their patterns replaced by pages. Sections without pages are left
// out. A page that is in no section, or in two, and a path without a page are errors.
func readTree(repo string) ([]section, error) {
	const name = "site/tree.json"
	text, err := os.ReadFile(filepath.Join(repo, name))
	if err != nil {
		return nil, err
	}
	var tree []section
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	left, err := findPages(repo)
	if err != nil {
		return nil, err
	}
	take := func(p string) bool {
		i := slices.Index(left, p)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	}
	for _, s := range tree { // what is named, before the patterns
		for _, p := range s.Pages {
			if !isPattern(p) && !take(p) {
				return nil, fmt.Errorf("%s: %s is no page, or is there twice", name, p)
			}
		}
	}
	for i, s := range tree {
		var pages []string
		for _, p := range s.Pages {
			if !isPattern(p) {
				pages = append(pages, p)
				continue
			}
			for _, found := range slices.Clone(left) {
				if ok, err := path.Match(p, found); err != nil {
					return nil, fmt.Errorf("%s: %s: %w", name, p, err)
				} else if ok && take(found) {
					pages = append(pages, found)
				}
			}
		}
		tree[i].Pages = pages
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("%s has no section for %s: add the path where readers look for it", name,
			strings.Join(left, ", "))
	}
	return slices.DeleteFunc(tree, func(s section) bool { return len(s.Pages) == 0 }), nil
}

func isPattern(p string) bool { return strings.ContainsAny(p, "*?[") }

// findPages lists the pages of the repository: those of its root and of docs. The README of a folder is the first of
// its pages; the others are in the order of their names, and numbers in that of their values.
func findPages(repo string) ([]string, error) {
	pages, err := filepath.Glob(filepath.Join(repo, "*.md"))
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(filepath.Join(repo, "docs"), func(p string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(p) == ".md" {
			pages = append(pages, p)
		}
		return err
	})
	for i, p := range pages {
		rel, relErr := filepath.Rel(repo, p)
		err = cmp.Or(err, relErr)
		pages[i] = filepath.ToSlash(rel)
	}
	slices.SortFunc(pages, func(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) })
	return pages, err
}

// sortKey is a text whose order is that of the pages.
func sortKey(page string) string {
	var key strings.Builder
	for _, part := range strings.Split(strings.ReplaceAll(page, "README.md", ""), "/") {
		digits := len(part) - len(strings.TrimLeft(part, "0123456789"))
		fmt.Fprintf(&key, "/%06s%s", part[:digits], part[digits:])
	}
	return key.String()
}
