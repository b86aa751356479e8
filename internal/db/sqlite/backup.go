package sqlite

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/sqlite3"
)

// A backup is read on a connection of its own. With a write-ahead log it is one snapshot, in which nobody waits for
// it. With any other journal a reader keeps writers out, so it reads in steps with pauses between them, and begins anew
// when somebody has written meanwhile. Each time the steps get longer, so that it comes to an end beside any writers.
const (
	mainDatabase   = "main"
	backupPages    = 256 // of a step, at first
	shortestRest   = time.Millisecond
	longestRest    = 100 * time.Millisecond
	mostBackupStep = 1 << 30
)

// Backup implements [driver.Backuper].
func (e *engine) Backup(ctx context.Context, file string, o driver.BackupOptions) (err error) {
	if o.Database == "" {
		o.Database = mainDatabase
	} else if !strings.EqualFold(o.Database, mainDatabase) && !dsn.IsAttached(e.dsn, o.Database) {
		return &driver.Error{Kind: driver.KindOther,
			Detail: "no database of that name is attached: see the option attach of the DSN"}
	}
	if file, err = filepath.Abs(file); err != nil {
		return fileErrorOf(err)
	}
	if err := vacant(file); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return fileErrorOf(err)
	}
	defer func() { // also when the program's function panics
		_ = temp.Close()
		_ = os.Remove(temp.Name())
	}()
	if err := e.backupInto(ctx, temp.Name(), o); err != nil {
		return ErrorOf(err)
	}
	if err := temp.Sync(); err != nil {
		return fileErrorOf(err)
	}
	if err := temp.Close(); err != nil { // before it is renamed, for the sake of Windows
		return fileErrorOf(err)
	}
	return appear(temp.Name(), file)
}

// backupInto copies the database into an empty file.
func (e *engine) backupInto(ctx context.Context, file string, o driver.BackupOptions) error {
	src, err := e.connect(ctx, false)
	if err != nil {
		return err
	}
	defer src.Close() //nolint:errcheck // it only read
	src.SetStatementTimeout(0)
	if err := e.sourceMoved(src); err != nil {
		return err
	}
	d, err := dsn.OfFile("", file, nil)
	if err != nil {
		return err
	}
	name, _, err := dsn.SQLiteParams(d, dsn.Writer, "")
	if err != nil {
		return err
	}
	dst, err := sqlite3.Open(name, sqlite3.ReadWrite, sqlite3.Options{})
	if err != nil {
		return err
	}
	if err = e.copyAll(ctx, src, dst, o); err == nil {
		err = e.sourceMoved(src)
	}
	if err == nil && o.Check {
		err = checkCopy(ctx, dst)
	}
	return cmp.Or(err, dst.Close())
}

// sourceMoved returns an error when the file that a backup reads is not the database's any more.
func (e *engine) sourceMoved(c *sqlite3.Conn) error {
	if e.memory == "" && c.Moved() {
		e.moved.Store(true)
		return movedError()
	}
	return nil
}

// copyAll copies the database of a connection into that of another one.
func (e *engine) copyAll(ctx context.Context, src, dst *sqlite3.Conn, o driver.BackupOptions) error {
	// The file is nobody's before it is complete, and is synced then.
	for _, sql := range []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"} {
		if err := dst.Exec(sql); err != nil {
			return err
		}
	}
	database := dialect.Quote(o.Database)
	journal, err := textOf(ctx, src, "PRAGMA "+database+".journal_mode")
	if err != nil {
		return err
	}
	snapshot := journal == "wal"
	if snapshot {
		if err := src.Exec("BEGIN"); err != nil {
			return err
		}
		if _, err := textOf(ctx, src, "SELECT count(*) FROM "+database+".sqlite_schema"); err != nil { // begins to read
			return err
		}
	}
	b, err := src.Backup(o.Database, dst)
	if err != nil {
		return err
	}
	if err := e.steps(ctx, b, snapshot, o.Progress); err != nil {
		return cmp.Or(err, b.Finish())
	}
	return b.Finish()
}

