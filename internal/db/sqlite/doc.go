// Package sqlite is the engine of SQLite, on the connections of internal/sqlite3: one that writes, for which writes
// queue and share commits, and several that read.
package sqlite
