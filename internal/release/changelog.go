package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// web is the address of the repository, for the links of the changelog.
const web = "https://" + library

var unreleased = regexp.MustCompile(`(?m)^## \[Unreleased\]\n`)

// cutChangelog gives the section Unreleased of a changelog the number and the date of a version, with an empty section
// Unreleased above it, and the links of both. It returns the notes of the version as well: the text of its section.
func cutChangelog(text, version, date string) (changed, notes string, err error) {
	at := unreleased.FindStringIndex(text)
	if at == nil {
		return "", "", errors.New("CHANGELOG.md has no section ## [Unreleased]")
	}
	number := strings.TrimPrefix(version, "v")
	if strings.Contains(text, "\n## ["+number+"]") {
		return "", "", fmt.Errorf("CHANGELOG.md has a section for %s", number)
	}
	rest := text[at[1]:]
	end := sectionEnd(rest)
	notes = strings.TrimSpace(rest[:end])
	if notes == "" {
		return "", "", errors.New("the section Unreleased of CHANGELOG.md is empty")
	}
	links := fmt.Sprintf("[Unreleased]: %s/compare/%s...main\n[%s]: %s/releases/tag/%s\n",
		web, version, number, web, version)
	tail := rest[end:]
	link := regexp.MustCompile(`(?m)^\[Unreleased\]: .*\n`)
	if !link.MatchString(tail) {
		return "", "", errors.New("CHANGELOG.md has no link for [Unreleased]")
	}
	return text[:at[1]] + "\n## [" + number + "] - " + date + "\n" + rest[:end] +
			link.ReplaceAllLiteralString(tail, links),
		notes + "\n", nil
}

// sectionEnd returns where a section ends, whose heading is before the text.
func sectionEnd(rest string) int {
	if next := regexp.MustCompile(`(?m)^## \[|^\[[^]\n]*\]: `).FindStringIndex(rest); next != nil {
		return next[0]
	}
	return len(rest)
}

// notesOf returns the notes of a version that the changelog has a section for.
func notesOf(text, version string) (string, error) {
	number := strings.TrimPrefix(version, "v")
	_, rest, ok := strings.Cut(text, "\n## ["+number+"] - ")
	_, rest, _ = strings.Cut(rest, "\n")
	if !ok {
		return "", fmt.Errorf("CHANGELOG.md has no section for %s", number)
	}
	return strings.TrimSpace(rest[:sectionEnd(rest)]) + "\n", nil
}