// steps copies all pages.
func (e *engine) steps(ctx context.Context, b *sqlite3.Backup, snapshot bool, progress func(done, all int64)) error {
	pages, left := backupPages, -1
	for {
		began := time.Now()
		done, err := e.step(ctx, b, pages)
		if err != nil {
			return err
		}
		now, all := b.Pages()
		if progress != nil {
			progress(int64(all-now), int64(all))
		}
		if done {
			return nil
		}
		if left >= 0 && now >= left { // it has begun anew
			pages = min(2*pages, mostBackupStep)
		}
		left = now
		if snapshot {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(max(time.Since(began), shortestRest), longestRest)):
		}
	}
}

// step copies some pages. A database in memory has one connection, so that nobody meets a lock: the step takes its
// turn.
func (e *engine) step(ctx context.Context, b *sqlite3.Backup, pages int) (bool, error) {
	if e.memory != "" {
		c, _, err := e.writer.take(ctx, e.wait, false)
		if err != nil {
			return false, err
		}
		defer e.writer.give(c)
	}
	return b.Step(ctx, pages)
}

// checkCopy reads all of a copy.
func checkCopy(ctx context.Context, c *sqlite3.Conn) error {
	if err := addFunctions(c); err != nil { // which indexes may have
		return err
	}
	switch said, err := textOf(ctx, c, "PRAGMA quick_check(1)"); {
	case err != nil:
		return err
	case said != "ok":
		return &driver.Error{Kind: driver.KindCorrupt,
			Detail: "the copy does not pass SQLite's quick_check, so the database does not either"}
	}
	return nil
}

// textOf returns the first text that a statement returns, "" for none.
func textOf(ctx context.Context, c *sqlite3.Conn, sql string) (text string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	c.SetContext(ctx)
	defer c.ClearContext()
	s, err := c.Prepare(sql)
	if err != nil {
		return "", err
	}
	row, err := s.Step()
	if err == nil && row {
		text = string(s.Raw(0))
	}
	return text, cmp.Or(err, s.Reset())
}

// besides are the endings of the files that SQLite keeps beside a database. Those of a database that is gone would
// become part of a new one.
var besides = []string{"", "-wal", "-journal"}

// vacant returns an error unless a database can appear as a file.
func vacant(file string) error {
	for _, ending := range besides {
		if _, err := os.Lstat(file + ending); err == nil {
			return existsError(ending)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fileErrorOf(err)
		}
	}
	return nil
}

func existsError(ending string) error {
	detail := "the file exists already: a backup replaces none, so name another one"
	if ending != "" {
		detail = "there is a file with the ending " + ending + ", of another database of that name: name another file"
	}
	return &driver.Error{Kind: driver.KindOther, Detail: detail, Err: fs.ErrExist}
}

// appear gives a complete file its name, and does not replace another one.
func appear(temp, file string) error {
	err := os.Link(temp, file)
	switch {
	case errors.Is(err, fs.ErrExist):
		return existsError("")
	case err != nil: // a file system without links
		if err = vacant(file); err == nil {
			err = os.Rename(temp, file)
		}
		if err != nil {
			return fileErrorOf(err)
		}
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(filepath.Dir(file))
	if err == nil {
		err = cmp.Or(folder.Sync(), folder.Close())
	}
	return fileErrorOf(err)
}

// fileErrorOf is the error of the operating system about the file of a backup, without its name.
func fileErrorOf(err error) error {
	var known *driver.Error
	var path *fs.PathError
	var link *os.LinkError
	cause := err
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.As(err, &path):
		cause = path.Err
	case errors.As(err, &link):
		cause = link.Err
	}
	kind := driver.KindOther
	if errors.Is(err, fs.ErrPermission) {
		kind = driver.KindPermission
	}
	return &driver.Error{Kind: kind, Detail: "the file of the backup: " + cause.Error(), Err: err}
}
