package core

import (
	"context"
	"fmt"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/scan"
)

// hookSet is a set of hooks: methods of a model that are called around what a repo does with its values.
type hookSet uint16

// The hooks, in the order in which they are called.
const (
	beforeSave hookSet = 1 << iota
	beforeCreate
	beforeUpdate
	beforeDelete
	validate
	afterCreate
	afterUpdate
	afterSave
	afterDelete
	afterLoad
)

const (
	befores = beforeSave | beforeCreate | beforeUpdate | beforeDelete
	afters  = afterCreate | afterUpdate | afterSave | afterDelete

	createHooks = beforeSave | beforeCreate | afterCreate | afterSave
	updateHooks = beforeSave | beforeUpdate | afterUpdate | afterSave
	upsertHooks = beforeSave | afterSave // nobody knows before which of the two it is
	deleteHooks = beforeDelete | afterDelete
)

// The interfaces of the hooks.
type (
	beforeSaver interface {
		BeforeSave(ctx context.Context) error
	}
	beforeCreator interface {
		BeforeCreate(ctx context.Context) error
	}
	beforeUpdater interface {
		BeforeUpdate(ctx context.Context) error
	}
	beforeDeleter interface {
		BeforeDelete(ctx context.Context) error
	}
	validator interface {
		Validate(ctx context.Context) error
	}
	afterCreator interface {
		AfterCreate(ctx context.Context) error
	}
	afterUpdater interface {
		AfterUpdate(ctx context.Context) error
	}
	afterSaver interface {
		AfterSave(ctx context.Context) error
	}
	afterDeleter interface {
		AfterDelete(ctx context.Context) error
	}
	afterLoader interface {
		AfterLoad(ctx context.Context) error
	}
)

// hookKinds are the hooks by the position of their bit. A method is looked up by a constant name, since the linker
// keeps all exported methods of a program in which one is looked up by another.
var hookKinds = [...]struct {
	name   string
	method func(t reflect.Type) (reflect.Method, bool)
	call   func(ctx context.Context, v any) error
}{
	{"BeforeSave", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("BeforeSave") },
		func(ctx context.Context, v any) error { return v.(beforeSaver).BeforeSave(ctx) }},
	{"BeforeCreate", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("BeforeCreate") },
		func(ctx context.Context, v any) error { return v.(beforeCreator).BeforeCreate(ctx) }},
	{"BeforeUpdate", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("BeforeUpdate") },
		func(ctx context.Context, v any) error { return v.(beforeUpdater).BeforeUpdate(ctx) }},
	{"BeforeDelete", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("BeforeDelete") },
		func(ctx context.Context, v any) error { return v.(beforeDeleter).BeforeDelete(ctx) }},
	{"Validate", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("Validate") },
		func(ctx context.Context, v any) error { return v.(validator).Validate(ctx) }},
	{"AfterCreate", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("AfterCreate") },
		func(ctx context.Context, v any) error { return v.(afterCreator).AfterCreate(ctx) }},
	{"AfterUpdate", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("AfterUpdate") },
		func(ctx context.Context, v any) error { return v.(afterUpdater).AfterUpdate(ctx) }},
	{"AfterSave", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("AfterSave") },
		func(ctx context.Context, v any) error { return v.(afterSaver).AfterSave(ctx) }},
	{"AfterDelete", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("AfterDelete") },
		func(ctx context.Context, v any) error { return v.(afterDeleter).AfterDelete(ctx) }},
	{"AfterLoad", func(t reflect.Type) (reflect.Method, bool) { return t.MethodByName("AfterLoad") },
		func(ctx context.Context, v any) error { return v.(afterLoader).AfterLoad(ctx) }},
}

// hookType is what a hook looks like, behind its receiver.
var hookType = reflect.TypeFor[func(context.Context) error]()

