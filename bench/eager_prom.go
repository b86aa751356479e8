package main

import (
	"context"

	"github.com/prom-go/prom"
)

func (p *promBlog) eager() Eager {
	posts := userPosts.OrderBy(postID.Asc())
	return Eager{
		Posts:    p.usersWith(posts),
		Comments: p.usersWith(posts.With(postComments.OrderBy(commentID.Asc()))),
		Tags: func(ctx context.Context, after int64, n int) (Late[Post], error) {
			rows, err := p.posts.Where(postID.Gt(after)).OrderBy(postID.Asc()).Limit(n).With(postTags.OrderBy(tagID.Asc())).All(ctx)
			return lateRows(rows, (*promPost).plain, err)
		},
		Newest: p.usersWith(userPosts.OrderBy(postCreated.Desc(), postID.Desc()).Limit(newestPosts)),
	}
}

func (p *promBlog) usersWith(posts prom.Relation[*promUser]) eagerLoad[User] {
	return func(ctx context.Context, after int64, n int) (Late[User], error) {
		rows, err := p.users.Where(userID.Gt(after)).OrderBy(userID.Asc()).Limit(n).With(posts).All(ctx)
		return lateRows(rows, (*promUser).plain, err)
	}
}
