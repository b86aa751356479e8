package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The grammar of the struct tag `prom:"…"`. This is its one description; docs/tags.md repeats it for readers and a
// test keeps the two lists of options equal.
//
//	tag     = "-" | item { "," item }
//	item    = column name (first item only) | option | option "=" value
//	value   = text without "," | "'" text with '' for ' "'"
//
// A first item that is not an option is the column's name. So that a mistyped option does not become a name, a first
// item that is close to an option, or an option of another library, is refused; name= says that a name is meant.
var options = []option{
	{"name", needsValue, "the column name, when it is also the name of an option: name=unique"},
	{"key", flag, "part of the primary key; on several fields, a composite key in their order"},
	{"auto", flag, "with key: an integer that the database generates, by auto-increment, or a UUID (version 7) made in Go"},
	{"unique", mayHaveValue, "a unique index; fields with the same unique=name share one index in their order"},
	{"index", mayHaveValue, "an index; fields with the same index=name share one index in their order"},
	{"desc", flag, "with unique or index: descending in these indexes"},
	{"nocase", flag, "equality, order and uniqueness ignore the case of A to Z; the stored case is kept"},
	{"size", needsValue, "the length in characters (bytes of a []byte): size=n exactly, size=a..b, size=a.., size=..b"},
	{"min", needsValue, "the minimum length of a text or []byte, or the minimum value of a number"},
	{"max", needsValue, "the maximum length of a text or []byte, or the maximum value of a number"},
	{"nonempty", flag, `refuses the zero value: "", 0, no elements`},
	{"choices", needsValue, "the allowed values: choices=red|green|blue"},
	{"regex", needsValue, "a regular expression that a text must match: regex='^[a-z]+$'"},
	{"default", needsValue, "the value when the field is not set: a constant, now (times) or uuid"},
	{"date", flag, "a time.Time that is a date"},
	{"clock", flag, "a time.Duration that is a time of day"},
	{"stored", needsValue, "of a time.Time: how other programs store it on SQLite: datetime (2006-01-02 15:04:05), unix (seconds), or mixed"},
	{"uuid", flag, "a string that is a UUID"},
	{"json", flag, "stores any type as JSON"},
	{"array", flag, "a slice that is an array on PostgreSQL, as slices of texts and numbers are; makes one of several dimensions of [][]int"},
	{"type", needsValue, "of a type with sql.Scanner and driver.Valuer: text, int, float, bool, bytes, time, uuid or json; of a text: its type on PostgreSQL, such as inet or citext"},
	{"enum", mayHaveValue, "an enum type of PostgreSQL, by its name or that of the Go type in snake case; its values are those of Values() or choices"},
	{"null", flag, "NULL is allowed in a type with sql.Scanner that can hold it"},
	{"decimal", needsValue, "an exact number on a string or Scanner type: decimal=precision.scale"},
	{"computed", flag, "not stored: filled by queries that compute it, see Query.Compute; takes no other option"},
	{"private", flag, "left out of the JSON that the library makes"},
	{"created", flag, "a time.Time that is set when the row is inserted, if it is zero"},
	{"updated", flag, "a time.Time that is set at every write, unless the program sets it"},
	{"via", needsValue, "of a Many: the column that refers to this model, when there are several; of a ManyToMany: that column of the join model"},
	{"to", needsValue, "of a ManyToMany: the join model's column that refers to the rows, when there are several; of a CompositeRef: the unique columns referred to, instead of the primary key"},
	{"version", flag, "optimistic locking: an integer that every write increments; a write of a value with an old version is ErrStale"},
	{"deleted", flag, "soft delete: a *time.Time that is set instead of deleting the row; queries leave soft-deleted rows out"},
	{"using", needsValue, "of an index on PostgreSQL: its method, such as gin, gist, brin or hash; SQLite has no such index, and creates none"},
	{"ops", needsValue, "of an index on PostgreSQL: the operator class of its columns, such as jsonb_path_ops"},
	{"nulls", needsValue, "of a unique index on PostgreSQL from version 15: nulls=not distinct, so that a NULL equals another one; SQLite has no such index, and the table is not created"},
	{"on", needsValue, "on a blank field _: the columns of the index, or expressions: on='at desc, lower(title)'; of a CompositeRef: the referring columns"},
	{"include", needsValue, "on a blank field _ only: INCLUDE columns of a covering index: include='title, views'"},
	{"where", needsValue, "on a blank field _ only: the condition of a partial index, as SQL"},
	{"fulltext", needsValue, "on a blank field _ only: the text columns of a full-text index, perhaps with weights: fulltext='title A, body B'"},
	{"language", needsValue, "of a full-text index: the text search configuration, such as english; without it, simple"},
	{"ondelete", needsValue, "of a reference: cascade, restrict, no action, set null or set default, when its row is deleted"},
	{"onupdate", needsValue, "of a reference: the same, when the key of its row changes"},
	{"deferrable", mayHaveValue, "of a reference: the constraint may be checked at the end of a transaction; with deferrable=deferred it is, with deferrable=no it cannot be"},
	{"readonly", flag, "filled by the database: read and returned after a write, never written"},
	{"generated", needsValue, "a generated column: its expression, as SQL: generated='price * quantity'; readonly by itself"},
	{"view", flag, "on a blank field _ only: the model is one of a view, which is read and neither written nor created"},
	{"materialized", flag, "on a blank field _ only: the model is one of a materialized view; see RefreshView"},
	{"audit", flag, "on a blank field _ only: the database writes down each change of a row in the audit log; see package audit"},
	{"partition", needsValue, "on a blank field _ only: the table is partitioned on PostgreSQL by periods of a time, " +
		"partition=day(at), week, month or year, or by hash(id) with partitions=8; see Partitions"},
	{"partitions", needsValue, "of partition=hash(id): the number of partitions"},
	{"distribute", needsValue, "on a blank field _ only: how Citus distributes the table: " +
		"by a column, distribute=org_id, or as a reference table, distribute=everywhere"},
	{"noaudit", flag, "the column is left out of the audit log"},
	{"embed", mayHaveValue, "of a struct field: its fields are columns of this table; with embed=prefix_ their names begin with prefix_"},
	{"was", needsValue, "the old name of the column, for a rename; on a blank field _, the old name of the table"},
}

