package query_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// crate is a model whose document has keys that come out of a request.
type crate struct {
	prom.Model
	Text string
	Doc  map[string]any
}

var (
	crateProto = prom.Proto[crate]()
	crateID    = prom.NumberOf(crateProto, &crateProto.ID)
	crateDoc   = prom.JSONOf(crateProto, &crateProto.Doc)
)

// Ensure that no name out of a request becomes a part of a statement: the keys of documents are found, set and removed
// whatever they are, and names of columns, orders and parameters are found or refused before any SQL.
// suite: 1
func TestInjectionByName(t *testing.T) {
	t.Parallel()
	all := payloads()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		canary := prom.NewRepo[kit.Note](prom.Using(db), prom.Table("canary"))
		is.NoErr(canary.Create(ctx, &kit.Note{Title: "alive"}))
		repo := prom.NewRepo[crate](prom.Using(db))
		filter := prom.NewFilter(repo, prom.FilterOn("text"))
		other := crate{Text: "other", Doc: map[string]any{"a": 1.0}}
		is.NoErr(repo.Create(ctx, &other))
		for _, s := range all {
			row := crate{Text: s, Doc: map[string]any{s: "here", "in": map[string]any{s: 7.0}}}
			is.NoErr(repo.Create(ctx, &row))
			mine := repo.Where(crateID.Eq(row.ID))
			for name, cond := range map[string]prom.Cond[*crate]{
				"text": prom.JSONText(crateDoc, s).Eq("here"), "deep": prom.JSONInt(crateDoc, "in",
					s).Eq(7), "key": crateDoc.HasKey(s),
				"contains": crateDoc.Contains(map[string]any{s: "here"}),
			} {
				if n, err := repo.Where(crateID.In(row.ID, other.ID), cond).Count(ctx); err != nil || n != 1 {
					t.Errorf("%s: %q: %d rows, %v", name, s, n, err)
				}
			}
			_, err := mine.Update(ctx, crateDoc.SetPath("there", "in", s))
			is.NoErr(err)
			_, err = mine.Update(ctx, crateDoc.RemovePath(s))
			is.NoErr(err)
			_, err = mine.Update(ctx, crateDoc.Merge(map[string]any{"more" + s: s}))
			is.NoErr(err)
			got, err := repo.Get(ctx, row.ID)
			is.NoErr(err)
			is.Equal(got.Doc, map[string]any{"in": map[string]any{s: "there"}, "more" + s: s})
			is.NoErr(repo.Delete(ctx, got))

			log.Take()
			if _, err := prom.FieldByName(repo, s); err == nil {
				t.Errorf("%q is a field", s)
			}
			for _, values := range []url.Values{{s: {"1"}}, {"sort": {s}}, {"sort": {"-" + s}}, {"text__" + s: {"1"}},
				{"page": {s}}, {"size": {s}}} {
				if s == "" || values.Get("page") == "1" || values.Get("size") == "1" {
					continue
				}
				var refused *prom.FilterError
				if _, err := filter.Apply(repo.Query(), values); err != nil && !errors.As(err, &refused) {
					t.Errorf("%v: %v", values, err)
				} else if err == nil && values.Get("page")+values.Get("size") == "" {
					t.Errorf("%v is taken", values)
				}
			}
			if s != "" { // which is the first page
				_, err = repo.OrderBy(crateID.Asc()).KeysetPage(ctx, s, 10)
				is.True(errors.Is(err, prom.ErrValidation))
			}
			is.Equal(len(log.Take()), 0)
		}
		is.Equal(kit.Count(t, canary.Where(kit.NoteTitle.Eq("alive"))), 1)
		dbtest.Reportf(t, 1, "%d payloads as keys of documents and as names of columns, orders and parameters", len(all))
	})
}
