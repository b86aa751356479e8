package postgres

import (
	"fmt"
	"time"
)

// installKey is the key of the advisory lock under which tables are changed: the bytes of "prom", and a hash of the
// schema that new tables go to. One lock for all tables of a schema means that two changes which need each other's
// tables cannot wait for each other.
const installKey = 0x70726f6d

// InstallBegin takes the advisory lock, see [dialect.Definition]. Without it, CREATE TABLE IF NOT EXISTS fails when
// several sessions run it at once.
func (Dialect) InstallBegin(wait, lockTimeout time.Duration) []string {
	return []string{
		"SELECT set_config('prom.lock_timeout', current_setting('lock_timeout'), true)",
		setLockTimeout(wait),
		fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, hashtext(coalesce(current_schema(), '')))", installKey),
		setLockTimeout(lockTimeout),
	}
}

// applyKey is the first key of the lock under which plans are applied, one after the other; its second is that of an
// installation.
const applyKey = installKey + 1

// ApplyLock takes the lock under which plans are applied, without waiting: a statement that waits keeps a snapshot, for
// whose end CREATE INDEX CONCURRENTLY would wait in turn.
func (Dialect) ApplyLock() string {
	return fmt.Sprintf("SELECT pg_try_advisory_xact_lock(%d, hashtext(coalesce(current_schema(), '')))", applyKey)
}

// InstallEnd gives the transaction its own lock_timeout back.
func (Dialect) InstallEnd() []string {
	return []string{"SELECT set_config('lock_timeout', current_setting('prom.lock_timeout'), true)"}
}

// LockTimeout bounds the waiting for a table's lock, for the transaction alone.
func (Dialect) LockTimeout(d time.Duration) string { return setLockTimeout(d) }

// setLockTimeout is for the transaction alone; zero and less wait without end.
func setLockTimeout(d time.Duration) string {
	return fmt.Sprintf("SET LOCAL lock_timeout = %d", max(0, d.Milliseconds()))
}
