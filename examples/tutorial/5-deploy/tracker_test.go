package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

func TestMain(m *testing.M) { os.Exit(promtest.Run(m)) }

// send sends a request to a server on db, and decodes the answer, which must have the status.
func send[T any](t *testing.T, ctx context.Context, db *prom.DB, request, body string, status int) (answer T) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	w := httptest.NewRecorder()
	newServer(db).handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s: status %d, not %d: %s", request, w.Code, status, w.Body)
	}
	if err := json.NewDecoder(w.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestList(t *testing.T) {
	t.Parallel()
	promtest.Each(t, func(t *testing.T, db *prom.DB) {
		factory := promtest.New[Issue](db)
		factory.CreateMany(t, 25, func(i *Issue) { i.Title = "Paint the door" })
		factory.CreateMany(t, 5, func(i *Issue) { i.Title, i.Closed = "Paint the door", new(time.Now()) })
		factory.CreateMany(t, 5, func(i *Issue) { i.Title = "Clean the window" })

		list := send[issueList](t, t.Context(), db, "GET /issues?q=DOOR&closed__isnull=true&page=2", "", 200)
		if len(list.Issues) != 5 || list.Total != 25 || list.More {
			t.Errorf("%d issues, total %d, more %t", len(list.Issues), list.Total, list.More)
		}
		send[problem](t, t.Context(), db, "GET /issues?body=x", "", http.StatusBadRequest)
	})
}

func TestLabels(t *testing.T) {
	t.Parallel()
	promtest.Each(t, func(t *testing.T, db *prom.DB) {
		door := promtest.New[Issue](db).Create(t)
		request := fmt.Sprintf("PUT /issues/%d/labels", door.ID)
		for _, names := range [][]string{{"door", "home"}, {"door", "green"}, {}} {
			body, err := json.Marshal(names)
			if err != nil {
				t.Fatal(err)
			}
			send[[]Label](t, t.Context(), db, request, string(body), 200)

			found := send[Issue](t, t.Context(), db, fmt.Sprintf("GET /issues/%d", door.ID), "", 200)
			var got []string
			for _, l := range found.Labels.Rows() {
				got = append(got, l.Name)
			}
			if slices.Sort(names); !slices.Equal(got, names) {
				t.Errorf("labels %q, not %q", got, names)
			}
		}
		send[problem](t, t.Context(), db, request, `[""]`, http.StatusUnprocessableEntity)
		send[problem](t, t.Context(), db, "PUT /issues/999/labels", `["home"]`, http.StatusNotFound)
	})
}
