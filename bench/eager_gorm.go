package main

import (
	"context"

	"gorm.io/gorm"
)

func gormEager(db *gorm.DB) Eager {
	newest := func(q gorm.PreloadBuilder) error {
		q.Order("created DESC, id DESC").LimitPerRecord(newestPosts)
		return nil
	}
	return Eager{
		Posts: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", nil).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Comments: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", nil).Preload("Posts.Comments", nil).
				Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Tags: func(ctx context.Context, after int64, n int) (Late[Post], error) {
			return late(gorm.G[Post](db).Preload("Tags", nil).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Newest: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", newest).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
	}
}
