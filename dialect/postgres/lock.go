package postgres

import "github.com/prom-go/prom/dialect"

var lockText = [...]string{
	dialect.LockKeyShare: "FOR KEY SHARE", dialect.LockShare: "FOR SHARE",
	dialect.LockNoKeyUpdate: "FOR NO KEY UPDATE", dialect.LockUpdate: "FOR UPDATE",
}

var waitText = [...]string{dialect.LockWaits: "", dialect.SkipLocked: " SKIP LOCKED", dialect.NoWait: " NOWAIT"}

// Lock returns the clause that locks the rows called of.
func (Dialect) Lock(l dialect.Lock, w dialect.LockWait, of string) string {
	if l == dialect.NoLock {
		return ""
	}
	return lockText[l] + " OF " + of + waitText[w]
}
