package dbtest

import (
	"path/filepath"
	"strings"
	"testing"
)

// SQLite returns the DSN of a database file that does not exist yet, in the test's temporary folder: sqlite:// and an
// absolute path. The test must close what it opens before it ends, or the folder's removal races with it.
func SQLite(tb testing.TB) string {
	tb.Helper()
	path := filepath.ToSlash(filepath.Join(tb.TempDir(), "test.db"))
	return "sqlite:///" + strings.TrimPrefix(path, "/") // a path of Windows starts with its drive
}

// Memory returns the DSN of a SQLite database in memory. It is the same text each time: to keep two apart, give them
// fragments of their own with [Engine.With].
func Memory() string { return "sqlite://:memory:" }
