// Package arch holds the tests of the house: which package may import which, what the compiler accepts of users and
// what it refuses, and whether the pages of docs/ say what the code does. It has no code of its own.
package arch
