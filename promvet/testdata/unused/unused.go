// Package unused has statements that make queries and drop them.
package unused

import (
	"context"

	"github.com/prom-go/prom"
	"shop.test/lookalike"
	"shop.test/models"
)

func dropped(ctx context.Context, db *prom.DB, draft *models.Post) {
	q := models.Posts.Query()
	q.Where(models.PostViews.Gt(3))       // want `what Where returns is dropped: a query never changes`
	q.OrderBy(models.PostTitle.Asc())     // want `what OrderBy returns is dropped: a query never changes`
	q.Limit(3).Offset(3)                  // want `what Offset returns is dropped: a query never changes`
	q.With(models.PostAuthor)             // want `what With returns is dropped`
	q.ForUpdate(prom.SkipLocked())        // want `what ForUpdate returns is dropped`
	(q.WithDeleted())                     // want `what WithDeleted returns is dropped`
	models.Posts.Where()                  // want `what Where returns is dropped`
	models.Authors.Limit(3)               // want `what Limit returns is dropped`
	models.Posts.Using(db)                // want `what Using returns is dropped: a repo never changes`
	models.Posts.On("stats")              // want `what On returns is dropped: a repo never changes`
	prom.Union(q, q)                      // want `what Union returns is dropped: a query never changes`
	prom.Pluck(q, models.PostTitle)       // want `what Pluck returns is dropped: a projection never changes`
	models.Posts.OnConflict().DoNothing() // want `what DoNothing returns is dropped: it inserts nothing before Create or CreateMany`

	p := prom.Pluck(q, models.PostTitle)
	p.Distinct()              // want `what Distinct returns is dropped: a projection never changes`
	p.Where().Having()        // want `what Having returns is dropped`
	prom.From(p)              // want `what From returns is dropped: a query never changes`
	_ = func() { p.Limit(3) } // want `what Limit returns is dropped`

	models.AuthorPosts.Where(models.PostViews.Gt(3)) // want `what Where returns is dropped: a relation never changes`
	models.AuthorPosts.Limit(3)                      // want `what Limit returns is dropped: a relation never changes`
	models.PostAuthor.With(models.AuthorPosts)       // want `what With returns is dropped: a relation never changes`

	models.Posts.Each(ctx)                     // want `what Each returns is dropped: it reads nothing before a loop ranges over it`
	prom.Watch(ctx, q)                         // want `what Watch returns is dropped: it reads nothing`
	prom.RawQuery[int](db, "DELETE FROM post") // want `what RawQuery returns is dropped: it runs nothing before All, First or Stream; RawExec runs a statement`
}

func generic[T any](q *prom.Query[T]) {
	q.Limit(1) // want `what Limit returns is dropped`
}

func quiet(ctx context.Context, db *prom.DB, draft *models.Post) {
	q := models.Posts.Where(models.PostViews.Gt(3))
	q = q.Limit(3)
	_ = q.Limit(3)
	run(q.Limit(4))

	// These do something.
	q.Delete(ctx)
	q.All(ctx)
	models.Posts.Create(ctx, draft)
	models.Posts.OnConflict().DoNothing().Create(ctx, draft)
	models.Posts.Install(ctx)
	prom.RawExec(ctx, db, "DELETE FROM post")
	var b prom.Batch
	prom.Queue(&b, models.Posts).All(q)

	// These look at a model, and panic when it is none.
	prom.NewRepo[models.Post]()
	prom.Proto[models.Post]()
	prom.TextOf(models.P, &models.P.Title)
	prom.ManyOf(models.A, &models.A.Posts)

	// These are not prom's.
	models.Authors.Named("Ann")
	lookalike.NewRepo[models.Post]().Where()
	var w wherer = q
	w.Where()
	lookalike.NewRepo[models.Post]().Each(ctx)
}

func run(*prom.Query[models.Post]) {}

type wherer interface {
	Where(...prom.Cond[*models.Post]) *prom.Query[models.Post]
}
