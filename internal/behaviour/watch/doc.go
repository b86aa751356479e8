// Package watch holds the behaviour tests of watches. It has no code of its own.
package watch
