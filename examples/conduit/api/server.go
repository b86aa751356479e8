// Package api is the API of RealWorld, with its models and its queries; see the program above it.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/prom-go/prom"
)

// Server is the application: a key that signs tokens, and a repo for each model.
type Server struct {
	key         []byte
	users       *prom.Repo[User]
	follows     *prom.Repo[Follow]
	articles    *prom.Repo[Article]
	tags        *prom.Repo[Tag]
	articleTags *prom.Repo[ArticleTag]
	favorites   *prom.Repo[Favorite]
	comments    *prom.Repo[Comment]
}

// New returns the application with the given options of its repos, of which the connection is one.
func New(key []byte, on ...prom.RepoOption) *Server {
	return &Server{
		key, prom.NewRepo[User](on...), prom.NewRepo[Follow](on...), prom.NewRepo[Article](on...), prom.NewRepo[Tag](on...),
		prom.NewRepo[ArticleTag](on...), prom.NewRepo[Favorite](on...), prom.NewRepo[Comment](on...),
	}
}

// Install creates the tables, or brings them to the form of the models. Without it the first requests do.
func (s *Server) Install(ctx context.Context) error {
	return prom.Install(ctx, s.Models()...)
}

// Models returns the repos of all tables, for plans and checks.
func (s *Server) Models() []prom.AnyRepo {
	return []prom.AnyRepo{s.users, s.follows, s.articles, s.tags, s.articleTags, s.favorites, s.comments}
}

// endpoint answers a request of the viewer, who is 0 when nobody is logged in.
type endpoint = func(r *http.Request, viewer int64) (body any, err error)

type object = map[string]any

// Handler returns the routes of the API.
func (s *Server) Handler() *http.ServeMux {
	mux := http.NewServeMux()
	anybody := func(pattern string, status int, do endpoint) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			viewer, err := s.viewer(r)
			var body any
			if err == nil {
				body, err = do(r, viewer)
			}
			if err != nil {
				status, body := failure(r, err)
				respond(w, status, body)
				return
			}
			respond(w, status, body)
		})
	}
	users := func(pattern string, status int, do endpoint) {
		anybody(pattern, status, func(r *http.Request, viewer int64) (any, error) {
			if viewer == 0 {
				return nil, fault{http.StatusUnauthorized, "token", "is missing"}
			}
			return do(r, viewer)
		})
	}
	anybody("POST /api/users", http.StatusCreated, s.register)
	anybody("POST /api/users/login", http.StatusOK, s.login)
	users("GET /api/user", http.StatusOK, s.getUser)
	users("PUT /api/user", http.StatusOK, s.updateUser)
	anybody("GET /api/profiles/{username}", http.StatusOK, s.getProfile)
	users("POST /api/profiles/{username}/follow", http.StatusOK, s.follow)
	users("DELETE /api/profiles/{username}/follow", http.StatusOK, s.unfollow)
	anybody("GET /api/articles", http.StatusOK, s.listArticles)
	users("GET /api/articles/feed", http.StatusOK, s.feed)
	users("POST /api/articles", http.StatusCreated, s.createArticle)
	anybody("GET /api/articles/{slug}", http.StatusOK, s.getArticle)
	users("PUT /api/articles/{slug}", http.StatusOK, s.updateArticle)
	users("DELETE /api/articles/{slug}", http.StatusNoContent, s.deleteArticle)
	anybody("GET /api/articles/{slug}/comments", http.StatusOK, s.listComments)
	users("POST /api/articles/{slug}/comments", http.StatusCreated, s.createComment)
	users("DELETE /api/articles/{slug}/comments/{id}", http.StatusNoContent, s.deleteComment)
	users("POST /api/articles/{slug}/favorite", http.StatusOK, s.favorite)
	users("DELETE /api/articles/{slug}/favorite", http.StatusOK, s.unfavorite)
	anybody("GET /api/tags", http.StatusOK, s.listTags)
	return mux
}

// fault is an error of the client's: its status, what it is about, and what is wrong.
type fault struct {
	status     int
	of, reason string
}

func (f fault) Error() string { return f.of + " " + f.reason }

// failure turns an error into a status and what the client may know of it. An error of prom tells its table and its
// columns, which have the names of the API.
func failure(r *http.Request, err error) (status int, body any) {
	errs := map[string][]string{}
	var own fault
	var e *prom.Error
	var broken prom.Violations
	switch {
	case errors.As(err, &own):
		status, errs[own.of] = own.status, []string{own.reason}
	case errors.As(err, &broken):
		status = http.StatusUnprocessableEntity
		for _, v := range broken {
			if v.Rule == "nonempty" {
				v.Reason = "can't be blank"
			}
			errs[v.Column] = append(errs[v.Column], v.Reason)
		}
	case errors.Is(err, prom.ErrUnique) && errors.As(err, &e):
		status = http.StatusConflict
		for _, column := range e.Columns {
			errs[column] = []string{"has already been taken"}
		}
	case errors.Is(err, prom.ErrNotFound) && errors.As(err, &e):
		resource := e.Table
		if resource == "user" {
			resource = "profile"
		}
		status, errs[resource] = http.StatusNotFound, []string{"not found"}
	default:
		slog.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		status, errs["server"] = http.StatusInternalServerError, []string{"something went wrong"}
	}
	return status, object{"errors": errs}
}

// read decodes the value under a name of a request's body into v. Fields that it lacks keep their values.
func read(r *http.Request, name string, v any) error {
	var body map[string]json.RawMessage
	err := json.NewDecoder(r.Body).Decode(&body)
	if err == nil {
		err = json.Unmarshal(body[name], v)
	}
	if err != nil {
		return fault{http.StatusUnprocessableEntity, name, "is not the JSON that is wanted"}
	}
	return nil
}

// number returns a parameter of the URL, which must be a number from least, or standard without one.
func number(r *http.Request, name string, least, standard int) (int, error) {
	text := r.FormValue(name)
	if text == "" {
		return standard, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, fault{http.StatusUnprocessableEntity, name, "is not a number from " + strconv.Itoa(least)}
	}
	return n, nil
}

func respond(w http.ResponseWriter, status int, body any) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
