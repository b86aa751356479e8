package dsn

import (
	"path/filepath"
	"strings"
)

// OfFile returns the DSN of a SQLite file with options, in order.
func OfFile(name, path string, options []Param) (DSN, error) {
	if err := CheckName(name); err != nil {
		return DSN{}, err
	}
	text := SQLiteName("sqlite://"+percentEncode(filepath.ToSlash(path), "/"), options)
	if name != "" {
		text += "#" + name
	}
	return Parse(text)
}

// CanAttach reports whether a DSN can attach a database under a name.
func CanAttach(name string) bool {
	_, ok := parseAttachment(name + ":x")
	return ok && !strings.ContainsRune(name, ':')
}
