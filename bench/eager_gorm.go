package main

import (
	"context"

	"gorm.io/gorm"
)

func gormEager(db *gorm.DB) Eager {
	byKey := func(q gorm.PreloadBuilder) error {
		q.Order("id")
		return nil
	}
	newest := func(q gorm.PreloadBuilder) error {
		q.Order("created DESC, id DESC").LimitPerRecord(newestPosts)
		return nil
	}
	return Eager{
		Posts: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", byKey).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Comments: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", byKey).Preload("Posts.Comments", byKey).
				Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Tags: func(ctx context.Context, after int64, n int) (Late[Post], error) {
			return late(gorm.G[Post](db).Preload("Tags", byKey).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
		Newest: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(gorm.G[User](db).Preload("Posts", newest).Where("id > ?", after).Order("id").Limit(n).Find(ctx))
		},
	}
}
