package main

import (
	"fmt"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promtest"
)

// Requests run at most three statements, none in a loop, and none that reads all comments or labels.
func TestStatements(t *testing.T) {
	t.Parallel()
	promtest.Each(t, func(t *testing.T, db *prom.DB) {
		comment := promtest.New[Comment](db)
		for _, door := range promtest.New[Issue](db).CreateMany(t, 5) {
			comment.CreateMany(t, 4, func(c *Comment) { c.Issue = prom.RefTo(door) })
			send[[]Label](t, t.Context(), db, fmt.Sprintf("PUT /issues/%d/labels", door.ID), `["door","home"]`, 200)
		}
		for _, request := range []string{"GET /issues/1", "GET /issues?label=home"} {
			ctx := promtest.Budget(t, t.Context(), 3)
			ctx = promtest.NoLoops(t, ctx)
			ctx = promtest.NoScans(t, ctx, comments, labels)
			send[any](t, ctx, db, request, "", 200)
		}
	})
}

// The schema changes only together with the file that shows it.
func TestSchema(t *testing.T) {
	t.Parallel()
	promtest.Plan(t, "testdata/schema.golden", models...)
}
