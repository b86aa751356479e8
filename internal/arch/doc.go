// Package arch holds the test of the module's layering: which package may import which. It has no code of its own.
package arch
