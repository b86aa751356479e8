// Package syncmap hides a sync.Map behind an interface.
//
// The compiler reads what a type consists of wherever a value of it is held, and compiles the methods of the generic
// types that it finds there anew in each package. A sync.Map consists of such types: in a field of what repositories
// hold, it costs every package that holds a repository a sixteenth of a second.
package syncmap

import "sync"

// Map is a [sync.Map].
type Map interface {
	Load(key any) (value any, ok bool)
	Store(key, value any)
	LoadOrStore(key, value any) (actual any, loaded bool)
	Range(fn func(key, value any) bool)
	Clear()
}

// New returns an empty map.
func New() Map { return new(sync.Map) }
