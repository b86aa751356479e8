// Package schema reads a model, a Go struct, into the description of a table: columns, keys, indexes and references,
// with the rules that their values keep. It knows the grammar of the struct tag `prom:"…"` and the rules of
// identifiers, and it computes what a database lacks compared with what a model wants.
//
// The package does no I/O and knows no SQL: the dialects turn a [Table] into statements.
package schema
