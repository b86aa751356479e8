package prom

import (
	"context"
)

// Default is the registry of the functions of this package. It reads PROM_DSN, then PROM_DSN_0 or PROM_DSN_1 and on to
// the first gap, once, when a connection is asked for that was not opened by hand.
var Default = &Registry{Prefix: DefaultPrefix}

// Open registers the connection that a DSN describes under the name that the DSN's fragment gives; without a fragment
// it is the default connection. It does no I/O: the connection is made at the first operation. A name that an open
// connection has is refused. See [DSN] for the grammar:
//
//	sqlite:///var/lib/app/app.db    sqlite://relative.db    sqlite://:memory:
//	postgres://user:password@host:5432/database?sslmode=require#name
func Open(dsn string, options ...OpenOption) (*DB, error) { return Default.Open(dsn, options...) }

// Conn returns the connection of that name; "" is the default one. An unknown name is an error that lists the known
// ones.
func Conn(name string) (*DB, error) { return Default.Get(name) }

// Close closes all connections of the default registry. They stay registered and connect again when they are used.
func Close() error { return Default.Close() }

// Tx runs fn in a transaction of the default connection; see [DB.Tx]. Every call on a repo of this connection with the
// context that fn gets is part of it.
func Tx(ctx context.Context, fn func(ctx context.Context) error, options ...TxOption) error {
	db, err := Conn("")
	if err != nil {
		return err
	}
	return db.Tx(ctx, fn, options...)
}
