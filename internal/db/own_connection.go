package db

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// Alone runs a statement that cannot be part of a transaction, such as CREATE INDEX CONCURRENTLY, which waits for all
// transactions that have begun before: on PostgreSQL on a connection of its own, without the timeouts of the DSN. The
// context alone bounds it.
func (db *DB) Alone(ctx context.Context, st *driver.Statement) error {
	if err := db.check(st); err != nil {
		return err
	}
	release, err := db.tenant.reserve(ctx)
	if err != nil {
		return err
	}
	defer release()
	e, err := db.use(ctx)
	if err != nil {
		return err
	}
	defer db.leave()
	ctx, event := db.observe(ctx, EventStatement, st)
	if err = e.Alone(ctx, st); err != nil {
		err = db.describe(err, st)
	}
	db.wrote(ctx)
	event.end(ctx, 0, err)
	return err
}

// Serialized runs fn under the lock under which plans are applied, for which it waits as long as the context lasts. The
// transaction that holds it is on a connection of its own and idle, without a snapshot for whose end others would wait.
func (db *DB) Serialized(ctx context.Context, fn func() error) error {
	lock := db.dialect.ApplyLock()
	if lock == "" {
		return fn()
	}
	giveBack, err := db.tenant.reserve(ctx)
	if err != nil {
		return db.describe(err, &driver.Statement{Op: "apply"})
	}
	defer giveBack()
	e, err := db.use(ctx)
	if err != nil {
		return db.describe(err, &driver.Statement{Op: "apply"})
	}
	defer db.leave()
	start := time.Now()
	release, err := e.Lock(ctx, lock)
	if w := db.watcher(); w != nil {
		w.Waited(ctx, driver.WaitLock, start, err)
	}
	if err != nil {
		return db.describe(err, &driver.Statement{Op: "apply"})
	}
	defer release()
	return fn()
}
