package main

import (
	"net/http"
	"time"

	"github.com/prom-go/prom"
)

// issueFilter is what the URL of a list may ask for.
var issueFilter = prom.NewFilter(issues,
	prom.FilterOn("title"),
	prom.FilterOn("closed"),
	prom.FilterOn("priority"),
	prom.FilterOn("_created").As("created"),
).Ignore("q", "label").PageSize(20, 100)

// issueList is a page of a list.
type issueList struct {
	Issues []Issue `json:"issues"`
	Total  int     `json:"total"` // of all pages
	More   bool    `json:"more"`  // whether there is a next page
}

func (s *server) listIssues(r *http.Request) (any, error) {
	asked, err := issueFilter.Parse(r.URL.Query())
	if err != nil {
		return nil, err
	}
	text, label := r.URL.Query().Get("q"), r.URL.Query().Get("label")
	page, err := s.issues.Where(asked.Conds...).
		Where(prom.If(text != "", prom.Or(prom.Fold(issueTitle).Contains(text), prom.Fold(issueBody).Contains(text)))).
		Where(prom.If(label != "", issueLabels.Has(labelName.Eq(label)))).
		With(issueLabels.OrderBy(labelName.Asc())).
		Compute(commentCount).
		OrderBy(asked.Orders...).
		Page(r.Context(), asked.Page, asked.Size)
	if err != nil {
		return nil, err
	}
	return issueList{Issues: page.Rows, Total: page.Total, More: page.More}, nil
}

// getIssue returns an issue with its comments, the oldest first, and its labels.
func (s *server) getIssue(r *http.Request) (any, error) {
	id, err := key(r)
	if err != nil {
		return nil, err
	}
	return s.issues.With(issueComments.OrderBy(commentID.Asc()), issueLabels.OrderBy(labelName.Asc())).
		Compute(commentCount).
		Get(r.Context(), id)
}

func (s *server) createIssue(r *http.Request) (any, error) {
	var in struct {
		Title, Body string
		Priority    int
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	created := Issue{Title: in.Title, Body: in.Body, Priority: in.Priority}
	return &created, s.issues.Create(r.Context(), &created)
}

// updateIssue changes the fields that the request has.
func (s *server) updateIssue(r *http.Request) (any, error) {
	id, err := key(r)
	if err != nil {
		return nil, err
	}
	changed, err := s.issues.Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	in := struct {
		Title, Body string
		Closed      bool
		Priority    int
	}{changed.Title, changed.Body, changed.Closed != nil, changed.Priority}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	changed.Title, changed.Body, changed.Priority = in.Title, in.Body, in.Priority
	switch {
	case in.Closed && changed.Closed == nil:
		changed.Closed = new(time.Now())
	case !in.Closed:
		changed.Closed = nil
	}
	return changed, s.issues.Save(r.Context(), changed)
}
