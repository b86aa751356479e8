package dsn

import (
	"slices"
	"strings"
)

// instead says what the other dialect has for an option of one.
var instead = map[string]string{
	"busy_timeout": "; PostgreSQL has lock_timeout",
	"lock_timeout": "; SQLite has busy_timeout",
	"search_path":  "; SQLite has one schema to a file",
}

// unknownOption names the option and the nearest known one. A name that follows a password, or that no
// option could have, is not shown: it may be a piece of the password.
func (b *builder) unknownOption(name string) error {
	if b.afterSecret != "" {
		return Errorf("an unknown option follows %q; its name is not shown, as it may belong to the secret: "+
			"write %%26 for & in a URL, and quotes around a value with spaces in the keyword form", b.afterSecret)
	}
	if !isOptionName(name) {
		return Errorf("an option's name holds a character that no option has: " +
			"write name=value, and percent-encode /, ?, #, @ and & in user, password and values")
	}
	shown := name
	if len(shown) > 32 {
		shown = shown[:32] + "..."
	}
	if o := b.others[name]; o != nil {
		theirs, ours := "SQLite", "PostgreSQL"
		if b.dsn.Dialect == SQLite {
			theirs, ours = ours, theirs
		}
		return Errorf("option %q belongs to %s, and this DSN is for %s%s", shown, theirs, ours, instead[o.name])
	}
	if near := nearest(name, b.options); near != "" {
		return Errorf("unknown option %q: did you mean %q?", shown, near)
	}
	if b.dsn.Dialect == Postgres {
		return Errorf("unknown option %q: a run-time parameter that is not known here goes into options=-c name=value", shown)
	}
	return Errorf("unknown option %q: a PRAGMA goes into _pragma=name(value)", shown)
}

func isOptionName(s string) bool {
	for _, c := range []byte(s) {
		if !isASCIIAlnum(c) && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// nearest returns the known name with the fewest typing mistakes between, at most one in three letters, or one that
// begins with the name.
func nearest(name string, options optionSet) string {
	best, mistakes := "", min(3, len(name)/3)+1
	names := make([]string, 0, len(options))
	for known, o := range options {
		if o.refuse == "" {
			names = append(names, known)
		}
	}
	slices.Sort(names)
	for _, known := range names {
		if d := editDistance(strings.ReplaceAll(name, "-", "_"), known); d < mistakes {
			best, mistakes = known, d
		}
	}
	if best != "" || len(name) < 6 {
		return best
	}
	for _, known := range names { // or the shortest one of which the name is the beginning
		if strings.HasPrefix(known, name) && (best == "" || len(known) < len(best)) {
			best = known
		}
	}
	return best
}

// editDistance counts the letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
