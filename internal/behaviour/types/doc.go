// Package types holds the behaviour tests of the types of columns, and values of each. It has no code of its own.
package types
