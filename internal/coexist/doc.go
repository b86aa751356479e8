// Package coexist has only tests: prom on tables that goose, golang-migrate and atlas make, and on files that
// Litestream replicates. It is a module of its own, so that these tools are no dependencies of prom.
package coexist
