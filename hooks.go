package prom

import (
	"context"
	"fmt"
	"math/bits"
	"reflect"

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

// hookKinds are the hooks by the position of their bit.
var hookKinds = [...]struct {
	name string
	call func(ctx context.Context, v any) error
}{
	{"BeforeSave", func(ctx context.Context, v any) error {
		return v.(interface{ BeforeSave(context.Context) error }).BeforeSave(ctx)
	}},
	{"BeforeCreate", func(ctx context.Context, v any) error {
		return v.(interface{ BeforeCreate(context.Context) error }).BeforeCreate(ctx)
	}},
	{"BeforeUpdate", func(ctx context.Context, v any) error {
		return v.(interface{ BeforeUpdate(context.Context) error }).BeforeUpdate(ctx)
	}},
	{"BeforeDelete", func(ctx context.Context, v any) error {
		return v.(interface{ BeforeDelete(context.Context) error }).BeforeDelete(ctx)
	}},
	{"Validate", func(ctx context.Context, v any) error {
		return v.(interface{ Validate(context.Context) error }).Validate(ctx)
	}},
	{"AfterCreate", func(ctx context.Context, v any) error {
		return v.(interface{ AfterCreate(context.Context) error }).AfterCreate(ctx)
	}},
	{"AfterUpdate", func(ctx context.Context, v any) error {
		return v.(interface{ AfterUpdate(context.Context) error }).AfterUpdate(ctx)
	}},
	{"AfterSave", func(ctx context.Context, v any) error {
		return v.(interface{ AfterSave(context.Context) error }).AfterSave(ctx)
	}},
	{"AfterDelete", func(ctx context.Context, v any) error {
		return v.(interface{ AfterDelete(context.Context) error }).AfterDelete(ctx)
	}},
	{"AfterLoad", func(ctx context.Context, v any) error {
		return v.(interface{ AfterLoad(context.Context) error }).AfterLoad(ctx)
	}},
}

// hookType is what a hook looks like, behind its receiver.
var hookType = reflect.TypeFor[func(context.Context) error]()

// hooksOf returns the hooks of a model. A method that has the name of one and does not look like one is an error, and so is one that
// two embedded structs have: Go would call neither, and say nothing.
func hooksOf(model reflect.Type) (hookSet, error) {
	var set hookSet
	methods := reflect.PointerTo(model)
	for i, kind := range hookKinds {
		m, ok := methods.MethodByName(kind.name)
		if !ok {
			if from := embeddedMethod(model, kind.name); from != nil {
				return 0, fmt.Errorf("prom: model %s: several embedded structs, such as %s, have a hook %s: declare it on *%s too, to call them",
					model, from, kind.name, model.Name())
			}
			continue
		}
		if !isHook(m.Type) {
			return 0, fmt.Errorf("prom: model %s: the method %s is a hook, and must be func (*%s) %s(context.Context) error; give it another name if it is none",
				model, kind.name, model.Name(), kind.name)
		}
		set |= 1 << i
	}
	return set, nil
}

// isHook reports whether a method, with its receiver, looks like a hook.
func isHook(method reflect.Type) bool {
	return method.NumIn() == 2 && method.NumOut() == 1 && method.In(1) == hookType.In(0) && method.Out(0) == hookType.Out(0)
}

// embeddedMethod returns a struct that a model embeds and whose pointer has a method of that name.
func embeddedMethod(model reflect.Type, name string) reflect.Type {
	for f := range model.Fields() {
		if !f.Anonymous || f.Type.Kind() != reflect.Struct {
			continue
		}
		if _, ok := reflect.PointerTo(f.Type).MethodByName(name); ok {
			return f.Type
		}
		if from := embeddedMethod(f.Type, name); from != nil {
			return from
		}
	}
	return nil
}

// call calls the hooks of the set, in order, up to the first that fails.
func (s hookSet) call(ctx context.Context, v any) error {
	for ; s != 0; s &= s - 1 {
		if err := hookKinds[bits.TrailingZeros16(uint16(s))].call(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// hooked runs a write of v between its hooks, in a transaction that the context of all of them carries. Write reports whether there
// was anything to write; without, there is nothing that hooks come after. When anything fails, v is as it was.
func (r *Repo[T]) hooked(ctx context.Context, v *T, hooks hookSet, write func(ctx context.Context) (written bool, err error)) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	kept := scan.KeepOne(r.plan, v)
	return kept.Guard(func() error {
		return b.inTx(ctx, func(ctx context.Context) error {
			kept.Restore() // after a first attempt
			if err := (hooks & befores).call(ctx, v); err != nil {
				return err
			}
			written, err := write(ctx)
			if err != nil || !written {
				return err
			}
			return (hooks & afters).call(ctx, v)
		})
	})
}

// loaded calls the hook AfterLoad of values, if it is in the set.
func loaded[T any](ctx context.Context, hooks hookSet, list []T) error {
	if hooks&afterLoad == 0 {
		return nil
	}
	for i := range list {
		if err := afterLoad.call(ctx, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// loadedOne is loaded for one value.
func loadedOne[T any](ctx context.Context, hooks hookSet, v *T) error {
	if hooks&afterLoad == 0 {
		return nil
	}
	return afterLoad.call(ctx, v)
}

// loadHooks returns what of [loaded] a type has that is not known to be a model.
func loadHooks[R any]() hookSet {
	if _, ok := any((*R)(nil)).(interface{ AfterLoad(context.Context) error }); ok {
		return afterLoad
	}
	return 0
}
