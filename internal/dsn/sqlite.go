package dsn

import (
	"path/filepath"
	"strings"
)

// The roles of [SQLiteURI].
const (
	Writer = "writer"
	Reader = "reader"
)

// SQLiteURI makes the name under which modernc.org/sqlite, the driver of database/sql, opens the database. It is always
// a file: URI, since the driver hands the parameters of nothing else on to SQLite. The role is "writer", whose
// transactions take the lock at once, or "reader", which cannot write. An in-memory database is found under memoryName
// by all connections of the process that use that name; it lasts until the last of them closes, and holds at most 1
// GiB.
//
// Sources: https://www.sqlite.org/uri.html, https://www.sqlite.org/inmemorydb.html, the documentation of
// [modernc.org/sqlite.Driver.Open].
func SQLiteURI(d DSN, role, memoryName string) (string, error) {
	name, params, err := SQLiteParams(d, role, memoryName)
	if err != nil {
		return "", err
	}
	return SQLiteName(name, params), nil
}

// SQLiteName adds parameters to a URI.
func SQLiteName(name string, params []Param) string {
	separator := byte('?')
	for _, p := range params {
		name += string(separator) + p.Name + "=" + percentEncode(p.Value, "")
		separator = '&'
	}
	return name
}

// SQLiteParams returns the URI of the database without its parameters, and the parameters in the order in which they
// count.
func SQLiteParams(d DSN, role, memoryName string) (name string, params []Param, err error) {
	if d.Dialect != SQLite {
		return "", nil, Errorf("the DSN is not for SQLite")
	}
	if role != Writer && role != Reader {
		return "", nil, Errorf("the role %q is neither writer nor reader", role)
	}
	add := func(name, value string) { params = append(params, Param{Name: name, Value: value}) }
	memory := d.Path == Memory
	if memory {
		if memoryName == "" {
			return "", nil, Errorf("an in-memory database needs a name")
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
	changes := role == Writer && !d.Options.ReadOnly
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
		switch p.Name {
		case "attach": // see AttachURI
			continue
		case "mode":
			if d.Options.ReadOnly {
				continue
			}
		case "_journal_mode", "_auto_vacuum": // they write into the file
			if !changes {
				continue
			}
		}
		add(p.Name, p.Value)
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
		return "", Errorf("the path is empty or holds a NUL byte")
	}
	path := d.Path
	if d.usesFiles() {
		var err error
		if path, err = filepath.Abs(path); err != nil {
			return "", Errorf("the path is relative, and the working directory cannot be read")
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

// MakeParent creates the directories above a SQLite file, and those that are attached, that are missing. It does
// nothing where SQLite would not create the file: in memory, read-only and with mode=rw.
func MakeParent(d DSN) error {
	mode, _ := d.param("mode")
	if d.Dialect != SQLite || d.Options.ReadOnly || mode == "rw" || !d.usesFiles() {
		return nil
	}
	paths := []string{d.Path}
	for _, a := range Attachments(d) {
		paths = append(paths, a.Path)
	}
	for _, path := range paths {
		if path == Memory || path == "" {
			continue
		}
		if err := makeParents(path); err != nil {
			return err
		}
	}
	return nil
}
