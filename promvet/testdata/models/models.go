// Package models is a package of models as programs have one, with handles and repos that others use.
package models

import "github.com/prom-go/prom"

type Author struct {
	prom.Model
	Name  string
	Posts prom.Many[Post]
}

type Post struct {
	prom.Model
	Author prom.Ref[Author]
	Title  string
	Views  int
}

var (
	Authors = Authored{prom.NewRepo[Author]()}
	Posts   = prom.NewRepo[Post]()

	A = prom.Proto[Author]()
	P = prom.Proto[Post]()

	Draft Post

	AuthorName  = prom.TextOf(A, &A.Name)
	AuthorPosts = prom.ManyOf(A, &A.Posts)
	PostAuthor  = prom.RefOf(P, &P.Author)
	PostTitle   = prom.TextOf(P, &P.Title)
	PostViews   = prom.NumberOf(P, &P.Views)
)

// Authored is a repo with queries of its own.
type Authored struct{ *prom.Repo[Author] }

// Named is a query of its own.
func (a Authored) Named(name string) *prom.Query[Author] { return a.Where(AuthorName.Eq(name)) }
