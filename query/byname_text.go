package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Parsed is a value of a column that was read from a text, for the methods of the column's field.
type Parsed[T any] struct {
	_ [0]func(*T)
	parsed
}

// parsed is embedded without its name being one of [Parsed]'s.
type parsed = ast.Parsed

// Parse reads a value of the column from a text. Its error does not hold the text.
func (f *AnyField[T]) Parse(text string) (Parsed[T], error) {
	p, err := f.f.Parse(text)
	return Parsed[T]{parsed: p}, err
}

// Value returns the value.
func (p Parsed[T]) Value() schema.Value { return p.parsed.Value() }

// Like is true when the column, a text, matches the pattern of [TextField.Like].
func (f *AnyField[T]) Like(pattern string) Cond[T] {
	return f.text(dialect.MatchLike, pattern, false, false)
}

// NotLike is true when the column, a text, does not match the pattern.
func (f *AnyField[T]) NotLike(pattern string) Cond[T] {
	return f.text(dialect.MatchLike, pattern, false, true)
}

// LikeFold is [AnyField.Like] ignoring the case of A to Z.
func (f *AnyField[T]) LikeFold(pattern string) Cond[T] {
	return f.text(dialect.MatchLike, pattern, true, false)
}

// EqFold is true when the column, a text, equals s ignoring the case of A to Z.
func (f *AnyField[T]) EqFold(s string) Cond[T] {
	return f.text(dialect.MatchLike, ast.EscapeLike(s), true, false)
}

// Contains is true when s stands in the column, a text.
func (f *AnyField[T]) Contains(s string) Cond[T] {
	return f.text(dialect.MatchContains, s, false, false)
}

// NotContains is true when s does not stand in the column, a text.
func (f *AnyField[T]) NotContains(s string) Cond[T] {
	return f.text(dialect.MatchContains, s, false, true)
}

// ContainsFold is Contains ignoring the case of A to Z.
func (f *AnyField[T]) ContainsFold(s string) Cond[T] {
	return f.text(dialect.MatchContains, s, true, false)
}

// NotContainsFold is NotContains ignoring the case of A to Z.
func (f *AnyField[T]) NotContainsFold(s string) Cond[T] {
	return f.text(dialect.MatchContains, s, true, true)
}

// HasPrefix is true when the column, a text, begins with s.
func (f *AnyField[T]) HasPrefix(s string) Cond[T] {
	return f.text(dialect.MatchPrefix, s, false, false)
}

// HasPrefixFold is HasPrefix ignoring the case of A to Z.
func (f *AnyField[T]) HasPrefixFold(s string) Cond[T] {
	return f.text(dialect.MatchPrefix, s, true, false)
}

// HasSuffix is true when the column, a text, ends with s.
func (f *AnyField[T]) HasSuffix(s string) Cond[T] {
	return f.text(dialect.MatchSuffix, s, false, false)
}

// HasSuffixFold is HasSuffix ignoring the case of A to Z.
func (f *AnyField[T]) HasSuffixFold(s string) Cond[T] {
	return f.text(dialect.MatchSuffix, s, true, false)
}

func (f *AnyField[T]) text(m dialect.Match, s string, fold, not bool) Cond[T] {
	return Cond[T]{n: f.f.Matches(m, s, fold, not)}
}

// Part returns a part of the column, a time or a day, by its name: year, quarter, month, week, day, dayofweek,
// dayofyear, hour, minute or second, as the methods of [TimeField] return them. A day has no hour, minute or second.
func (f *AnyField[T]) Part(name string) (*PartField[T], error) {
	part, err := f.f.Part(name)
	return &PartField[T]{c: f.f.Codec(), part: part}, err
}
