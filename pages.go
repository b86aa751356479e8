package prom

import (
	"context"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// Page is a page of offset pagination: rows selected by a page number, or by limit and offset.
type Page[T any] struct {
	Rows   []T  // the rows of the page, in order
	Number int  // the number of the page, from 1
	Size   int  // the greatest number of rows of a page
	More   bool // whether more rows follow
	Total  int  // the number of rows of all pages; 0 with [WithoutTotal]
}

// PageOption is an option of [Query.Page] and [Query.PageAt].
type PageOption func(*pageOptions)

type pageOptions struct{ bare bool }

// WithoutTotal omits the statement that counts the rows of all pages.
func WithoutTotal() PageOption { return func(o *pageOptions) { o.bare = true } }

// Page reads page n of size rows; the first page is 1. It also returns whether more rows follow, and the total number
// of rows, which takes one more statement. The query should have an order in which no two rows are equal, because each
// page is a separate statement. The database reads and skips the rows of all pages before. [Query.KeysetPage] does not,
// so its pages do not get slower.
func (q *Query[T]) Page(ctx context.Context, n, size int, options ...PageOption) (Page[T], error) {
	p, err := q.core.Page(ctx, n, size, wantsTotal(options))
	return pageOf[T](p), err
}

// PageAt is [Query.Page] by limit and offset: it reads at most limit rows after the first offset rows. The page number
// is computed from limit and offset.
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

// KeysetPage is a page of keyset (cursor) pagination: its rows, and the tokens of the next and the previous page.
type KeysetPage[T any] struct {
	Rows []T    // the rows of the page, in order
	Next string // the token of the next page; "" if there is none
	Prev string // the token of the previous page; "" if there is none
}

// KeysetPage reads size rows of the page of a token (keyset pagination); "" is the first page. Next and Prev of a page
// are the tokens of the next and the previous page. A page begins after a row and not at an offset. So every page takes
// the same time if there is an index for the order, and rows that are inserted or deleted move no other rows to another
// page.
//
// The order is that of the query, by fields and by other terms, such as the count of a relation, followed by the
// primary key, so that no two rows are equal. Random order and window functions are not supported. A token holds the
// values of the order's terms in one row, encoded but not encrypted. It is valid for the same table and the same order,
// including the arguments of its terms; the conditions may differ. A token that is damaged or belongs to another order
// is an error of kind [ErrValidation], whose cause is a [*TokenError]. With [TokenKey], tokens are signed.
func (q *Query[T]) KeysetPage(ctx context.Context, token string, size int) (KeysetPage[T], error) {
	p, err := q.core.Keyset(ctx, token, size)
	return keysetPageOf[T](p), err
}
