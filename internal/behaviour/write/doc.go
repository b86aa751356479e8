// Package write holds the behaviour tests of writing: inserts, updates, upserts, conflicts, optimistic locking and
// soft delete. It has no code of its own.
package write
