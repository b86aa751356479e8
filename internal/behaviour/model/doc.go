// Package model holds the behaviour tests of models: change tracking, keys, loading, tags, and repos embedded in
// services. It has no code of its own.
package model
