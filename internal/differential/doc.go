// Package differential compares the engines with each other and with a reading of the same queries in Go. It holds
// tests alone: random typed queries, each of whose parts carries its meaning as a function, must find the same rows on
// SQLite, on PostgreSQL and in memory.
package differential
