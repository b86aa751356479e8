package prom

import (
	"errors"
	"fmt"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// keyOf returns the values of v's key as they are.
func (r *Repo[T]) keyOf(v *T) ([]schema.Value, error) {
	key := make([]schema.Value, len(r.table.Key))
	for i, c := range r.table.Key {
		var err error
		if key[i], err = scan.Value(r.plan, v, c); err != nil {
			return nil, err
		}
	}
	return key, nil
}

// rowKey returns the key of the row that v stands for: the one that it was loaded with, else the one that it has.
func (r *Repo[T]) rowKey(v *T) ([]schema.Value, error) {
	if !scan.IsLoaded(r.plan, v) {
		return r.keyOf(v)
	}
	key := make([]schema.Value, len(r.table.Key))
	for i, c := range r.table.Key {
		key[i], _ = scan.Loaded(r.plan, v, c)
	}
	return key, nil
}

// needKey returns an error when the model has no primary key.
func (r *Repo[T]) needKey(op string) error {
	if len(r.table.Key) > 0 {
		return nil
	}
	return errorOf(op, r.table, fmt.Errorf("%s has no primary key; give a field the tag option key, embed prom.Model, or work by query",
		r.table.Model.Name()))
}

func (r *Repo[T]) convertKey(key []any) ([]schema.Value, error) {
	cols := r.table.Key
	if len(cols) == 0 {
		return nil, r.needKey("get")
	}
	if len(key) != len(cols) {
		return nil, fmt.Errorf("the key of %s has %d values, and %d were given", r.table.Model.Name(), len(cols), len(key))
	}
	values := make([]schema.Value, len(key))
	for i, c := range cols {
		var err error
		if values[i], err = r.plan.Codec(c).Convert(key[i]); err != nil {
			return nil, err
		}
		if values[i].IsNull() {
			return nil, errors.New("a key cannot be nil")
		}
	}
	return values, nil
}
