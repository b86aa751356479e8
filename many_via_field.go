package prom

import (
	"context"
	"reflect"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// ManyViaField is the rows of R that rows of the linking model L connect with a row of T: a [Relation] of T. It is otherwise as a
// [ManyField].
type ManyViaField[T, R, L any] struct {
	relation *schema.Relation
	at       func(*T) *ManyVia[R, L]
	spec     query.Spec
	link     query.Spec
	with     []Relation[R]
}

// ManyViaOf returns the relation that the accessor points to, a field of type [ManyVia]. It panics when L does not refer to T and to R,
// or has several references to one of them of which the tag options via, for T, and to, for R, name none.
func ManyViaOf[T, R, L any](accessor func(*T) *ManyVia[R, L]) ManyViaField[T, R, L] {
	checkRelated[T, L]()
	return ManyViaField[T, R, L]{relation: relationOf[R](accessor), at: accessor}
}

// Where adds conditions: rows for which one does not hold are left out.
func (f ManyViaField[T, R, L]) Where(conds ...Cond[R]) ManyViaField[T, R, L] {
	f.spec = query.Where(f.spec, conds)
	return f
}

// WhereLink adds conditions on the rows that connect.
func (f ManyViaField[T, R, L]) WhereLink(conds ...Cond[L]) ManyViaField[T, R, L] {
	f.link = query.Where(f.link, conds)
	return f
}

// OrderBy adds terms to the order in which each row of T has its rows of R.
func (f ManyViaField[T, R, L]) OrderBy(orders ...Order[R]) ManyViaField[T, R, L] {
	f.spec = query.OrderBy(f.spec, orders)
	return f
}

// OrderByLink adds terms to the order that go by the rows that connect, such as a place in a list. They go before those of OrderBy.
func (f ManyViaField[T, R, L]) OrderByLink(orders ...Order[L]) ManyViaField[T, R, L] {
	f.link = query.OrderBy(f.link, orders)
	return f
}

// Limit takes at most n rows for each row of T, the first in their order; see [ManyField.Limit].
func (f ManyViaField[T, R, L]) Limit(n int) ManyViaField[T, R, L] {
	f.spec = f.spec.Limit(n)
	return f
}

// Offset leaves the first n rows of each row of T out.
func (f ManyViaField[T, R, L]) Offset(n int) ManyViaField[T, R, L] {
	f.spec = f.spec.Offset(n)
	return f
}

// With adds relations of the rows, which are loaded with them.
func (f ManyViaField[T, R, L]) With(relations ...Relation[R]) ManyViaField[T, R, L] {
	f.with = append(f.with[:len(f.with):len(f.with)], relations...)
	return f
}

// Has is true for the rows of T that are connected with a row of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) Has(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), false)
}

// HasNot is true for the rows of T that are connected with no row of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) HasNot(conds ...Cond[R]) Cond[T] {
	return query.HasRelated[*T](f.related(conds), true)
}

// Count is the number of connections with rows of the relation for which the conditions hold.
func (f ManyViaField[T, R, L]) Count(conds ...Cond[R]) Expr[T, int64] {
	return query.CountRelated[*T](f.related(conds))
}

// related describes the rows of the relation for which the conditions hold too.
func (f ManyViaField[T, R, L]) related(conds []Cond[R]) query.Related {
	owner, target := mustEnds(f.relation)
	link := &query.Link{Table: mustTable[L](), Target: target, Spec: f.link}
	return query.Related{Table: mustTable[R](), Owner: owner, Key: mustTable[T]().Key, Spec: query.Where(f.spec, conds), Link: link}
}

func (f ManyViaField[T, R, L]) start(ctx context.Context, b *binding, rows []*T) (*loading, error) {
	owner, target, err := f.relation.Ends()
	if err != nil {
		return nil, err
	}
	keys, places, err := ownerKeys(ctx, b, rows)
	if err != nil || keys.len() == 0 {
		return nil, err
	}
	link, err := scan.For(reflect.TypeFor[L]())
	if err != nil {
		return nil, err
	}
	repo, rb, err := related[R](b)
	if err != nil {
		return nil, err
	}
	linked := query.Link{Table: link.Table, Owner: owner[0], Target: target, Spec: f.link.KeysIn(owner, keys.len(), keys.value)}
	text, args, err := rb.stmts.SelectLinked(nil, f.spec, linked)
	if err != nil {
		return nil, errorOf("load", repo.table, err)
	}
	var list []R
	var ends [][]schema.Value // of the rows that connect
	return &loading{
		b: rb, text: text, args: args,
		read: func(rows conn.Rows) error {
			list, ends = make([]R, 0, max(keys.len(), text.Rows())), ends[:0]
			loader := scan.NewLoader[R](repo.plan)
			for rows.Next() {
				list = append(list, *new(R))
				if err := loader.Load(rows, &list[len(list)-1]); err != nil {
					return err
				}
				key, err := scan.Key(link, rows, len(repo.table.Columns), owner)
				if err != nil {
					return err
				}
				ends = append(ends, key)
			}
			return nil
		},
		join: func(ctx context.Context) ([]*loading, error) {
			text.SawRows(len(list))
			if err := keys.learn(ctx, rb, link.Table.Name, owner, ends); err != nil {
				return nil, err
			}
			owners := make([]int, len(list))
			for i := range ends {
				var err error
				if owners[i], err = keys.find(ends[i]); err != nil {
					return nil, errorOf("load", repo.table, err)
				}
			}
			var parts [][]R
			list, parts = grouped(list, owners, keys.len())
			for i, row := range rows {
				schema.LoadMany(&f.at(row).Many, &parts[places[i]])
			}
			return startAll(ctx, rb, f.with, pointers(list))
		},
		hooks: func(ctx context.Context) error { return loaded(ctx, repo.hooks, list) },
	}, nil
}
