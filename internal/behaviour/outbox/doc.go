// Package outbox holds the behaviour tests of the outbox and its relays. It has no code of its own.
package outbox
