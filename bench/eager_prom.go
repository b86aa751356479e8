package main

import (
	"context"

	"github.com/prom-go/prom"
)

func (b *promBlog) eager() Eager {
	return Eager{
		Posts:    b.usersWith(userPosts),
		Comments: b.usersWith(userPosts.With(postComments)),
		Tags: func(ctx context.Context, after int64, n int) (Late[Post], error) {
			rows, err := b.posts.Where(postID.Gt(after)).OrderBy(postID.Asc()).Limit(n).With(postTags).All(ctx)
			return lateRows(rows, (*promPost).plain, err)
		},
		Newest: b.usersWith(userPosts.OrderBy(postCreated.Desc(), postID.Desc()).Limit(newestPosts)),
	}
}

func (b *promBlog) usersWith(posts prom.Relation[*promUser]) eagerLoad[User] {
	return func(ctx context.Context, after int64, n int) (Late[User], error) {
		rows, err := b.users.Where(userID.Gt(after)).OrderBy(userID.Asc()).Limit(n).With(posts).All(ctx)
		return lateRows(rows, (*promUser).plain, err)
	}
}
