package prom

import (
	"context"
	"reflect"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// ManyField is the rows of R that refer to a row of T: a [Relation] of T. Its methods choose, order and limit the rows; like those
// of a [Query] they return new ones.
type ManyField[T, R any] struct {
	relation *schema.Relation
	at       func(*T) *Many[R]
	spec     query.Spec
	with     []Relation[R]
}

// ManyOf returns the relation that the accessor points to, a field of type [Many]. It panics when R has no reference to T, or several
// of which the tag option via names none.
func ManyOf[T, R any](accessor func(*T) *Many[R]) ManyField[T, R] {
	return ManyField[T, R]{relation: relationOf[R](accessor), at: accessor}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f ManyField[T, R]) Where(conds ...Cond[R]) ManyField[T, R] {
	f.spec = query.Where(f.spec, conds)
	return f
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f ManyField[T, R]) OrderBy(orders ...Order[R]) ManyField[T, R] {
	f.spec = query.OrderBy(f.spec, orders)
	return f
}

// Limit takes at most n rows for each row of T: the first in their order, of which those that it leaves equal come in the order of
// the primary key.
func (f ManyField[T, R]) Limit(n int) ManyField[T, R] {
	f.spec = f.spec.Limit(n)
	return f
}

// Offset leaves the first n rows of each row of T out.
func (f ManyField[T, R]) Offset(n int) ManyField[T, R] {
	f.spec = f.spec.Offset(n)
	return f
}

// With adds relations of the rows, which are loaded with them.
func (f ManyField[T, R]) With(relations ...Relation[R]) ManyField[T, R] {
	f.with = append(f.with[:len(f.with):len(f.with)], relations...)
	return f
}

// Has is true for the rows of T that have a row of the relation for which the conditions hold.
func (f ManyField[T, R]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), false)
}

// HasNot is true for the rows of T that have no row of the relation for which the conditions hold.
func (f ManyField[T, R]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), true)
}

// Count is the number of rows of the relation for which the conditions hold.
func (f ManyField[T, R]) Count(conds ...Cond[R]) Expr[T, int64] {
	return query.CountRelated[*T](f.related(conds))
}

// AggregateOf is an aggregate over the rows of the relation that each row of T has, such as the sum of a field; NULL when it has none,
// but for counts.
//
//	views := prom.AggregateOf(AuthorPosts, prom.Sum(PostViews))
func AggregateOf[T, R, V any](rows ManyField[T, R], aggregate Expr[R, V]) Expr[T, V] {
	return query.AggregateRelated[*T](rows.related(nil), aggregate)
}

// related describes the rows of the relation for which the conditions hold too.
func (f ManyField[T, R]) related(conds []Cond[R]) query.Related {
	owner, _ := mustEnds(f.relation)
	return query.Related{Table: mustTable[R](), Owner: owner, Key: mustTable[T]().Key, Spec: query.Where(f.spec, conds)}
}

// mustEnds returns the ends of a relation, and mustTable the schema of a model, which were found when the relation's handle was made.
func mustEnds(r *schema.Relation) (owner []*schema.Column, target *schema.Column) {
	owner, target, err := r.Ends()
	if err != nil {
		panic(err)
	}
	return owner, target
}

func mustTable[R any]() *schema.Table {
	t, err := schema.Of(reflect.TypeFor[R]())
	if err != nil {
		panic(err)
	}
	return t
}

func (f ManyField[T, R]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	owner, _, err := f.relation.Ends()
	if err != nil {
		return nil, err
	}
	keys, places, err := ownerKeys(ctx, b, rows)
	if err != nil || keys.len() == 0 {
		return nil, err
	}
	repo, rb, err := related[R](b)
	if err != nil {
		return nil, err
	}
	spec := f.spec.KeysIn(owner, keys.len(), keys.value).Tied(repo.table.Key)
	var text *query.Text
	var args []schema.Value
	if spec.Limits() && keys.len() > 1 {
		text, args, err = rb.stmts.SelectEach(nil, spec, owner)
	} else {
		text, args, err = rb.stmts.Select(nil, spec)
	}
	if err != nil {
		return nil, errorOf("load", repo.table, err)
	}
	var list []R
	return &loading{
		b: rb, text: text, args: args,
		read: func(rows conn.Rows) (err error) {
			loader := scan.NewLoader[R](repo.plan)
			list, err = loader.LoadAll(rows, max(keys.len(), text.Rows()))
			return err
		},
		join: func(ctx context.Context) (_ []*loading, err error) {
			text.SawRows(len(list))
			owners := make([]int, len(list))
			if err := learnRows(ctx, keys, rb, repo.plan, list, owner); err != nil {
				return nil, err
			}
			for i := range list {
				if owners[i], err = findRow(keys, repo.plan, &list[i], owner); err != nil {
					return nil, errorOf("load", repo.table, err)
				}
			}
			var parts [][]R
			list, parts = grouped(list, owners, keys.len())
			for i, row := range rows {
				schema.LoadMany(f.at(row), &parts[places[i]])
			}
			return startAll(ctx, rb, f.with, pointers(list))
		},
		hooks: func(ctx context.Context) error { return loaded(ctx, repo.hooks, list) },
	}, nil
}

// ownerKeys returns the primary keys of rows, each once, and the place of each row's.
func ownerKeys[T any](ctx context.Context, b *binding, rows []*T) (*rowKeys, []int, error) {
	return keysOf(ctx, b, rows, b.table.Key)
}
