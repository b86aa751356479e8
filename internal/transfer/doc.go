// Package transfer copies the tables of one database into another, of either engine: rows as they are stored, in
// transactions of some thousand rows, each with the place up to which a table is copied, so that a copy which was
// killed goes on. It reads and writes files of rows too.
//
// A copy has a reader and a writer, a goroutine each. The reader has one snapshot of the source. It reads a table in
// the order of its key, adds a hash of each row to the table's checksum, and encodes rows into blocks. The writer
// sends blocks: to PostgreSQL by COPY, to SQLite by prepared statements of many rows. Then the target is read, and
// rows and checksums are compared.
package transfer
