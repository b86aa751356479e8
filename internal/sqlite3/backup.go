package sqlite3

import (
	"context"

	lib "modernc.org/sqlite/lib"
)

// Backup copies a whole database into another one, whose content it replaces, in steps,
// https://www.sqlite.org/backup.html. Both connections are used for nothing else meanwhile, but the source may have a
// transaction that reads: then the copy is its snapshot. Otherwise a write between two steps makes the next one begin
// anew. It is used by one goroutine at a time.
type Backup struct {
	src, dst *Conn
	handle   uintptr
}

// Backup begins a copy of a database of the connection, "main" or one that is attached, into the main one of dst. It
// must be finished.
func (c *Conn) Backup(database string, dst *Conn) (*Backup, error) {
	name, free, err := c.cString(database)
	if err != nil {
		return nil, err
	}
	defer free()
	main, freeMain, err := dst.cString("main")
	if err != nil {
		return nil, err
	}
	defer freeMain()
	handle := lib.Xsqlite3_backup_init(dst.tls, dst.db, main, c.db, name)
	if handle == 0 {
		return nil, dst.fail(lib.Xsqlite3_extended_errcode(dst.tls, dst.db))
	}
	return &Backup{c, dst, handle}, nil
}

// Step copies so many pages and reports whether that were the last ones. It waits for the locks of others as a
// statement does.
func (b *Backup) Step(ctx context.Context, pages int) (done bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	b.src.SetContext(ctx)
	defer b.src.ClearContext()
	switch rc := lib.Xsqlite3_backup_step(b.dst.tls, b.handle, int32(pages)); rc & 0xff {
	case lib.SQLITE_OK:
		return false, nil
	case lib.SQLITE_DONE:
		return true, nil
	default:
		if err := ctx.Err(); err != nil {
			return false, err // while it waited
		}
		return false, b.dst.fail(rc)
	}
}

// Pages returns how many pages were left after the last step, and how many the database had then.
func (b *Backup) Pages() (left, all int) {
	return int(lib.Xsqlite3_backup_remaining(b.dst.tls, b.handle)), int(lib.Xsqlite3_backup_pagecount(b.dst.tls, b.handle))
}

// Finish ends the copy. One that is not done is rolled back.
func (b *Backup) Finish() error {
	if rc := lib.Xsqlite3_backup_finish(b.dst.tls, b.handle); rc != lib.SQLITE_OK {
		return b.dst.fail(rc)
	}
	return nil
}

// CheckpointMode says how much a checkpoint does, https://www.sqlite.org/c3ref/wal_checkpoint_v2.html.
type CheckpointMode int32

// The modes of Checkpoint.
const (
	Passive  CheckpointMode = lib.SQLITE_CHECKPOINT_PASSIVE
	Full     CheckpointMode = lib.SQLITE_CHECKPOINT_FULL
	Restart  CheckpointMode = lib.SQLITE_CHECKPOINT_RESTART
	Truncate CheckpointMode = lib.SQLITE_CHECKPOINT_TRUNCATE
)

// Checkpoint copies the write-ahead log into the database file. It does nothing in other journal modes.
func (c *Conn) Checkpoint(ctx context.Context, mode CheckpointMode) error {
	c.SetContext(ctx)
	defer c.ClearContext()
	if rc := lib.Xsqlite3_wal_checkpoint_v2(c.tls, c.db, 0, int32(mode), 0, 0); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}
