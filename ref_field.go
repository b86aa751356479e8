package prom

import (
	"context"
	"database/sql"
	"reflect"

	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// RefField is a reference from T to R, whose key is of type K. As a field its values are keys, and as a [Relation] it is the row
// that is referred to.
type RefField[T, R any, K comparable] struct {
	*query.RefField[*T, *R, K]
	at func(*T) *RefBy[R, K]
}

// NullRefField is a [RefField] that may be NULL.
type NullRefField[T, R any, K comparable] struct {
	*query.NullRefField[*T, *R, K]
	at func(*T) *RefBy[R, K] // nil for NULL
}

// RefOf returns the reference; its values are keys of R. Like all constructors of relations it panics when the models do not fit.
func RefOf[T, R any, K comparable](accessor func(*T) *RefBy[R, K]) RefField[T, R, K] {
	f := RefField[T, R, K]{query.RefOf(accessor), accessor}
	checkRelated[T, R]()
	return f
}

// NullRefOf returns the optional reference, a pointer; its values are keys of R.
func NullRefOf[T, R any, K comparable](accessor func(*T) **RefBy[R, K]) NullRefField[T, R, K] {
	f := NullRefField[T, R, K]{query.NullRefOf(accessor), func(v *T) *RefBy[R, K] { return *accessor(v) }}
	checkRelated[T, R]()
	return f
}

// SQLNullRefOf returns the optional reference, a sql.Null; its values are keys of R.
func SQLNullRefOf[T, R any, K comparable](accessor func(*T) *sql.Null[RefBy[R, K]]) NullRefField[T, R, K] {
	f := NullRefField[T, R, K]{query.SQLNullRefOf(accessor), func(v *T) *RefBy[R, K] {
		if ref := accessor(v); ref.Valid {
			return &ref.V
		}
		return nil
	}}
	checkRelated[T, R]()
	return f
}

// checkRelated panics when one of two models cannot have its references and relations.
func checkRelated[T, R any]() {
	for _, model := range []reflect.Type{reflect.TypeFor[T](), reflect.TypeFor[R]()} {
		table, err := schema.Of(model)
		if err == nil {
			err = table.Check()
		}
		if err != nil {
			panic(err)
		}
	}
	knowModel[T]()
	knowModel[R]()
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to the same row
// share its value.
func (f RefField[T, R, K]) With(relations ...Relation[R]) Relation[T] {
	return refRelation[T, R, K]{f.Column(), f.at, relations}
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to the same row
// share its value.
func (f NullRefField[T, R, K]) With(relations ...Relation[R]) Relation[T] {
	return refRelation[T, R, K]{f.Column(), f.at, relations}
}

func (f RefField[T, R, K]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	return refRelation[T, R, K]{f.Column(), f.at, nil}.start(ctx, b, rows)
}

func (f NullRefField[T, R, K]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	return refRelation[T, R, K]{f.Column(), f.at, nil}.start(ctx, b, rows)
}

// refRelation loads the rows that a reference refers to.
type refRelation[T, R any, K comparable] struct {
	column *schema.Column
	at     func(*T) *RefBy[R, K]
	with   []Relation[R]
}

func (r refRelation[T, R, K]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	keys, places, err := keysOf(ctx, b, rows, []*schema.Column{r.column})
	if err != nil || keys.len() == 0 {
		return nil, err
	}
	return loadByKey(b, keys, r.with, func(found []*R) { r.give(rows, places, found) })
}

// give gives the references of rows what was found for their keys.
func (r refRelation[T, R, K]) give(rows []*T, places []int, found []*R) {
	targets := make([]schema.Target[R, K], len(found))
	given := make([]bool, len(found))
	for i, row := range rows {
		ref, at := r.at(row), places[i]
		if ref == nil || at < 0 {
			continue
		}
		to := &targets[at]
		switch {
		case !given[at]:
			to.Key, to.Row, given[at] = ref.Key(), found[at], true
		case to.Key != ref.Key(): // equal for the database alone, such as names that ignore case
			to = &schema.Target[R, K]{Key: ref.Key(), Row: found[at]}
		}
		schema.LoadRef(ref, to)
	}
}
