package main

import (
	"context"
	"database/sql"
	"time"

	"github.com/prom-go/prom"
)

// What is here is looked at and not run. A batch knows its connection before the key.
func batches() {
	var b prom.Batch
	prom.Queue(&b, books).Get(5)
	prom.Queue(&b, books).Get("5")  // want `the key ID of Book has type int64, and string does`
	prom.Queue(&b, books).Get(5, 6) // want `the key of Book is ID int64, and Get is given 2 values`
	prom.Queue(&b, coins).DeleteKey(uuid)
	prom.Queue(&b, coins).DeleteKey("5") // want `the key ID of Coin has type prom.UUID, and string does`
}

func genericKey[K comparable](ctx context.Context, of *prom.Repo[Of[K]], key K, keys []K, array [16]K) {
	type local struct{ k K }
	of.Get(ctx, key)
	of.Get(ctx, "5")
	of.Get(ctx, key, key) // want `the key of Of\[K\] is ID K, and Get is given 2 values`
	books.Get(ctx, key)
	books.Get(ctx, &key)
	books.Get(ctx, Of[K]{}.ID)
	coins.Get(ctx, array)
	hashes.Get(ctx, keys)
	coins.Get(ctx, local{})
}

// The keys of models that are declared in a function are told as others are, unless they are such types themselves.
func local(ctx context.Context) {
	type (
		Book struct {
			prom.Model
			Title string
		}
		tree []tree
		id   int
	)
	books := prom.NewRepo[Book]()
	books.Get(ctx, id(5))
	books.Get(ctx, tree{})
	books.Get(ctx, "5") // want `the key ID of Book has type int64, and string does`
}

// Sole is a reference in a type of its own, whose key is not looked for.
type Sole struct{ prom.Ref[Book] }

type Cover struct {
	Book Sole `prom:"key"`
}

func covers(ctx context.Context, covers *prom.Repo[Cover]) {
	covers.Get(ctx, "5")
	covers.Get(ctx)
}

// Broken models end the program when their repo is made, so that nothing is said of their keys.
type (
	PointerKey struct {
		ID *int64 `prom:"key"`
	}
	NullKey struct {
		ID sql.Null[int64] `prom:"key"`
	}
	BrokenTag struct {
		ID int64 `prom:"key,default='1"`
	}
	WrongTag struct {
		ID int64 `Prom:"key"`
	}
	PointerTo struct{ *prom.Model }
	Hidden    struct {
		id int64 `prom:"key"`
	}
)

// Structs that are one column, or hold rows, are no keys, whatever is in them.
type (
	Text struct {
		ID int64 `prom:"key"`
	}
	Lot struct {
		prom.Many[Book]
		ID int64 `prom:"key"`
	}
	OneColumn struct {
		Text
		sql.NullInt64
		time.Time
	}
	Rows struct {
		Lot
	}
	RefAndMore struct {
		Sole
		ID int64 `prom:"key"`
	}
)

func (t *Text) Scan(any) error { return nil }

func columns(ctx context.Context, a *prom.Repo[OneColumn], b *prom.Repo[Rows], c *prom.Repo[RefAndMore]) {
	a.Get(ctx, "5") // want `OneColumn has no primary key, which Get needs`
	b.Get(ctx, "5")
	c.Get(ctx, "5")
}

func broken(
	ctx context.Context, a *prom.Repo[PointerKey], b *prom.Repo[NullKey], c *prom.Repo[BrokenTag], d *prom.Repo[WrongTag],
	e *prom.Repo[PointerTo], f *prom.Repo[Hidden], g *prom.Repo[int],
) {
	a.Get(ctx, "5")
	b.Get(ctx, "5")
	c.Get(ctx, "5")
	d.Get(ctx, "5")
	e.Get(ctx, "5")
	f.Get(ctx, "5")
	g.Get(ctx, "5")
}
