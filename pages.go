package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Page is the rows of a page by its number, or by limit and offset.
type Page[T any] struct {
	Rows   []T
	Number int  // from 1
	Size   int  // the most rows that it could have
	More   bool // there are rows behind it
	Total  int  // the number of rows of all pages; 0 with [WithoutTotal]
}

// PageOption changes what [Query.Page] and [Query.PageAt] read.
type PageOption func(*pageOptions)

type pageOptions struct{ bare bool }

// WithoutTotal spares the statement that counts the rows of all pages.
func WithoutTotal() PageOption { return func(o *pageOptions) { o.bare = true } }

// Page reads page n, the first being 1, with size rows, whether there are more behind it, and how many rows there are
// on all pages, by a statement of its own. The query should have an order that tells all rows apart, since pages are
// statements of their own. The database reads over the rows of all pages before; see [Query.KeysetPage] for pages that
// do not get slower.
func (q *Query[T]) Page(ctx context.Context, n, size int, options ...PageOption) (Page[T], error) {
	p, err := q.core.Page(ctx, n, size, wantsTotal(options))
	return pageOf[T](p), err
}

// PageAt is [Query.Page] by the numbers that parameters limit and offset say: at most limit rows, behind the first
// offset ones. The number of the page is the one that limit and offset come to.
func (q *Query[T]) PageAt(ctx context.Context, limit, offset int, options ...PageOption) (Page[T], error) {
	p, err := q.core.PageAt(ctx, limit, offset, wantsTotal(options))
	return pageOf[T](p), err
}

// pageOf returns a page of the core with its type.
func pageOf[R any](p core.Page) Page[R] {
	return Page[R]{Rows: *(*[]R)(unsafe.Pointer(&p.Rows)), Number: p.Number, Size: p.Size, More: p.More, Total: p.Total}
}

func keysetPageOf[R any](p core.KeysetPage) KeysetPage[R] {
	return KeysetPage[R]{Rows: *(*[]R)(unsafe.Pointer(&p.Rows)), Next: p.Next, Prev: p.Prev}
}

func wantsTotal(options []PageOption) bool {
	var o pageOptions
	for _, option := range options {
		option(&o)
	}
	return !o.bare
}

// KeysetPage is the rows of a page that begins or ends at a row, and the tokens of the pages around it.
type KeysetPage[T any] struct {
	Rows []T
	Next string // the token of the page behind; "" when there is none
	Prev string // the token of the page before; "" when there is none
}

// KeysetPage reads the page of size rows to which a token leads, "" to the first one. Next and Prev of a page are the
// tokens of those around it. Pages begin where another ended, at a row and not at a number: so reading one takes the
// same time wherever it is, if there is an index for the order, and rows that come or go move no others from one page
// to the next.
//
// The order is that of the query, by fields and by other terms, such as the count of a relation, and behind it that of
// the key, so that no two rows are equal. A term by chance or of a window has no such pages. A token holds the values
// of the order's terms in a row, encoded and not encrypted, and is bound to the table and the order, with the arguments
// of its terms, not to the conditions. One that is damaged or belongs to another order is an error of kind
// [ErrValidation] with a [*TokenError] as its cause. See [TokenKey] for tokens that nobody else can make.
func (q *Query[T]) KeysetPage(ctx context.Context, token string, size int) (KeysetPage[T], error) {
	p, err := q.core.Keyset(ctx, token, size)
	return keysetPageOf[T](p), err
}
