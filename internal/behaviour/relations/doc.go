// Package relations holds the behaviour tests of relations between models. It has no code of its own.
package relations
