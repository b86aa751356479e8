package migrate

import "strings"

// split divides a script into its statements, at semicolons outside of quotes, comments and the bodies of triggers.
// Comments before a statement belong to it; what holds nothing but comments is left out.
func split(script string) (list []string) {
	start, empty := 0, true
	end := func(at int) {
		if text := strings.TrimSpace(script[start:at]); !empty && text != "" {
			list = append(list, text)
		}
		start, empty = at+1, true
	}
	for i := 0; i < len(script); {
		rest := script[i:]
		switch c := script[i]; {
		case strings.HasPrefix(rest, "--"):
			i += upTo(rest, "\n", 2)
			continue
		case strings.HasPrefix(rest, "/*"):
			i += upTo(rest, "*/", 2)
			continue
		case c == '\'' && i > 0 && (script[i-1] == 'E' || script[i-1] == 'e') && (i < 2 || !isWord(script[i-2])):
			i += escaped(rest)
			empty = false
			continue
		case c == '\'', c == '"', c == '`':
			i += upTo(rest, string(c), 1)
			empty = false
			continue
		case c == '$' && (i == 0 || !isWord(script[i-1])):
			if tag := dollar(rest); tag != "" {
				i += upTo(rest, tag, len(tag))
				empty = false
				continue
			}
		case c == ';':
			if !inBody(script[start:i]) {
				end(i)
			}
		case c > ' ':
			empty = false
		}
		i++
	}
	end(len(script))
	return list
}

// upTo returns the length of what ends with a mark, looked for behind the first bytes.
func upTo(s, mark string, from int) int {
	if i := strings.Index(s[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(s)
}

// escaped returns the length of a text of PostgreSQL in which a backslash escapes.
func escaped(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return len(s)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// dollar returns the mark of a text in dollars, $$ or $tag$; "" for none.
func dollar(s string) string {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '$':
			return s[:i+1]
		case !isWord(s[i]) || i == 1 && s[i] >= '0' && s[i] <= '9':
			return ""
		}
	}
	return ""
}

// inBody reports whether a statement so far is a trigger of SQLite whose body has not ended.
func inBody(sql string) bool {
	var words []string
	for l := range strings.Lines(sql) {
		code, _, _ := strings.Cut(l, "--")
		words = append(words, strings.Fields(strings.ToUpper(code))...)
	}
	if len(words) < 3 || words[0] != "CREATE" || words[1] != "TRIGGER" && words[2] != "TRIGGER" {
		return false
	}
	for i, word := range words {
		if word == "BEGIN" {
			return i == len(words)-1 || words[len(words)-1] != "END"
		}
	}
	return false
}