type option struct {
	name  string
	value valueRule
	help  string
}

type valueRule uint8

const (
	flag valueRule = iota
	needsValue
	mayHaveValue
)

// Options lists the names of the tag's options in the order of their description, each with one line of help.
func Options() (names, help []string) {
	for _, o := range options {
		names = append(names, o.name)
		help = append(help, o.help)
	}
	return names, help
}

// tag is a parsed struct tag.
type tag struct {
	skip  bool
	name  string
	items []tagItem
}

type tagItem struct{ name, value string }

func (t *tag) has(name string) bool {
	return slices.ContainsFunc(t.items, func(it tagItem) bool { return it.name == name })
}

func (t *tag) value(name string) (string, bool) {
	for _, it := range t.items {
		if it.name == name {
			return it.value, true
		}
	}
	return "", false
}

// parseTag parses the text of a prom tag.
func parseTag(s string) (tag, error) {
	var t tag
	if strings.TrimSpace(s) == "-" {
		t.skip = true
		return t, nil
	}
	for first := true; s != ""; first = false {
		word, value, hasValue, rest, err := nextItem(s)
		if err != nil {
			return t, err
		}
		s = rest
		i := slices.IndexFunc(options, func(o option) bool { return o.name == word })
		switch {
		case word == "" && !hasValue:
			continue // an empty item, such as the first one of ",unique"
		case word == "-":
			return t, errors.New(`"-" leaves the field out and must be the only item: prom:"-"`)
		case i < 0 && first && !hasValue:
			if near := nearestOption(word); near != "" {
				return t, fmt.Errorf("%q looks like the option %s; a column of this name is written name=%s", word, near, word)
			}
			if err := checkName(word); err != nil {
				return t, err
			}
			t.name = word
			continue
		case i < 0:
			err := unknownItem(word)
			if n := len(t.items); n > 0 && !hasValue && mayHoldComma(t.items[n-1].name) {
				j := slices.IndexFunc(options, func(o option) bool { return o.name == t.items[n-1].name })
				err = fmt.Errorf("%w; if it belongs to the value of %s: %s; put a value with a comma in single quotes",
					err, options[j].name, options[j].help)
			}
			return t, err
		case options[i].value == flag && hasValue:
			return t, fmt.Errorf("the option %s takes no value", word)
		case options[i].value == needsValue && !hasValue, hasValue && value == "" && !mayBeEmpty(word):
			return t, fmt.Errorf("the option %s needs a value: %s", word, options[i].help)
		case word == "name":
			if t.name != "" {
				return t, fmt.Errorf("the column has two names, %q and %q", t.name, value)
			}
			t.name = value
			continue
		case t.has(word) && word != "unique" && word != "index":
			return t, fmt.Errorf("the option %s appears twice", word)
		}
		t.items = append(t.items, tagItem{word, value})
	}
	return t, nil
}

