// Package hooks holds the behaviour tests of models' hooks and validation. It has no code of its own.
package hooks
