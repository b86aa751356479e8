package prom

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Page is the rows of a page by its number.
type Page[T any] struct {
	Rows   []T
	Number int  // from 1
	Size   int  // the most rows that it could have
	More   bool // there are rows behind it
	Total  int  // the number of rows of all pages, if [WithTotal] asked for it; else 0
}

// PageOption changes what [Query.FetchPage] reads.
type PageOption func(*pageOptions)

type pageOptions struct{ total bool }

// WithTotal counts the rows of all pages too, in a statement of its own.
func WithTotal() PageOption { return func(o *pageOptions) { o.total = true } }

// FetchPage reads page n, the first being 1, with size rows, and whether there are more behind it: it reads one row more than it
// returns. The query should have an order that tells all rows apart, since pages are statements of their own. The database reads over the
// rows of all pages before; see [Query.Keyset] for pages that do not get slower.
func (q *Query[T]) FetchPage(ctx context.Context, n, size int, options ...PageOption) (Page[T], error) {
	var o pageOptions
	for _, option := range options {
		option(&o)
	}
	spec := q.spec.Page(n, size)
	err := spec.Err()
	if err == nil && size == math.MaxInt {
		err = errors.New("the page's size is too large")
	}
	if err != nil {
		return Page[T]{}, errorOf("query", q.repo.table, err)
	}
	b, err := q.repo.bind()
	if err != nil {
		return Page[T]{}, err
	}
	p := Page[T]{Number: n, Size: size}
	if p.Rows, p.More, err = q.some(ctx, b, spec, size); err != nil {
		return Page[T]{}, err
	}
	if err := q.complete(ctx, b, p.Rows); err != nil {
		return Page[T]{}, err
	}
	if o.total {
		all := &Query[T]{repo: q.repo, spec: q.spec.Unpaged()}
		if p.Total, err = all.Count(ctx); err != nil {
			return Page[T]{}, err
		}
	}
	return p, nil
}

// some reads size rows of a spec, bare, and whether there is one more.
func (q *Query[T]) some(ctx context.Context, b *binding, spec query.Spec, size int) (list []T, more bool, err error) {
	bare := &Query[T]{repo: q.repo}
	list, err = bare.rows(ctx, b, spec.Limit(size+1))
	if more = len(list) > size; more {
		list = list[:size:size]
	}
	return list, more, err
}

// KeysetPage is the rows of a page that begins or ends at a row, and the tokens of the pages around it.
type KeysetPage[T any] struct {
	Rows []T
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

// Keyset reads the page of size rows to which a token leads, "" to the first one. Next and Prev of a page are the tokens of those around
// it. Pages begin where another ended, at a row and not at a number: so reading one takes the same time wherever it is, if there is an
// index for the order, and rows that come or go move no others from one page to the next.
//
// The order is that of the query, by fields, and behind it that of the key, so that no two rows are equal. A token holds the values
// of the order's fields in a row, encoded and not encrypted, and is bound to the table and the order, not to the conditions. One that is
// damaged or belongs to another order is an error of kind [ErrValidation] with a [*TokenError] as its cause. See [TokenKey] for
// tokens that nobody else can make.
func (q *Query[T]) Keyset(ctx context.Context, token string, size int) (KeysetPage[T], error) {
	r := q.repo
	if err := r.needKey("query"); err != nil {
		return KeysetPage[T]{}, err
	}
	b, err := r.bind()
	if err != nil {
		return KeysetPage[T]{}, err
	}
	k, err := q.spec.Keyset(r.table.Key)
	if err == nil {
		err = q.whole()
	}
	if err == nil && (size < 1 || size == math.MaxInt) {
		err = errors.New("a page's size begins at 1, and has to be a number of rows")
	}
	pages := pagesOf(q, k)
	var way byte
	var at []schema.Value
	if err == nil && token != "" {
		way, at, err = pages.read(token, b.db.Dialect().Features().SignedOnly)
	}
	if err != nil {
		return KeysetPage[T]{}, errorOf("query", r.table, err)
	}
	return pages.fetch(ctx, b, way, at, size)
}

// keysetPages are the pages of one query.
type keysetPages[T any] struct {
	q    *Query[T]
	k    query.Keyset
	cols []*schema.Column
	of   []byte // see token.For
}

func pagesOf[T any](q *Query[T], k query.Keyset) keysetPages[T] {
	return keysetPages[T]{q: q, k: k, cols: k.Columns(), of: token.For("page", q.repo.table.Name, k.Terms()...)}
}

// read reads a token.
func (p keysetPages[T]) read(text string, signed bool) (way byte, at []schema.Value, err error) {
	content, ok := token.Open(p.q.repo.tokenKeys, p.of, text)
	if !ok || len(content) == 0 || content[0] > backFrom {
		return 0, nil, errToken
	}
	at, rest, ok := token.ReadTuple(content[1:], p.cols, signed)
	if !ok || len(rest) > 0 {
		return 0, nil, errToken
	}
	return content[0], at, nil
}

// token makes the token of a way from a row.
func (p keysetPages[T]) token(way byte, at []schema.Value) string {
	return token.Seal(p.q.repo.tokenKeys, p.of, token.AppendTuple([]byte{way}, at))
}

// fetch reads the page to which a way from a row leads; the first one without a row.
func (p keysetPages[T]) fetch(ctx context.Context, b *binding, way byte, at []schema.Value, size int) (page KeysetPage[T], err error) {
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
		slices.Reverse(list)
	}
	page.Rows = list
	switch {
	case len(list) > 0:
		if err := p.around(&page, more, back, at != nil); err != nil {
			return KeysetPage[T]{}, err
		}
	case at != nil && back: // the rows have gone, and those around the token's own may still be there
		page.Next = p.token(flipped(way), at)
	case at != nil:
		page.Prev = p.token(flipped(way), at)
	}
	if err := p.q.complete(ctx, b, list); err != nil {
		return KeysetPage[T]{}, err
	}
	return page, nil
}

// flipped returns the way to the rows that a way does not lead to.
func flipped(way byte) byte {
	return [...]byte{behindRow: backFrom, beforeRow: fromRow, fromRow: beforeRow, backFrom: behindRow}[way]
}

// around sets the tokens of a page that has rows. On the side that the page was reached from there are rows, or were.
func (p keysetPages[T]) around(page *KeysetPage[T], more, back, reached bool) error {
	first, err := p.q.repo.tuple(&page.Rows[0], p.cols)
	if err != nil {
		return err
	}
	last, err := p.q.repo.tuple(&page.Rows[len(page.Rows)-1], p.cols)
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
