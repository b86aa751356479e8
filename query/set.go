package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/schema"
)

// member is one of the queries whose rows are put together.
type member struct {
	op  setOp
	sub *subselect
}

// setOp is how a member's rows come to those before it.
type setOp uint8

const (
	firstMember setOp = iota
	opUnion
	opUnionAll
	opIntersect
	opExcept
)

var setText = [...]string{opUnion: " UNION ", opUnionAll: " UNION ALL ", opIntersect: " INTERSECT ", opExcept: " EXCEPT "}

// SetKind is how the rows of several queries are put together.
type SetKind = setOp

// The kinds of sets.
const (
	Union     SetKind = opUnion
	UnionAll  SetKind = opUnionAll
	Intersect SetKind = opIntersect
	Except    SetKind = opExcept
)

// members returns the queries with which a set begins: the first, or, when that is a set of the same kind and nothing
// else, those of the set. One that was made query by query would be as deep as it is long.
func members(kind SetKind, first *subselect) []member {
	q := &first.spec
	plain := len(q.where) == 0 && len(q.orders) == 0 && q.limits == 0 && q.lock == 0 && q.err == nil
	if m := q.more; m != nil && plain && len(m.source) > 1 && m.cols == nil && m.names == nil {
		if !slices.ContainsFunc(m.source[1:], func(s member) bool { return s.op != kind }) {
			return slices.Clip(m.source)
		}
	}
	return []member{{sub: first}}
}

// Combine returns a query of the rows of several put together.
func Combine[R any](kind SetKind, first Subquery[R], others ...Subquery[R]) Spec {
	list := members(kind, first.Nested().s)
	for _, s := range others {
		list = append(list, member{kind, s.Nested().s})
	}
	var q Spec
	for _, m := range list[1:] {
		if a, b := len(list[0].sub.spec.extra().cols), len(m.sub.spec.extra().cols); a != b {
			q.fail(fmt.Errorf("the queries of a set have %d and %d columns", a, b))
		}
	}
	return q.with(func(m *specMore) { m.source = list })
}

// maxSet is how many queries are put together at once. SQLite takes no more than 500
// (https://www.sqlite.org/limits.html, SQLITE_MAX_COMPOUND_SELECT).
const maxSet = 250

// source writes queries whose rows are put together, of many the first ones in a query of their own.
func (r *renderer) source(members []member) {
	alone := len(members) == 1
	if n := len(members) - maxSet; n > 0 {
		r.b.WriteString("SELECT * FROM (")
		r.source(members[:n])
		r.b.WriteString(") AS " + r.alias())
		members = members[n:]
	}
	for _, s := range members {
		r.member(s, alone)
	}
}

// member writes one of them. One with an order or a limit of its own, which its engine would take for the whole's, is
// put into a query.
func (r *renderer) member(s member, alone bool) {
	r.b.WriteString(setText[s.op])
	sub := *s.sub
	if sub.spec.more == nil {
		sub.spec = sub.spec.with(func(*specMore) {}) // all columns, not the constant 1
	}
	if alone || sub.spec.limits == 0 && len(sub.spec.orders) == 0 && !sub.spec.HasSource() {
		r.query(&sub)
		return
	}
	names := sub.spec.extra().names
	if names == nil && sub.spec.extra().cols == nil {
		names = schema.ColumnNames(sub.table.Columns)
	}
	if names == nil {
		names = make([]string, len(sub.spec.extra().cols))
		for i := range names {
			names[i] = "c" + strconv.Itoa(i+1)
		}
		sub.spec = sub.spec.named(names)
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = r.d.Quote(n)
	}
	r.b.WriteString("SELECT " + strings.Join(quoted, ", ") + " FROM (")
	r.query(&sub)
	r.b.WriteString(") AS " + r.alias())
}
