package render

import (
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Insert adds rows of the given columns and returns all columns of what was stored. Without columns it inserts one row
// of defaults. Its arguments are the values of the columns, row after row.
func (s *Statements) Insert(cols []*schema.Column, rows int) (string, error) {
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindInsert).Columns(cols).Int(rows)
	return s.cache.sql(key, func() (string, error) {
		if len(cols) == 0 {
			return "INSERT INTO " + s.from + " DEFAULT VALUES " + s.returning(), nil
		}
		return finish(s.insertBuilder(cols, rows).Suffix(s.returning()).PlaceholderFormat(format(s.Dialect)), len(cols)*rows)
	})
}

func (s *Statements) insertBuilder(cols []*schema.Column, rows int) squirrel.InsertBuilder {
	row := make([]any, len(cols))
	for i, c := range cols {
		row[i] = squirrel.Expr(s.Dialect.ArgOf(s.of(c)), schema.Value{})
	}
	b := squirrel.Insert(s.from).Columns(s.quoted(cols)...)
	for range rows {
		b = b.Values(row...)
	}
	return b
}

// InsertOnly inserts a row of the given columns and returns nothing.
func (s *Statements) InsertOnly(cols []*schema.Column) (string, error) {
	key := ast.Shape(make([]byte, 0, 64)).Byte(kindInsertOnly).Columns(cols)
	return s.cache.sql(key, func() (string, error) {
		if len(cols) == 0 {
			return "INSERT INTO " + s.from + " DEFAULT VALUES", nil
		}
		return finish(s.insertBuilder(cols, 1).PlaceholderFormat(format(s.Dialect)), len(cols))
	})
}

// InsertOver is InsertOnly that takes values for the identity columns which the database generates always.
func (s *Statements) InsertOver(cols []*schema.Column) (string, error) {
	text, err := s.InsertOnly(cols)
	return s.over(text, cols), err
}

// over has an INSERT of columns take values for identity columns in any case.
func (s *Statements) over(text string, cols []*schema.Column) string {
	word := s.Dialect.Features().Overriding
	names := " (" + strings.Join(s.quoted(cols), ",") + ") "
	if before, rest, ok := strings.Cut(text, names); ok && word != "" {
		return before + names + word + " " + rest
	}
	return text
}

// Bulk returns the statements that insert many rows of the columns, where the database makes key, or none when that is
// nil.
func (s *Statements) Bulk(cols []*schema.Column, key *schema.Column) dialect.Bulk {
	if len(cols) == 0 {
		return dialect.Bulk{}
	}
	k, now := string(ast.Shape(make([]byte, 0, 64)).Columns(cols)), s.cache.now()
	if b, ok := s.bulks.Load(k); ok && b.(*bulk).epoch == now {
		return b.(*bulk).Bulk
	}
	formed := make([]*schema.Column, len(cols))
	for i, c := range cols {
		formed[i] = s.of(c)
	}
	b := &bulk{s.Dialect.Bulk(s.Table, formed, key), now}
	s.bulks.Store(k, b)
	return b.Bulk
}

// bulk is the statements that insert many rows, as they were made in an epoch of the cache.
type bulk struct {
	dialect.Bulk
	epoch uint64
}
