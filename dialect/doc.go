// Package dialect defines what an SQL dialect is. Its subpackages postgres and sqlite are the two dialects. They are
// pure functions from a schema and expressions to SQL text, tested with golden files and without a server.
package dialect
