package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Keyset reads the page of n posts to which a cursor leads: "" to the first one, and those of a page to the ones around
// it. The newest posts come first, and of one moment those with the greatest key.
type Keyset func(ctx context.Context, cursor string, n int) (KeysetPage, error)

// KeysetPage is a page and the cursors of the pages behind it and before it, "" where there is none.
type KeysetPage struct {
	Rows       Late[Post]
	Next, Prev string
}

const pageRows = 50

var keysetWorkloads = []Workload{
	{
		ID: "pagenext", Title: "keyset page of 50, forwards", Unit: "page", Stock: blogStock,
		op: keyset(func(p KeysetPage) string { return p.Next }),
	},
	{
		ID: "pageprev", Title: "keyset page of 50, backwards", Unit: "page", Stock: blogStock,
		op: keyset(func(p KeysetPage) string { return p.Prev }),
	},
}

// keyset reads pages by the cursors of one direction, which it gathers beforehand.
func keyset(cursor func(KeysetPage) string) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, _ Table) *Entrant {
		if p.Keyset == nil {
			return nil
		}
		var cursors []string
		k := keys(1)
		return &Entrant{
			Prepare: func(int) error {
				if cursors != nil {
					return nil
				}
				pages, err := allPages(ctx, p.Keyset, pageRows)
				for _, page := range pages {
					if c := cursor(page); c != "" {
						cursors = append(cursors, c)
					}
				}
				return err
			},
			Run: repeat(func() error {
				_, err := p.Keyset(ctx, cursors[k.below(int64(len(cursors)))], pageRows)
				return err
			}),
		}
	}
}

// allPages goes from page to page.
func allPages(ctx context.Context, read Keyset, n int) (pages []KeysetPage, err error) {
	for cursor := ""; len(pages) == 0 || cursor != ""; cursor = pages[len(pages)-1].Next {
		page, err := read(ctx, cursor, n)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// Cursor is the place of a post in the order, as the programs that are written by hand tell it to their clients.
type Cursor struct {
	Back    bool // to the page that ends before it
	Created time.Time
	ID      int64
}

func (c Cursor) String() string {
	b := make([]byte, 0, 48)
	b = strconv.AppendBool(b, c.Back)
	b = strconv.AppendInt(append(b, ' '), c.Created.UnixMicro(), 10)
	b = strconv.AppendInt(append(b, ' '), c.ID, 10)
	return base64.RawURLEncoding.EncodeToString(b)
}

var errCursor = errors.New("the cursor is in no known form")

func parseCursor(text string) (c Cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, errCursor
	}
	back, rest, _ := strings.Cut(string(b), " ")
	micro, id, _ := strings.Cut(rest, " ")
	at, err := strconv.ParseInt(micro, 10, 64)
	if err != nil {
		return c, errCursor
	}
	c.Back, c.Created = back == "true", time.UnixMicro(at).UTC()
	if c.ID, err = strconv.ParseInt(id, 10, 64); err != nil {
		return c, errCursor
	}
	return c, nil
}

// keysetByHand pages by what reads the n posts from the start, or from a cursor on. Of a page that goes back, the post
// next to the cursor comes first.
func keysetByHand(read func(ctx context.Context, from *Cursor, n int) ([]Post, error)) Keyset {
	return func(ctx context.Context, cursor string, n int) (page KeysetPage, err error) {
		var from *Cursor
		if cursor != "" {
			c, err := parseCursor(cursor)
			if err != nil {
				return page, err
			}
			from = &c
		}
		posts, err := read(ctx, from, n+1)
		if err != nil {
			return page, err
		}
		back, more := from != nil && from.Back, len(posts) > n
		posts = posts[:min(n, len(posts))]
		if back {
			slices.Reverse(posts)
		}
		if len(posts) > 0 {
			first, last := &posts[0], &posts[len(posts)-1]
			if back && more || !back && from != nil {
				page.Prev = Cursor{true, first.Created, first.ID}.String()
			}
			if back || more {
				page.Next = Cursor{false, last.Created, last.ID}.String()
			}
		}
		page.Rows = func() []Post { return posts }
		return page, nil
	}
}

func newerFirst(a, b Post) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}

// keyset checks all pages from the first to the last, and back.
func (c *blogChecker) keyset() error {
	if c.peer.Keyset == nil {
		return nil
	}
	const n = 30
	want := slices.SortedFunc(c.posts(), newerFirst)
	pages, err := allPages(c.ctx, c.peer.Keyset, n)
	if err != nil {
		return err
	}
	chunks := slices.Collect(slices.Chunk(want, n))
	if len(pages) != len(chunks) {
		return fmt.Errorf("there are %d pages and should be %d", len(pages), len(chunks))
	}
	for i, page := range slices.Backward(pages) {
		if err := same(fmt.Sprintf("page %d", i), page.Rows(), chunks[i]); err != nil {
			return err
		}
		if (page.Prev == "") != (i == 0) {
			return fmt.Errorf("the cursor of the page before page %d is %q", i, page.Prev)
		}
		if i == 0 {
			break
		}
		before, err := c.peer.Keyset(c.ctx, page.Prev, n)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("the page before page %d", i), before.Rows(), chunks[i-1]); err != nil {
			return err
		}
		if (before.Prev == "") != (i == 1) || before.Next == "" {
			return fmt.Errorf("the cursors of the page before page %d are %q and %q", i, before.Prev, before.Next)
		}
	}
	return nil
}
