package main

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// Service is what a peer does for the users of a blog.
type Service struct {
	// List tells published posts, with the count of comments and whether the viewer likes them.
	List func(ctx context.Context, viewer int64, before time.Time) ([]Entry, error)
	// Feed tells posts of those whom the viewer follows.
	Feed func(ctx context.Context, viewer int64) ([]Entry, error)
	// Create sets the key.
	Create func(ctx context.Context, p *Post) error
	Rename func(ctx context.Context, id int64, title string, at time.Time) error
}

// Entry is a post as lists show it: the newest entryRows ones, with the names of their authors.
type Entry struct {
	ID       int64
	Title    string
	Body     string
	Author   string
	Created  time.Time
	Views    int64
	Comments int64 // how many there are
	Liked    bool  // by the viewer
}

const entryRows = 20

// mixSlots is how many slots one of the mix takes, which needs thousands of operations for their slowest thousandth.
const mixSlots = 10

var mixWorkloads = []Workload{
	{
		ID: "mix", Title: "service mix, 16 goroutines", Unit: "operation", Stock: blogStock, Slots: mixSlots, Tails: true,
		op: mix(16),
	},
}

// mix is lists, feeds, renamings and new posts as 4 to 3 to 2 to 1.
func mix(goroutines int) func(context.Context, *Peer, Table) *Entrant {
	return func(ctx context.Context, p *Peer, t Table) *Entrant {
		if p.Service.List == nil {
			return nil
		}
		size := blogSize(t.Size())
		fresh := make([]Post, 100)
		for i := range fresh {
			// They are spread over all times, so that lists do not come to be about them alone.
			fresh[i] = size.seedPost(int64(i) * size.posts() / int64(len(fresh)))
			fresh[i].ID = 0
		}
		do := func(i int) (err error) {
			k := keys(i)
			user, post := k.below(size.users())+1, k.below(size.posts())+1
			switch i % 10 {
			case 0, 2, 4, 6:
				_, err = p.Service.List(ctx, user, postTime(post))
			case 1, 5, 8:
				_, err = p.Service.Feed(ctx, user)
			case 3, 7:
				err = p.Service.Rename(ctx, post, fresh[i%len(fresh)].Title, epoch)
			case 9:
				row := fresh[i%len(fresh)]
				row.AuthorID = user
				err = p.Service.Create(ctx, &row)
			}
			return err
		}
		e := &Entrant{After: t.Trim}
		e.Run = func(n int) error {
			e.Times = slices.Grow(e.Times[:0], n)[:n]
			return parallel(n, goroutines, func(_, i int) error {
				start := time.Now()
				err := do(i)
				e.Times[i] = time.Since(start)
				return err
			})
		}
		return e
	}
}

// service checks what is listed, and then what is written.
func (c *blogChecker) service() error {
	if c.peer.Service.List == nil {
		return nil
	}
	const viewer, middle = 5, 101
	posts := slices.SortedFunc(c.posts(), newerFirst)
	entries := func(has func(Post) bool, full bool) (list []Entry) {
		for _, p := range posts {
			if !has(p) || len(list) == entryRows {
				continue
			}
			e := Entry{ID: p.ID, Title: p.Title, Body: p.Body, Created: p.Created, Views: p.Views}
			e.Author = seedUser(p.AuthorID).Name
			if full {
				e.Comments, e.Liked = commentsOfPost, slices.Contains(c.size.seedLikes(p.ID), viewer)
			}
			list = append(list, e)
		}
		return list
	}
	got, err := c.peer.Service.List(c.ctx, viewer, postTime(middle))
	want := entries(func(p Post) bool { return p.Published && p.Created.Before(postTime(middle)) }, true)
	if err := sameRows("the list", func() []Entry { return got }, err, want); err != nil {
		return err
	}
	got, err = c.peer.Service.Feed(c.ctx, viewer)
	want = entries(func(p Post) bool { return slices.Contains(c.size.seedFollows(viewer), p.AuthorID) }, false)
	if err := sameRows("the feed", func() []Entry { return got }, err, want); err != nil {
		return err
	}
	return c.serviceWrites()
}

func (c *blogChecker) serviceWrites() error {
	const renamed, title = 12, "a new title"
	fresh := c.size.seedPost(77)
	fresh.ID = 0
	if err := c.peer.Service.Create(c.ctx, &fresh); err != nil {
		return err
	}
	if err := c.peer.Service.Rename(c.ctx, renamed, title, epoch); err != nil {
		return err
	}
	want := append(slices.Collect(c.posts()), c.size.seedPost(77))
	last := &want[len(want)-1]
	last.ID = int64(len(want))
	if err := same("the new post", fresh, *last); err != nil {
		return err
	}
	want[renamed-1].Title, want[renamed-1].Updated = title, epoch
	texts, err := c.table.Texts(map[string]string{
		Postgres: "SELECT CAST(jsonb_build_array(id, author_id, created, updated, title, body, views, published) AS TEXT) " +
			"FROM posts ORDER BY id",
		SQLite: "SELECT json_array(id, author_id, created, updated, title, body, views, " +
			"json(iif(published, 'true', 'false'))) FROM posts ORDER BY id",
	}[c.engine])
	if err != nil {
		return err
	}
	left := make([]Post, len(texts))
	for i, text := range texts {
		p := &left[i]
		var created, updated string
		if err := json.Unmarshal([]byte(text), &[]any{
			&p.ID, &p.AuthorID, &created, &updated, &p.Title, &p.Body, &p.Views, &p.Published,
		}); err != nil {
			return err
		}
		if p.Created, err = parseTime(created); err != nil {
			return err
		}
		if p.Updated, err = parseTime(updated); err != nil {
			return err
		}
		if p.ID == renamed && p.Updated.After(c.began) { // by the library itself
			p.Updated = epoch
		}
	}
	return same("the table", left, want)
}
