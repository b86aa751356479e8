package sqlite

import "github.com/prom-go/prom/dialect"

// Lock returns nothing: a transaction that may write has the whole database locked.
func (Dialect) Lock(dialect.Lock, dialect.LockWait, string) string { return "" }
