package core

import (
	"context"
	"errors"
	"slices"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// GetOrCreateMany does what GetOrCreateMany of package prom says.
func (r *Repo) GetOrCreateMany(ctx context.Context, vs scan.List, on []Columner) (created []bool, err error) {
	if vs.Len == 0 {
		return nil, nil
	}
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	stored := r.memory.Clone(vs)
	created = make([]bool, vs.Len)
	err = b.inTx(ctx, func(ctx context.Context) error {
		r.memory.CopyAll(stored, vs)
		clear(created)
		return r.getOrCreateMany(ctx, stored, created, on)
	})
	if err != nil {
		return nil, err
	}
	r.memory.CopyAll(vs, stored)
	return created, nil
}

// getOrCreateMany looks for the rows of values, and inserts those that are not there, by one statement each. What these
// cannot do is done one by one: hooks, columns whose equality is not that of their values, values that are there twice,
// and rows that others insert or delete meanwhile.
func (r *Repo) getOrCreateMany(ctx context.Context, vs scan.List, created []bool, on []Columner) error {
	alone := make([]int, 0, vs.Len)
	if keyed, err := r.keyed(vs, on); err != nil || r.hooks&createHooks != 0 {
		for i := range vs.Len {
			alone = append(alone, i)
		}
	} else {
		left, err := keyed.load(ctx)
		if err != nil {
			return err
		}
		if alone, err = keyed.create(ctx, left, created); err != nil {
			return err
		}
		alone = append(alone, keyed.twice...)
	}
	for _, i := range alone {
		var err error
		if created[i], err = r.GetOrCreate(ctx, r.memory.At(vs, i), on); err != nil {
			return &At{i, err}
		}
	}
	return nil
}

// keyedValues are values whose rows are found by the same columns.
type keyedValues struct {
	repo   *Repo
	values scan.List
	id     identity
	places map[string]int // of the values by their keys
	twice  []int          // the places of those that have the key of one before them
}

var errApart = errors.New("the values are found by different columns")

// keyed returns values by their keys. It is an error when they are not found by the same columns, or by some whose
// equality is not that of their values.
func (r *Repo) keyed(vs scan.List, on []Columner) (*keyedValues, error) {
	k := &keyedValues{repo: r, values: vs, places: make(map[string]int, vs.Len)}
	var key []byte
	for i := range vs.Len {
		v, id, err := r.memory.At(vs, i), k.id, error(nil)
		if len(on) > 0 {
			id, err = r.identityOf(on)
		} else {
			id, err = r.identity(v)
		}
		if err == nil && i > 0 && !slices.Equal(id.cols, k.id.cols) {
			err = errApart
		}
		if err == nil {
			key, err = r.conflictKey(key[:0], v, id.cols)
		}
		if err != nil {
			return nil, err
		}
		k.id = id
		if _, there := k.places[string(key)]; there {
			k.twice = append(k.twice, i)
		} else {
			k.places[string(key)] = i
		}
	}
	return k, nil
}

// load fills values with the rows that have their keys, and returns the places of those without a row.
func (k *keyedValues) load(ctx context.Context) (left []int, err error) {
	r := k.repo
	for i := range k.values.Len {
		if !slices.Contains(k.twice, i) {
			left = append(left, i)
		}
	}
	part := func(i, part int) schema.Value {
		value, _ := r.plan.Value(r.memory.At(k.values, left[i]), k.id.cols[part]) // which keyed has looked at
		return value
	}
	q := &Query{repo: r, spec: ast.Spec{}.KeysIn(k.id.cols, len(left), part)}
	list, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]bool, k.values.Len)
	var key []byte
	for i := range list.Len {
		v := r.memory.At(list, i)
		if key, err = r.conflictKey(key[:0], v, k.id.cols); err != nil {
			return nil, err
		}
		if at, ok := k.places[string(key)]; ok {
			r.memory.Copy(r.memory.At(k.values, at), v)
			found[at] = true
		}
	}
	return slices.DeleteFunc(left, func(i int) bool { return found[i] }), nil
}

// create inserts the values at some places, and returns those whose row is there by now.
func (k *keyedValues) create(ctx context.Context, places []int, created []bool) (there []int, err error) {
	if len(places) == 0 {
		return nil, nil
	}
	r, fresh := k.repo, scan.List{}
	for _, i := range places {
		r.memory.Copy(r.memory.Next(&fresh), r.memory.At(k.values, i))
	}
	outcomes, err := (&Conflict{repo: r, on: k.id, nothing: true}).CreateMany(ctx, fresh)
	if at, ok := err.(*At); ok { //nolint:errorlint // it is what CreateMany returns itself
		return nil, &At{places[at.Index], at.Err}
	}
	if err != nil {
		return nil, err
	}
	for n, i := range places {
		if created[i] = outcomes[n] == Inserted; created[i] {
			r.memory.Copy(r.memory.At(k.values, i), r.memory.At(fresh, n))
		} else {
			there = append(there, i)
		}
	}
	return there, nil
}
