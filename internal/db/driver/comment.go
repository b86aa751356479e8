package driver

import (
	"net/url"
	"slices"
	"strings"
)

// Comment is what is said about a statement in a comment behind its text. The zero Comment is none.
type Comment struct {
	tags string // of few different values; a comment with a space before it, or ""
	all  string // with what is different each time; "" if there is no such thing
}

// CommentOf returns the comment of tags, of which there are few different values, and of the trace, which is different
// each time. It has the form of sqlcommenter: pairs in order, with keys and values escaped as in URLs, so no value can
// end the comment. Empty values are left out.
func CommentOf(tags, trace map[string]string) (c Comment) {
	pairs := make([]string, 0, len(tags)+len(trace))
	for k, v := range tags {
		if _, both := trace[k]; !both {
			pairs = appendPair(pairs, k, v)
		}
	}
	c.tags = comment(pairs)
	n := len(pairs)
	for k, v := range trace {
		pairs = appendPair(pairs, k, v)
	}
	if len(pairs) > n {
		c.all = comment(pairs)
	}
	return c
}

func appendPair(pairs []string, key, value string) []string {
	if key == "" || value == "" {
		return pairs
	}
	return append(pairs, escaped(key)+"='"+escaped(value)+"'")
}

// escaped escapes all but letters, digits and -._~.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func comment(pairs []string) string {
	if len(pairs) == 0 {
		return ""
	}
	slices.Sort(pairs)
	return " /*" + strings.Join(pairs, ",") + "*/"
}

// Kept returns a text with what may be kept in caches of texts: with the tags alone.
func (c Comment) Kept(sql string) string {
	if c.tags == "" || hasComment(sql) {
		return sql
	}
	return sql + c.tags
}

// Once returns a text that is sent once, with the whole comment, and reports whether it is another one than Kept
// returns.
func (c Comment) Once(sql string) (text string, differs bool) {
	if c.all == "" || hasComment(sql) {
		return c.Kept(sql), false
	}
	return sql + c.all, true
}

// hasComment reports whether a text may have a comment already, which then stays the only one, as sqlcommenter has it.
func hasComment(sql string) bool { return strings.Contains(sql, "--") || strings.Contains(sql, "/*") }