// hooksOf returns the hooks of a model. A method that has the name of one and does not look like one is an error, and
// so is one that two embedded structs have: Go would call neither, and say nothing.
func hooksOf(model reflect.Type) (hookSet, error) {
	var set hookSet
	methods := reflect.PointerTo(model)
	for i, kind := range hookKinds {
		m, ok := kind.method(methods)
		if !ok {
			if from := embeddedMethod(model, kind.method); from != nil {
				return 0, fmt.Errorf("prom: model %s: several embedded structs, such as %s, have a hook %s: declare it on *%s too, to call them",
					model, from, kind.name, model.Name())
			}
			continue
		}
		if !isHook(m.Type) {
			return 0, fmt.Errorf("prom: model %s: the method %s is a hook, and must be func (*%s) %s(context.Context) error; if it is not a hook, give it another name",
				model, kind.name, model.Name(), kind.name)
		}
		set |= 1 << i
	}
	return set, nil
}

// isHook reports whether a method, with its receiver, looks like a hook.
func isHook(method reflect.Type) bool {
	return method.NumIn() == 2 && method.NumOut() == 1 && method.In(1) == hookType.In(0) &&
		method.Out(0) == hookType.Out(0)
}

// embeddedMethod returns a struct that a model embeds and whose pointer has a method.
func embeddedMethod(model reflect.Type, method func(t reflect.Type) (reflect.Method, bool)) reflect.Type {
	for f := range model.Fields() {
		if !f.Anonymous || f.Type.Kind() != reflect.Struct {
			continue
		}
		if _, ok := method(reflect.PointerTo(f.Type)); ok {
			return f.Type
		}
		if from := embeddedMethod(f.Type, method); from != nil {
			return from
		}
	}
	return nil
}

// call calls the hooks of the set, in order, up to the first that fails. The value is a pointer to one of the model.
func (s hookSet) call(ctx context.Context, v any) error {
	for ; s != 0; s &= s - 1 {
		if err := hookKinds[bits.TrailingZeros16(uint16(s))].call(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// callAll calls the hooks of the set of each value of a list.
func (s hookSet) callAll(ctx context.Context, m *scan.Memory, list scan.List) error {
	for i := 0; i < list.Len && s != 0; i++ {
		if err := s.call(ctx, m.Pointer(m.At(list, i))); err != nil {
			return &At{i, err}
		}
	}
	return nil
}

// undoing runs fn in a transaction. When it fails or panics the values are as they were, and when the transaction is
// run once more it begins with them so.
func (b *binding) undoing(ctx context.Context, values []*scan.Kept, fn func(ctx context.Context) error) error {
	restore := func() {
		for _, k := range values {
			k.Restore()
		}
	}
	failed, again := true, false
	defer func() {
		if failed { // by a panic too
			restore()
		}
	}()
	err := b.inTx(ctx, func(ctx context.Context) error {
		if again {
			restore()
		}
		again = true
		return fn(ctx)
	})
	failed = err != nil
	return err
}

// hooked runs a write of values between its hooks, in a transaction that the context of all of them carries. Write
// reports whether there was anything to write; without, there is nothing that hooks come after. When anything fails,
// the values are as they were.
func (r *Repo) hooked(ctx context.Context, values scan.List, hooks hookSet,
	call func(ctx context.Context, hooks hookSet) error, write func(ctx context.Context) (written bool, err error),
) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	return b.undoing(ctx, []*scan.Kept{r.plan.Keep(values)}, func(ctx context.Context) error {
		if err := call(ctx, hooks&befores); err != nil {
			return err
		}
		written, err := write(ctx)
		if err != nil || !written {
			return err
		}
		return call(ctx, hooks&afters)
	})
}

// hookedOne is hooked for a write of one value.
func (r *Repo) hookedOne(ctx context.Context, v unsafe.Pointer, hooks hookSet,
	write func(ctx context.Context) (written bool, err error)) error {
	value := r.memory.Pointer(v)
	call := func(ctx context.Context, hooks hookSet) error { return hooks.call(ctx, value) }
	return r.hooked(ctx, scan.One(v), hooks, call, write)
}

// loaded calls the hook AfterLoad of values, if the model has it.
func (r *Repo) loaded(ctx context.Context, list scan.List) error {
	for i := 0; i < list.Len && r.hooks&afterLoad != 0; i++ {
		if err := r.loadedOne(ctx, r.memory.At(list, i)); err != nil {
			return err
		}
	}
	return nil
}

// loadedOne is loaded for one value.
func (r *Repo) loadedOne(ctx context.Context, v unsafe.Pointer) error {
	if r.hooks&afterLoad == 0 {
		return nil
	}
	return afterLoad.call(ctx, r.memory.Pointer(v))
}
