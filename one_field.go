package prom

import (
	"context"
	"fmt"
	"reflect"

	"github.com/prom-go/prom/conn"
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
	r, err := scan.RelationAt(accessor)
	if err != nil {
		panic(err)
	}
	checkRelated[T, R]()
	return OneField[T, R]{relation: r, at: accessor}
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

func (f OneField[T, R]) start(b *binding, rows []*T) (*loading, error) {
	cols, _ := mustEnds(f.relation)
	keys, places, err := keysOf(b, rows, cols)
	if err != nil {
		return nil, err
	}
	table, err := relatedTable[R](b.table)
	if err != nil {
		return nil, err
	}
	repo := related[R](b.db, table)
	rb, err := repo.bind()
	if err != nil {
		return nil, err
	}
	if keys.len() == 0 {
		for _, row := range rows {
			schema.LoadOne(f.at(row), nil)
		}
		return nil, nil
	}
	text, args, err := rb.stmts.Select(nil, query.Spec{}.KeysIn(repo.table.Key, keys.len(), keys.value))
	if err != nil {
		return nil, errorOf("load", repo.table, err)
	}
	var list []R
	return &loading{
		b: rb, text: text, args: args,
		read: func(rows conn.Rows) (err error) {
			loader := scan.Loader[R]{Plan: repo.plan}
			list, err = loader.LoadAll(rows, keys.len())
			return err
		},
		join: func() ([]*loading, error) {
			found := make([]*R, keys.len())
			for i := range list {
				at, err := findRow(keys, repo.plan, &list[i], repo.table.Key)
				if err != nil {
					return nil, errorOf("load", repo.table, err)
				}
				found[at] = &list[i]
			}
			for i, row := range rows {
				if places[i] < 0 {
					schema.LoadOne(f.at(row), nil)
				} else {
					schema.LoadOne(f.at(row), found[places[i]])
				}
			}
			return startAll(rb, f.with, pointers(list))
		},
		hooks: func(ctx context.Context) error { return loaded(ctx, repo.hooks, list) },
	}, nil
}
