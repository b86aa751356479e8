package core

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Links is what connects one row with the rows of a many-to-many relation: rows of the join model.
type Links struct {
	repo *Repo // of the row
	many *Many
	row  unsafe.Pointer
}

// LinksOf does what LinksOf of package prom says.
func LinksOf(r *Repo, many *Many, row unsafe.Pointer) Links { return Links{r, many, row} }

// linking is one call that writes to links.
type linking struct {
	Links
	op     string
	b      *binding // of the row
	link   *Repo    // of the join model
	lb     *binding
	owner  *schema.Column // of the join model: what refers to the row,
	target *schema.Column // and what refers to those of the relation
	key    []schema.Value // of the row
}

// begin finds what the call needs.
func (k Links) begin(op string) (*linking, error) {
	l := &linking{Links: k, op: op}
	fail := func(err error) error { return ErrorOf(op, k.repo.table, err) }
	if err := k.repo.given(op, k.row); err != nil {
		return nil, err
	}
	if k.many.Of != k.repo.table.Model {
		return nil, fail(fmt.Errorf("the relation is one of %s, and the repo one of %s", k.many.Of.Name(),
			k.repo.table.Model.Name()))
	}
	if !k.many.Spec.IsZero() || !k.many.LinkSpec.IsZero() || len(k.many.With) > 0 {
		return nil, fail(errors.New("links are those of the relation itself; leave out its conditions, order, limits and relations"))
	}
	owner, target, err := k.many.Relation.Ends()
	if err != nil {
		return nil, fail(err)
	}
	if len(owner) > 1 || len(target) > 1 {
		return nil, fail(errors.New("the join model refers to its rows by several columns; write its rows with a repo of their own"))
	}
	if ownerTo, targetTo := referred(k.many.Relation); !ownerTo[0].Key || !targetTo[0].Key {
		return nil, fail(errors.New("the join model refers to unique columns that are not the key; write its rows with a repo of their own"))
	}
	l.owner, l.target = owner[0], target[0]
	if l.b, err = k.repo.bind(); err != nil {
		return nil, err
	}
	if l.link, l.lb, err = related(l.b, k.many.Relation.Link); err != nil {
		return nil, fail(err)
	}
	if l.key, err = savedKey(k.repo, k.row); err != nil {
		return nil, fail(err)
	}
	return l, nil
}

// savedKey returns the key of a row that must have been saved.
func savedKey(r *Repo, v unsafe.Pointer) ([]schema.Value, error) {
	key, err := r.rowKey(nil, v)
	if err != nil {
		return nil, err
	}
	for i, c := range r.table.Key {
		if (c.Auto || c.ReadOnly) && key[i].IsZero() || key[i].IsNull() {
			return nil, fmt.Errorf("a value of %s has no key: save it first", r.table.Model.Name())
		}
	}
	return key, nil
}

// keys returns the keys of rows of the relation, as values of the join model's column.
func (l *linking) keys(rows []unsafe.Pointer, keys []any) ([]schema.Value, error) {
	repo, _, err := related(l.b, l.many.Relation.Model)
	if err != nil {
		return nil, ErrorOf(l.op, l.link.table, err)
	}
	list := make([]schema.Value, 0, len(rows)+len(keys))
	for i, v := range rows {
		var key []schema.Value
		if err = repo.given(l.op, v); err == nil {
			if key, err = savedKey(repo, v); err != nil {
				err = ErrorOf(l.op, repo.table, err)
			}
		}
		if err != nil {
			return nil, &At{i, err}
		}
		list = append(list, key[0])
	}
	for i, k := range keys {
		key, err := repo.convertKey(nil, []any{k})
		if err != nil {
			return nil, &At{i, ErrorOf(l.op, repo.table, err)}
		}
		list = append(list, key[0])
	}
	return list, nil
}

// of is the query of the links of the row.
func (l *linking) of() *Query {
	return &Query{repo: l.link, spec: ast.Spec{}.KeyIs([]*schema.Column{l.owner}, l.key[:1])}
}

// to is the query of the links of the row that lead to one of the rows with the keys, or to none of them.
func (l *linking) to(op ast.Op, keys []schema.Value) *Query {
	q := l.of()
	list, err := schema.NewList(l.target.Kind, len(keys), func(i int) (schema.Value, error) { return keys[i], nil })
	return q.as(q.spec.And(ast.Cond{Op: op, Col: l.target, Val: list, Err: err}))
}

