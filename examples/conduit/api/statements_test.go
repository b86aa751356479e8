package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a list takes as many statements however many rows it has.
func TestStatements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := newSite(t, e)
		s.populate()
		for _, tt := range []struct {
			few, many string
			rows      string // what each row has
			n         int    // how many statements it takes
		}{
			{"/articles?limit=2", "/articles?limit=20", `"slug"`, 4},
			{"/articles?limit=2&tag=all&author=user0&favorited=user0", "/articles?tag=all", `"slug"`, 4},
			{"/articles/feed?limit=2", "/articles/feed", `"slug"`, 4},
			{"/articles/1/comments", "/articles/19/comments", `"id"`, 3},
			{"/articles/1", "/articles/19", `"slug"`, 3},
			{"/tags", "/tags", `"tag`, 1},
		} {
			count := func(path string) (statements []string, rows int) {
				t.Helper()
				s.do("reader", "GET "+path, "") // what a first time asks of the tables
				s.log.Take()
				answer := s.do("reader", "GET "+path, "")
				is.Equal(answer[:3], "200")
				return kit.Calls(s.log.Take()), strings.Count(answer, tt.rows)
			}
			few, n := count(tt.few)
			many, m := count(tt.many)
			t.Logf("%s: %d statements for %d rows, %d for %d", tt.many, len(few), n, len(many), m)
			is.Equal(len(few), tt.n)
			is.Equal(len(many), tt.n)
			if strings.Contains(tt.few, "limit") {
				is.Equal(n, 2)
				is.Equal(m, 20)
			}
		}
	})
}

// populate makes six users, who follow one of them, with twenty articles that have tags, favorites and comments.
func (s *site) populate() {
	s.Helper()
	is, ctx := is.New(s.T), s.Context()
	people := make([]User, 6)
	for i := range people {
		name := fmt.Sprint("user", i)
		people[i] = User{Profile: Profile{Username: name}, Email: name, Password: []byte("not one")}
	}
	is.NoErr(s.server.users.CreateMany(ctx, people))
	s.tokens["reader"] = s.server.token(people[5].ID)
	for _, author := range people[:5] {
		is.NoErr(s.server.follows.Create(ctx, &Follow{prom.RefTo(&author), prom.RefTo(&people[5])}))
	}
	for i := range 20 {
		a := Article{Author: prom.RefTo(&people[i%5]), Draft: Draft{"Title", "About it", "Body"}, Slug: fmt.Sprint(i)}
		is.NoErr(s.server.articles.Create(ctx, &a))
		is.NoErr(s.server.retag(ctx, &a, []string{"all", fmt.Sprint("tag", i)}))
		for j := range i % 6 {
			is.NoErr(s.server.favorites.Create(ctx, &Favorite{prom.RefTo(&a), prom.RefTo(&people[j])}))
		}
		for j := range i + 1 { // one of the first article, 20 of the last
			c := Comment{Author: prom.RefTo(&people[j%6]), Article: prom.RefTo(&a), Body: "Body"}
			is.NoErr(s.server.comments.Create(ctx, &c))
		}
	}
}
