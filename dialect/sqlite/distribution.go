package sqlite

import "github.com/prom-go/prom/schema"

// Distribute returns "": SQLite is one file.
func (Dialect) Distribute(*schema.Table, string) string { return "" }

// Distributing returns nil.
func (Dialect) Distributing() (begin, end []string) { return nil, nil }

// Distributed returns "".
func (Dialect) Distributed() (has, how string) { return "", "" }
