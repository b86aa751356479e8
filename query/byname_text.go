package query

import (
	"errors"
	"fmt"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Parsed is a value of a column that was read from a text, for the methods of the column's field.
type Parsed[T any] struct {
	_   [0]func(*T)
	v   schema.Value
	col *schema.Column
}

// Parse reads a value of the column from a text. Its error does not hold the text.
func (f *AnyField[T]) Parse(text string) (Parsed[T], error) {
	v, err := f.c.Parse(text)
	return Parsed[T]{v: v, col: f.Column()}, err
}

// Value returns the value.
func (p Parsed[T]) Value() schema.Value { return p.v }

// of makes sure that the value was read for a column.
// parsed is a [Parsed] of any model.
type parsed interface {
	of(col *schema.Column) (schema.Value, error)
}

func (p Parsed[T]) of(col *schema.Column) (schema.Value, error) {
	if p.col != col {
		return schema.Value{}, errors.New("the value was parsed for another column")
	}
	return p.v, nil
}

// Like is true when the column, a text, matches the pattern of [TextField.Like].
func (f *AnyField[T]) Like(pattern string) Cond[T] { return f.text(dialect.MatchLike, pattern, 0) }

// NotLike is true when the column, a text, does not match the pattern.
func (f *AnyField[T]) NotLike(pattern string) Cond[T] {
	return f.text(dialect.MatchLike, pattern, negated)
}

// LikeFold is [AnyField.Like] ignoring the case of A to Z.
func (f *AnyField[T]) LikeFold(pattern string) Cond[T] {
	return f.text(dialect.MatchLike, pattern, folded)
}

// EqFold is true when the column, a text, equals s ignoring the case of A to Z.
func (f *AnyField[T]) EqFold(s string) Cond[T] {
	return f.text(dialect.MatchLike, ast.EscapeLike(s), folded)
}

// Contains is true when s stands in the column, a text.
func (f *AnyField[T]) Contains(s string) Cond[T] { return f.text(dialect.MatchContains, s, 0) }

// NotContains is true when s does not stand in the column, a text.
func (f *AnyField[T]) NotContains(s string) Cond[T] { return f.text(dialect.MatchContains, s, negated) }

// ContainsFold is Contains ignoring the case of A to Z.
func (f *AnyField[T]) ContainsFold(s string) Cond[T] { return f.text(dialect.MatchContains, s, folded) }

// NotContainsFold is NotContains ignoring the case of A to Z.
func (f *AnyField[T]) NotContainsFold(s string) Cond[T] {
	return f.text(dialect.MatchContains, s, folded|negated)
}

// HasPrefix is true when the column, a text, begins with s.
func (f *AnyField[T]) HasPrefix(s string) Cond[T] { return f.text(dialect.MatchPrefix, s, 0) }

// HasPrefixFold is HasPrefix ignoring the case of A to Z.
func (f *AnyField[T]) HasPrefixFold(s string) Cond[T] { return f.text(dialect.MatchPrefix, s, folded) }

// HasSuffix is true when the column, a text, ends with s.
func (f *AnyField[T]) HasSuffix(s string) Cond[T] { return f.text(dialect.MatchSuffix, s, 0) }

// HasSuffixFold is HasSuffix ignoring the case of A to Z.
func (f *AnyField[T]) HasSuffixFold(s string) Cond[T] { return f.text(dialect.MatchSuffix, s, folded) }

// matchFlags change how a text is matched.
type matchFlags uint8

const (
	folded matchFlags = 1 << iota
	negated
)

func (f *AnyField[T]) text(m dialect.Match, s string, flags matchFlags) Cond[T] {
	return Cond[T]{n: matchAny(f.c, m, s, flags)}
}

//go:noinline
func matchAny(c *scan.Codec, m dialect.Match, s string, flags matchFlags) *ast.Cond {
	n := ast.Matches(c, m, s, flags&folded != 0, flags&negated != 0)
	if c.Column().Kind != schema.Text && n.Err == nil {
		n.Err = fmt.Errorf("the column %q is not a text", c.Column().Name)
	}
	return n
}

// partNames are the parts of times by their names in texts.
var partNames = map[string]dialect.DatePart{
	"year": dialect.Year, "quarter": dialect.Quarter, "month": dialect.Month, "week": dialect.Week, "day": dialect.Day,
	"dayofweek": dialect.DayOfWeek, "dayofyear": dialect.DayOfYear,
	"hour": dialect.Hour, "minute": dialect.Minute, "second": dialect.Second,
}

// Part returns a part of the column, a time or a day, by its name: year, quarter, month, week, day, dayofweek,
// dayofyear, hour, minute or second, as the methods of [TimeField] return them. A day has no hour, minute or second.
func (f *AnyField[T]) Part(name string) (*PartField[T], error) {
	part, ok := partNames[name]
	switch kind := f.Column().Kind; {
	case kind != schema.Time && kind != schema.Date:
		return &PartField[T]{}, fmt.Errorf("the column %q is neither a time nor a day, so it has no parts", f.Column().Name)
	case !ok, kind == schema.Date && part >= dialect.Hour:
		return &PartField[T]{}, fmt.Errorf("the column %q has no part of that name", f.Column().Name)
	}
	return &PartField[T]{c: f.c, part: part}, nil
}
