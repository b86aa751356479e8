package sqlite

import "time"

// InstallBegin returns nothing: a transaction that writes holds the whole database.
func (Dialect) InstallBegin(time.Duration) []string { return nil }

// InstallEnd returns nothing.
func (Dialect) InstallEnd() []string { return nil }

// LockTimeout returns "": a transaction waits at its beginning and nowhere else.
func (Dialect) LockTimeout(time.Duration) string { return "" }
