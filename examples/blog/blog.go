package main

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom"
)

// Author writes posts.
type Author struct {
	prom.Model
	AuthorFields
}

// AuthorFields are the fields that a client may set; the others are the library's.
type AuthorFields struct {
	Name string `prom:"size=1..100,unique" json:"name"`
}

// Post belongs to an author, and is deleted with it.
type Post struct {
	prom.Model
	PostFields
	Views int `json:"views"`
}

// PostFields are the fields that a client may set.
type PostFields struct {
	Author prom.Ref[Author] `prom:"author_id,index" json:"author"`
	Title  string           `prom:"size=1..200" json:"title"`
	Text   string           `json:"text"`
}

var (
	post      = prom.Proto[Post]()
	postID    = prom.NumberOf(post, &post.ID)
	postViews = prom.NumberOf(post, &post.Views)
)

// Posts is the repo of posts with queries of its own.
type Posts struct{ *prom.Repo[Post] }

// View returns a post and counts that it was looked at, in the database, so that no view is lost.
func (r Posts) View(ctx context.Context, id int64) (post *Post, err error) {
	err = r.Tx(ctx, func(ctx context.Context) error {
		if _, err := r.Where(postID.Eq(id)).Update(ctx, postViews.Add(1)); err != nil {
			return err
		}
		post, err = r.Get(ctx, id)
		return err
	})
	return post, err
}

// filters are the columns that a list may be filtered and sorted by. FieldByName finds every column, private ones too,
// so the list of those that clients may name is the application's.
var filters = []string{"_id", "_created", "author_id", "title", "views"}

// maxPage is the most posts that one list holds.
const maxPage = 100

// List returns the posts that a URL's query asks for: column=value for each filter, sort=column or sort=-column, limit
// and offset.
func (r Posts) List(ctx context.Context, values url.Values) ([]Post, error) {
	q := r.Query()
	limit := maxPage
	var sort []prom.Order[*Post]
	for name := range values {
		value := values.Get(name)
		switch name {
		case "limit", "offset":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return nil, badRequest(name + " is not a number from 0")
			}
			if name == "limit" {
				limit = min(n, maxPage)
			} else {
				q = q.Offset(n)
			}
		case "sort":
			column, desc := strings.CutPrefix(value, "-")
			field, err := r.field(column)
			if err != nil {
				return nil, err
			}
			if desc {
				sort = append(sort, field.Desc())
			} else {
				sort = append(sort, field.Asc())
			}
		default:
			field, err := r.field(name)
			if err != nil {
				return nil, err
			}
			q = q.Where(field.Eq(value))
		}
	}
	return q.OrderBy(append(sort, postID.Asc())...).Limit(limit).All(ctx) // pages need an order without ties
}

func (r Posts) field(name string) (*prom.AnyField[*Post], error) {
	if !slices.Contains(filters, name) {
		return nil, badRequest("the columns are " + strings.Join(filters, ", "))
	}
	return prom.FieldByName(r.Repo, name)
}
