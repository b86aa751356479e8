package scan

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/google/uuid"
)

// jsonReader reads documents into values of a type as encoding/json does, several times faster, because it knows the
// type beforehand and goes through a document once. It reads what documents of the type usually hold. Where
// encoding/json would do anything beyond that, such as report an error, match a key without regard to case or join two
// values of one key, it reports that it has not read the document, and the value is in no certain state.
type jsonReader func(d *jsonDoc, p unsafe.Pointer) bool

// newJSONReader returns a reader of a type's documents, or nil when there is none.
func newJSONReader(t reflect.Type) jsonReader {
	made := map[reflect.Type]*jsonReader{}
	read := readerOf(t, made)
	for _, r := range made {
		if *r == nil {
			return nil
		}
	}
	return *read
}

// read reads a document.
func (read jsonReader) read(b []byte, p unsafe.Pointer) bool {
	d := jsonDocs.Get().(*jsonDoc)
	defer d.done()
	if d.own = len(b) <= sharedDocument; d.own {
		d.text = string(b)
	} else {
		d.text = unsafe.String(unsafe.SliceData(b), len(b))
	}
	if d.space(); !read(d, p) {
		return false
	}
	d.space()
	return d.at == len(d.text)
}

// sharedDocument is how long a document may be whose texts are kept as parts of one copy. One of them keeps all then.
const sharedDocument = 1024

// readerOf returns the place of a type's reader, which is nil there when the type has none, and while it is made.
func readerOf(t reflect.Type, made map[reflect.Type]*jsonReader) *jsonReader {
	if r, ok := made[t]; ok {
		return r
	}
	r := new(jsonReader)
	made[t] = r
	switch {
	case t == reflect.TypeFor[time.Time]():
		*r = readJSONTime
		return r
	case t == reflect.TypeFor[uuid.UUID]():
		*r = readJSONUUID
		return r
	case t == jsonNumber || has(t, jsonUnmarshaler) || has(t, textUnmarshaler):
		return r
	}
	switch t.Kind() {
	case reflect.Bool:
		*r = readJSONBool
	case reflect.Int:
		*r = readJSONInt[int]
	case reflect.Int8:
		*r = readJSONInt[int8]
	case reflect.Int16:
		*r = readJSONInt[int16]
	case reflect.Int32:
		*r = readJSONInt[int32]
	case reflect.Int64:
		*r = readJSONInt[int64]
	case reflect.Uint:
		*r = readJSONUint[uint]
	case reflect.Uint8:
		*r = readJSONUint[uint8]
	case reflect.Uint16:
		*r = readJSONUint[uint16]
	case reflect.Uint32:
		*r = readJSONUint[uint32]
	case reflect.Uint64:
		*r = readJSONUint[uint64]
	case reflect.Float32:
		*r = readJSONFloat[float32]
	case reflect.Float64:
		*r = readJSONFloat[float64]
	case reflect.String:
		*r = readJSONString
	case reflect.Interface:
		if t.NumMethod() == 0 {
			*r = readJSONAny
		}
	case reflect.Pointer:
		*r = readJSONPointer(t.Elem(), readerOf(t.Elem(), made))
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // a text in base64
			*r = readJSONSlice(t, readerOf(t.Elem(), made))
		}
	case reflect.Map:
		if k := t.Key(); k.Kind() == reflect.String && k != jsonNumber && !has(k, textUnmarshaler) {
			*r = readJSONMap(t, readerOf(t.Elem(), made))
		}
	case reflect.Struct:
		*r = readJSONStruct(t, made)
	}
	return r
}

// isNull goes behind null, which leaves the zero value.
func (d *jsonDoc) isNull() bool { return d.word("null") }

func readJSONBool(d *jsonDoc, p unsafe.Pointer) bool {
	if d.word("true") {
		*(*bool)(p) = true
		return true
	}
	return d.word("false") || d.isNull()
}

func readJSONInt[V int | int8 | int16 | int32 | int64](d *jsonDoc, p unsafe.Pointer) bool {
	if d.isNull() {
		return true
	}
	text, whole := d.number()
	if !whole {
		return false
	}
	n, err := strconv.ParseInt(text, 10, int(unsafe.Sizeof(V(0)))*8)
	*(*V)(p) = V(n)
	return err == nil
}

func readJSONUint[V uint | uint8 | uint16 | uint32 | uint64](d *jsonDoc, p unsafe.Pointer) bool {
	if d.isNull() {
		return true
	}
	text, whole := d.number()
	if !whole {
		return false
	}
	n, err := strconv.ParseUint(text, 10, int(unsafe.Sizeof(V(0)))*8)
	*(*V)(p) = V(n)
	return err == nil
}

func readJSONFloat[V float32 | float64](d *jsonDoc, p unsafe.Pointer) bool {
	if d.isNull() {
		return true
	}
	text, _ := d.number()
	n, err := strconv.ParseFloat(text, int(unsafe.Sizeof(V(0)))*8)
	*(*V)(p) = V(n)
	return err == nil
}

