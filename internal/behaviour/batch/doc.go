// Package batch holds the behaviour tests of batches: many operations in one round trip, all or nothing. It has no
// code of its own.
package batch
