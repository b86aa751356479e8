package core

import (
	"context"
	"errors"
	"math"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Page is the rows of a page by its number.
type Page struct {
	Rows   scan.List
	Number int  // from 1
	Size   int  // the most rows that it could have
	More   bool // there are rows behind it
	Total  int  // the number of rows of all pages, if they were asked for; else 0
}

// paged is what has pages: a query or a projection.
type paged interface {
	// some reads size rows of a spec, without what is loaded with them, and whether there is one more.
	some(ctx context.Context, b *binding, spec ast.Spec, size int) (list scan.List, more bool, err error)
	// complete loads what goes with the rows, and calls their hooks.
	complete(ctx context.Context, b *binding, list scan.List) error
	// Count counts all rows.
	Count(ctx context.Context) (int, error)
}

// Page does what Query.Page of package prom says.
func (q *Query) Page(ctx context.Context, n, size int, total bool) (Page, error) {
	if err := atLeast(ruled{"page", n, 1}, ruled{"size", size, 1}); err != nil {
		return Page{}, ErrorOf("query", q.repo.table, err)
	}
	return pageOf(ctx, q.repo, q, q.spec, q.spec.Page(n, size), Page{Number: n, Size: size}, total)
}

// ruled is a number that a call is given, and the least that it may be.
type ruled struct {
	name     string
	n, least int
}

// atLeast returns the violations of numbers that are less than they may be: they come from requests, as values do.
func atLeast(numbers ...ruled) error {
	var broken scan.Violations
	for _, r := range numbers {
		if r.n < r.least {
			broken = append(broken, scan.TooSmall(r.name, int64(r.least)))
		}
	}
	return broken.Err()
}

// PageAt does what Query.PageAt of package prom says.
func (q *Query) PageAt(ctx context.Context, limit, offset int, total bool) (Page, error) {
	return pageAt(ctx, q.repo, q, q.spec, limit, offset, total)
}

func pageAt(ctx context.Context, r *Repo, of paged, all ast.Spec, limit, offset int, total bool) (Page, error) {
	if err := atLeast(ruled{"limit", limit, 1}, ruled{"offset", offset, 0}); err != nil {
		return Page{}, ErrorOf("query", r.table, err)
	}
	return pageOf(ctx, r, of, all, all.Limit(limit).Offset(offset), Page{Number: offset/limit + 1, Size: limit}, total)
}

// pageOf reads a page, which a spec says, of the rows of another.
func pageOf(ctx context.Context, r *Repo, of paged, all, spec ast.Spec, p Page, total bool) (Page, error) {
	size, err := p.Size, spec.Err()
	if err == nil && all.OwnPage() {
		err = errors.New("Page and PageAt set limit and offset themselves; remove Limit and Offset")
	}
	if err == nil && size == math.MaxInt {
		err = errors.New("the page's size is too large")
	}
	if err != nil {
		return Page{}, ErrorOf("query", r.table, err)
	}
	b, err := r.bind()
	if err != nil {
		return Page{}, err
	}
	if p.Rows, p.More, err = of.some(ctx, b, spec, size); err != nil {
		return Page{}, err
	}
	if err := of.complete(ctx, b, p.Rows); err != nil {
		return Page{}, err
	}
	if total {
		if p.Total, err = of.Count(ctx); err != nil {
			return Page{}, err
		}
	}
	return p, nil
}

// some reads size rows of a spec, bare, and whether there is one more.
func (q *Query) some(ctx context.Context, b *binding, spec ast.Spec, size int) (list scan.List, more bool, err error) {
	bare := &Query{repo: q.repo}
	list, err = bare.rows(ctx, b, spec.Limit(size+1))
	list, more = cut(q.repo.memory, list, size)
	return list, more, err
}

// cut returns the first rows of a list, and whether there are more.
func cut(m *scan.Memory, list scan.List, size int) (scan.List, bool) {
	if list.Len <= size {
		return list, false
	}
	return m.Part(list, 0, size), true
}

// tuple returns the values of some columns of a row.
func (r *Repo) tuple(v unsafe.Pointer, cols []*schema.Column) ([]schema.Value, error) {
	vals := make([]schema.Value, len(cols))
	for i, c := range cols {
		var err error
		if vals[i], err = r.plan.Value(v, c); err != nil {
			return nil, ErrorOf("query", r.table, err)
		}
	}
	return vals, nil
}
