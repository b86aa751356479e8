package prom

import (
	"context"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// OneField is the row of R that several columns of a row of T refer to together: a [Relation] of T. Like a [Query] it never changes.
type OneField[T, R any] struct {
	relation *schema.Relation
	at       func(*T) *One[R]
	with     []Relation[R]
}

// OneOf returns the relation that the accessor points to, a field of type [One]. It panics when the columns that the field's tag names
// are not as many as those of the primary key of R, or not of the same types.
func OneOf[T, R any](accessor func(*T) *One[R]) OneField[T, R] {
	return OneField[T, R]{relation: relationOf[R](accessor), at: accessor}
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to the same row
// share its value.
func (f OneField[T, R]) With(relations ...Relation[R]) Relation[T] {
	f.with = append(f.with[:len(f.with):len(f.with)], relations...)
	return f
}

// Has is true when the columns refer to a row for which the conditions hold.
func (f OneField[T, R]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), false)
}

// HasNot is true when the columns refer to no row for which the conditions hold: to another one, or, when one of them is NULL, to none.
func (f OneField[T, R]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), true)
}

func (f OneField[T, R]) related(conds []Cond[R]) query.Related {
	table := mustTable[R]()
	cols, _ := mustEnds(f.relation)
	return query.Related{Table: table, Owner: table.Key, Key: cols, Spec: query.Where(query.Spec{}, conds)}
}

// Set makes v refer to a row: its columns get the row's key, and the row counts as loaded. It stores nothing. A row whose key has a zero
// part is an error, since it has not been saved.
func (f OneField[T, R]) Set(v *T, row *R) error {
	to, err := scan.For(reflect.TypeFor[R]())
	if err != nil {
		return err
	}
	of, err := scan.For(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	cols, _ := mustEnds(f.relation)
	key, err := keyParts(nil, to, row, to.Table.Key)
	if err != nil {
		return errorOf("set", of.Table, err)
	}
	for i, part := range key {
		if c := to.Table.Key[i]; part.IsZero() && (c.Auto || part.IsNull()) {
			return errorOf("set", of.Table, fmt.Errorf("the row of %s has no key yet: its field %s is not set", to.Table.Model.Name(), c.Field))
		}
	}
	for i, c := range cols {
		if err := scan.Set(of, v, c, key[i]); err != nil {
			return errorOf("set", of.Table, err)
		}
	}
	schema.LoadOne(f.at(v), row)
	return nil
}

func (f OneField[T, R]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	cols, _ := mustEnds(f.relation)
	keys, places, err := keysOf(ctx, b, rows, cols)
	if err != nil {
		return nil, err
	}
	give := func(found []*R) {
		for i, row := range rows {
			if places[i] < 0 {
				schema.LoadOne(f.at(row), nil)
			} else {
				schema.LoadOne(f.at(row), found[places[i]])
			}
		}
	}
	if keys.len() == 0 {
		give(nil)
		return nil, nil
	}
	return loadByKey(b, keys, f.with, give)
}
