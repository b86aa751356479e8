package scan

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// listBase stores a slice as a list of what its elements are stored as. A nil slice is an empty list, since NULL is
// what a pointer to a slice says.
func listBase(t reflect.Type, col *schema.Column) (base, error) {
	elem, err := newCodec(col.Elem())
	if err != nil {
		return base{}, err
	}
	kind, size := elem.column.Kind, t.Elem().Size()
	return base{
		decode: func(r Row, i int, p unsafe.Pointer) error {
			list, err := r.List(i, kind)
			if err != nil {
				return err
			}
			n := list.Len()
			made := reflect.MakeSlice(t, n, n)
			at := made.UnsafePointer()
			for j := range n {
				if err := elem.decode(valueRow{list.At(j)}, 0, unsafe.Add(at, uintptr(j)*size)); err != nil {
					return fmt.Errorf("element %d: %w", j, err)
				}
			}
			reflect.NewAt(t, p).Elem().Set(made)
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			s := reflect.NewAt(t, p).Elem()
			at := s.UnsafePointer()
			return schema.NewList(kind, s.Len(), func(j int) (schema.Value, error) {
				v, err := elem.encode(unsafe.Add(at, uintptr(j)*size))
				if err != nil {
					err = fmt.Errorf("element %d: %w", j, err)
				}
				return v, err
			})
		},
		deep:   true,
		unsure: elem.base.unsure,
	}, nil
}
