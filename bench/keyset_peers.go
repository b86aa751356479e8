package main

import (
	"context"

	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/dialect"
	"github.com/stephenafamo/bob/dialect/psql/sm"
	"github.com/stephenafamo/scan"
	"github.com/uptrace/bun"
	"gorm.io/gorm"
)

// The orders of both directions, and what is behind a cursor in them.
const (
	newestFirst  = "created DESC, id DESC"
	oldestFirst  = "created, id"
	behindCursor = "(created, id) < (?, ?)"
	beforeCursor = "(created, id) > (?, ?)"
)

// handKeyset compares rows, which an index on both columns serves.
func handKeyset(h hand) Keyset {
	const sel = "SELECT " + postColumns + " FROM posts"
	var (
		first  = h.text(sel + " ORDER BY " + newestFirst + " LIMIT ?")
		behind = h.text(sel + " WHERE " + behindCursor + " ORDER BY " + newestFirst + " LIMIT ?")
		before = h.text(sel + " WHERE " + beforeCursor + " ORDER BY " + oldestFirst + " LIMIT ?")
	)
	return keysetByHand(func(ctx context.Context, from *Cursor, n int) ([]Post, error) {
		switch {
		case from == nil:
			return collect(ctx, h, postTargets, first, n)
		case from.Back:
			return collect(ctx, h, postTargets, before, from.Created, from.ID, n)
		}
		return collect(ctx, h, postTargets, behind, from.Created, from.ID, n)
	})
}

func (b *promBlog) keyset(ctx context.Context, cursor string, n int) (KeysetPage, error) {
	page, err := b.posts.OrderBy(postCreated.Desc()).KeysetPage(ctx, cursor, n)
	rows, err := lateRows(page.Rows, (*promPost).plain, err)
	return KeysetPage{rows, page.Next, page.Prev}, err
}

func gormKeyset(db *gorm.DB) Keyset {
	return keysetByHand(func(ctx context.Context, from *Cursor, n int) ([]Post, error) {
		q := gorm.G[Post](db).Limit(n)
		switch {
		case from == nil:
			return q.Order(newestFirst).Find(ctx)
		case from.Back:
			return q.Where(beforeCursor, from.Created, from.ID).Order(oldestFirst).Find(ctx)
		}
		return q.Where(behindCursor, from.Created, from.ID).Order(newestFirst).Find(ctx)
	})
}

func bunKeyset(db *bun.DB) Keyset {
	return keysetByHand(func(ctx context.Context, from *Cursor, n int) (posts []Post, err error) {
		q := db.NewSelect().Model(&posts).Limit(int64(n))
		switch {
		case from == nil:
			q = q.OrderExpr(newestFirst)
		case from.Back:
			q = q.Where(beforeCursor, from.Created, from.ID).OrderExpr(oldestFirst)
		default:
			q = q.Where(behindCursor, from.Created, from.ID).OrderExpr(newestFirst)
		}
		err = q.Scan(ctx)
		return posts, err
	})
}

var bobPost = scan.StructMapper[Post]()

func bobKeyset(db bob.Executor) Keyset {
	place := psql.Group(psql.Quote("created"), psql.Quote("id"))
	return keysetByHand(func(ctx context.Context, from *Cursor, n int) ([]Post, error) {
		mods := []bob.Mod[*dialect.SelectQuery]{sm.Columns(psql.Raw(postColumns)), sm.From("posts"), sm.Limit(psql.Arg(n))}
		switch {
		case from == nil:
			mods = append(mods, sm.OrderBy("created").Desc(), sm.OrderBy("id").Desc())
		case from.Back:
			mods = append(mods, sm.Where(place.GT(psql.ArgGroup(from.Created, from.ID))),
				sm.OrderBy("created"), sm.OrderBy("id"))
		default:
			mods = append(mods, sm.Where(place.LT(psql.ArgGroup(from.Created, from.ID))),
				sm.OrderBy("created").Desc(), sm.OrderBy("id").Desc())
		}
		return bob.All(ctx, db, psql.Select(mods...), bobPost)
	})
}
