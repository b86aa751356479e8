package core

import (
	"context"
	"math"
	"slices"
	"unsafe"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// relationInto returns a relation that gives its rows to a field of results: a slice of rows, or a pointer to the one
// row, which stays nil when there is none.
func relationInto(r Relation, offset uintptr) Relation {
	switch r := r.(type) {
	case *Ref:
		u := *r
		u.Give = func(results []unsafe.Pointer, places []int, found []unsafe.Pointer) {
			for i, v := range results {
				if places[i] >= 0 {
					*(*unsafe.Pointer)(unsafe.Add(v, offset)) = found[places[i]]
				}
			}
		}
		return &u
	case *One:
		u := *r
		u.Give = func(v, found unsafe.Pointer) { *(*unsafe.Pointer)(unsafe.Add(v, offset)) = found }
		return &u
	case *Many:
		u := *r
		u.Give = func(v unsafe.Pointer, rows *scan.List) { *(*scan.List)(unsafe.Add(v, offset)) = *rows }
		return &u
	}
	return r
}

// needed returns terms with those that relations are loaded by, these as columns, and their places among all.
func needed(terms []*ast.Expr, with []Relation) (_ []*ast.Expr, needs []*schema.Column, places []int) {
	for _, r := range with {
		for _, c := range r.needs() {
			if slices.Contains(needs, c) {
				continue
			}
			at := slices.IndexFunc(terms, func(e *ast.Expr) bool {
				return e.Op == ast.ExprColumn && e.Col == c && e.Part == dialect.NoPart
			})
			if at < 0 {
				at, terms = len(terms), append(terms, ast.ColumnExpr(c, dialect.NoPart))
			}
			needs, places = append(needs, c), append(places, at)
		}
	}
	return terms, needs, places
}

// someBehind reads size results of a spec, with the rows of relations, whether there is one more, and values of other
// terms.
func (p Projection) someBehind(
	ctx context.Context, b *binding, spec ast.Spec, size int, kinds []*schema.Column, places []int,
) (list scan.List, more bool, into *behind, err error) {
	if size < math.MaxInt {
		spec = spec.Limit(size + 1)
	}
	n := len(kinds)
	into = &behind{memory: p.plan.Memory(), model: p.repo.plan, kinds: slices.Concat(kinds, p.needs),
		places: slices.Concat(places, p.places)}
	into.loader.Plan = p.plan
	if err := p.repo.readBehind(ctx, b, spec, into); err != nil {
		return list, false, into, err
	}
	list, more = cut(into.memory, into.list, size)
	of := owners{values: into.memory.Addresses(list), column: func(i int, c *schema.Column) schema.Value {
		return into.values(i)[n+slices.Index(p.needs, c)]
	}}
	return list, more, into, loadFor(ctx, b, p.with, of)
}

// some reads size results of a spec, and whether there is one more.
func (p Projection) some(ctx context.Context, b *binding, spec ast.Spec, size int) (list scan.List, more bool,
	err error) {
	if len(p.with) > 0 {
		list, more, _, err = p.someBehind(ctx, b, spec, size, nil, nil)
		return list, more, err
	}
	list, err = p.With(spec.Limit(size+1)).rows(ctx, b)
	list, more = cut(p.plan.Memory(), list, size)
	return list, more, err
}

// complete does nothing more: what goes with results has been loaded with them.
func (p Projection) complete(context.Context, *binding, scan.List) error { return nil }

// Page does what Projection.Page of package prom says.
func (p Projection) Page(ctx context.Context, n, size int, total bool) (Page, error) {
	if p = p.made(); p.err != nil {
		return Page{}, ErrorOf("query", p.repo.table, p.err)
	}
	if err := atLeast(ruled{"page", n, 1}, ruled{"size", size, 1}); err != nil {
		return Page{}, ErrorOf("query", p.repo.table, err)
	}
	return pageOf(ctx, p.repo, p, p.spec, p.spec.Page(n, size), Page{Number: n, Size: size}, total)
}

// PageAt does what Projection.PageAt of package prom says.
func (p Projection) PageAt(ctx context.Context, limit, offset int, total bool) (Page, error) {
	if p = p.made(); p.err != nil {
		return Page{}, ErrorOf("query", p.repo.table, p.err)
	}
	return pageAt(ctx, p.repo, p, p.spec, limit, offset, total)
}
