// Package db connects to databases: the registry of named connections, a connection that opens its engine when it is
// first used, transactions in a context and their retries, what is known of a database's tables, and the catalog. It is
// what package conn is the face of, with what only the library calls.
//
// What an engine is, and what statements, rows and errors are, is in package driver; the engines are in packages
// postgres and sqlite. Nothing that leaves it, errors included, holds a password, and no error's text holds a value.
package db
