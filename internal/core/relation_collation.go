package core

import (
	"context"
	"strings"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// textClasses tells which texts a database takes for equal by a collation. Of texts in ASCII it knows by itself; when
// others come it is the database that is asked, since collations are the servers' and differ with their versions.
type textClasses struct {
	known map[string]string // text → what stands for all that are equal to it; nil while foldASCII does
	seen  []string          // while foldASCII does
}

// of returns what stands for all texts that are equal to one, which learn has met.
func (c *textClasses) of(text string) string {
	if same, ok := c.known[text]; ok {
		return same
	}
	return foldASCII(text)
}

// learn meets texts of a column.
func (c *textClasses) learn(ctx context.Context, b *binding, table string, col *schema.Column, texts []string) error {
	odd := c.known != nil
	for _, text := range texts {
		odd = odd || !plainASCII(text)
	}
	c.seen = append(c.seen, texts...)
	if !odd {
		return nil
	}
	list, err := schema.NewList(schema.Text, len(c.seen), func(i int) (schema.Value,
		error) {
		return schema.TextValue(schema.Text, c.seen[i]), nil
	})
	if err != nil {
		return err
	}
	first := map[int64]string{} // what stands for the texts of a class
	known := make(map[string]string, len(c.seen))
	st := &driver.Statement{Op: "load", Table: table, Guard: driver.GuardData,
		SQL: b.db.Dialect().EqualTexts(table, col.Name), Args: []schema.Value{list}}
	err = b.db.Read(ctx, st, driver.RowFunc(func(rows driver.Rows) error {
		for i := 0; rows.Next() && i < len(c.seen); i++ {
			class, err := rows.Int(0)
			if err != nil {
				return err
			}
			if _, ok := first[class]; !ok {
				first[class] = c.of(c.seen[i]) // as it was, for those that were numbered by it
			}
			known[c.seen[i]] = first[class]
		}
		return nil
	}))
	switch {
	case missing(err): // so that there is nothing to be found
		return nil
	case err != nil:
		return ErrorOf("load", b.table, err)
	}
	c.known = known
	return nil
}

// plainASCII reports whether all of a text are characters that every collation which ignores case compares as foldASCII
// does. It ignores most of those that control something.
func plainASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' && (r < '\t' || r > '\r') || r >= 0x7f }) < 0
}

// collated reports whether the database compares a part of the keys by a collation.
func (k *rowKeys) collated() bool {
	for _, part := range k.parts {
		if part.same != nil {
			return true
		}
	}
	return false
}

// learn meets keys that are held by columns of a table, before they are added or looked for.
func (k *rowKeys) learn(ctx context.Context, b *binding, table string, cols []*schema.Column,
	keys [][]schema.Value) error {
	for i, part := range k.parts {
		if part.same == nil {
			continue
		}
		texts := make([]string, 0, len(keys))
		for _, key := range keys {
			if !key[i].IsNull() {
				texts = append(texts, key[i].Text())
			}
		}
		if err := part.same.learn(ctx, b, table, cols[i], texts); err != nil {
			return err
		}
	}
	return nil
}
