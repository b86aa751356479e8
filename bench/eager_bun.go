package main

import (
	"context"

	"github.com/uptrace/bun"
)

// bunEager leaves out the limit for each row, which bun has no way to say.
func bunEager(db *bun.DB) Eager {
	return Eager{
		Posts: bunLoad[User](db, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Relation("Posts")
		}),
		Comments: bunLoad[User](db, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Relation("Posts").Relation("Posts.Comments")
		}),
		Tags: bunLoad[Post](db, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Relation("Tags")
		}),
	}
}

func bunLoad[T any](db *bun.DB, with func(*bun.SelectQuery) *bun.SelectQuery) eagerLoad[T] {
	return func(ctx context.Context, after int64, n int) (Late[T], error) {
		var rows []T
		err := db.NewSelect().Model(&rows).Where("id > ?", after).Order("id").Limit(int64(n)).Apply(with).Scan(ctx)
		return late(rows, err)
	}
}
