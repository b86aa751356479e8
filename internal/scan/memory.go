package scan

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Memory is how values of one type are allocated, copied and told, for code that has only their addresses: what holds a
// T is allocated as one, and moved by typed copies, so that the garbage collector knows all pointers in it. [Know]
// makes it. It is safe for concurrent use; what its methods are given the address of must be a T.
type Memory struct {
	Type reflect.Type
	Size uintptr // of a value in a list

	list func(n int) unsafe.Pointer // a slice of n zero values
	// as append does; what is not used is zero
	grow func(data unsafe.Pointer, n, room int) (to unsafe.Pointer, newRoom int)
	copy func(dst, src unsafe.Pointer, n int)
	zero unsafe.Pointer // a zero value

	kept     func(n int) unsafe.Pointer // a slice of n zero kept[T]
	keptSize uintptr
	rowAt    uintptr                    // of the row in a kept[T]
	pointer  func(v unsafe.Pointer) any // a *T
}

// kept is a copy of a value, and what is known of it: a shadow comes first, so that its address is the kept's own.
type kept[T any] struct {
	shadow
	row T
}

// memoryCell is the place of a type's memory. It is empty until code that has the type has been there, which is before
// any value can be.
type memoryCell struct{ atomic.Pointer[Memory] }

var memories sync.Map // reflect.Type → *memoryCell

func memoryOf(t reflect.Type) *memoryCell {
	if c, ok := memories.Load(t); ok {
		return c.(*memoryCell)
	}
	c, _ := memories.LoadOrStore(t, &memoryCell{})
	return c.(*memoryCell)
}

// Know lets plans of the type T read and keep values of it, and returns its memory.
func Know[T any]() *Memory {
	c := memoryOf(reflect.TypeFor[T]())
	if m := c.Load(); m != nil {
		return m
	}
	var k kept[T]
	c.CompareAndSwap(nil, &Memory{
		Type: reflect.TypeFor[T](),
		Size: unsafe.Sizeof(k.row),
		list: func(n int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(make([]T, n))) },
		grow: func(data unsafe.Pointer, n, room int) (unsafe.Pointer, int) {
			s := append(unsafe.Slice((*T)(data), room)[:n], *new(T))
			return unsafe.Pointer(unsafe.SliceData(s)), cap(s)
		},
		copy:     func(dst, src unsafe.Pointer, n int) { copy(unsafe.Slice((*T)(dst), n), unsafe.Slice((*T)(src), n)) },
		zero:     unsafe.Pointer(new(T)),
		kept:     func(n int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(make([]kept[T], n))) },
		keptSize: unsafe.Sizeof(k),
		rowAt:    unsafe.Offsetof(k.row),
		pointer:  func(v unsafe.Pointer) any { return (*T)(v) },
	})
	return c.Load()
}

// Known reports whether the memory of a type is known; see [Know].
func Known(t reflect.Type) bool { return memoryOf(t).Load() != nil }

// Memory returns the memory of the plan's type, nil when that is not known.
func (p *Plan) Memory() *Memory { return p.memory.Load() }

// New returns a new zero value.
func (m *Memory) New() unsafe.Pointer { return m.list(1) }

// Copy makes the value at dst what the one at src is.
func (m *Memory) Copy(dst, src unsafe.Pointer) { m.copy(dst, src, 1) }

// Clear makes a value zero.
func (m *Memory) Clear(v unsafe.Pointer) { m.copy(v, m.zero, 1) }

// Pointer returns the address of a value as a pointer of its type, a *T.
func (m *Memory) Pointer(v unsafe.Pointer) any { return m.pointer(v) }

// List is a slice of values, for code that has not their type. The zero List is a nil slice.
type List struct {
	Data unsafe.Pointer
	Len  int
	Cap  int
}

// One returns a value as a list.
func One(v unsafe.Pointer) List { return List{v, 1, 1} }

// Make returns a list of n zero values with room for more.
func (m *Memory) Make(n, room int) List { return List{m.list(room), n, room} }

// At returns the address of a value of a list.
func (m *Memory) At(l List, i int) unsafe.Pointer {
	if uint(i) >= uint(l.Len) {
		panic("prom: a list has no such element")
	}
	return unsafe.Add(l.Data, uintptr(i)*m.Size)
}

// Next makes room for one more value at the end of a list, and returns its address. The value is zero.
func (m *Memory) Next(l *List) unsafe.Pointer {
	if l.Len == l.Cap {
		l.Data, l.Cap = m.grow(l.Data, l.Len, l.Cap)
	}
	l.Len++
	return unsafe.Add(l.Data, uintptr(l.Len-1)*m.Size)
}

// Part returns the values of a list from one to another, with no room behind them.
func (m *Memory) Part(l List, from, to int) List {
	if from < 0 || from > to || to > l.Len {
		panic("prom: a list has no such part")
	}
	if from == to {
		return List{Data: l.Data} // an address behind the last value would be another allocation's
	}
	return List{unsafe.Add(l.Data, uintptr(from)*m.Size), to - from, to - from}
}

// Clone returns a list of the same values.
func (m *Memory) Clone(l List) List {
	clone := m.Make(l.Len, l.Len)
	m.CopyAll(clone, l)
	return clone
}

// CopyAll makes the values of a list what those of another are, which has as many.
func (m *Memory) CopyAll(dst, src List) { m.copy(dst.Data, src.Data, min(dst.Len, src.Len)) }

// Addresses returns the addresses of the values of a list.
func (m *Memory) Addresses(l List) []unsafe.Pointer {
	list := make([]unsafe.Pointer, l.Len)
	for i := range list {
		list[i] = m.At(l, i)
	}
	return list
}

// Reversed returns a list of the same values in the opposite order.
func (m *Memory) Reversed(l List) List {
	reversed := m.Make(l.Len, l.Len)
	for i := range l.Len {
		m.Copy(m.At(reversed, i), m.At(l, l.Len-1-i))
	}
	return reversed
}

// SliceAt returns the slice that a list is, whose changes are the list's.
func SliceAt[T any](l *List) *[]T { return (*[]T)(unsafe.Pointer(l)) }
