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
func CodecAt[T, V any](accessor func(*T) *V) (*Codec, error) {
	p, err := For(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	offset, ok := offsetOf(accessor)
	if !ok {
		return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }",
			p.Table.Model, p.Table.Model.Name())
	}
	col := p.Table.At(offset, reflect.TypeFor[V]())
	if col == nil {
		return nil, fmt.Errorf("prom: the accessor of %s points to no column of type %s; its columns are %s",
			p.Table.Model, reflect.TypeFor[V](), fieldList(p.Table))
	}
	return p.codecs[col.Ordinal], nil
}

// FieldAt returns the place of the field of a struct that an accessor points to, and its name for messages. A type that is no struct
// is its own only field.
func FieldAt[T, V any](accessor func(*T) *V) (offset uintptr, name string, err error) {
	model := reflect.TypeFor[T]()
	offset, ok := offsetOf(accessor)
	if !ok {
		return 0, "", fmt.Errorf("prom: the accessor of %s must return the address of a field, as in func(v *%s) … { return &v.Field }", model, model.Name())
	}
	if model.Kind() != reflect.Struct {
		return offset, model.Name(), nil
	}
	for _, f := range reflect.VisibleFields(model) {
		if at, ok := fieldOffset(model, f.Index); ok && at == offset && f.Type == reflect.TypeFor[V]() {
			return offset, f.Name, nil
		}
	}
	return 0, "", fmt.Errorf("prom: the accessor of %s points to no field of type %s", model, reflect.TypeFor[V]())
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

// offsetOf calls the accessor on a value of its own and measures. An accessor that panics or points elsewhere is no field.
func offsetOf[T, V any](accessor func(*T) *V) (offset uintptr, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	v := new(T)
	field := uintptr(unsafe.Pointer(accessor(v)))
	start := uintptr(unsafe.Pointer(v))
	if field < start || field-start >= reflect.TypeFor[T]().Size() {
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
	p, err := For(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	if offset, ok := offsetOf(accessor); ok {
		if r := p.Table.RelationAt(offset, reflect.TypeFor[V]()); r != nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("prom: the accessor of %s must return the address of a field of type %s, as in func(v *%s) … { return &v.Field }",
		p.Table.Model, reflect.TypeFor[V](), p.Table.Model.Name())
}
