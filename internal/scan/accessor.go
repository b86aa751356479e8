package scan

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// CodecAt returns the codec of the field that an accessor points to, such as func(p *Post) *int { return &p.Views }. V is the
// type of the field. The error names the model and the fields that could have been meant.
func CodecAt[T, V any](accessor func(*T) *V) (*Codec, error) { return codecAt(accessorOf(accessor)) }

func codecAt(a access) (*Codec, error) {
	p, err := For(a.model)
	if err != nil {
		return nil, err
	}
	offset, ok := a.offset()
	if !ok {
		return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }",
			p.Table.Model, p.Table.Model.Name())
	}
	col := p.Table.At(offset, a.typ)
	if col == nil {
		return nil, fmt.Errorf("prom: the accessor of %s points to no column of type %s; its columns are %s",
			p.Table.Model, a.typ, fieldList(p.Table))
	}
	return p.codecs[col.Ordinal], nil
}

// FieldAt returns the place of the field of a struct that an accessor points to, and its name for messages. A type that is no struct
// is its own only field.
func FieldAt[T, V any](accessor func(*T) *V) (offset uintptr, name string, err error) {
	return fieldAt(accessorOf(accessor))
}

func fieldAt(a access) (offset uintptr, name string, err error) {
	offset, ok := a.offset()
	if !ok {
		return 0, "", fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }", a.model, a.model.Name())
	}
	if a.model.Kind() != reflect.Struct {
		return offset, a.model.Name(), nil
	}
	for _, f := range reflect.VisibleFields(a.model) {
		if at, ok := fieldOffset(a.model, f.Index); ok && at == offset && f.Type == a.typ {
			return offset, f.Name, nil
		}
	}
	return 0, "", fmt.Errorf("prom: the accessor of %s points to no field of type %s", a.model, a.typ)
}

// fieldOffset returns the bytes from the start of a struct to a field of it, or false when a pointer is on the way.
func fieldOffset(t reflect.Type, path []int) (offset uintptr, ok bool) {
	for _, i := range path {
		if t.Kind() != reflect.Struct {
			return 0, false
		}
		f := t.Field(i)
		offset, t = offset+f.Offset, f.Type
	}
	return offset, true
}

// access is an accessor without its types, so that what is done with it is compiled once and not for each field.
type access struct {
	model, typ reflect.Type
	fn         func(unsafe.Pointer) unsafe.Pointer
}

// accessorOf returns an accessor without its types: a function from one pointer to another.
func accessorOf[T, V any](accessor func(*T) *V) access {
	return access{reflect.TypeFor[T](), reflect.TypeFor[V](), *(*func(unsafe.Pointer) unsafe.Pointer)(unsafe.Pointer(&accessor))}
}

// offset calls the accessor on a value of its own and measures. An accessor that panics or points elsewhere is no field.
func (a access) offset() (offset uintptr, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	v := reflect.New(a.model).UnsafePointer()
	field, start := uintptr(a.fn(v)), uintptr(v)
	if field < start || field-start >= a.model.Size() {
		return 0, false
	}
	return field - start, true
}

func fieldList(t *schema.Table) string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = fmt.Sprintf("%s (%s)", c.Field, c.Type)
	}
	return strings.Join(list, ", ")
}

// RelationAt returns the relation that an accessor points to, as [CodecAt] does for columns.
func RelationAt[T, V any](accessor func(*T) *V) (*schema.Relation, error) {
	return relationAt(accessorOf(accessor))
}

func relationAt(a access) (*schema.Relation, error) {
	p, err := For(a.model)
	if err != nil {
		return nil, err
	}
	if offset, ok := a.offset(); ok {
		if r := p.Table.RelationAt(offset, a.typ); r != nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field of type %s, as in func(v *%s) … { return &v.Field }",
		p.Table.Model, a.typ, p.Table.Model.Name())
}
