package sqlite3

import (
	"context"

	lib "modernc.org/sqlite/lib"
)

// backupPages is how many pages are copied before the locks are let go for a moment.
const backupPages = 256

// Backup copies the whole database into that of dst, whose content it replaces. Others may go on to read and write
// meanwhile; what they write through another connection makes the copy begin anew. Neither connection is used for
// anything else until it has ended.
func (c *Conn) Backup(ctx context.Context, dst *Conn) error {
	main, free, err := c.cString("main")
	if err != nil {
		return err
	}
	defer free()
	b := lib.Xsqlite3_backup_init(dst.tls, dst.db, main, c.db, main)
	if b == 0 {
		return dst.fail(lib.Xsqlite3_extended_errcode(dst.tls, dst.db))
	}
	rc, attempt := int32(lib.SQLITE_OK), 0
	c.SetContext(ctx)
	defer c.ClearContext()
	for {
		if err = ctx.Err(); err != nil {
			break
		}
		rc = lib.Xsqlite3_backup_step(dst.tls, b, backupPages)
		if code := rc & 0xff; code == lib.SQLITE_BUSY || code == lib.SQLITE_LOCKED {
			// SQLite has called the busy handler already when another process is in the way; what is left is a writer of this
			// one.
			if attempt++; c.pause(attempt, longestPause) {
				continue
			}
		} else if code == lib.SQLITE_OK {
			attempt = 0
			continue
		}
		break
	}
	finish := lib.Xsqlite3_backup_finish(dst.tls, b)
	switch {
	case err != nil:
		return err
	case rc != lib.SQLITE_DONE:
		return dst.fail(rc)
	case finish != lib.SQLITE_OK:
		return dst.fail(finish)
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
