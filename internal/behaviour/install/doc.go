// Package install holds the behaviour tests of installation: what is created and added by itself, plans, and what it
// never does. It has no code of its own.
package install
