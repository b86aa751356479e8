package main

import (
	"cmp"
	"context"
	"slices"
)

// Eager is what a peer does about rows that belong to rows. It reads the n rows behind a key, by key, with those that
// belong to them, in any order unless it says otherwise.
type Eager struct {
	Posts    eagerLoad[User] // users with posts
	Comments eagerLoad[User] // users with posts with comments
	Tags     eagerLoad[Post] // posts with tags, by a join table
	Newest   eagerLoad[User] // users with their newestPosts newest posts, the newest first
}

type eagerLoad[T any] func(ctx context.Context, after int64, n int) (Late[T], error)

// The parents of each kind, and the limit for each of them.
const (
	eagerUsers  = 100
	levelUsers  = 20
	taggedPosts = 100
	newestPosts = 3
)

var eagerWorkloads = []Workload{
	{
		ID: "eager", Title: "eager load, 100 parents with 10 children each", Unit: "100 parents", Stock: blogStock,
		op: eager(eagerUsers, blogSize.users, func(p *Peer) eagerLoad[User] { return p.Eager.Posts }),
	},
	{
		ID: "levels", Title: "eager load, three levels of 20, 200 and 1,000 rows", Unit: "20 parents", Stock: blogStock,
		op: eager(levelUsers, blogSize.users, func(p *Peer) eagerLoad[User] { return p.Eager.Comments }),
	},
	{
		ID: "manytomany", Title: "eager load, many-to-many, 100 parents with 3 rows each", Unit: "100 parents",
		Stock: blogStock, op: eager(taggedPosts, blogSize.posts, func(p *Peer) eagerLoad[Post] { return p.Eager.Tags }),
	},
	{
		ID: "newest", Title: "eager load, the newest 3 of each of 100 parents", Unit: "100 parents", Stock: blogStock,
		op: eager(eagerUsers, blogSize.users, func(p *Peer) eagerLoad[User] { return p.Eager.Newest }),
	},
}

// eager loads n of count parents, others each time.
func eager[T any](
	n int, count func(blogSize) int64, of func(p *Peer) eagerLoad[T],
) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, t Table) *Entrant {
		load := of(p)
		if load == nil {
			return nil
		}
		k := keys(1)
		first := max(1, count(blogSize(t.Size()))-int64(n))
		return &Entrant{Run: func(times int) error {
			for range times {
				if _, err := load(ctx, k.below(first), n); err != nil {
					return err
				}
			}
			return nil
		}}
	}
}

// eager checks what belongs to each row.
func (c *blogChecker) eager() error {
	const after, n = 3, 7
	for _, load := range []struct {
		what string
		load eagerLoad[User]
		post func(u *User, p Post)
		any  bool // the posts are in any order
	}{
		{"the users with posts", c.peer.Eager.Posts, func(u *User, p Post) { u.Posts = append(u.Posts, p) }, true},
		{"the users with posts with comments", c.peer.Eager.Comments, func(u *User, p Post) {
			p.Comments = c.size.seedComments(p.ID)
			u.Posts = append(u.Posts, p)
		}, true},
		{"the users with their newest posts", c.peer.Eager.Newest, func(u *User, p Post) {
			u.Posts = slices.Insert(u.Posts, 0, p)
			u.Posts = u.Posts[:min(len(u.Posts), newestPosts)]
		}, false},
	} {
		if load.load == nil {
			continue
		}
		var want []User
		for i := int64(after + 1); i <= after+n; i++ {
			u := seedUser(i)
			for p := range c.posts() {
				if p.AuthorID == i {
					load.post(&u, p)
				}
			}
			want = append(want, u)
		}
		got, err := load.load(c.ctx, after, n)
		if err := sameRows(load.what, func() []User {
			users := got()
			for _, u := range users {
				if load.any {
					slices.SortFunc(u.Posts, func(a, b Post) int { return cmp.Compare(a.ID, b.ID) })
				}
				for _, p := range u.Posts {
					slices.SortFunc(p.Comments, func(a, b Comment) int { return cmp.Compare(a.ID, b.ID) })
				}
			}
			return users
		}, err, want); err != nil {
			return err
		}
	}
	if c.peer.Eager.Tags == nil {
		return nil
	}
	var want []Post
	for p := range c.posts() {
		if p.ID > after && p.ID <= after+n {
			for _, tag := range slices.Sorted(slices.Values(seedTags(p.ID))) {
				p.Tags = append(p.Tags, seedTag(tag))
			}
			want = append(want, p)
		}
	}
	got, err := c.peer.Eager.Tags(c.ctx, after, n)
	return sameRows("the posts with tags", func() []Post {
		posts := got()
		for _, p := range posts {
			slices.SortFunc(p.Tags, func(a, b Tag) int { return cmp.Compare(a.ID, b.ID) })
		}
		return posts
	}, err, want)
}
