package scan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// Proto returns the prototype of a struct type: one value of it that lives as long as the program, is never stored, and
// whose fields' addresses tell what is meant. Pointers to structs in it lead to values of their own, each type once, so
// that an address beyond one can be told too.
func Proto(model reflect.Type) unsafe.Pointer {
	if model.Kind() != reflect.Struct {
		panic(fmt.Sprintf("prom: Proto of %s: a prototype must be a struct", model))
	}
	protos.mu.Lock()
	defer protos.mu.Unlock()
	if p, ok := protos.made[model]; ok {
		return p
	}
	v := reflect.New(model)
	p := v.UnsafePointer()
	regions := slices.Clone(protos.known())
	regions = addRegions(regions, v.Elem(), model)
	slices.SortFunc(regions, func(a, b region) int { return cmp.Compare(uintptr(a.start), uintptr(b.start)) })
	protos.regions.Store(&regions)
	if protos.made == nil {
		protos.made = make(map[reflect.Type]unsafe.Pointer)
	}
	protos.made[model] = p
	return p
}

// protos are all prototypes.
var protos prototypes

type prototypes struct {
	mu      sync.Mutex
	made    map[reflect.Type]unsafe.Pointer
	regions atomic.Pointer[[]region] // by their start; replaced and never changed
}

// region is the memory of a prototype, or of a struct that a pointer in one leads to.
type region struct {
	start unsafe.Pointer
	size  uintptr
	model reflect.Type // of the prototype
	path  string       // of the pointer; "" for the prototype itself
	typ   reflect.Type
}

func (p *prototypes) known() []region {
	if r := p.regions.Load(); r != nil {
		return *r
	}
	return nil
}

// addRegions adds the region of a prototype, and those that its pointers lead to, the nearest first: every one that the
// prototype has itself, and beyond these each type once, so that types which lead to each other are no more than they
// are.
func addRegions(regions []region, v reflect.Value, model reflect.Type) []region {
	type reached struct {
		v    reflect.Value
		path string
	}
	seen := map[reflect.Type]bool{}
	for queue := []reached{{v: v}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		regions = append(regions, region{start: at.v.Addr().UnsafePointer(), size: at.v.Type().Size(), model: model,
			path: at.path, typ: at.v.Type()})
		pointersIn(at.v, at.path, func(f reflect.Value, path string) {
			inner := f.Type().Elem()
			if at.path != "" && seen[inner] {
				return
			}
			seen[inner] = true
			made := reflect.New(inner)
			*(*unsafe.Pointer)(f.Addr().UnsafePointer()) = made.UnsafePointer() // the field may be one that is not exported
			queue = append(queue, reached{made.Elem(), path})
		})
	}
	return regions
}

// pointersIn calls fn with each field of a struct, and of the structs in it, that is a pointer to a struct.
func pointersIn(v reflect.Value, path string, fn func(f reflect.Value, path string)) {
	for i := range v.NumField() {
		f, at := v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")
		switch {
		case f.Kind() == reflect.Struct && ofPrograms(f.Type()):
			pointersIn(f, at, fn)
		case f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && ofPrograms(f.Type().Elem()):
			fn(f, at)
		}
	}
}

// ofPrograms reports whether a struct type is one whose fields a program may mean: not a reference, a time or another
// type that is a value as a whole.
func ofPrograms(t reflect.Type) bool {
	return t.PkgPath() != ownSchema && t.PkgPath() != ownRoot && !wholes[t.PkgPath()]
}

// The packages of this library whose types are in models: references, relations and what tracks changes.
var (
	ownSchema = reflect.TypeFor[schema.Table]().PkgPath()
	ownRoot   = strings.TrimSuffix(ownSchema, "/schema")
)

// wholes are packages of the standard library whose structs are values as a whole, by which models are full of.
var wholes = map[string]bool{"time": true, "sync": true, "sync/atomic": true, "database/sql": true, "math/big": true,
	"net": true, "net/http": true,
	"net/netip": true, "net/url": true, "os": true, "context": true, "reflect": true, "log/slog": true, "regexp": true, "text/template": true, "html/template": true}

// regionOf returns the region that an address is in.
func (p *prototypes) regionOf(at unsafe.Pointer) (region, bool) {
	regions := p.known()
	i := sort.Search(len(regions), func(i int) bool { return uintptr(regions[i].start) > uintptr(at) })
	if i == 0 || uintptr(at)-uintptr(regions[i-1].start) >= regions[i-1].size {
		return region{}, false
	}
	return regions[i-1], true
}

// IsProto reports whether an address is that of a prototype.
func IsProto(v unsafe.Pointer) bool {
	r, ok := protos.regionOf(v)
	return ok && r.path == "" && r.start == v
}

// InProto reports whether an address is one in a prototype, or in what a pointer in one leads to, which no call may
// store or load.
func InProto(v unsafe.Pointer) bool {
	_, ok := protos.regionOf(v)
	return ok
}

// Place is a field of a prototype: its address, and what is expected there, without type parameters.
type Place struct {
	At     unsafe.Pointer // the field's address
	Model  reflect.Type   // of the prototype; nil if the address alone determines it
	Type   reflect.Type   // of the field
	Values reflect.Type   // of what the field holds, which differs where it may be NULL
	wrong  bool           // what was given as the prototype is none
}

// PlaceIn returns the field of a prototype: of is where the pointer to it is, whose type is given.
func PlaceIn(of, field unsafe.Pointer, pointer, typ, values reflect.Type) Place {
	if pointer.Kind() != reflect.Pointer {
		return Place{At: field, Model: pointer, Type: typ, Values: values, wrong: true}
	}
	p := *(*unsafe.Pointer)(of)
	return Place{At: field, Model: pointer.Elem(), Type: typ, Values: values, wrong: !IsProto(p)}
}

