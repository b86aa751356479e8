package sqlite

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
)

// Where returns which file it is whose error it is, and says in the error why it could not be opened. It is "" for an
// error of something else.
func (Driver) Where(d dsn.DSN, e *driver.Error) string {
	if e.Kind != driver.KindConnection && e.Kind != driver.KindCorrupt {
		return ""
	}
	if e.Kind == driver.KindConnection && e.Detail == "" {
		e.Detail = fileDetail(d)
	}
	if d.Path == dsn.Memory {
		return "the database in memory"
	}
	return "the file " + filepath.Base(d.Path)
}

// fileDetail says why SQLite could not open a file, or "" when that cannot be seen.
func fileDetail(d dsn.DSN) string {
	if d.Path == dsn.Memory {
		return ""
	}
	info, err := os.Stat(d.Path)
	switch {
	case err == nil && info.IsDir():
		return "it is a directory"
	case errors.Is(err, os.ErrNotExist) && d.Options.ReadOnly:
		return "the file does not exist, and a read-only connection does not create it"
	case errors.Is(err, os.ErrNotExist):
		return "the file does not exist and cannot be created: see the permissions of the directory"
	case errors.Is(err, os.ErrPermission):
		return "this process has no permission to search the directory"
	}
	f, err := os.Open(d.Path)
	if err == nil {
		_ = f.Close()
		return ""
	}
	if errors.Is(err, os.ErrPermission) {
		return "this process has no permission to read it"
	}
	return ""
}
