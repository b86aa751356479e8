package core

import (
	"context"
	"errors"
	"math"
	"unsafe"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/token"
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

// Page does what Query.Page of package prom says.
func (q *Query) Page(ctx context.Context, n, size int, total bool) (Page, error) {
	if err := atLeast(ruled{"page", n, 1}, ruled{"size", size, 1}); err != nil {
		return Page{}, ErrorOf("query", q.repo.table, err)
	}
	return q.page(ctx, q.spec.Page(n, size), Page{Number: n, Size: size}, total)
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
	if err := atLeast(ruled{"limit", limit, 1}, ruled{"offset", offset, 0}); err != nil {
		return Page{}, ErrorOf("query", q.repo.table, err)
	}
	return q.page(ctx, q.spec.Limit(limit).Offset(offset), Page{Number: offset/limit + 1, Size: limit}, total)
}

func (q *Query) page(ctx context.Context, spec ast.Spec, p Page, total bool) (Page, error) {
	size, err := p.Size, spec.Err()
	if err == nil && q.spec.Flags != 0 {
		err = errors.New("Page and PageAt set limit and offset themselves; remove Limit and Offset")
	}
	if err == nil && size == math.MaxInt {
		err = errors.New("the page's size is too large")
	}
	if err != nil {
		return Page{}, ErrorOf("query", q.repo.table, err)
	}
	b, err := q.repo.bind()
	if err != nil {
		return Page{}, err
	}
	if p.Rows, p.More, err = q.some(ctx, b, spec, size); err != nil {
		return Page{}, err
	}
	if err := q.complete(ctx, b, p.Rows); err != nil {
		return Page{}, err
	}
	if total {
		all := &Query{repo: q.repo, spec: q.spec.Unpaged()}
		if p.Total, err = all.Count(ctx); err != nil {
			return Page{}, err
		}
	}
	return p, nil
}

// some reads size rows of a spec, bare, and whether there is one more.
func (q *Query) some(ctx context.Context, b *binding, spec ast.Spec, size int) (list scan.List, more bool, err error) {
	bare := &Query{repo: q.repo}
	list, err = bare.rows(ctx, b, spec.Limit(size+1))
	if more = list.Len > size; more {
		list = q.repo.memory.Part(list, 0, size)
	}
	return list, more, err
}

// KeysetPage is the rows of a page that begins or ends at a row, and the tokens of the pages around it.
type KeysetPage struct {
	Rows scan.List
	Next string // the token of the page behind; "" when there is none
	Prev string // the token of the page before; "" when there is none
}

// The ways in which a token leads from its row.
const (
	behindRow byte = iota
	beforeRow
	fromRow  // with the row itself
	backFrom // backwards, with the row itself
)

// Keyset reads the page of size rows to which a token leads, "" to the first one.
func (q *Query) Keyset(ctx context.Context, token string, size int) (KeysetPage, error) {
	r := q.repo
	if err := r.needKey("query"); err != nil {
		return KeysetPage{}, err
	}
	b, err := r.bind()
	if err != nil {
		return KeysetPage{}, err
	}
	k, err := q.spec.Keyset(r.table.Key)
	if err == nil {
		err = q.whole()
	}
	if err == nil {
		err = atLeast(ruled{"size", size, 1})
	}
	if err == nil && size == math.MaxInt {
		err = errors.New("the page's size is too large")
	}
	pages := pagesOf(q, k)
	var way byte
	var at []schema.Value
	if err == nil && token != "" {
		way, at, err = pages.read(token, b.db.Dialect().Features().SignedOnly)
	}
	if err != nil {
		return KeysetPage{}, ErrorOf("query", r.table, err)
	}
	return pages.fetch(ctx, b, way, at, size)
}

// keysetPages are the pages of one query.
type keysetPages struct {
	q    *Query
	k    ast.Keyset
	cols []*schema.Column
	of   []byte // see token.For
}

func pagesOf(q *Query, k ast.Keyset) keysetPages {
	return keysetPages{q: q, k: k, cols: k.Columns(), of: token.For("page", q.repo.table.Name, k.Terms()...)}
}

// read reads a token.
func (p keysetPages) read(text string, signed bool) (way byte, at []schema.Value, err error) {
	content, ok := token.Open(p.q.repo.tokenKeys, p.of, text)
	if !ok || len(content) == 0 || content[0] > backFrom {
		return 0, nil, ErrToken
	}
	at, rest, ok := token.ReadTuple(content[1:], p.cols, signed)
	if !ok || len(rest) > 0 {
		return 0, nil, ErrToken
	}
	return content[0], at, nil
}

// token makes the token of a way from a row.
func (p keysetPages) token(way byte, at []schema.Value) string {
	return token.Seal(p.q.repo.tokenKeys, p.of, token.AppendTuple([]byte{way}, at))
}

// fetch reads the page to which a way from a row leads; the first one without a row.
func (p keysetPages) fetch(ctx context.Context, b *binding, way byte, at []schema.Value, size int) (page KeysetPage, err error) {
	back, itself := way == beforeRow || way == backFrom, way == fromRow || way == backFrom
	spec := p.k.In(p.q.spec, back)
	if at != nil {
		spec = p.k.Beyond(spec, at, back, itself)
	}
	list, more, err := p.q.some(ctx, b, spec, size)
	if err != nil {
		return page, err
	}
	if back {
		list = p.q.repo.memory.Reversed(list)
	}
	page.Rows = list
	switch {
	case list.Len > 0:
		if err := p.around(&page, more, back, at != nil); err != nil {
			return KeysetPage{}, err
		}
	case at != nil && back: // the rows have gone, and those around the token's own may still be there
		page.Next = p.token(flipped(way), at)
	case at != nil:
		page.Prev = p.token(flipped(way), at)
	}
	if err := p.q.complete(ctx, b, list); err != nil {
		return KeysetPage{}, err
	}
	return page, nil
}

// flipped returns the way to the rows that a way does not lead to.
func flipped(way byte) byte {
	return [...]byte{behindRow: backFrom, beforeRow: fromRow, fromRow: beforeRow, backFrom: behindRow}[way]
}

// around sets the tokens of a page that has rows. On the side that the page was reached from there are rows, or were.
func (p keysetPages) around(page *KeysetPage, more, back, reached bool) error {
	m := p.q.repo.memory
	first, err := p.q.repo.tuple(m.At(page.Rows, 0), p.cols)
	if err != nil {
		return err
	}
	last, err := p.q.repo.tuple(m.At(page.Rows, page.Rows.Len-1), p.cols)
	if err != nil {
		return err
	}
	if back && reached || !back && more {
		page.Next = p.token(behindRow, last)
	}
	if !back && reached || back && more {
		page.Prev = p.token(beforeRow, first)
	}
	return nil
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
