package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// What takes more than one table is measured on those of a blog. Hand-written code, GORM, bun and bob fill these
// structs; prom has models of its own, because its relations are types of fields.

// User is somebody who writes posts.
type User struct {
	ID      int64     `gorm:"column:id;primaryKey" bun:"id,pk,autoincrement"`
	Created time.Time `gorm:"column:created" bun:"created"`
	Name    string    `gorm:"column:name" bun:"name"`
	Email   string    `gorm:"column:email" bun:"email"`
	Country string    `gorm:"column:country" bun:"country"`
	Bio     string    `gorm:"column:bio" bun:"bio"`
	Posts   []Post    `gorm:"foreignKey:AuthorID" bun:"rel:has-many,join:id=author_id"`
}

// Post is what a user wrote.
type Post struct {
	ID        int64     `gorm:"column:id;primaryKey" bun:"id,pk,autoincrement" db:"id"`
	AuthorID  int64     `gorm:"column:author_id" bun:"author_id" db:"author_id"`
	Created   time.Time `gorm:"column:created" bun:"created" db:"created"`
	Updated   time.Time `gorm:"column:updated" bun:"updated" db:"updated"`
	Title     string    `gorm:"column:title" bun:"title" db:"title"`
	Body      string    `gorm:"column:body" bun:"body" db:"body"`
	Views     int64     `gorm:"column:views" bun:"views" db:"views"`
	Published bool      `gorm:"column:published" bun:"published" db:"published"`
	Comments  []Comment `gorm:"foreignKey:PostID" bun:"rel:has-many,join:id=post_id" db:"-"`
	Tags      []Tag     `gorm:"many2many:post_tags" bun:"m2m:post_tags,join:Post=Tag" db:"-"`
}

// Comment is what a user says about a post.
type Comment struct {
	ID       int64     `gorm:"column:id;primaryKey" bun:"id,pk,autoincrement"`
	PostID   int64     `gorm:"column:post_id" bun:"post_id"`
	AuthorID int64     `gorm:"column:author_id" bun:"author_id"`
	Created  time.Time `gorm:"column:created" bun:"created"`
	Body     string    `gorm:"column:body" bun:"body"`
}

// Tag is a word that posts have in common.
type Tag struct {
	ID   int64  `gorm:"column:id;primaryKey" bun:"id,pk,autoincrement"`
	Name string `gorm:"column:name" bun:"name"`
}

// The columns in the order of the tables and of the fields.
const (
	userColumns    = "id, created, name, email, country, bio"
	postColumns    = "id, author_id, created, updated, title, body, views, published"
	commentColumns = "id, post_id, author_id, created, body"
)

// postsAndAuthors is where the columns of both are read from.
const postsAndAuthors = "posts JOIN users ON users.id = posts.author_id"

// How many rows belong to one.
const (
	postsOfUser    = 10
	commentsOfPost = 5
	tagsOfPost     = 3
	likesOfPost    = 5
	followsOfUser  = 10
)

const (
	tagCount  = 100
	countries = 100
	maxViews  = 1 << 20
)

// blogSize is the size of the stock. It says how many rows there are; with fewer than 20 users, a post could not be
// liked by different ones.
type blogSize int64

func (s blogSize) users() int64     { return max(20, int64(s)/100) }
func (s blogSize) posts() int64     { return s.users() * postsOfUser }
func (s blogSize) documents() int64 { return max(20, int64(s)/50) }

// seedUser returns user i, from 1.
func seedUser(i int64) User {
	r := rand.New(rand.NewPCG(uint64(i), 43))
	return User{
		ID:      i,
		Created: epoch.Add(time.Duration(i) * time.Minute),
		Name:    fmt.Sprintf("User %d %s", i, letters(r, 8)),
		Email:   fmt.Sprintf("%s.%d@example.org", letters(r, 6), i),
		Country: fmt.Sprintf("Country %02d", i*37%countries),
		Bio:     letters(r, 40+r.IntN(40)),
	}
}

// seedPost returns post i, from 1. Its neighbors are by others.
func (s blogSize) seedPost(i int64) Post {
	r := rand.New(rand.NewPCG(uint64(i), 44))
	at := postTime(i)
	return Post{
		ID:        i,
		AuthorID:  (i-1)%s.users() + 1,
		Created:   at,
		Updated:   at.Add(time.Duration(r.IntN(1_000_000)) * time.Microsecond),
		Title:     fmt.Sprintf("Post %d %s", i, letters(r, 20)),
		Body:      letters(r, 80+r.IntN(80)),
		Views:     r.Int64N(maxViews),
		Published: i%8 != 0,
	}
}

// postTime is when post i was written: two at a time, so that an order by times alone would not do.
func postTime(i int64) time.Time {
	return epoch.Add(time.Duration(i/2) * 1_000_037 * time.Microsecond)
}

// seedComments returns the comments on a post, which do not lie beside each other in the table.
func (s blogSize) seedComments(post int64) []Comment {
	comments := make([]Comment, commentsOfPost)
	for k := range comments {
		i := int64(k)*s.posts() + post
		r := rand.New(rand.NewPCG(uint64(i), 45))
		comments[k] = Comment{
			ID:       i,
			PostID:   post,
			AuthorID: r.Int64N(s.users()) + 1,
			Created:  postTime(post).Add(time.Duration(k+1) * time.Minute),
			Body:     letters(r, 30+r.IntN(60)),
		}
	}
	return comments
}

func seedTag(i int64) Tag { return Tag{i, fmt.Sprintf("tag %d", i)} }

func seedTags(post int64) []int64                 { return others(post, tagsOfPost, tagCount) }
func (s blogSize) seedLikes(post int64) []int64   { return others(post, likesOfPost, s.users()) }
func (s blogSize) seedFollows(user int64) []int64 { return others(user, followsOfUser, s.users()) }

// others returns n different numbers from 1 to count, not i among them.
func others(i int64, n int, count int64) []int64 {
	list := make([]int64, n)
	for k := range list {
		list[k] = (i+int64(k)*3)%count + 1
	}
	return list
}
