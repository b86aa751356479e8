// Package install makes the tables, columns and indexes that a database lacks. It looks before it acts and while no
// other process else acts, it does nothing but add, and it works in the transaction of the context when there is one.
package install
