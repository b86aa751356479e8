package sqlite3

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// connections finds a connection by the number that its callbacks get from SQLite: no Go pointer goes through C memory.
// The list is replaced as a whole, so that a callback takes no lock. Number 0 is nobody's.
var connections struct {
	mu   sync.Mutex
	list atomic.Pointer[[]*Conn]
	free []uintptr
}

func register(c *Conn) uintptr {
	connections.mu.Lock()
	defer connections.mu.Unlock()
	list := []*Conn{nil}
	if old := connections.list.Load(); old != nil {
		list = append([]*Conn(nil), *old...)
	}
	var id uintptr
	if n := len(connections.free); n > 0 {
		id = connections.free[n-1]
		connections.free = connections.free[:n-1]
		list[id] = c
	} else {
		id = uintptr(len(list))
		list = append(list, c)
	}
	connections.list.Store(&list)
	return id
}

func unregister(id uintptr) {
	connections.mu.Lock()
	defer connections.mu.Unlock()
	list := append([]*Conn(nil), *connections.list.Load()...)
	list[id] = nil
	connections.free = append(connections.free, id)
	connections.list.Store(&list)
}

// connection returns the connection of a number. A callback runs inside a call on it, so it is there.
func connection(id uintptr) *Conn { return (*connections.list.Load())[id] }

// funcPointer gives a function the form in which the translated C calls it. f must be a declared function, not a
// closure.
func funcPointer[T any](f T) uintptr {
	// A func value is a pointer to a structure whose first word is the code's address (https://go.dev/s/go11func). For a
	// declared function that structure is in read-only memory, so its address may be kept as a number. The translated code
	// turns it back into a func value in the same way.
	return *(*uintptr)(unsafe.Pointer(&struct{ f T }{f}))
}

// pointer makes a pointer of an address in C memory. It is right for such addresses alone: the collector does not know
// that memory, so neither moves nor frees it, and whoever holds the pointer minds that C does not either.
func pointer(p uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&p)) // reads the number as the pointer that it is
}
