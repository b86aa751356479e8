package main

import (
	"context"
	"time"

	"github.com/stephenafamo/bob"
	"github.com/stephenafamo/bob/dialect/psql"
	"github.com/stephenafamo/bob/dialect/psql/dialect"
	"github.com/stephenafamo/bob/dialect/psql/im"
	"github.com/stephenafamo/bob/dialect/psql/sm"
	"github.com/stephenafamo/bob/dialect/psql/um"
	"github.com/stephenafamo/scan"
	"github.com/uptrace/bun"
	"gorm.io/gorm"

	"github.com/prom-go/prom"
)

// The statements' parts, which some peers take one by one.
const (
	feedColumns = "posts.id, posts.title, posts.body, users.name AS author, posts.created, posts.views"
	listColumns = feedColumns + ", (SELECT count(*) FROM comments WHERE comments.post_id = posts.id) AS comments, " +
		"EXISTS (SELECT 1 FROM likes WHERE likes.post_id = posts.id AND likes.user_id = ?) AS liked"
	entryOrder = "posts.created DESC, posts.id DESC"
	listWhere  = "posts.published = ? AND posts.created < ?"
	feedWhere  = "posts.author_id IN (SELECT followed_id FROM follows WHERE follower_id = ?)"
)

func handService(h hand) Service {
	const from, end = " FROM " + postsAndAuthors + " WHERE ", " ORDER BY " + entryOrder + " LIMIT ?"
	var (
		list   = h.text("SELECT " + listColumns + from + listWhere + end)
		feed   = h.text("SELECT " + feedColumns + from + feedWhere + end)
		create = h.text("INSERT INTO posts (author_id, created, updated, title, body, views, published) " +
			"VALUES (?, ?, ?, ?, ?, ?, ?)")
		rename = h.text("UPDATE posts SET title = ?, updated = ? WHERE id = ?")
	)
	return Service{
		List: func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error) {
			return collect(ctx, h, func(e *Entry) []any {
				return []any{&e.ID, &e.Title, &e.Body, &e.Author, &e.Created, &e.Views, &e.Comments, &e.Liked}
			}, list, viewer, true, before, entryRows)
		},
		Feed: func(ctx context.Context, viewer int64) ([]Entry, error) {
			return collect(ctx, h, func(e *Entry) []any {
				return []any{&e.ID, &e.Title, &e.Body, &e.Author, &e.Created, &e.Views}
			}, feed, viewer, entryRows)
		},
		Create: func(ctx context.Context, p *Post) (err error) {
			p.ID, err = h.insert(ctx, create, p.AuthorID, p.Created, p.Updated, p.Title, p.Body, p.Views, p.Published)
			return err
		},
		Rename: func(ctx context.Context, id int64, title string, at time.Time) error {
			return h.exec(ctx, rename, title, at, id)
		},
	}
}

var entry = prom.Proto[Entry]()

// service lets prom set the time of an update.
func (b *promBlog) service() Service {
	columns := []prom.Column[*promPost]{
		prom.Col(&entry.ID, postID), prom.Col(&entry.Title, postTitle), prom.Col(&entry.Body, postBody),
		prom.Col(&entry.Author, prom.Via(postAuthor, userName)), prom.Col(&entry.Created, postCreated),
		prom.Col(&entry.Views, postViews),
	}
	newest := b.posts.OrderBy(postCreated.Desc(), postID.Desc()).Limit(entryRows)
	no, yes := prom.Val(post, false), prom.Val(post, true)
	return Service{
		List: func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error) {
			columns := append(columns[:len(columns):len(columns)],
				prom.Col(&entry.Comments, postComments.Count()),
				prom.Col(&entry.Liked, prom.Case(no, prom.Then(postLikes.Has(likeUser.Eq(viewer)), yes))))
			return prom.Select(newest.Where(postPublished.Eq(true), postCreated.Lt(before)), entry, columns...).All(ctx)
		},
		Feed: func(ctx context.Context, viewer int64) ([]Entry, error) {
			followed := prom.Pluck(b.follows.Where(followFollower.Eq(viewer)), followFollowed)
			return prom.Select(newest.Where(prom.InQuery(postAuthor, followed)), entry, columns...).All(ctx)
		},
		Create: func(ctx context.Context, p *Post) error {
			row := promPost{
				Author: prom.NewRef[promUser](p.AuthorID), Created: p.Created, Updated: p.Updated, Title: p.Title, Body: p.Body,
				Views: p.Views, Published: p.Published,
			}
			err := b.posts.Create(ctx, &row)
			p.ID = row.ID
			return err
		},
		Rename: func(ctx context.Context, id int64, title string, _ time.Time) error {
			_, err := b.posts.Where(postID.Eq(id)).Update(ctx, postTitle.Set(title))
			return err
		},
	}
}

