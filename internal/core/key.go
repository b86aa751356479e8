package core

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/schema"
)

// keyOf appends the values of v's key as they are.
func (r *Repo) keyOf(dst []schema.Value, v unsafe.Pointer) ([]schema.Value, error) {
	for _, c := range r.table.Key {
		value, err := r.plan.Value(v, c)
		if err != nil {
			return dst, err
		}
		dst = append(dst, value)
	}
	return dst, nil
}

// rowKey appends the key of the row that v stands for: the one that it was loaded with, else the one that it has.
func (r *Repo) rowKey(dst []schema.Value, v unsafe.Pointer) ([]schema.Value, error) {
	if !r.plan.IsLoaded(v) {
		return r.keyOf(dst, v)
	}
	for _, c := range r.table.Key {
		value, _ := r.plan.Loaded(v, c)
		dst = append(dst, value)
	}
	return dst, nil
}

// needKey returns an error when the model has no primary key.
func (r *Repo) needKey(op string) error {
	if len(r.table.Key) > 0 {
		return nil
	}
	return ErrorOf(op, r.table, fmt.Errorf("%s has no primary key; give a field the tag option key, embed prom.Model, or work by query",
		r.table.Model.Name()))
}

// convertKey appends the values of a key that the caller gave.
func (r *Repo) convertKey(dst []schema.Value, key []any) ([]schema.Value, error) {
	cols := r.table.Key
	if len(cols) == 0 {
		return dst, r.needKey("get")
	}
	if len(key) != len(cols) {
		return dst, fmt.Errorf("the key of %s has %d values, and %d were given", r.table.Model.Name(), len(cols), len(key))
	}
	for i, c := range cols {
		value, err := r.plan.Codec(c).Convert(key[i])
		if err != nil {
			return dst, err
		}
		if value.IsNull() {
			return dst, errors.New("the key is nil")
		}
		dst = append(dst, value)
	}
	return dst, nil
}
