package api

import (
	"net/http"
	"strconv"

	"github.com/prom-go/prom"
)

// thread returns the comments on an article, latest first, as the API shows them to a viewer.
func (s *Server) thread(a *Article, viewer int64) *prom.Query[Comment] {
	return s.comments.Where(commentArticle.Eq(a.ID)).OrderBy(commentID.Desc()).
		With(commentAuthor.Compute(following(viewer)))
}

func (s *Server) listComments(r *http.Request, viewer int64) (any, error) {
	a, err := s.bySlug(r)
	if err != nil {
		return nil, err
	}
	list, err := s.thread(a, viewer).All(r.Context())
	return object{"comments": list}, err
}

func (s *Server) createComment(r *http.Request, viewer int64) (any, error) {
	a, err := s.bySlug(r)
	if err != nil {
		return nil, err
	}
	var in struct{ Body string }
	if err := read(r, "comment", &in); err != nil {
		return nil, err
	}
	c := Comment{Article: prom.RefTo(a), Body: in.Body, Author: prom.NewRef[User](viewer)}
	if err := s.comments.Create(r.Context(), &c); err != nil {
		return nil, err
	}
	told, err := s.thread(a, viewer).Get(r.Context(), c.ID)
	return object{"comment": told}, err
}

func (s *Server) deleteComment(r *http.Request, viewer int64) (any, error) {
	a, err := s.bySlug(r)
	if err != nil {
		return nil, err
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // no comment has 0
	c, err := s.comments.Where(commentArticle.Eq(a.ID)).Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if c.Author.Key() != viewer {
		return nil, fault{http.StatusForbidden, "comment", "forbidden"}
	}
	return nil, s.comments.Delete(r.Context(), c)
}