func gormService(db *gorm.DB) Service {
	return Service{
		List: func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error) {
			return gorm.G[Entry](db).Table(postsAndAuthors).Select(listColumns, viewer).Where(listWhere, true, before).
				Order(entryOrder).Limit(entryRows).Find(ctx)
		},
		Feed: func(ctx context.Context, viewer int64) ([]Entry, error) {
			return gorm.G[Entry](db).Table(postsAndAuthors).Select(feedColumns).Where(feedWhere, viewer).
				Order(entryOrder).Limit(entryRows).Find(ctx)
		},
		Create: func(ctx context.Context, p *Post) error { return gorm.G[Post](db).Create(ctx, p) },
		Rename: func(ctx context.Context, id int64, title string, at time.Time) error {
			_, err := gorm.G[Post](db).Where("id = ?", id).Select("title", "updated").
				Updates(ctx, Post{Title: title, Updated: at})
			return err
		},
	}
}

func bunService(db *bun.DB) Service {
	return Service{
		List: func(ctx context.Context, viewer int64, before time.Time) (list []Entry, err error) {
			err = db.NewSelect().TableExpr(postsAndAuthors).ColumnExpr(listColumns, viewer).Where(listWhere, true, before).
				OrderExpr(entryOrder).Limit(entryRows).Scan(ctx, &list)
			return list, err
		},
		Feed: func(ctx context.Context, viewer int64) (list []Entry, err error) {
			err = db.NewSelect().TableExpr(postsAndAuthors).ColumnExpr(feedColumns).Where(feedWhere, viewer).
				OrderExpr(entryOrder).Limit(entryRows).Scan(ctx, &list)
			return list, err
		},
		Create: func(ctx context.Context, p *Post) error { return bunInsert(ctx, db, p) },
		Rename: func(ctx context.Context, id int64, title string, at time.Time) error {
			_, err := db.NewUpdate().Model((*Post)(nil)).Set("title = ?", title).Set("updated = ?", at).
				Where("id = ?", id).Exec(ctx)
			return err
		},
	}
}

var bobEntry = scan.StructMapper[Entry]()

func bobService(db bob.Executor) Service {
	entries := func(ctx context.Context, mods ...bob.Mod[*dialect.SelectQuery]) ([]Entry, error) {
		return bob.All(ctx, db, psql.Select(append(mods, sm.From(psql.Raw(postsAndAuthors)), sm.OrderBy(psql.Raw(entryOrder)),
			sm.Limit(psql.Arg(entryRows)))...), bobEntry)
	}
	return Service{
		List: func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error) {
			return entries(ctx, sm.Columns(psql.Raw(listColumns, viewer)), sm.Where(psql.Raw(listWhere, true, before)))
		},
		Feed: func(ctx context.Context, viewer int64) ([]Entry, error) {
			return entries(ctx, sm.Columns(psql.Raw(feedColumns)), sm.Where(psql.Raw(feedWhere, viewer)))
		},
		Create: func(ctx context.Context, p *Post) (err error) {
			p.ID, err = bob.One(ctx, db, psql.Insert(
				im.Into("posts", "author_id", "created", "updated", "title", "body", "views", "published"),
				im.Values(psql.Arg(p.AuthorID, p.Created, p.Updated, p.Title, p.Body, p.Views, p.Published)), im.Returning("id"),
			), scan.SingleColumnMapper[int64])
			return err
		},
		Rename: func(ctx context.Context, id int64, title string, at time.Time) error {
			_, err := bob.Exec(ctx, db, psql.Update(um.Table("posts"), um.SetCol("title").ToArg(title),
				um.SetCol("updated").ToArg(at), um.Where(psql.Quote("id").EQ(psql.Arg(id)))))
			return err
		},
	}
}
