package scan

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// What plans do to values by their addresses, for tests that have their type.

// checkModel panics when a plan is used for another model, which would read foreign memory.
func checkModel[T any](p *Plan) {
	if p.Table.Model != reflect.TypeFor[T]() {
		panic(fmt.Sprintf("prom: the plan of %s was used for %s", p.Table.Model, reflect.TypeFor[T]()))
	}
}

func Keep[T any](p *Plan, values []T) *Kept {
	checkModel[T](p)
	return p.Keep(List{unsafe.Pointer(unsafe.SliceData(values)), len(values), cap(values)})
}

// KeepOne is Keep for one value.
func KeepOne[T any](p *Plan, v *T) *Kept { return Keep(p, unsafe.Slice(v, 1)) }

// NewLoader returns a Loader by a plan of T.
func NewLoader[T any](p *Plan) Loader[T] {
	Know[T]()
	return Loader[T]{Reader{Plan: p}}
}

func Stored[T any](p *Plan, v *T, cols []*schema.Column, values []schema.Value) error {
	checkModel[T](p)
	return p.Stored(unsafe.Pointer(v), cols, values)
}

// Loader is a [Reader] of rows into values of T.
type Loader[T any] struct{ Reader }

// Load decodes the current row into v.
func (l *Loader[T]) Load(r Row, v *T) error {
	if l.row == nil {
		checkModel[T](l.Plan)
	}
	return l.Reader.Load(r, unsafe.Pointer(v))
}

// LoadAll decodes all rows that are left. It begins with room for as many as are expected.
func (l *Loader[T]) LoadAll(r Rows, expect int) ([]T, error) {
	checkModel[T](l.Plan)
	list, err := l.Reader.LoadAll(r, expect)
	if err != nil {
		return nil, err
	}
	return *SliceAt[T](&list), nil
}

// Note makes v a value that the database holds as it is now.
func (l *Loader[T]) Note(v *T) {
	checkModel[T](l.Plan)
	l.Reader.Note(unsafe.Pointer(v))
}

func Unread[T any](p *Plan, v *T, cols []*schema.Column) []*schema.Column {
	checkModel[T](p)
	return p.Unread(unsafe.Pointer(v), cols)
}

func Value[T any](p *Plan, v *T, col *schema.Column) (schema.Value, error) {
	checkModel[T](p)
	return p.Value(unsafe.Pointer(v), col)
}

func Values[T any](p *Plan, dst []schema.Value, v *T, cols []*schema.Column) ([]schema.Value, error) {
	checkModel[T](p)
	return p.Values(dst, unsafe.Pointer(v), cols)
}

func Set[T any](p *Plan, v *T, col *schema.Column, value schema.Value) error {
	checkModel[T](p)
	return p.Set(unsafe.Pointer(v), col, value)
}

// Decode decodes a row that has all columns of the table in their order.
func Decode[T any](p *Plan, r Row, v *T) error {
	checkModel[T](p)
	return p.decode(r, unsafe.Pointer(v))
}

func IsLoaded[T any](p *Plan, v *T) bool {
	checkModel[T](p)
	return p.IsLoaded(unsafe.Pointer(v))
}

func Forget[T any](p *Plan, v *T) {
	checkModel[T](p)
	p.Forget(unsafe.Pointer(v))
}

func Loaded[T any](p *Plan, v *T, col *schema.Column) (schema.Value, bool) {
	checkModel[T](p)
	return p.Loaded(unsafe.Pointer(v), col)
}

func Modified[T any](p *Plan, v *T) []*schema.Column {
	checkModel[T](p)
	return p.Modified(unsafe.Pointer(v))
}

func Changes[T any](p *Plan, dst []schema.Value, v *T, cols []*schema.Column) ([]schema.Value, error) {
	checkModel[T](p)
	return p.Changes(dst, unsafe.Pointer(v), cols)
}

// Note makes v a value that the database holds as it is now.
func Note[T any](p *Plan, v *T) {
	checkModel[T](p)
	l := Reader{Plan: p}
	l.Note(unsafe.Pointer(v))
}
