package dsn

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Attachment is a database file that each connection of a SQLite DSN attaches under a name (attach=name:path), the
// schema of its tables. See https://www.sqlite.org/lang_attach.html.
type Attachment struct{ Name, Path string }

// maxAttached is SQLite's SQLITE_MAX_ATTACHED (https://www.sqlite.org/limits.html).
const maxAttached = 10

// attachOption is the option that tells an attachment.
func attachOption() option {
	return option{
		name: "attach", want: "a name and the path of a file, as in billing:/var/lib/app/billing.db", repeat: true,
		apply: func(b *builder, v string) error {
			a, ok := parseAttachment(v)
			if !ok {
				return errValue
			}
			switch strings.ToLower(a.Name) {
			case "main", "temp":
				return Errorf("option \"attach\": %s is the name of a database that each connection has", a.Name)
			}
			b.hand(b.options["attach"], "attach", v)
			return nil
		},
	}
}

// parseAttachment reads name:path.
func parseAttachment(v string) (a Attachment, ok bool) {
	a.Name, a.Path, _ = strings.Cut(v, ":")
	return a, isOptionName(a.Name) && !strings.Contains(a.Name, ".") && a.Path != ""
}

// Attachments lists what the DSN attaches, in order.
func Attachments(d DSN) []Attachment {
	var list []Attachment
	for _, p := range d.params() {
		if a, ok := parseAttachment(p.Value); ok && p.Name == "attach" {
			list = append(list, a)
		}
	}
	return list
}

// IsAttached reports whether the DSN attaches a database of a name, in which SQLite ignores case.
func IsAttached(d DSN, name string) bool {
	return slices.ContainsFunc(Attachments(d), func(a Attachment) bool { return strings.EqualFold(a.Name, name) })
}

// checkAttachments settles what several of them mean together.
func (b *builder) checkAttachments() error {
	dsn := b.dsn
	dsn.hidden = func() *hiddenPart { return &b.hidden }
	list := Attachments(dsn)
	if len(list) > maxAttached {
		return Errorf("option \"attach\" is given %d times; SQLite attaches at most %d databases", len(list), maxAttached)
	}
	for i, a := range list {
		for _, other := range list[:i] {
			if strings.EqualFold(a.Name, other.Name) {
				return Errorf("option \"attach\" gives the name %s twice", a.Name)
			}
		}
		if a.Path == Memory && b.dsn.Path != Memory {
			return Errorf("option \"attach\": each connection would have a database of its own in memory; attach a file")
		}
	}
	return nil
}

// AttachURI returns the URI of an attached database, as [SQLiteURI] does of the main one.
func AttachURI(d DSN, a Attachment, memoryName string) (string, error) {
	if a.Path == Memory {
		return SQLiteName("file:/"+percentEncode(memoryName+"-"+a.Name, ""), []Param{{Name: "vfs", Value: "memdb"}}), nil
	}
	of := d
	of.Path = a.Path
	name, err := of.sqliteFile()
	if err != nil {
		return "", err
	}
	var params []Param
	if memoryName != "" { // the main database is in memory, and this one is not
		params = append(params, Param{Name: "vfs", Value: defaultVFS()})
	}
	mode, set := d.param("mode")
	if d.Options.ReadOnly {
		mode, set = "ro", true
	}
	if set {
		params = append(params, Param{Name: "mode", Value: mode})
	}
	return SQLiteName(name, params), nil
}

// defaultVFS is the VFS that SQLite takes for files of the operating system.
func defaultVFS() string {
	if runtime.GOOS == "windows" {
		return "win32"
	}
	return "unix"
}

// makeParents creates the directories above a file that are missing.
func makeParents(path string) error {
	err := os.MkdirAll(filepath.Dir(filepath.FromSlash(path)), 0o755)
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		err = pathErr.Err // without the path
	}
	if err != nil {
		return Errorf("create the directory of the SQLite file: %w", err)
	}
	return nil
}
