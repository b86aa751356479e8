// Package postgres is the engine of PostgreSQL. pgx has the pool, logs in and reconnects; statements go by its protocol
// layer, with prepared statements, arguments and rows of this package's own.
package postgres
