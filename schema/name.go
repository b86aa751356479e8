package schema

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the longest identifier in bytes. PostgreSQL cuts longer ones silently (NAMEDATALEN-1, see "Identifiers
// and Key Words" in its manual), so they are refused on every engine.
const MaxName = 63

// CheckName reports why name cannot be an identifier: empty, longer than [MaxName] bytes, not UTF-8, or holding a
// NUL or a question mark, which statement builders take for a placeholder. Everything else works, because
// identifiers are always quoted: reserved words, capitals, spaces, quotes and leading digits.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case !utf8.ValidString(name):
		return errors.New("the name is not valid UTF-8")
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("the name %q contains a NUL character", name)
	case strings.ContainsRune(name, '?'):
		return fmt.Errorf("the name %q contains a question mark, which stands for an argument in SQL", name)
	case len(name) > MaxName:
		return fmt.Errorf("the name %q is %d bytes long; PostgreSQL would truncate it to %d", name, len(name), MaxName)
	}
	return nil
}

// systemColumns are names that a column cannot have, in lower case, and why: an engine has a column of that name in
// every table already.
var systemColumns = map[string]string{
	"ctid": postgresColumn, "xmin": postgresColumn, "cmin": postgresColumn,
	"xmax": postgresColumn, "cmax": postgresColumn, "tableoid": postgresColumn,
	"rowid": sqliteColumn, "oid": sqliteColumn, "_rowid_": sqliteColumn,
}

const (
	postgresColumn = "is a system column of PostgreSQL"
	sqliteColumn   = "is a name of the rowid on SQLite, so a missing column would not be noticed"
)

// checkColumnName is CheckName with the names that no column can have.
func checkColumnName(name string) error {
	if why, ok := systemColumns[FoldName(name)]; ok {
		return fmt.Errorf("the name %q %s", name, why)
	}
	return CheckName(name)
}

// checkTableName is [CheckName] of the table and of its schema, with the names that belong to the engines: a query on
// such a table would go to a catalog or to a function instead. See [SplitName] for how a schema is told.
func checkTableName(name string) error {
	schema, table := "", name
	if strings.Contains(name, ".") {
		var err error
		if schema, table, err = splitName(name); err != nil {
			return fmt.Errorf("the name %q is not of the form schema.table: %w; write a part with a dot of its own in double quotes",
				name, err)
		}
	}
	if schema != "" {
		switch low := FoldName(schema); {
		case low == "pg_temp":
			return fmt.Errorf("the table %q would be temporary: of one session, and a connection has several", name)
		case strings.HasPrefix(low, "pg_"), low == "information_schema":
			return fmt.Errorf("the schema %q of the table %q belongs to PostgreSQL", schema, name)
		}
		if err := CheckName(schema); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
	}
	low := FoldName(table)
	for _, prefix := range []string{"pg_", "sqlite_", "pragma_"} {
		if strings.HasPrefix(low, prefix) {
			return fmt.Errorf("the name %q begins with %s, which the engines reserve", table, prefix)
		}
	}
	if low == "json_each" || low == "json_tree" {
		return fmt.Errorf("the name %q is the name of an SQLite function", table)
	}
	return CheckName(table)
}

// FoldName returns the name in the form in which SQLite compares names: the letters A to Z in lower case.
func FoldName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}

// Snake returns the snake_case form of a Go name: words are split before an upper-case letter that follows a lower-case
// one or a digit, and before the last capital of an acronym. UserID becomes user_id, HTTPServer http_server.
func Snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && runes[i-1] != '_' {
			afterWord := !unicode.IsUpper(runes[i-1])
			endsAcronym := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterWord || endsAcronym {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// IndexName returns the name of an index in the database: the table's name without its schema, in which the index lies
// too, an underscore and the index's own name. A name that would be longer than [MaxName] ends in a hash of the whole
// instead.
func IndexName(table, name string) string {
	_, local := SplitName(table)
	full := local + "_" + name
	if len(full) <= MaxName {
		return full
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(full))
	cut := MaxName - 9
	for cut > 0 && !utf8.RuneStart(full[cut]) {
		cut--
	}
	return fmt.Sprintf("%s_%08x", full[:cut], h.Sum32())
}

// Numbered reports whether a name is another one with a number from 1 to 9 behind it, as a constraint or index gets it
// whose own name is taken by one of another program.
func Numbered(name, own string) bool {
	for n := 1; n < 10; n++ {
		if name == numbered(own, n) {
			return true
		}
	}
	return false
}

// WithNumbers lists a name and those that [Numbered] is true of.
func WithNumbers(name string) []string {
	names := []string{name}
	for n := 1; n < 10; n++ {
		names = append(names, numbered(name, n))
	}
	return names
}

// numbered returns a name with a number behind it, as PostgreSQL does it for constraints without a name.
func numbered(name string, n int) string {
	digits := strconv.Itoa(n)
	cut := min(len(name), MaxName-len(digits))
	for cut > 0 && cut < len(name) && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + digits
}

// free returns a name that is not taken: the one given, or one with a number behind it.
func free(name string, taken func(name string) bool) string {
	for n, now := 1, name; n < 10; n++ {
		if !taken(now) {
			return now
		}
		now = numbered(name, n)
	}
	return name
}
