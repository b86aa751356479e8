package main

import (
	"net/http"

	"github.com/prom-go/prom"
)

func (s *server) createComment(r *http.Request) (any, error) {
	id, err := key(r)
	if err != nil {
		return nil, err
	}
	var in struct{ Author, Text string }
	if err := read(r, &in); err != nil {
		return nil, err
	}
	created := Comment{Issue: prom.NewRef[Issue](id), Author: in.Author, Text: in.Text}
	return &created, s.comments.Create(r.Context(), &created)
}
