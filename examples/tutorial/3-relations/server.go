package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"

	"github.com/prom-go/prom"
)

// server answers requests.
type server struct {
	issues   *prom.Repo[Issue]
	comments *prom.Repo[Comment]
	labels   *prom.Repo[Label]
}

// newServer returns a server that stores its rows in a database.
func newServer(db *prom.DB) *server {
	return &server{issues: issues.Using(db), comments: comments.Using(db), labels: labels.Using(db)}
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /issues", answer(s.listIssues))
	mux.HandleFunc("POST /issues", answer(s.createIssue))
	mux.HandleFunc("GET /issues/{id}", answer(s.getIssue))
	mux.HandleFunc("PATCH /issues/{id}", answer(s.updateIssue))
	mux.HandleFunc("POST /issues/{id}/comments", answer(s.createComment))
	mux.HandleFunc("PUT /issues/{id}/labels", answer(s.setLabels))
	return mux
}

// answer calls a function for each request, and sends what it returns as JSON.
func answer(fn func(r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		status := http.StatusOK
		body, err := fn(r)
		if err != nil {
			status, body = failure(r.Context(), err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // the client may be gone
	}
}

// failure returns the status for an error, and what the client may know.
func failure(ctx context.Context, err error) (status int, body any) {
	var filter *prom.FilterError
	var broken prom.Violations
	switch {
	case errors.As(err, &filter):
		return http.StatusBadRequest, problem{Error: filter.Error()}
	case errors.Is(err, errBadRequest):
		return http.StatusBadRequest, problem{Error: err.Error()}
	case errors.Is(err, prom.ErrNotFound), errors.Is(err, prom.ErrForeignKey):
		return http.StatusNotFound, problem{Error: "not found"}
	case errors.As(err, &broken):
		p := problem{Error: "some values are not allowed"}
		for _, v := range broken {
			p.Fields = append(p.Fields, v.Column+": "+v.Reason)
		}
		return http.StatusUnprocessableEntity, p
	}
	log.Println("request failed:", err)
	return http.StatusInternalServerError, problem{Error: "something went wrong"}
}

// problem is the answer to a request that failed.
type problem struct {
	Error  string   `json:"error"`
	Fields []string `json:"fields,omitempty"`
}

var errBadRequest = errors.New("the request is not valid")

// read decodes the JSON body of a request.
func read(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return errBadRequest
	}
	return nil
}

// key returns the primary key in the path of a request.
func key(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, errBadRequest
	}
	return id, nil
}
