package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Ensure that requests keep their budgets of statements, run none in a loop, and read no large table as a whole.
func TestGuards(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		s := newSite(t, e)
		s.populate()
		for _, tt := range []struct {
			request, body string
			budget        int
			counts        bool // the answer has the number of all articles, which takes to read all
		}{
			{"GET /articles?limit=20", "", 4, true},
			{"GET /articles?limit=2&tag=all&author=user0&favorited=user0", "", 4, true},
			{"GET /articles/feed", "", 4, true},
			{"GET /articles/19", "", 3, false},
			{"GET /articles/19/comments", "", 3, false},
			{"GET /profiles/user1", "", 2, false},
			{"GET /tags", "", 1, false},
			{"POST /articles", `{"article":{"title":"New","description":"About it","body":"Body","tagList":["a","b","c","d"]}}`, 7, false},
			{"POST /articles/19/favorite", "", 5, false},
			{"POST /articles/19/comments", `{"comment":{"body":"Body"}}`, 4, false},
		} {
			t.Run(tt.request, func(t *testing.T) {
				is := is.New(t)
				ctx := promtest.Budget(t, t.Context(), tt.budget)
				ctx = promtest.NoLoops(t, ctx)
				large := []prom.AnyRepo{s.server.comments, s.server.favorites, s.server.follows, s.server.users}
				if !tt.counts {
					large = append(large, s.server.articles)
				}
				ctx = promtest.NoScans(t, ctx, large...)
				status := s.serve(ctx, "reader", tt.request, tt.body)
				is.True(status == http.StatusOK || status == http.StatusCreated)
			})
		}
	})
}

// serve answers a request with the handlers alone, whose calls have the context, and returns the status.
func (s *site) serve(ctx context.Context, user, request, body string) int {
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(ctx, method, "/api"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Token "+s.tokens[user])
	w := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(w, r)
	return w.Code
}

// Ensure that the declared schema changes only with the file that shows it.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := New(nil)
	promtest.Plan(t, "testdata/schema.golden", s.users, s.follows, s.articles, s.favorites, s.tags, s.articleTags, s.comments)
}
