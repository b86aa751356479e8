// Package coexist has only tests: prom on tables that goose, golang-migrate and atlas make. It is a module of its own, so
// that these tools are no dependencies of prom.
package coexist