// mayHoldComma reports whether a value of an option may be meant to go on behind a comma.
func mayHoldComma(option string) bool {
	return slices.Contains([]string{"choices", "decimal", "regex", "default", "on", "include", "where", "fulltext", "generated"}, option)
}

// mayBeEmpty reports whether the empty text is a value of an option like any other.
func mayBeEmpty(option string) bool { return option == "default" || option == "choices" }

// nextItem cuts the first item off s.
func nextItem(s string) (word, value string, hasValue bool, rest string, err error) {
	end := strings.IndexAny(s, ",=")
	if end < 0 {
		return strings.TrimSpace(s), "", false, "", nil
	}
	word = strings.TrimSpace(s[:end])
	if s[end] == ',' {
		return word, "", false, s[end+1:], nil
	}
	s = s[end+1:]
	if !strings.HasPrefix(s, "'") {
		value, rest, _ = strings.Cut(s, ",")
		return word, strings.TrimSpace(value), true, rest, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		rest = strings.TrimSpace(s[i+1:])
		if rest != "" && rest[0] != ',' {
			return "", "", false, "", fmt.Errorf("the value of %s continues after its closing quote", word)
		}
		return word, b.String(), true, strings.TrimPrefix(rest, ","), nil
	}
	return "", "", false, "", fmt.Errorf("the value of %s has no closing quote", word)
}

func optionList() string {
	names, _ := Options()
	return strings.Join(names, ", ")
}

// nearestOption returns the option that word is a slip of the pen away from, or "". Options are letters only, so that a
// word with anything else, such as _created, is meant as a name.
func nearestOption(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return ""
	}
	for _, o := range options {
		if len(word) > 2 && distance(word, o.name) == 1 || strings.EqualFold(word, o.name) {
			return o.name
		}
	}
	return ""
}

// distance is the Damerau–Levenshtein distance of two short ASCII words (adjacent letters swapped count one).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// Tag is what a prom tag says, for programs that read Go source.
type Tag struct {
	Skip bool   // "-": the field is left out
	Name string // of the column; "" when the field's name makes it
	tag  tag
}

// ReadTag reads the text of a prom tag. What its options mean to the field, and whether they fit each other, is not
// looked at.
func ReadTag(text string) (Tag, error) {
	t, err := parseTag(text)
	return Tag{Skip: t.skip, Name: t.name, tag: t}, err
}

// Has reports whether the tag has an option.
func (t Tag) Has(option string) bool { return t.tag.has(option) }

// Value returns the value of an option, "" when the tag does not have it.
func (t Tag) Value(option string) string {
	v, _ := t.tag.value(option)
	return v
}