func readJSONString(d *jsonDoc, p unsafe.Pointer) (ok bool) {
	if d.isNull() {
		return true
	}
	*(*string)(p), ok = d.string(true)
	return ok
}

func readJSONTime(d *jsonDoc, p unsafe.Pointer) bool {
	if d.isNull() {
		return true
	}
	from := d.at
	if _, ok := d.string(false); !ok {
		return false
	}
	return (*time.Time)(p).UnmarshalJSON([]byte(d.text[from:d.at])) == nil
}

func readJSONUUID(d *jsonDoc, p unsafe.Pointer) bool {
	if d.isNull() {
		return true
	}
	s, ok := d.string(false)
	return ok && (*uuid.UUID)(p).UnmarshalText([]byte(s)) == nil
}

func readJSONPointer(elem reflect.Type, read *jsonReader) jsonReader {
	return func(d *jsonDoc, p unsafe.Pointer) bool {
		if d.isNull() {
			return true
		}
		made := reflect.New(elem).UnsafePointer()
		*(*unsafe.Pointer)(p) = made
		return (*read)(d, made)
	}
}

func readJSONSlice(t reflect.Type, read *jsonReader) jsonReader {
	size := t.Elem().Size()
	return func(d *jsonDoc, p unsafe.Pointer) bool {
		if d.isNull() {
			return true
		}
		n := d.elements()
		list := reflect.MakeSlice(t, n, n)
		reflect.NewAt(t, p).Elem().Set(list)
		at, i := list.UnsafePointer(), 0
		return d.list(func() bool {
			i++
			return i <= n && (*read)(d, unsafe.Add(at, uintptr(i-1)*size))
		}) && i == n
	}
}

func readJSONMap(t reflect.Type, read *jsonReader) jsonReader {
	switch t {
	case reflect.TypeFor[map[string]string]():
		return readJSONEntries(func(d *jsonDoc) (string, bool) {
			if d.isNull() {
				return "", true
			}
			return d.string(true)
		})
	case reflect.TypeFor[map[string]any]():
		return readJSONEntries((*jsonDoc).any)
	}
	key, elem := t.Key(), t.Elem()
	return func(d *jsonDoc, p unsafe.Pointer) bool {
		if d.isNull() {
			return true
		}
		made, n := reflect.MakeMap(t), 0
		if !d.object(true, func(name string) bool {
			v := reflect.New(elem)
			if !(*read)(d, v.UnsafePointer()) {
				return false
			}
			made.SetMapIndex(reflect.ValueOf(name).Convert(key), v.Elem())
			n++
			return true
		}) || n != made.Len() {
			return false
		}
		reflect.NewAt(t, p).Elem().Set(made)
		return true
	}
}

// readJSONEntries is [readJSONMap] of a map from texts to V.
func readJSONEntries[V any](read func(d *jsonDoc) (V, bool)) jsonReader {
	return func(d *jsonDoc, p unsafe.Pointer) bool {
		if d.isNull() {
			return true
		}
		made, n := map[string]V{}, 0
		*(*map[string]V)(p) = made
		return d.object(true, func(name string) (ok bool) {
			made[name], ok = read(d)
			n++
			return ok
		}) && n == len(made)
	}
}

// jsonField is a field of a struct.
type jsonField struct {
	name   string
	offset uintptr
	read   *jsonReader
}

// readJSONStruct returns nil for structs with embedded fields and for tags that say more than a name.
func readJSONStruct(t reflect.Type, made map[reflect.Type]*jsonReader) jsonReader {
	var fields []jsonField
	for f := range t.Fields() {
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case f.Anonymous:
			return nil
		case !f.IsExported() || tag == "-":
			continue
		case strings.Contains(options, "string"):
			return nil
		case name == "":
			name = f.Name
		}
		if !plainName(name) || slices.ContainsFunc(fields, func(o jsonField) bool { return o.name == name }) {
			return nil
		}
		fields = append(fields, jsonField{name, f.Offset, readerOf(f.Type, made)})
	}
	if len(fields) > 64 {
		return nil
	}
	return func(d *jsonDoc, p unsafe.Pointer) bool {
		if d.isNull() {
			return true
		}
		seen := uint64(0)
		return d.object(false, func(name string) bool {
			for i := range fields {
				f := &fields[i]
				if f.name != name {
					continue
				}
				if seen&(1<<i) != 0 {
					return false
				}
				seen |= 1 << i
				return (*f.read)(d, unsafe.Add(p, f.offset))
			}
			for i := range fields {
				if strings.EqualFold(fields[i].name, name) {
					return false
				}
			}
			return d.skip()
		})
	}
}

// plainName reports whether a name in a tag is one that encoding/json takes.
func plainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
	})
}

func readJSONAny(d *jsonDoc, p unsafe.Pointer) bool {
	v, ok := d.any()
	*(*any)(p) = v
	return ok
}
