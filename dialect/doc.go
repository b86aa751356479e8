// Package dialect says what an SQL dialect is. Its subpackages postgres and sqlite are the two that there are; both are
// pure functions from schema and expressions to text, tested against golden files without a server.
package dialect
