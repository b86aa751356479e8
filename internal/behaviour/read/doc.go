// Package read holds the behaviour tests of reading: streams, pages, row locks, claims and request coalescing. It has
// no code of its own.
package read
