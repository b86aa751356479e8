package conn

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The roles of sqliteURI.
const (
	sqliteWriter = "writer"
	sqliteReader = "reader"
)

// sqliteURI makes the name under which modernc.org/sqlite, the driver of database/sql, opens the database. It is always a
// file: URI, since the driver hands the parameters of nothing else on to SQLite. The role is "writer", whose transactions take
// the lock at once, or "reader", which cannot write. An in-memory database is found under memoryName by all connections
// of the process that use that name; it lasts until the last of them closes, and holds at most 1 GiB.
//
// Sources: https://www.sqlite.org/uri.html, https://www.sqlite.org/inmemorydb.html, the documentation of
// [modernc.org/sqlite.Driver.Open].
func (d DSN) sqliteURI(role, memoryName string) (string, error) {
	name, params, err := d.sqliteParams(role, memoryName)
	if err != nil {
		return "", err
	}
	return sqliteName(name, params), nil
}

func sqliteName(name string, params []dsnParam) string {
	separator := byte('?')
	for _, p := range params {
		name += string(separator) + p.name + "=" + percentEncode(p.value, "")
		separator = '&'
	}
	return name
}

// sqliteParams returns the URI of the database without its parameters, and the parameters in the order in which they count.
func (d DSN) sqliteParams(role, memoryName string) (name string, params []dsnParam, err error) {
	if d.Dialect != dsnSQLite {
		return "", nil, dsnErrorf("the DSN is not for SQLite")
	}
	if role != sqliteWriter && role != sqliteReader {
		return "", nil, dsnErrorf("the role %q is neither writer nor reader", role)
	}
	add := func(name, value string) { params = append(params, dsnParam{name: name, value: value}) }
	memory := d.Path == dsnMemory
	if memory {
		if memoryName == "" {
			return "", nil, dsnErrorf("an in-memory database needs a name")
		}
		name = "file:/" + percentEncode(memoryName, "")
		add("vfs", "memdb")
	} else {
		if name, err = d.sqliteFile(); err != nil {
			return "", nil, err
		}
		if d.Options.ReadOnly {
			add("mode", "ro")
		}
	}
	// The driver turns _dqs off before it runs anything, then sets busy_timeout, then runs the pragmas.
	add("_dqs", "0")
	timeout := d.Options.BusyTimeout
	if timeout == 0 {
		timeout = DefaultBusyTimeout
	}
	add("_busy_timeout", milliseconds(timeout))
	if _, set := d.param("_foreign_keys"); !set {
		add("_foreign_keys", "1")
	}
	changes := role == sqliteWriter && !d.Options.ReadOnly
	if changes {
		add("_txlock", "immediate")
		if !memory {
			d.addJournal(add)
		}
	} else {
		add("_txlock", "deferred")
		add("_query_only", "1")
	}
	for _, p := range d.params() {
		switch p.name {
		case "mode":
			if d.Options.ReadOnly {
				continue
			}
		case "_journal_mode", "_auto_vacuum": // they write into the file
			if !changes {
				continue
			}
		}
		add(p.name, p.value)
	}
	return name, params, nil
}

// addJournal adds write-ahead logging, in which readers do not wait for the writer. With it synchronous=NORMAL
// loses no commit when the process dies; a loss of power may take the last ones, and never damages the file.
// Say _synchronous=FULL to keep those too. See https://www.sqlite.org/pragma.html#pragma_synchronous.
func (d DSN) addJournal(add func(name, value string)) {
	mode, set := d.param("_journal_mode")
	if !set {
		mode = "WAL"
		add("_journal_mode", mode)
	}
	if _, set := d.param("_synchronous"); !set && mode == "WAL" {
		add("_synchronous", "NORMAL")
	}
}

// sqliteFile returns file: and the path. It is absolute, so that a connection that is opened later finds
// the same file after the working directory has changed.
func (d DSN) sqliteFile() (string, error) {
	if d.Path == "" || strings.ContainsRune(d.Path, 0) {
		return "", dsnErrorf("the path is empty or holds a NUL byte")
	}
	path := d.Path
	if d.usesFiles() {
		var err error
		if path, err = filepath.Abs(path); err != nil {
			return "", dsnErrorf("the path is relative, and the working directory cannot be read")
		}
		path = filepath.ToSlash(path)
		if path[0] != '/' { // a Windows drive
			path = "/" + path
		}
	}
	encoded := percentEncode(path, "/")
	if path[0] == '/' {
		return "file://" + encoded, nil // the empty host: a path may begin with two slashes
	}
	return "file:" + encoded, nil
}

// usesFiles reports whether the path is one of the operating system's. A VFS of the program's own has
// paths of its own.
func (d DSN) usesFiles() bool {
	vfs, _ := d.param("vfs")
	return vfs == "" || strings.HasPrefix(vfs, "unix") || strings.HasPrefix(vfs, "win32")
}

// makeParent creates the directories above a SQLite file that are missing. It does nothing where SQLite
// would not create the file: in memory, read-only and with mode=rw.
func (d DSN) makeParent() error {
	mode, _ := d.param("mode")
	if d.Dialect != dsnSQLite || d.Path == dsnMemory || d.Path == "" || d.Options.ReadOnly || mode == "rw" || !d.usesFiles() {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(filepath.FromSlash(d.Path)), 0o755)
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		err = pathErr.Err // without the path
	}
	if err != nil {
		return dsnErrorf("create the directory of the SQLite file: %w", err)
	}
	return nil
}
