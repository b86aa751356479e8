package prom

import (
	"context"
)

// Default is the registry that the functions of this package use. When a connection is used that was not opened by
// Open, it reads the environment once: PROM_DSN, then PROM_DSN_0 or PROM_DSN_1 and so on, up to the first gap.
var Default = &Registry{Prefix: DefaultPrefix}

// Open registers the connection of a DSN under the name in the DSN's fragment; without a fragment it is the default
// connection. It does no I/O: prom connects at the first operation. The name of an open connection cannot be used
// again. See [ParseDSN] for the syntax:
//
//	sqlite:///var/lib/app/app.db    sqlite://relative.db    sqlite://:memory:
//	postgres://user:password@host:5432/database?sslmode=require#name
func Open(dsn string, options ...OpenOption) (*DB, error) { return Default.Open(dsn, options...) }

// Conn returns the connection with the given name; "" is the default connection. If the name is unknown, it returns an
// error that lists the known names.
func Conn(name string) (*DB, error) { return Default.Get(name) }

// Close closes all connections of the default registry. They stay registered, and connect again when they are used.
func Close() error { return Default.Close() }

// Tx runs fn in a transaction of the default connection; see [DB.Tx]. Every call on a repo of this connection with the
// context that fn gets is part of the transaction.
func Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	db, err := Conn("")
	if err != nil {
		return err
	}
	return db.Tx(ctx, fn, options...)
}
