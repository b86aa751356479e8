package sqlite

import "time"

// InstallBegin returns nothing: a transaction that writes holds the whole database.
func (Dialect) InstallBegin(wait, lockTimeout time.Duration) []string { return nil }

// InstallEnd returns nothing.
func (Dialect) InstallEnd() []string { return nil }

// ApplyLock returns "": each step is planned anew in the transaction that does it.
func (Dialect) ApplyLock() string { return "" }

// LockTimeout returns "": a transaction waits at its beginning and nowhere else.
func (Dialect) LockTimeout(time.Duration) string { return "" }
