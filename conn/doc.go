// Package conn connects to databases. It keeps the registry of named connections, opens
// PostgreSQL through pgxpool and SQLite through internal/sqlite3, runs statements with typed arguments and typed rows, carries
// transactions in a context, and translates the errors of both engines into one kind of error.
//
// It is the only package that imports drivers. Nothing that leaves it, errors included, holds a password, and no error's text
// holds a value.
package conn
