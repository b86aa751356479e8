// Package transfer holds the behaviour tests of databases that move: dumps, and databases of prom for Python. It has
// no code of its own.
package transfer
