package sqlite

import "runtime/debug"

// The version of modernc.org/sqlite in this library's go.mod, and the version of modernc.org/libc that the go.mod of
// that version requires. A test compares both with the modules themselves.
const (
	knownSQLite = "v1.62.0"
	knownLibc   = "v1.80.1"
)

// Libc is what a program was built with, when modernc.org/libc does not match modernc.org/sqlite.
type Libc struct{ SQLite, Have, Want string }

// WrongLibc tells, by the modules of a build, of a modernc.org/libc of another version than modernc.org/sqlite requires.
// SQLite's code was translated for exactly one version of that C library and may crash with others, newer ones too; see
// https://gitlab.com/cznic/sqlite/-/issues/177. Go takes the newest version that any module of the program asks for. It
// is nil where they match, and where nothing is known: with another version of SQLite, or without modules.
func WrongLibc(info *debug.BuildInfo) *Libc {
	if info == nil {
		return nil
	}
	found := &Libc{Want: knownLibc}
	for _, m := range info.Deps {
		version := m.Version
		if m.Replace != nil {
			version = m.Replace.Version // "" for a folder
		}
		switch m.Path {
		case "modernc.org/sqlite":
			found.SQLite = version
		case "modernc.org/libc":
			found.Have = version
		}
	}
	if found.SQLite != knownSQLite || found.Have == "" || found.Have == found.Want {
		return nil
	}
	return found
}
