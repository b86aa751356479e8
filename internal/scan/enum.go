package scan

import (
	"fmt"
	"reflect"

	"github.com/prom-go/prom/schema"
)

// enumNames returns the values of an enum, a type with a method Values() []T, by the names that its method String gives
// them. A name that is itself a value stands for that one.
func enumNames(t reflect.Type, b base) map[string]schema.Value {
	m, ok := t.MethodByName("Values")
	if !ok || m.Type.NumIn() != 1 || m.Type.NumOut() != 1 || m.Type.Out(0) != reflect.SliceOf(t) ||
		!t.Implements(reflect.TypeFor[fmt.Stringer]()) {
		return nil
	}
	list := reflect.Zero(t).MethodByName("Values").Call(nil)[0]
	names := make(map[string]schema.Value, list.Len())
	encoded := make([]schema.Value, list.Len())
	for i := range encoded {
		v := reflect.New(t)
		v.Elem().Set(list.Index(i))
		var err error
		if encoded[i], err = b.encode(v.UnsafePointer()); err != nil {
			return nil // which the first write reports
		}
		names[v.Elem().Interface().(fmt.Stringer).String()] = encoded[i]
	}
	for _, v := range encoded {
		names[choiceText(v)] = v
	}
	return names
}
