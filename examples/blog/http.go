package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/prom-go/prom"
)

// blog is the application.
type blog struct {
	authors *prom.Repo[Author]
	posts   Posts
}

func newBlog() *blog {
	return &blog{authors: prom.NewRepo[Author](), posts: Posts{prom.NewRepo[Post]()}}
}

func (b *blog) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, fn func(*http.Request) (status int, body any, err error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			status, body, err := fn(r)
			if err != nil {
				status, body = failure(r, err)
			}
			answer(w, status, body)
		})
	}
	handle("POST /authors", b.createAuthor)
	handle("DELETE /authors/{id}", b.deleteAuthor)
	handle("GET /posts", b.listPosts)
	handle("POST /posts", b.createPost)
	handle("GET /posts/{id}", b.getPost)
	handle("PATCH /posts/{id}", b.updatePost)
	handle("DELETE /posts/{id}", b.deletePost)
	return mux
}

func (b *blog) createAuthor(r *http.Request) (int, any, error) {
	var a Author
	if err := read(r, &a.AuthorFields); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, &a, b.authors.Create(r.Context(), &a)
}

func (b *blog) deleteAuthor(r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, b.authors.DeleteKey(r.Context(), id)
}

func (b *blog) listPosts(r *http.Request) (int, any, error) {
	posts, err := b.posts.List(r.Context(), r.URL.Query())
	return http.StatusOK, posts, err
}

func (b *blog) createPost(r *http.Request) (int, any, error) {
	var p Post
	if err := read(r, &p.PostFields); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, &p, b.posts.Create(r.Context(), &p)
}

func (b *blog) getPost(r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	p, err := b.posts.View(r.Context(), id)
	return http.StatusOK, p, err
}

// updatePost reads the request into the post that is stored: fields that the request does not have stay, and Save
// writes those that changed.
func (b *blog) updatePost(r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	p, err := b.posts.Get(r.Context(), id)
	if err != nil {
		return 0, nil, err
	}
	if err := read(r, &p.PostFields); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, p, b.posts.Save(r.Context(), p)
}

func (b *blog) deletePost(r *http.Request) (int, any, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, b.posts.DeleteKey(r.Context(), id)
}

// badRequest is an error that is the client's, with what it may be told.
type badRequest string

func (e badRequest) Error() string { return string(e) }

func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, badRequest("the id is not a number")
	}
	return id, nil
}

func read(r *http.Request, into any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return badRequest("the body is not the JSON that is wanted")
	}
	return nil
}

// failure turns an error into a status and what the client may know of it.
func failure(r *http.Request, err error) (status int, body any) {
	type violation struct {
		Column string `json:"column"`
		Reason string `json:"reason"`
	}
	type problem struct {
		Error      string      `json:"error"`
		Violations []violation `json:"violations,omitempty"`
	}
	var bad badRequest
	var broken prom.Violations
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, problem{Error: bad.Error()}
	case errors.Is(err, prom.ErrNotFound):
		return http.StatusNotFound, problem{Error: "there is no such thing"}
	case errors.As(err, &broken):
		p := problem{Error: "some values are not allowed"}
		for _, v := range broken {
			p.Violations = append(p.Violations, violation{v.Column, v.Reason})
		}
		return http.StatusUnprocessableEntity, p
	case errors.Is(err, prom.ErrForeignKey):
		return http.StatusUnprocessableEntity, problem{Error: "it refers to something that does not exist"}
	case errors.Is(err, prom.ErrUnique):
		return http.StatusConflict, problem{Error: "it exists already"}
	}
	slog.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	switch {
	case errors.Is(err, prom.ErrBusy), errors.Is(err, prom.ErrConnection), errors.Is(err, prom.ErrTimeout):
		return http.StatusServiceUnavailable, problem{Error: "try again later"}
	}
	return http.StatusInternalServerError, problem{Error: "something went wrong"}
}

func answer(w http.ResponseWriter, status int, body any) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
