package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// BackupOption is an option of [DB.Backup].
type BackupOption func(*driver.BackupOptions)

// BackupProgress has fn called after each step of a backup, by the goroutine of the call, with the number of pages that
// are copied and that there are. It may fall again: see [DB.Backup].
func BackupProgress(fn func(done, all int64)) BackupOption {
	return func(o *driver.BackupOptions) { o.Progress = fn }
}

// BackupCheck has the copy checked by SQLite's quick_check before the file appears. This reads all of it once more. If
// the database is damaged, the error is [ErrCorrupt].
func BackupCheck() BackupOption { return func(o *driver.BackupOptions) { o.Check = true } }

// BackupAttached copies the attached database of a name, instead of the main one; see the option attach of a DSN.
func BackupAttached(name string) BackupOption {
	return func(o *driver.BackupOptions) { o.Database = name }
}

// Backup copies a SQLite database, of a file or in memory, into a new file while programs go on to use it. The file is
// a database with everything that is committed: tables, indexes, triggers, and what other programs keep in it.
//
// The file appears when it is complete and synced to the disk. It must not exist, and its folder must. Until then there
// is a file beside it whose name begins with a dot; only a process that is killed leaves that one behind. Only the user
// of the process may read the file. A context that ends is an error like any other: nothing is left.
//
// With the write-ahead log, the default, the backup is a snapshot of the moment when it begins, and nobody waits for
// it. The log grows until the backup ends. With another journal (_journal_mode), and in memory, it reads a megabyte at
// a time, during which a write waits, and pauses as long. If there was a write in a pause, it begins anew with twice as
// much at a time, so the snapshot is that of the moment when it ends.
//
// Backup is not part of a transaction of ctx: inside one it is [ErrUnsupported]. So it is on PostgreSQL, which has
// pg_dump and pg_basebackup. Attached databases are copied one by one; see [BackupAttached]. The timeouts of the DSN do
// not apply.
func (d *DB) Backup(ctx context.Context, file string, opts ...BackupOption) error {
	var o driver.BackupOptions
	for _, opt := range opts {
		opt(&o)
	}
	return d.in().Backup(ctx, file, o)
}
