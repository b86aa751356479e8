package dsn

import "strings"

const space = " \t\n\r\v\f"

// isKeywordForm reports whether s is libpq's keyword form: a name, then an equals sign.
func isKeywordForm(s string) bool {
	name, _, found := strings.Cut(s, "=")
	if !found {
		return false
	}
	name = strings.Trim(name, space)
	for _, c := range []byte(name) {
		if !isASCIIAlnum(c) && c != '_' && c != '.' {
			return false
		}
	}
	return name != ""
}

// parseKeywords reads keyword = value pairs separated by spaces. A value in single quotes may hold spaces;
// a backslash makes the next character ordinary, in quotes and outside.
//
// Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE.
func (b *builder) parseKeywords(s string, named bool) error {
	s = strings.TrimLeft(s, space)
	for number := 1; s != ""; number++ {
		name, rest, found := strings.Cut(s, "=")
		name = strings.TrimRight(name, space)
		if !found || name == "" || strings.ContainsAny(name, space) {
			return Errorf("keyword number %d has no value: write keyword=value, "+
				"and 'quotes' around a value that holds spaces", number)
		}
		rest = strings.TrimLeft(rest, space)
		value, rest, quoted, ok := cutKeywordValue(rest)
		if !ok {
			return Errorf(`the quoted value of keyword number %d does not end: `+
				`close it with ', and write \' for a ' inside`, number)
		}
		if err := b.set(name, value); err != nil {
			return err
		}
		if rest == "" && named && !quoted && value != "" && b.afterSecret != "" {
			return Errorf("there is a # in the value of %q: put quotes around the value, "+
				"or a space in front of the connection's name", b.afterSecret)
		}
		s = strings.TrimLeft(rest, space)
	}
	return nil
}

// cutKeywordValue splits s after its first value. What is left keeps its leading spaces.
func cutKeywordValue(s string) (value, rest string, quoted, ok bool) {
	s, quoted = strings.CutPrefix(s, "'")
	var v strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\'':
			return v.String(), s[i+1:], true, true
		case !quoted && strings.IndexByte(space, c) >= 0:
			return v.String(), s[i:], false, true
		case c == '\\':
			if i++; i < len(s) {
				v.WriteByte(s[i])
			}
		default:
			v.WriteByte(c)
		}
	}
	return v.String(), "", quoted, !quoted
}

// writeKeyword appends keyword='value' in libpq's quoting.
func writeKeyword(w *strings.Builder, keyword, value string) {
	if w.Len() > 0 {
		w.WriteByte(' ')
	}
	w.WriteString(keyword)
	w.WriteString("='")
	for _, c := range []byte(value) {
		if c == '\'' || c == '\\' {
			w.WriteByte('\\')
		}
		w.WriteByte(c)
	}
	w.WriteByte('\'')
}
