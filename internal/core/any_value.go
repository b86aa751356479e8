package core

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
)

// For returns a repo on a connection for a model that is known at run time only, such as the target of a reference. The
// program must have made a repo of the model before, or the handle of a relation to it.
func For(model reflect.Type, db *db.DB) (*Repo, error) {
	if !scan.Known(model) {
		return nil, fmt.Errorf("prom: no repo of %s has been made; call prom.NewRepo[%s]() first", model, model.Name())
	}
	plan, err := scan.For(model)
	if err != nil {
		return nil, err
	}
	return New(plan, Options{DB: db})
}

// address returns the address of a value, which must be a pointer to the model.
func (r *Repo) address(op string, v any) (unsafe.Pointer, error) {
	value := reflect.ValueOf(v)
	if value.Kind() != reflect.Pointer || value.Type().Elem() != r.table.Model {
		return nil, ErrorOf(op, r.table, fmt.Errorf("the value is a %T, not a *%s", v, r.table.Model))
	}
	return value.UnsafePointer(), nil
}

// NewAny is New for who does not know the type: it returns a pointer to the model.
func (r *Repo) NewAny() any { return r.memory.Pointer(r.New()) }

// CreateAny is Create for a value whose type is known at run time only: a pointer to the model.
func (r *Repo) CreateAny(ctx context.Context, v any) error {
	value, err := r.address("insert", v)
	if err != nil {
		return err
	}
	return r.Create(ctx, value)
}

// UpdateAny is Update for a pointer to the model.
func (r *Repo) UpdateAny(ctx context.Context, v any) error {
	value, err := r.address("update", v)
	if err != nil {
		return err
	}
	return r.Update(ctx, value)
}

// UnsafeDeleteAny deletes the row with the key of v, a pointer to the model, for good: past hooks, and where others are
// only soft-deleted. A row that is gone is no error.
func (r *Repo) UnsafeDeleteAny(ctx context.Context, v any) error {
	value, err := r.address("delete", v)
	if err != nil {
		return err
	}
	if err := r.needKey("delete"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	if w.args, err = r.rowKey(w.args, value); err != nil {
		return ErrorOf("delete", r.table, err)
	}
	err = r.missed(ctx, r.deleteBy(ctx, w, r.table.Key), ast.Spec{}.WithDeleted(), r.table.Key, w.args)
	if errors.Is(err, driver.KindNotFound) {
		err = nil
	}
	return err
}
