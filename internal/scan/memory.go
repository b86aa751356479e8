package scan

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// memory is how values of one type are allocated, copied and told, for code that has only their addresses: what holds a
// T is allocated as one, and moved by typed copies, so that the garbage collector knows all pointers in it.
type memory struct {
	size     uintptr
	keptSize uintptr

	list func(n int) unsafe.Pointer                                              // a slice of n zero values
	grow func(data unsafe.Pointer, n, room int) (to unsafe.Pointer, newRoom int) // as append does; what is not used is zero
	copy func(dst, src unsafe.Pointer, n int)

	kept    func(n int) unsafe.Pointer // a slice of n zero kept[T]
	rowAt   uintptr                    // of the row in a kept[T]
	pointer func(v unsafe.Pointer) any // a *T
}

// kept is a copy of a value, and what is known of it: a shadow comes first, so that its address is the kept's own.
type kept[T any] struct {
	shadow
	row T
}

// memoryCell is the place of a type's memory. It is empty until code that has the type has been there, which is before
// any value can be.
type memoryCell struct{ atomic.Pointer[memory] }

var memories sync.Map // reflect.Type → *memoryCell

func memoryOf(t reflect.Type) *memoryCell {
	if c, ok := memories.Load(t); ok {
		return c.(*memoryCell)
	}
	c, _ := memories.LoadOrStore(t, &memoryCell{})
	return c.(*memoryCell)
}

// Know lets plans of the type T read and keep values of it.
func Know[T any]() {
	c := memoryOf(reflect.TypeFor[T]())
	if c.Load() != nil {
		return
	}
	var k kept[T]
	c.Store(&memory{
		size:     unsafe.Sizeof(k.row),
		keptSize: unsafe.Sizeof(k),
		rowAt:    unsafe.Offsetof(k.row),
		list:     func(n int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(make([]T, n))) },
		grow: func(data unsafe.Pointer, n, room int) (unsafe.Pointer, int) {
			s := append(unsafe.Slice((*T)(data), room)[:n], *new(T))
			return unsafe.Pointer(unsafe.SliceData(s)), cap(s)
		},
		copy:    func(dst, src unsafe.Pointer, n int) { copy(unsafe.Slice((*T)(dst), n), unsafe.Slice((*T)(src), n)) },
		kept:    func(n int) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(make([]kept[T], n))) },
		pointer: func(v unsafe.Pointer) any { return (*T)(v) },
	})
}

// checkModel panics when a plan is used for another model, which would read foreign memory.
func checkModel[T any](p *Plan) {
	if p.Table.Model != reflect.TypeFor[T]() {
		panic(fmt.Sprintf("prom: the plan of %s was used for %s", p.Table.Model, reflect.TypeFor[T]()))
	}
}

// List is a slice of values, for code that has not their type.
type List struct {
	Data unsafe.Pointer
	Len  int
	Cap  int
}

// Slice returns l as what it is.
func Slice[T any](l List) []T { return unsafe.Slice((*T)(l.Data), l.Cap)[:l.Len] }

// next makes room for one more value, and returns its address. The value is zero.
func (l *List) next(m *memory) unsafe.Pointer {
	if l.Len == l.Cap {
		l.Data, l.Cap = m.grow(l.Data, l.Len, l.Cap)
	}
	l.Len++
	return unsafe.Add(l.Data, uintptr(l.Len-1)*m.size)
}
