package main

import (
	"context"
	"errors"
	"time"

	"github.com/prom-go/prom"
)

// promUser is User with relations.
type promUser struct {
	ID      int64     `prom:"key,auto"`
	Created time.Time `prom:"created"`
	Name    string
	Email   string
	Country string
	Bio     string
	Posts   prom.Many[promPost]
}

// TableName is that of User; the others are those of the structs that they stand for too.
func (promUser) TableName() string { return "users" }

// promPost is Post with relations.
type promPost struct {
	ID        int64              `prom:"key,auto"`
	Author    prom.Ref[promUser] `prom:"author_id,index"`
	Created   time.Time          `prom:"created"`
	Updated   time.Time          `prom:"updated"`
	Title     string
	Body      string
	Views     int64
	Published bool
	Comments  prom.Many[promComment]
	Likes     prom.Many[promLike]
	Tags      prom.ManyToMany[promTag, promPostTag]
	_         struct{} `prom:"index=created,on='created, id'"`
}

func (promPost) TableName() string { return "posts" }

// promComment is Comment with relations.
type promComment struct {
	ID      int64              `prom:"key,auto"`
	Post    prom.Ref[promPost] `prom:"post_id,index"`
	Author  prom.Ref[promUser] `prom:"author_id"`
	Created time.Time          `prom:"created"`
	Body    string
}

func (promComment) TableName() string { return "comments" }

type promTag struct {
	ID   int64 `prom:"key,auto"`
	Name string
}

func (promTag) TableName() string { return "tags" }

type promPostTag struct {
	Post prom.Ref[promPost] `prom:"post_id,key"`
	Tag  prom.Ref[promTag]  `prom:"tag_id,key,index"`
}

func (promPostTag) TableName() string { return "post_tags" }

type promLike struct {
	Post prom.Ref[promPost] `prom:"post_id,key"`
	User prom.Ref[promUser] `prom:"user_id,key,index"`
}

func (promLike) TableName() string { return "likes" }

type promFollow struct {
	Follower prom.Ref[promUser] `prom:"follower_id,key"`
	Followed prom.Ref[promUser] `prom:"followed_id,key,index"`
}

func (promFollow) TableName() string { return "follows" }

// The fields of the blog, as a program would declare them.
var (
	user        = prom.Proto[promUser]()
	userID      = prom.NumberOf(user, &user.ID)
	userName    = prom.TextOf(user, &user.Name)
	userCountry = prom.TextOf(user, &user.Country)
	userPosts   = prom.ManyOf(user, &user.Posts)

	post          = prom.Proto[promPost]()
	postID        = prom.NumberOf(post, &post.ID)
	postAuthor    = prom.RefOf(post, &post.Author)
	postCreated   = prom.TimeOf(post, &post.Created)
	postTitle     = prom.TextOf(post, &post.Title)
	postBody      = prom.TextOf(post, &post.Body)
	postViews     = prom.NumberOf(post, &post.Views)
	postPublished = prom.FieldOf(post, &post.Published)
	postComments  = prom.ManyOf(post, &post.Comments)
	postLikes     = prom.ManyOf(post, &post.Likes)
	postTags      = prom.ManyToManyOf(post, &post.Tags)

	like     = prom.Proto[promLike]()
	likeUser = prom.RefOf(like, &like.User)

	follow         = prom.Proto[promFollow]()
	followFollower = prom.RefOf(follow, &follow.Follower)
	followFollowed = prom.RefOf(follow, &follow.Followed)
)

// promBlog is prom at work on the tables of the blog.
type promBlog struct {
	users     *prom.Repo[promUser]
	posts     *prom.Repo[promPost]
	follows   *prom.Repo[promFollow]
	documents *prom.Repo[Document]
}

// openPromBlog opens prom on the tables that are there; that they are those of the models is checked.
func openPromBlog(ctx context.Context, at Place) (*Peer, error) {
	db, err := new(prom.Registry).Open(promDSN(at) + "&install=check")
	if err != nil {
		return nil, err
	}
	using := prom.Using(db)
	b := &promBlog{
		users: prom.NewRepo[promUser](using), posts: prom.NewRepo[promPost](using), follows: prom.NewRepo[promFollow](using),
		documents: prom.NewRepo[Document](using),
	}
	err = prom.Install(ctx, b.users, b.posts, b.follows, b.documents, prom.NewRepo[promComment](using),
		prom.NewRepo[promPostTag](using), prom.NewRepo[promLike](using))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Peer{
		Eager:        b.eager(),
		Totals:       b.totals,
		Keyset:       b.keyset,
		EditDocument: b.editDocument,
		Service:      b.service(),
		Close:        func() { _ = db.Close() },
	}, nil
}

// plain brings a row into the form that all peers have in common.
func (u *promUser) plain() User {
	return User{
		ID: u.ID, Created: u.Created, Name: u.Name, Email: u.Email, Country: u.Country, Bio: u.Bio,
		Posts: plainRows(loadedRows(u.Posts), (*promPost).plain),
	}
}

// loadedRows returns the rows of a relation, none when it was not loaded.
func loadedRows[T any](relation interface {
	Loaded() bool
	Rows() []T
}) []T {
	if !relation.Loaded() {
		return nil
	}
	return relation.Rows()
}

func (p *promPost) plain() Post {
	return Post{
		ID: p.ID, AuthorID: p.Author.Key(), Created: p.Created, Updated: p.Updated, Title: p.Title, Body: p.Body,
		Views: p.Views, Published: p.Published,
		Comments: plainRows(loadedRows(p.Comments), (*promComment).plain),
		Tags:     plainRows(loadedRows(p.Tags), (*promTag).plain),
	}
}

func (c *promComment) plain() Comment {
	return Comment{ID: c.ID, PostID: c.Post.Key(), AuthorID: c.Author.Key(), Created: c.Created, Body: c.Body}
}

func (t *promTag) plain() Tag { return Tag{t.ID, t.Name} }
