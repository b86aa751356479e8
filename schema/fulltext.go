package schema

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// FullText are the properties of a full-text index. Its columns are texts. On PostgreSQL it is a GIN index on their
// tsvector; on SQLite it is a virtual table of FTS5, which triggers keep up to date.
type FullText struct {
	// Language is the text search configuration of PostgreSQL: simple, english … On SQLite it tells the tokenizer.
	Language string
	Weights  []byte // of each column: A, B, C or D; nil when the tag gives none
}

// SimpleLanguage is the text search configuration that changes words to lower case and nothing else.
const SimpleLanguage = "simple"

// FullTextName is the own name of a full-text index whose tag gives none.
const FullTextName = "fts"

var languageName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)

// CheckLanguage refuses what cannot be the name of a text search configuration.
func CheckLanguage(name string) error {
	if !languageName.MatchString(name) {
		return fmt.Errorf("%q cannot be a language: the name of a text search configuration is in lower case, such as simple or english, perhaps with its schema", name)
	}
	return nil
}

// addFullText reads the tag of a blank field that declares a full-text index.
func (b *builder) addFullText(tg *tag, columns string) error {
	p := pendingIndex{blank: true, name: FullTextName, using: "gin", on: columns, text: &FullText{Language: SimpleLanguage}}
	for _, it := range tg.items {
		switch it.name {
		case "fulltext":
		case "index":
			if p.name = it.value; p.name == "" {
				return errors.New("index needs a name beside fulltext: index=search")
			}
		case "language":
			p.text.Language = it.value
		default:
			return fmt.Errorf("the option %s does not belong to a full-text index; use fulltext, language and index", it.name)
		}
	}
	if tg.name != "" {
		return errors.New("a blank field declares a full-text index: fulltext='title, body'")
	}
	if err := CheckLanguage(p.text.Language); err != nil {
		return err
	}
	return b.pend(p)
}

// makeFullText reads the columns of a full-text index, and their weights.
func (b *builder) makeFullText(p *pendingIndex) error {
	if len(b.table.Key) == 0 {
		return errors.New("a full-text index needs a table with a primary key: without one, VACUUM of SQLite renumbers the rows that the index refers to")
	}
	for term := range strings.SplitSeq(p.on, ",") {
		name := strings.TrimSpace(term)
		c, weight := b.table.byName[name], byte(0)
		if c == nil {
			word, letter, _ := cutLast(name)
			if letter = strings.ToUpper(letter); len(letter) == 1 && letter[0] >= 'A' && letter[0] <= 'D' {
				c, weight = b.table.byName[word], letter[0]
			}
		}
		switch {
		case c == nil:
			return fmt.Errorf("there is no column %q; the columns are %s, and a weight is A, B, C or D behind one", name,
				strings.Join(ColumnNames(b.table.Columns), ", "))
		case c.Kind != Text:
			return fmt.Errorf("the column %q is %s; a full-text index is over texts", c.Name, c.Kind)
		case slices.Contains([]string{"rank", "rowid"}, FoldName(c.Name)):
			return fmt.Errorf("the column %q cannot be in a full-text index: SQLite's FTS5 reserves its name", c.Name)
		}
		p.columns = append(p.columns, IndexColumn{Column: c})
		p.text.Weights = append(p.text.Weights, weight)
	}
	if !slices.ContainsFunc(p.text.Weights, func(w byte) bool { return w != 0 }) {
		p.text.Weights = nil
	}
	for i, w := range p.text.Weights {
		if w == 0 {
			p.text.Weights[i] = 'D'
		}
	}
	return nil
}

// FullTextIndex returns the position among the indexes of the full-text index over columns, in whatever order, or, when
// there are none given, of the only one.
func (t *Table) FullTextIndex(cols []*Column) (int, error) {
	at := -1
	for i, ix := range t.Indexes {
		if ix.FullText == nil {
			continue
		}
		if len(cols) > 0 {
			if len(ix.Columns) == len(cols) && !slices.ContainsFunc(ix.Columns,
				func(ic IndexColumn) bool { return !slices.Contains(cols, ic.Column) }) {
				return i, nil
			}
			continue
		}
		if at >= 0 {
			return -1, errors.New("the model has several full-text indexes: give FullTextOf the fields of one")
		}
		at = i
	}
	switch {
	case at >= 0:
		return at, nil
	case len(cols) == 0:
		return -1, errors.New("the model has no full-text index: declare one by a blank field, _ struct{} `prom:\"fulltext='title, body'\"`")
	}
	return -1, fmt.Errorf("the model has no full-text index over these fields: declare one by a blank field, _ struct{} `prom:\"fulltext='%s'\"`",
		strings.Join(ColumnNames(cols), ", "))
}
