package db

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// Backup does what DB.Backup of package prom says.
func (db *DB) Backup(ctx context.Context, file string, o driver.BackupOptions) error {
	err := db.backup(ctx, file, o)
	return db.describe(err, &driver.Statement{Op: "backup"})
}

func (db *DB) backup(ctx context.Context, file string, o driver.BackupOptions) error {
	if db.InTx(ctx) {
		return &driver.Error{Kind: driver.KindUnsupported,
			Detail: "a backup has what is committed, and not what a transaction has changed: call it outside of the transaction"}
	}
	e, err := db.use(ctx)
	if err != nil {
		return err
	}
	defer db.leave()
	b, ok := e.(driver.Backuper)
	if !ok {
		return &driver.Error{Kind: driver.KindUnsupported,
			Detail: "PostgreSQL's own programs back its databases up: pg_dump one database, pg_basebackup the whole server"}
	}
	return b.Backup(ctx, file, o)
}
