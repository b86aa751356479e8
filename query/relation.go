package query

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Reference is a reference from T to R, required or optional.
type Reference[T, R any, K comparable] interface {
	Term[T, K]
	reference(*R) *schema.Column
}

// targets is the subquery of the row that a reference leads to.
func targets[R any](ref *schema.Column, conds []Cond[R]) *subselect {
	target := ref.References.Target()
	key := columnExpr(target.Key[0], dialect.NoPart)
	spec := Where(Spec{}, conds).and(matchNode(key, columnExpr(ref, dialect.NoPart)))
	return &subselect{table: target, related: true, spec: spec}
}

// Via is a term of the row that a reference leads to; NULL when it leads to none. References in a row, through several models, nest. A
// query reads it by a join, and an update or delete by a subquery.
func Via[T, R any, K comparable, V any](ref Reference[T, R, K], t Term[R, V]) Expr[T, V] {
	inner := t.term().e
	return typed[T, V](&expr{op: exprVia, like: inner.like, path: []*schema.Column{ref.reference(nil)}, args: []*expr{inner}})
}

// DescendantsOf is true for the rows below those for which the conditions hold, in a tree where a reference of a row leads to its
// parent: their children, the children of these and so on. A circle ends where it began.
func DescendantsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return tree(parent.reference(nil), conds, false)
}

// AncestorsOf is true for the rows above those for which the conditions hold: their parents, the parents of these and so on.
func AncestorsOf[T any, K comparable](parent Reference[T, T, K], conds ...Cond[T]) Cond[T] {
	return tree(parent.reference(nil), conds, true)
}

func tree[T any](ref *schema.Column, conds []Cond[T], up bool) Cond[T] {
	target := ref.References.Target()
	key := target.Key[0]
	s := &subselect{table: target, related: true, spec: Where(Spec{}, conds)}
	s.spec = s.spec.with(func(m *specMore) {
		m.cols = []*expr{columnExpr(key, dialect.NoPart)}
		m.tree, m.up = ref, up
	})
	return Cond[T]{n: &node{op: opIn, col: key, rhs: &expr{op: exprQuery, like: key, sub: s}}}
}
