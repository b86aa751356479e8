package prom

import (
	"context"
	"reflect"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Relation is a relation of a model that [Query.With] can load: the row that a reference refers to (a [RefField]), or
// the rows that refer to this row (a [ManyField]). Relations have no connection. Create them once and share them; their
// methods return new relations.
type Relation[P any] interface {
	relation(of P) core.Relation
}

// relationsOf returns relations as those of the core; nil for one that is nil.
func relationsOf[P any](relations []Relation[P]) []core.Relation {
	list := make([]core.Relation, len(relations))
	for i, r := range relations {
		if r != nil {
			list[i] = r.relation(*new(P))
		}
	}
	return list
}

// knowRelated panics when the model at the other end of a relation, or the one that has it, cannot have its references
// and relations.
func knowRelated[R any](model reflect.Type) {
	scan.Know[R]()
	if err := core.CheckRelated(model, reflect.TypeFor[R]()); err != nil {
		panic(err)
	}
}

// relationAt returns the relation to R that a field is. It panics when the models do not fit.
func relationAt[R any](at scan.Place) *schema.Relation {
	r, err := at.Relation()
	if err != nil {
		panic(err)
	}
	knowRelated[R](at.Model)
	return r
}

// With adds relations that are loaded with the rows. Each level of relations takes one more statement, however many
// rows there are.
func (q *Query[T]) With(relations ...Relation[*T]) *Query[T] {
	return (*Query[T])(unsafe.Pointer(q.core.With(relationsOf(relations))))
}

// With returns a query of all rows that loads the given relations; see [Query.With].
func (r *Repo[T]) With(relations ...Relation[*T]) *Query[T] { return r.Query().With(relations...) }

// LoadInto loads the relations of the query into existing values, which must be rows of the repo's table. It refuses a
// query with conditions or anything else except relations.
//
//	err := posts.With(PostAuthor, PostComments).LoadInto(ctx, &post)
func (q *Query[T]) LoadInto(ctx context.Context, rows ...*T) error {
	return q.core.LoadInto(ctx, *(*[]unsafe.Pointer)(unsafe.Pointer(&rows)))
}

// LoadIntoAll is [Query.LoadInto] for a slice of rows.
func LoadIntoAll[T any](ctx context.Context, q *Query[T], rows []T) error {
	return q.core.LoadIntoAll(ctx, listAt(unsafe.Pointer(&rows)))
}

// Reference is a reference from P to R: a [RefField], a [NullRefField] or a [CompositeRefField].
type Reference[P, R any] interface {
	reference(P, R) *ast.Reference
}

func referenceOf[P, R any](ref Reference[P, R]) *ast.Reference {
	return ref.reference(*new(P), *new(R))
}

// targets is the subquery of the row that a reference leads to.
func targets[R any](ref *schema.Column, conds []Cond[R]) *ast.Subquery {
	return ast.TargetOf(ref, present(conds))
}

// Via is a term of the row that a reference refers to; it is NULL if there is no such row. Calls of Via nest, to follow
// references through several models. A query reads the row by a join, and an update or delete by a subquery.
func Via[P, R, V any](ref Reference[P, R], t Term[R, V]) Expr[P, V] {
	return typed[P, V](ast.Via(referenceOf(ref), exprOf(t)))
}
