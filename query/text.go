package query

import (
	"database/sql"

	"github.com/prom-go/prom/dialect"
)

// Texts is what a [TextField] may hold.
type Texts interface{ ~string }

// TextField is an [OrderedField] of texts. Its conditions tell capital from small letters; those whose names end in Fold
// ignore the case of the letters A to Z, on both engines alike.
type TextField[T any, V Texts] struct{ OrderedField[T, V] }

// TextOf returns the text field that the accessor points to.
func TextOf[T any, V Texts](accessor func(*T) *V) *TextField[*T, V] {
	return &TextField[*T, V]{*OrderedOf(accessor)}
}

// NullTextField is a [TextField] that may be NULL.
type NullTextField[T any, V Texts] struct {
	TextField[T, V]
	nullable[T, V]
}

// NullTextOf returns the text field that the accessor points to, a pointer.
func NullTextOf[T any, V Texts](accessor func(*T) **V) *NullTextField[*T, V] {
	c := codec[T, *V, V](accessor)
	return &NullTextField[*T, V]{TextField[*T, V]{ordered[*T, V](c)}, nullable[*T, V]{c}}
}

// SQLNullTextOf returns the text field that the accessor points to, a sql.Null.
func SQLNullTextOf[T any, V Texts](accessor func(*T) *sql.Null[V]) *NullTextField[*T, V] {
	c := codec[T, sql.Null[V], V](accessor)
	return &NullTextField[*T, V]{TextField[*T, V]{ordered[*T, V](c)}, nullable[*T, V]{c}}
}

// Like is true when the text matches the pattern, in which % stands for any text, _ for any character, and \ makes the next
// character an ordinary one.
func (f *TextField[T, V]) Like(pattern string) Cond[T] {
	return f.cond(dialect.MatchLike, pattern, false, false)
}

// NotLike is true when the text does not match the pattern.
func (f *TextField[T, V]) NotLike(pattern string) Cond[T] {
	return f.cond(dialect.MatchLike, pattern, false, true)
}

// LikeFold is [TextField.Like] ignoring case.
func (f *TextField[T, V]) LikeFold(pattern string) Cond[T] {
	return f.cond(dialect.MatchLike, pattern, true, false)
}

// NotLikeFold is [TextField.NotLike] ignoring case.
func (f *TextField[T, V]) NotLikeFold(pattern string) Cond[T] {
	return f.cond(dialect.MatchLike, pattern, true, true)
}

// Contains is true when s stands in the text. Nothing in s is special.
func (f *TextField[T, V]) Contains(s string) Cond[T] {
	return f.cond(dialect.MatchContains, s, false, false)
}

// ContainsFold is [TextField.Contains] ignoring case.
func (f *TextField[T, V]) ContainsFold(s string) Cond[T] {
	return f.cond(dialect.MatchContains, s, true, false)
}

// HasPrefix is true when the text begins with s. Nothing in s is special.
func (f *TextField[T, V]) HasPrefix(s string) Cond[T] {
	return f.cond(dialect.MatchPrefix, s, false, false)
}

// HasPrefixFold is [TextField.HasPrefix] ignoring case.
func (f *TextField[T, V]) HasPrefixFold(s string) Cond[T] {
	return f.cond(dialect.MatchPrefix, s, true, false)
}

// HasSuffix is true when the text ends with s. Nothing in s is special.
func (f *TextField[T, V]) HasSuffix(s string) Cond[T] {
	return f.cond(dialect.MatchSuffix, s, false, false)
}

// HasSuffixFold is [TextField.HasSuffix] ignoring case.
func (f *TextField[T, V]) HasSuffixFold(s string) Cond[T] {
	return f.cond(dialect.MatchSuffix, s, true, false)
}

// EqFold is true when the text equals s ignoring case.
func (f *TextField[T, V]) EqFold(s string) Cond[T] {
	return f.cond(dialect.MatchLike, escapeLike(s), true, false)
}

func (f *TextField[T, V]) cond(m dialect.Match, s string, fold, not bool) Cond[T] {
	return Cond[T]{n: matching(f.c, m, s, fold, not)}
}

// escapeLike makes the special characters of a pattern ordinary ones.
func escapeLike(s string) string {
	escaped := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		if s[i] == '%' || s[i] == '_' || s[i] == '\\' {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, s[i])
	}
	return string(escaped)
}
