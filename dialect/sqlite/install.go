package sqlite

import "time"

// InstallBegin returns nothing: a transaction that writes holds the whole database.
func (Dialect) InstallBegin(time.Duration) []string { return nil }

// InstallEnd returns nothing.
func (Dialect) InstallEnd() []string { return nil }
