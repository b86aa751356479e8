package prom

import (
	"context"
	"database/sql"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Relation is what can be loaded with rows of T: the row that a reference refers to, a [RefField], or the rows that
// refer to this one, a [ManyField]. Relations are values without a connection, made once and shared; their methods
// return new ones.
type Relation[T any] interface {
	relation(of *T) core.Relation
}

// relatedTo is a relation of the core as one of T.
type relatedTo[T any] struct{ core.Relation }

func (r relatedTo[T]) relation(*T) core.Relation { return r.Relation }

// relationsOf returns relations as those of the core; nil for one that is nil.
func relationsOf[T any](relations []Relation[T]) []core.Relation {
	list := make([]core.Relation, len(relations))
	for i, r := range relations {
		if r != nil {
			list[i] = r.relation(nil)
		}
	}
	return list
}

// knowRelated panics when one of two models cannot have its references and relations.
func knowRelated[T, R any]() {
	scan.Know[T]()
	scan.Know[R]()
	if err := core.CheckRelated(reflect.TypeFor[T](), reflect.TypeFor[R]()); err != nil {
		panic(err)
	}
}

// relationAt returns the relation that an accessor points to. It panics when the models do not fit.
func relationAt[R, T, F any](accessor func(*T) *F) *schema.Relation {
	r, err := scan.At[T, F, F](accessor).Relation()
	if err != nil {
		panic(err)
	}
	knowRelated[T, R]()
	return r
}

// With adds relations that are loaded with the rows: each level of them in one more statement, however many rows there
// are.
func (q *Query[T]) With(relations ...Relation[T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.With(relationsOf(relations))))
}

// With returns the query of all rows, whose relations are loaded with them; see [Query.With].
func (r *Repo[T]) With(relations ...Relation[T]) *Query[T] { return r.Query().With(relations...) }

// LoadInto loads the relations of the query into rows that are there already, which must be rows of the repo's table.
// What else the query says is of no use here and refused.
//
//	err := posts.With(PostAuthor, PostComments).LoadInto(ctx, &post)
func (q *Query[T]) LoadInto(ctx context.Context, rows ...*T) error {
	return q.core.LoadInto(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)))
}

// LoadIntoAll is [Query.LoadInto] for a list of rows.
func (q *Query[T]) LoadIntoAll(ctx context.Context, rows []T) error {
	return q.core.LoadIntoAll(ctx, listAt(unsafe.Pointer(&rows)))
}

// RefField is a reference from T to R, whose key is of type K. As a field its values are keys, and as a [Relation] it
// is the row that is referred to.
type RefField[T, R any, K comparable] struct {
	*query.RefField[*T, *R, K]
	at func(*T) *RefBy[R, K]
}

// NullRefField is a [RefField] that may be NULL.
type NullRefField[T, R any, K comparable] struct {
	*query.NullRefField[*T, *R, K]
	at func(*T) *RefBy[R, K] // nil for NULL
}

// RefOf returns the reference; its values are keys of R. Like all constructors of relations it panics when the models
// do not fit.
func RefOf[T, R any, K comparable](accessor func(*T) *RefBy[R, K]) RefField[T, R, K] {
	f := RefField[T, R, K]{query.RefOf(accessor), accessor}
	knowRelated[T, R]()
	return f
}

// NullRefOf returns the optional reference, a pointer; its values are keys of R.
func NullRefOf[T, R any, K comparable](accessor func(*T) **RefBy[R, K]) NullRefField[T, R, K] {
	f := NullRefField[T, R, K]{query.NullRefOf(accessor), func(v *T) *RefBy[R, K] { return *accessor(v) }}
	knowRelated[T, R]()
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
	knowRelated[T, R]()
	return f
}

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to
// the same row share its value.
func (f RefField[T, R, K]) With(relations ...Relation[R]) Relation[T] {
	return relatedTo[T]{refRelation(f.Column(), f.at, relations)}
}

func (f RefField[T, R, K]) relation(*T) core.Relation { return refRelation(f.Column(), f.at, nil) }

// With returns the relation that loads the row referred to and relations of its own. Rows of one result that refer to
// the same row share its value.
func (f NullRefField[T, R, K]) With(relations ...Relation[R]) Relation[T] {
	return relatedTo[T]{refRelation(f.Column(), f.at, relations)}
}

func (f NullRefField[T, R, K]) relation(*T) core.Relation { return refRelation(f.Column(), f.at, nil) }

// refRelation returns the relation of a reference.
func refRelation[T, R any, K comparable](column *schema.Column, at func(*T) *RefBy[R, K], with []Relation[R]) core.Relation {
	return &core.Ref{Column: column, To: reflect.TypeFor[R](), With: relationsOf(with),
		Give: func(rows []unsafe.Pointer, places []int, found []unsafe.Pointer) { giveRefs(at, rows, places, found) }}
}

// giveRefs gives the references of rows what was found for their keys.
func giveRefs[T, R any, K comparable](at func(*T) *RefBy[R, K], rows []unsafe.Pointer, places []int, found []unsafe.Pointer) {
	targets := make([]schema.Target[R, K], len(found))
	given := make([]bool, len(found))
	for i, row := range rows {
		ref, place := at((*T)(row)), places[i]
		if ref == nil || place < 0 {
			continue
		}
		to := &targets[place]
		switch {
		case !given[place]:
			to.Key, to.Row, given[place] = ref.Key(), (*R)(found[place]), true
		case to.Key != ref.Key(): // equal for the database alone, such as names that ignore case
			to = &schema.Target[R, K]{Key: ref.Key(), Row: (*R)(found[place])}
		}
		schema.LoadRef(ref, to)
	}
}
