package scan

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Codec returns the codec of the field that the accessor points to. The error names the model and the fields that could
// have been meant.
func (a Access) Codec() (*Codec, error) {
	p, err := For(a.Model)
	if err != nil {
		return nil, err
	}
	offset, ok := a.offset()
	if !ok {
		return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }",
			p.Table.Model, p.Table.Model.Name())
	}
	col := p.Table.At(offset, a.Type)
	if col == nil {
		return nil, fmt.Errorf("prom: the accessor of %s points to no column of type %s; its columns are %s",
			p.Table.Model, a.Type, fieldList(p.Table))
	}
	return p.codecs[col.Ordinal], nil
}

// Field returns the place of the field of a struct that the accessor points to, and its name for messages. A type that
// is no struct is its own only field.
func (a Access) Field() (offset uintptr, name string, err error) {
	offset, ok := a.offset()
	if !ok {
		return 0, "", fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }", a.Model, a.Model.Name())
	}
	if a.Model.Kind() != reflect.Struct {
		return offset, a.Model.Name(), nil
	}
	for _, f := range reflect.VisibleFields(a.Model) {
		if at, ok := fieldOffset(a.Model, f.Index); ok && at == offset && f.Type == a.Type {
			return offset, f.Name, nil
		}
	}
	return 0, "", fmt.Errorf("prom: the accessor of %s points to no field of type %s", a.Model, a.Type)
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

// Access is an accessor of a field, such as func(p *Post) *int { return &p.Views }, without its types, so that what is
// done with it is compiled once and not for each field. [At] makes it.
type Access struct {
	Model  reflect.Type // that has the field
	Type   reflect.Type // of the field
	Values reflect.Type // of what the field holds
	fn     func(unsafe.Pointer) unsafe.Pointer
}

// At returns an accessor without its types: a function from one pointer to another. F is the type of the field, and V
// that of its values, which differ where it may be NULL.
func At[T, F, V any](accessor func(*T) *F) Access {
	fn := *(*func(unsafe.Pointer) unsafe.Pointer)(unsafe.Pointer(&accessor))
	return Access{reflect.TypeFor[T](), reflect.TypeFor[F](), reflect.TypeFor[V](), fn}
}

// offset calls the accessor on a value of its own and measures. An accessor that panics or points elsewhere is no
// field.
func (a Access) offset() (offset uintptr, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	v := reflect.New(a.Model).UnsafePointer()
	field, start := uintptr(a.fn(v)), uintptr(v)
	if field < start || field-start >= a.Model.Size() {
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

// Relation returns the relation that the accessor points to, as Codec does for columns.
func (a Access) Relation() (*schema.Relation, error) {
	p, err := For(a.Model)
	if err != nil {
		return nil, err
	}
	if offset, ok := a.offset(); ok {
		if r := p.Table.RelationAt(offset, a.Type); r != nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field of type %s, as in func(v *%s) … { return &v.Field }",
		p.Table.Model, a.Type, p.Table.Model.Name())
}