// Add does what Links.Add and Links.AddKeys of package prom say.
func (k Links) Add(ctx context.Context, rows []unsafe.Pointer, keys []any) (added int, err error) {
	l, err := k.begin("add links")
	if err != nil {
		return 0, err
	}
	targets, err := l.keys(rows, keys)
	if err != nil || len(targets) == 0 {
		return 0, err
	}
	err = l.lb.inTx(ctx, func(ctx context.Context) error {
		if !l.unique() {
			if err := l.lock(ctx); err != nil {
				return err
			}
		}
		added, err = l.add(ctx, targets)
		return err
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// Remove does what Links.Remove and Links.RemoveKeys of package prom say.
func (k Links) Remove(ctx context.Context, rows []unsafe.Pointer, keys []any) (removed int, err error) {
	l, err := k.begin("remove links")
	if err != nil {
		return 0, err
	}
	targets, err := l.keys(rows, keys)
	if err != nil || len(targets) == 0 {
		return 0, err
	}
	return l.to(ast.OpIn, targets).Delete(ctx)
}

// Set does what Links.Set and Links.SetKeys of package prom say.
func (k Links) Set(ctx context.Context, rows []unsafe.Pointer, keys []any) (added, removed int, err error) {
	l, err := k.begin("set links")
	if err != nil {
		return 0, 0, err
	}
	targets, err := l.keys(rows, keys)
	if err != nil {
		return 0, 0, err
	}
	err = l.lb.inTx(ctx, func(ctx context.Context) error {
		if err := l.lock(ctx); err != nil {
			return err
		}
		if removed, err = l.to(ast.OpNotIn, targets).Delete(ctx); err != nil || len(targets) == 0 {
			added = 0
			return err
		}
		added, err = l.add(ctx, targets)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return added, removed, nil
}

// lock locks the row, so that those who set its links do it one after the other, and makes sure that it is there.
func (l *linking) lock(ctx context.Context) error {
	r := l.repo
	w := walker{q: Query{repo: r}, b: l.b, ctx: ctx}
	found, err := w.keys(ast.Spec{}.KeyIs(r.table.Key, l.key).Lock(dialect.LockNoKeyUpdate, dialect.LockWaits),
		r.table.Key)
	if err == nil && len(found) == 0 {
		err = r.notFound(l.op)
	}
	return err
}

// ends are the fields of the join model that make a link.
func (l *linking) ends() []Columner { return []Columner{end{l.owner}, end{l.target}} }

// end is a column as a field.
type end struct{ c *schema.Column }

// Column returns the column.
func (e end) Column() *schema.Column { return e.c }

// unique reports whether two rows have one link at most, by the key of the join model or a unique index.
func (l *linking) unique() bool {
	_, err := l.link.identityOf(l.ends())
	return err == nil
}

// add inserts the links to rows that have none, and returns how many. It is part of a transaction.
func (l *linking) add(ctx context.Context, targets []schema.Value) (added int, err error) {
	r := l.link
	list := r.memory.Make(0, len(targets))
	for _, key := range targets {
		v := r.memory.Next(&list)
		if err = r.plan.Set(v, l.owner, l.key[0]); err == nil {
			err = r.plan.Set(v, l.target, key)
		}
		if err != nil {
			return 0, ErrorOf(l.op, r.table, err)
		}
	}
	id, err := r.identityOf(l.ends())
	if err != nil {
		return l.addChecked(ctx, list, targets)
	}
	if r.table.Deleted != nil && !id.live { // the key of a soft-deleted link is taken
		if added, err = l.to(ast.OpIn, targets).Undelete(ctx); err != nil {
			return 0, err
		}
	}
	created := make([]bool, list.Len)
	if err := r.getOrCreateMany(ctx, list, created, l.ends()); err != nil {
		return 0, err
	}
	for _, c := range created {
		if c {
			added++
		}
	}
	return added, nil
}

// addChecked inserts those of the links that are not there, where no index makes sure of it: the row is locked.
func (l *linking) addChecked(ctx context.Context, list scan.List, targets []schema.Value) (int, error) {
	r := l.link
	there := make(map[string]bool, list.Len)
	walk := walker{q: *l.of(), b: l.lb, ctx: ctx}
	found, err := walk.keys(l.to(ast.OpIn, targets).spec, []*schema.Column{l.target})
	if err != nil {
		return 0, err
	}
	for _, key := range found {
		text, err := appendByBytes(nil, l.target, key[0])
		if err != nil {
			return l.addEach(ctx, list, targets)
		}
		there[string(text)] = true
	}
	fresh, places := r.memory.Make(0, list.Len), make([]int, 0, list.Len)
	for i := range list.Len {
		text, err := appendByBytes(nil, l.target, targets[i])
		if err != nil {
			return l.addEach(ctx, list, targets)
		}
		if !there[string(text)] {
			there[string(text)] = true
			r.memory.Copy(r.memory.Next(&fresh), r.memory.At(list, i))
			places = append(places, i)
		}
	}
	err = r.CreateMany(ctx, fresh)
	if at := (*At)(nil); errors.As(err, &at) {
		err = &At{places[at.Index], at.Err}
	}
	return fresh.Len, err
}

// addEach inserts one link after the other, where the database alone knows which keys are equal.
func (l *linking) addEach(ctx context.Context, list scan.List, targets []schema.Value) (added int, err error) {
	for i := range list.Len {
		there, err := l.to(ast.OpIn, targets[i:i+1]).Exists(ctx)
		if err == nil && !there {
			added++
			err = l.link.Create(ctx, l.link.memory.At(list, i))
		}
		if err != nil {
			return 0, &At{i, err}
		}
	}
	return added, nil
}
