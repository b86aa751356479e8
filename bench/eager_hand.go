package main

import "context"

// handEager is one statement for each level, and a map of the rows above by key.
func handEager(h hand) Eager {
	var (
		users  = h.text("SELECT " + userColumns + " FROM users WHERE id > ? ORDER BY id LIMIT ?")
		tagged = h.text("SELECT " + postColumns + " FROM posts WHERE id > ? ORDER BY id LIMIT ?")
		posts  = h.text("SELECT " + postColumns + " FROM posts WHERE author_id = ANY(?)")
		newest = h.text("SELECT " + postColumns + " FROM (SELECT *, row_number() OVER " +
			"(PARTITION BY author_id ORDER BY created DESC, id DESC) AS place FROM posts WHERE author_id = ANY(?)) AS placed " +
			"WHERE place <= ? ORDER BY created DESC, id DESC")
		comments = h.text("SELECT " + commentColumns + " FROM comments WHERE post_id = ANY(?)")
		tags     = h.text("SELECT post_id, id, name FROM post_tags JOIN tags ON id = tag_id WHERE post_id = ANY(?)")
	)
	withPosts := func(ctx context.Context, after int64, n int, posts string, args ...any) ([]User, error) {
		list, err := collect(ctx, h, userTargets, users, after, n)
		if err != nil {
			return nil, err
		}
		ids, of := make([]int64, len(list)), make(map[int64]*User, len(list))
		for i := range list {
			ids[i] = list[i].ID
			of[list[i].ID] = &list[i]
		}
		err = each(ctx, h, postTargets, func(p *Post) {
			u := of[p.AuthorID]
			u.Posts = append(u.Posts, *p)
		}, posts, append([]any{h.keys(ids)}, args...)...)
		return list, err
	}
	withComments := func(ctx context.Context, after int64, n int) ([]User, error) {
		list, err := withPosts(ctx, after, n, posts)
		if err != nil {
			return nil, err
		}
		var ids []int64
		of := map[int64]*Post{}
		for i := range list {
			for j := range list[i].Posts {
				p := &list[i].Posts[j]
				ids = append(ids, p.ID)
				of[p.ID] = p
			}
		}
		err = each(ctx, h, commentTargets, func(c *Comment) {
			p := of[c.PostID]
			p.Comments = append(p.Comments, *c)
		}, comments, h.keys(ids))
		return list, err
	}
	type postTag struct {
		Post int64
		Tag  Tag
	}
	withTags := func(ctx context.Context, after int64, n int) ([]Post, error) {
		list, err := collect(ctx, h, postTargets, tagged, after, n)
		if err != nil {
			return nil, err
		}
		ids, of := make([]int64, len(list)), make(map[int64]*Post, len(list))
		for i := range list {
			ids[i] = list[i].ID
			of[list[i].ID] = &list[i]
		}
		err = each(ctx, h, func(t *postTag) []any { return []any{&t.Post, &t.Tag.ID, &t.Tag.Name} }, func(t *postTag) {
			p := of[t.Post]
			p.Tags = append(p.Tags, t.Tag)
		}, tags, h.keys(ids))
		return list, err
	}
	return Eager{
		Posts: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(withPosts(ctx, after, n, posts))
		},
		Comments: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(withComments(ctx, after, n))
		},
		Tags: func(ctx context.Context, after int64, n int) (Late[Post], error) {
			return late(withTags(ctx, after, n))
		},
		Newest: func(ctx context.Context, after int64, n int) (Late[User], error) {
			return late(withPosts(ctx, after, n, newest, newestPosts))
		},
	}
}