// Codec returns the codec of the field. The error names the model and the field, and what to do.
func (a Place) Codec() (*Codec, error) {
	offset, err := a.offset()
	if err != nil {
		return nil, err
	}
	p, err := For(a.Model)
	if err != nil {
		return nil, err
	}
	if col := p.Table.At(offset, a.Type); col != nil {
		return p.codecs[col.Ordinal], nil
	}
	return nil, a.noColumn(p.Table, offset)
}

// TableIn returns the schema of the model of a prototype: of is where the pointer to it is, whose type is given.
func TableIn(of unsafe.Pointer, pointer reflect.Type) (*schema.Table, error) {
	if pointer.Kind() != reflect.Pointer || !IsProto(*(*unsafe.Pointer)(of)) {
		return nil, fmt.Errorf("prom: %s is not a prototype: pass the value that prom.Proto returned", pointer)
	}
	p, err := For(pointer.Elem())
	if err != nil {
		return nil, err
	}
	return p.Table, nil
}

// Relation returns the relation that the field is, as Codec does for columns.
func (a Place) Relation() (*schema.Relation, error) {
	offset, err := a.offset()
	if err != nil {
		return nil, err
	}
	p, err := For(a.Model)
	if err != nil {
		return nil, err
	}
	if r := p.Table.RelationAt(offset, a.Type); r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("prom: %s is not a relation of %s; its type must be %s, and its tag must not be \"-\"",
		fieldName(a.Model, offset, a.Type),
		a.Model, a.Type)
}

// Field returns where the field is in the prototype's type, and its name for messages. It may be in structs in the
// struct.
func (a Place) Field() (offset uintptr, name string, model reflect.Type, err error) {
	if a.Model == nil {
		r, ok := protos.regionOf(a.At)
		if !ok {
			return 0, "", nil, fmt.Errorf("prom: the address of the %s is not in a prototype: use the address of a field of the value that Proto returned, as in &total.Count",
				a.Type)
		}
		a.Model = r.model
	}
	if offset, err = a.offset(); err != nil {
		return 0, "", a.Model, err
	}
	return offset, fieldName(a.Model, offset, a.Type), a.Model, nil
}

// offset returns how far the field is from the start of the prototype.
func (a Place) offset() (uintptr, error) {
	if a.wrong {
		return 0, fmt.Errorf("prom: fields of %s are named by its prototype: pass the value that prom.Proto[%s]() returned, and the address of one of its fields",
			a.Model, a.Model.Name())
	}
	r, ok := protos.regionOf(a.At)
	switch {
	case a.Type.Size() == 0:
		return 0, fmt.Errorf("prom: a field of type %s in %s has no size, so its address does not identify it", a.Type,
			a.Model)
	case !ok:
		return 0, fmt.Errorf("prom: the address of the %s is not in the prototype of %s: use the address of a field of the value that Proto returned", a.Type, a.Model)
	case r.model != a.Model:
		return 0, fmt.Errorf("prom: %s.%s is a field of another type than %s: pass the address of a field of the prototype in the first argument",
			r.model, fieldName(r.typ, uintptr(a.At)-uintptr(r.start), a.Type), a.Model)
	case r.path != "":
		return 0, fmt.Errorf("prom: %s.%s is in a struct behind the pointer %s, so it is not a column of %s: embed the struct by value, or use a path of its JSON",
			a.Model, fieldName(r.typ, uintptr(a.At)-uintptr(r.start), a.Type), r.path, a.Model)
	}
	return uintptr(a.At) - uintptr(r.start), nil
}

// noColumn says why a field is no column.
func (a Place) noColumn(t *schema.Table, offset uintptr) error {
	name := fieldName(a.Model, offset, a.Type)
	if t.ComputedAt(offset, a.Type) != nil {
		return fmt.Errorf("prom: %s.%s is computed and not a column, so it has no handle: pass its address to Compute, and elsewhere use the term that computes it",
			a.Model, name)
	}
	for _, c := range t.Columns {
		if offset >= c.Offset && offset-c.Offset < c.Type.Size() {
			if c.Kind == schema.JSON {
				return fmt.Errorf("prom: %s.%s is part of the column %s, which is stored as JSON: use JSONPath", a.Model, name,
					c.Name)
			}
			return fmt.Errorf("prom: %s.%s is not a column of type %s: the column there is %s, whose field is %s, a %s", a.Model,
				name, a.Type, c.Name, c.Field,
				c.Type)
		}
	}
	return fmt.Errorf("prom: %s.%s is not a column of type %s: its tag is \"-\", or it is not exported; the columns are %s", a.Model, name, a.Type, fieldList(t))
}

// fieldName returns the name of a field of a struct, with those of the structs that it is in.
func fieldName(t reflect.Type, offset uintptr, typ reflect.Type) string {
	for i := range t.NumField() {
		f := t.Field(i)
		if offset < f.Offset || offset-f.Offset >= max(f.Type.Size(), 1) {
			continue
		}
		if offset == f.Offset && f.Type == typ {
			return f.Name
		}
		if f.Type.Kind() == reflect.Struct {
			if inner := fieldName(f.Type, offset-f.Offset, typ); f.Anonymous {
				return inner
			} else if inner != "" {
				return f.Name + "." + inner
			}
		}
		return f.Name
	}
	return ""
}

func fieldList(t *schema.Table) string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = fmt.Sprintf("%s (%s)", c.Field, c.Type)
	}
	return strings.Join(list, ", ")
}
