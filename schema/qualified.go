package schema

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// SplitName splits the name of a table, as [Table.Name] has it, into its schema and its name in that; both are
// unquoted. The schema is "" for a name without a dot, which is taken as it is: PostgreSQL looks for it through the
// search path, and SQLite in the main database.
//
// A dot separates schema and table. A part that has a dot itself is in double quotes, those inside doubled, as in
// billing."invoice.2024"; a table of such a name without a schema is "invoice.2024" with the quotes.
func SplitName(name string) (schema, table string) {
	if !strings.Contains(name, ".") {
		return "", name
	}
	schema, table, err := splitName(name)
	if err != nil {
		return "", name
	}
	return schema, table
}

// JoinName is the reverse of [SplitName].
func JoinName(schema, table string) string {
	if schema == "" {
		if strings.Contains(table, ".") {
			return quotePart(table)
		}
		return table
	}
	part := func(s string) string {
		if strings.Contains(s, ".") || strings.HasPrefix(s, `"`) {
			return quotePart(s)
		}
		return s
	}
	return part(schema) + "." + part(table)
}

func quotePart(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// splitName splits a name that has a dot.
func splitName(name string) (schema, table string, err error) {
	var parts []string
	for rest := name; ; {
		var part string
		if strings.HasPrefix(rest, `"`) {
			if part, rest, err = cutQuoted(rest); err != nil {
				return "", "", err
			}
			if rest != "" && rest[0] != '.' {
				return "", "", errors.New("characters follow a closing quote")
			}
		} else {
			i := strings.IndexByte(rest, '.')
			if i < 0 {
				i = len(rest)
			}
			part, rest = rest[:i], rest[i:]
		}
		if part == "" {
			return "", "", errors.New("a part of it is empty")
		}
		parts = append(parts, part)
		if rest == "" {
			break
		}
		rest = rest[1:]
	}
	switch len(parts) {
	case 1:
		return "", parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	}
	return "", "", fmt.Errorf("it has %d parts", len(parts))
}

// cutQuoted reads a text in double quotes at the beginning of s.
func cutQuoted(s string) (text, rest string, err error) {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if strings.HasPrefix(s[i+1:], `"`) {
			i++
			continue
		}
		return strings.ReplaceAll(s[1:i], `""`, `"`), s[i+1:], nil
	}
	return "", "", errors.New("a quote is not closed")
}

// OneDatabase reports whether two tables are in the same database of a SQLite connection, the main one or an attached
// one, by their names.
func OneDatabase(a, b string) bool {
	space := func(name string) string {
		s, _ := SplitName(name)
		if s = FoldName(s); s == "main" {
			return ""
		}
		return s
	}
	return space(a) == space(b)
}

// Schema returns the schema that the table's name tells, "" for none.
func (t *Table) Schema() string {
	schema, _ := SplitName(t.Name)
	return schema
}

// Local returns the table's name without its schema. Names of indexes and constraints begin with it.
func (t *Table) Local() string {
	_, table := SplitName(t.Name)
	return table
}

// qualified are the names with a schema by which models know their tables.
var qualified sync.Map // string → struct{}

// setQualified notes the table's name if it has a schema.
func (t *Table) setQualified() {
	if t.Schema() != "" {
		qualified.Store(t.Name, struct{}{})
	}
}

// Named returns the name by which models know a table: with its schema if the table of a model is named so, and else
// without.
func Named(schema, table string) string {
	full := JoinName(schema, table)
	if _, known := qualified.Load(full); known {
		return full
	}
	return JoinName("", table)
}
