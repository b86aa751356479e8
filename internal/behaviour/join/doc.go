// Package join holds the behaviour tests of programs that have a pool, a *sql.DB, hooks of a pool or transactions of
// their own. It has no code of its own.
package join
