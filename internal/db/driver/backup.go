package driver

import "context"

// Backuper is an [Engine] that can copy its database into a file.
type Backuper interface {
	// Backup copies the database into a new file, which appears when it is complete.
	Backup(ctx context.Context, file string, o BackupOptions) error
}

// BackupOptions are what a backup copies and tells.
type BackupOptions struct {
	Database string                // an attached database, "" for the main one
	Check    bool                  // the copy is checked before it appears
	Progress func(done, all int64) // is called after each step with pages; may be nil
}
