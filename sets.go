package prom

import (
	"fmt"
	"reflect"

	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Union returns the query of the rows of q and of the others, equal rows once. Conditions, an order and a page that are added to it are
// about all of them; those that a member has already are its own.
func (q *Query[T]) Union(others ...*Query[T]) *Query[T] { return q.combine(query.Union, others) }

// UnionAll returns the query of the rows of q and of the others, as often as they come.
func (q *Query[T]) UnionAll(others ...*Query[T]) *Query[T] { return q.combine(query.UnionAll, others) }

// Intersect returns the query of the rows that q and all others have.
func (q *Query[T]) Intersect(others ...*Query[T]) *Query[T] {
	return q.combine(query.Intersect, others)
}

// Except returns the query of the rows of q that none of the others has.
func (q *Query[T]) Except(others ...*Query[T]) *Query[T] { return q.combine(query.Except, others) }

func (q *Query[T]) combine(kind query.SetKind, others []*Query[T]) *Query[T] {
	list := make([]Subquery[T], len(others))
	for i, o := range others {
		list[i] = o
	}
	return &Query[T]{repo: q.repo, spec: query.Combine(kind, q, list...)}
}

// From returns a query of the results of a projection, whose fields are columns as those of a model are: its results can be filtered,
// ordered, grouped and joined as rows of a table can. R must be a struct, all of whose columns the projection fills; prom.Select and prom.Into
// make such.
func From[T, R any](p Projection[T, R]) *Query[R] {
	r, err := derived[T, R](p.repo)
	if err == nil {
		var names []string
		if names, err = p.names(r.table); err == nil {
			p.spec = p.spec.Named(names, r.table)
		}
	}
	spec := query.Combine[R](query.Union, p)
	if err != nil {
		spec = spec.Fail(err)
	}
	return &Query[R]{repo: r, spec: spec}
}

// derived returns a repo of R, which has no table, on the connection of another.
func derived[T, R any](of *Repo[T]) (*Repo[R], error) {
	r, err := newRepo[R]()
	if err != nil {
		return &Repo[R]{table: &schema.Table{Model: reflect.TypeFor[R]()}, registry: of.registry, name: of.name, db: of.db}, err
	}
	r.registry, r.name, r.db, r.derived = of.registry, of.name, of.db, true
	return r, nil
}

// names returns the names of the columns of p as columns of a table.
func (p Projection[T, R]) names(t *schema.Table) ([]string, error) {
	if p.err != nil {
		return nil, p.err
	}
	names := make([]string, len(p.plan.Table.Columns))
	filled := map[string]bool{}
	for i, c := range p.plan.Table.Columns {
		to := t.At(c.Offset, c.Type)
		if to == nil {
			return nil, fmt.Errorf("the field %s is no column", c.Field)
		}
		names[i], filled[to.Name] = to.Name, true
	}
	for _, c := range t.Columns {
		if !filled[c.Name] {
			return nil, fmt.Errorf("the projection leaves the column %q out", c.Name)
		}
	}
	return names, nil
}
