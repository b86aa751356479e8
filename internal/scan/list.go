package scan

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

var (
	errNullElement = errors.New("it is NULL, and the slice's elements do not allow that; make them pointers, such as " +
		"[]*string")
	errDims = errors.New("the number of dimensions is another one than the field's; a slice of slices with the option " +
		"array holds an array of two dimensions")
	errRagged = errors.New("the inner slices of an array must have the same length, which is not 0; leave out the option " +
		"array to store them as JSON")
)

// listBase stores a slice as a list of what its elements are stored as. A nil slice is an empty list, since NULL is
// what a pointer to a slice says.
func listBase(t reflect.Type, col *schema.Column) (base, error) {
	elem, err := newCodec(col.Elem())
	if err != nil {
		return base{}, err
	}
	kind, size, nested := col.Kind.Elem(), t.Elem().Size(), col.Dims > 1
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
				v := list.At(j)
				err := errDims
				switch {
				case v.IsList() != nested:
				case v.IsNull() && !v.IsList() && elem.null == notNull:
					err = errNullElement
				default:
					err = elem.decode(valueRow{v}, 0, unsafe.Add(at, uintptr(j)*size))
				}
				if err != nil {
					return fmt.Errorf("element %d: %w", j, err)
				}
			}
			reflect.NewAt(t, p).Elem().Set(made)
			return nil
		},
		encode: func(p unsafe.Pointer) (schema.Value, error) {
			s := reflect.NewAt(t, p).Elem()
			at := s.UnsafePointer()
			first := 0
			return schema.NewList(kind, s.Len(), func(j int) (schema.Value, error) {
				v, err := elem.encode(unsafe.Add(at, uintptr(j)*size))
				if j == 0 {
					first = v.Len()
				}
				if nested && err == nil && (v.Len() == 0 || v.Len() != first) {
					err = errRagged
				}
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
