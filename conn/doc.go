// Package conn is what users name of connections to databases: the registry of named connections, a connection and its
// transactions, the DSN that describes it, and the error that it returns, which is of one kind whatever the engine.
//
// Nothing that leaves it, errors included, holds a password, and no error's text holds a value. Package prom has
// aliases of most of it.
package conn
