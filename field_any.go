package prom

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/schema"
)

// AnyField is a column of the model P that was found by its name, for conditions and orders that arrive as text. Its
// methods take values of any type that can be converted to the column's type without loss, or their text. A value that
// cannot be converted is an error of the query, before any SQL runs.
type AnyField[P any] struct {
	_ [0]func(P)
	f ast.Field
}

// FieldByName returns the column of a repo with the given name, for conditions and orders that arrive as text. If the
// name is unknown, it returns an error that lists the columns.
func FieldByName[T any](r *Repo[T], name string) (*AnyField[*T], error) {
	f, err := ast.FieldByName(r.core.Plan(), name)
	if err != nil {
		return nil, core.ErrorOf("query", r.core.Table(), err)
	}
	return &AnyField[*T]{f: f}, nil
}

// Column returns the column's schema.
func (f *AnyField[P]) Column() *schema.Column { return f.f.Column() }

// Eq is true when the column equals x. With nil it is true when the column is NULL.
func (f *AnyField[P]) Eq(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpEq, x)} }

// Ne is true when the column is not NULL and differs from x. With nil it is true when the column is not NULL.
func (f *AnyField[P]) Ne(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpNe, x)} }

// Gt is true when the column is greater than x.
func (f *AnyField[P]) Gt(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpGt, x)} }

// Gte is true when the column is greater than or equal to x.
func (f *AnyField[P]) Gte(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpGe, x)} }

// Lt is true when the column is less than x.
func (f *AnyField[P]) Lt(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpLt, x)} }

// Lte is true when the column is less than or equal to x.
func (f *AnyField[P]) Lte(x any) Cond[P] { return Cond[P]{n: f.f.Compare(ast.OpLe, x)} }

// In is true when the column equals one of the values. Without values it is always false.
func (f *AnyField[P]) In(xs ...any) Cond[P] { return Cond[P]{n: f.f.In(ast.OpIn, xs)} }

// NotIn is true when the column equals none of the values. Without values it is true for every row.
func (f *AnyField[P]) NotIn(xs ...any) Cond[P] { return Cond[P]{n: f.f.In(ast.OpNotIn, xs)} }

// Between is true when the column is greater than or equal to low, and less than or equal to high.
func (f *AnyField[P]) Between(low, high any) Cond[P] {
	return Cond[P]{n: f.f.InRange(low, high)}
}

// IsNull is true when the column is NULL.
func (f *AnyField[P]) IsNull() Cond[P] { return Cond[P]{n: f.f.Test(ast.OpNull)} }

// NotNull is true when the column is not NULL.
func (f *AnyField[P]) NotNull() Cond[P] { return Cond[P]{n: f.f.Test(ast.OpNotNull)} }

// Set assigns x to the column; nil assigns NULL.
func (f *AnyField[P]) Set(x any) Assign[P] {
	return Assign[P]{a: f.f.Assign(x)}
}

// Asc sorts by the column in ascending order. NULLs come last, on both engines.
func (f *AnyField[P]) Asc() Order[P] { return Order[P]{o: f.f.OrderBy(false)} }

// Desc sorts by the column in descending order. NULLs come first, on both engines.
func (f *AnyField[P]) Desc() Order[P] { return Order[P]{o: f.f.OrderBy(true)} }

// Parsed is a value of a column that was parsed from a text. Pass it to the methods of the column's field.
type Parsed[P any] struct {
	_ [0]func(P)
	parsed
}

// parsed is embedded without its name being one of [Parsed]'s.
type parsed = ast.Parsed

// Parse parses a text as a value of the column. Its error does not hold the text.
func (f *AnyField[P]) Parse(text string) (Parsed[P], error) {
	p, err := f.f.Parse(text)
	return Parsed[P]{parsed: p}, err
}

// Value returns the value.
func (p Parsed[P]) Value() schema.Value { return p.parsed.Value() }

// Like is true when the column, a text, matches the pattern; see [TextField.Like].
func (f *AnyField[P]) Like(pattern string) Cond[P] {
	return f.text(dialect.MatchLike, pattern, false, false)
}

// NotLike is true when the column, a text, does not match the pattern; see [TextField.Like].
func (f *AnyField[P]) NotLike(pattern string) Cond[P] {
	return f.text(dialect.MatchLike, pattern, false, true)
}

// LikeFold is [AnyField.Like] that ignores the case of the letters A to Z.
func (f *AnyField[P]) LikeFold(pattern string) Cond[P] {
	return f.text(dialect.MatchLike, pattern, true, false)
}

// EqFold is true when the column, a text, equals s. It ignores the case of the letters A to Z.
func (f *AnyField[P]) EqFold(s string) Cond[P] {
	return f.text(dialect.MatchLike, ast.EscapeLike(s), true, false)
}

// Contains is true when the column, a text, contains s.
func (f *AnyField[P]) Contains(s string) Cond[P] {
	return f.text(dialect.MatchContains, s, false, false)
}

// NotContains is true when the column, a text, does not contain s.
func (f *AnyField[P]) NotContains(s string) Cond[P] {
	return f.text(dialect.MatchContains, s, false, true)
}

// ContainsFold is [AnyField.Contains] that ignores the case of the letters A to Z.
func (f *AnyField[P]) ContainsFold(s string) Cond[P] {
	return f.text(dialect.MatchContains, s, true, false)
}

// NotContainsFold is [AnyField.NotContains] that ignores the case of the letters A to Z.
func (f *AnyField[P]) NotContainsFold(s string) Cond[P] {
	return f.text(dialect.MatchContains, s, true, true)
}

// HasPrefix is true when the column, a text, begins with s.
func (f *AnyField[P]) HasPrefix(s string) Cond[P] {
	return f.text(dialect.MatchPrefix, s, false, false)
}

// HasPrefixFold is [AnyField.HasPrefix] that ignores the case of the letters A to Z.
func (f *AnyField[P]) HasPrefixFold(s string) Cond[P] {
	return f.text(dialect.MatchPrefix, s, true, false)
}

// HasSuffix is true when the column, a text, ends with s.
func (f *AnyField[P]) HasSuffix(s string) Cond[P] {
	return f.text(dialect.MatchSuffix, s, false, false)
}

// HasSuffixFold is [AnyField.HasSuffix] that ignores the case of the letters A to Z.
func (f *AnyField[P]) HasSuffixFold(s string) Cond[P] {
	return f.text(dialect.MatchSuffix, s, true, false)
}

func (f *AnyField[P]) text(m dialect.Match, s string, fold, not bool) Cond[P] {
	return Cond[P]{n: f.f.Matches(m, s, fold, not)}
}

// Part returns a part of the column, an instant or a day, by its name: year, quarter, month, week, day, dayofweek,
// dayofyear, hour, minute or second. The parts are the same as those of [Year] and the other functions. A day has no
// hour, minute or second.
func (f *AnyField[P]) Part(name string) (Expr[P, int], error) {
	part, err := f.f.Part(name)
	return typed[P, int](ast.ColumnExpr(f.Column(), part)), err
}
