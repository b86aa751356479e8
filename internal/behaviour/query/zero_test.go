package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that zero values of what queries are made of, and nil queries in unions, are errors that say so, wherever they
// stand; none was made by the function that makes it.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		notes := kit.Tiles(t, db, 3)
		note := prom.Proto[kit.Note]()
		type result struct{ N int }
		row := prom.Proto[result]()
		type (
			expr    = prom.Expr[*kit.Note, int]
			mapping = prom.Mapping[*kit.Note, *kit.Note]
			one     = prom.Projection[kit.Note, int]
			query   = prom.Query[kit.Note]
		)
		all := func(q *query) error { return kit.ErrOf(q.All(ctx)) }
		where := func(conds ...prom.Cond[*kit.Note]) error { return all(notes.Where(conds...)) }
		pluck := func(t prom.Term[*kit.Note, int]) error { return kit.ErrOf(prom.Pluck(notes.Query(), t).All(ctx)) }
		add := func(term prom.Term[*kit.Note, int]) prom.Expr[*kit.Note, int] {
			return prom.Plus[*kit.Note, int](kit.NoteViews, term)
		}
		for name, run := range map[string]func() error{
			"Expr Eq":      func() error { return where(expr{}.Eq(1)) },
			"Expr Lt":      func() error { return where(expr{}.Lt(1)) },
			"Expr Between": func() error { return where(expr{}.Between(1, 2)) },
			"Expr In":      func() error { return where(expr{}.In(1, 2)) },
			"Expr NotIn":   func() error { return where(prom.Not(expr{}.NotIn())) },
			"Expr IsNull":  func() error { return where(expr{}.IsNull()) },
			"Expr in Or":   func() error { return where(prom.Or(kit.NoteViews.Eq(1), prom.Not(expr{}.NotNull()))) },
			"Expr Asc":     func() error { return all(notes.OrderBy(expr{}.Asc())) },
			"Expr Desc":    func() error { return all(notes.OrderBy(kit.NoteViews.Asc(), expr{}.Desc())) },
			"Expr list":    func() error { return all(notes.OrderBy(prom.ByList[*kit.Note, int](expr{}, 1, 2))) },
			"Expr Truth":   func() error { return where(prom.Truth[*kit.Note](prom.Expr[*kit.Note, bool]{})) },
			"Expr Plus":    func() error { return where(add(expr{}).Gt(1)) },
			"Expr Is":      func() error { return where(prom.Is[*kit.Note, int](expr{}, kit.NoteViews)) },
			"Expr Pluck":   func() error { return pluck(expr{}) },
			"Expr Sum": func() error {
				return kit.ErrOf(prom.Pluck(notes.Query(),
					prom.Sum[*kit.Note, int](expr{})).All(ctx))
			},
			"Expr Filter": func() error {
				return kit.ErrOf(prom.Pluck(notes.Query(), expr{}.Filter(kit.NoteViews.Eq(1))).All(ctx))
			},
			"Expr GroupBy": func() error {
				return kit.ErrOf(prom.Pluck(notes.Query(), prom.Count(note)).GroupBy(expr{}).All(ctx))
			},
			"Expr Having": func() error {
				return kit.ErrOf(prom.Pluck(notes.Query(), prom.Count(note)).Having(expr{}.Gt(1)).All(ctx))
			},
			"Expr SetTo": func() error {
				return kit.ErrOf(notes.Where(kit.NoteViews.Eq(1)).Update(ctx, kit.NoteViews.SetTo(expr{})))
			},
			"Expr Delete":  func() error { return kit.ErrOf(notes.Where(expr{}.Eq(1)).Delete(ctx)) },
			"Expr OrValue": func() error { return pluck(prom.OrValue[*kit.Note, int](expr{}, 1)) },
			"Expr OrNull": func() error {
				return kit.ErrOf(prom.Pluck(notes.Query(), prom.OrNull[*kit.Note, int](expr{})).All(ctx))
			},
			"Expr Col": func() error {
				return kit.ErrOf(prom.Select(notes.Query(), row, prom.Col[*kit.Note, int](&row.N, expr{})).All(ctx))
			},
			"Folded":        func() error { return where(prom.Folded[*kit.Note]{}.Contains("x")) },
			"Folded prefix": func() error { return where(prom.Not(prom.Folded[*kit.Note]{}.HasPrefix(""))) },
			"When": func() error {
				return pluck(prom.Case[*kit.Note, int](kit.NoteViews,
					prom.When[*kit.Note, int]{}))
			},
			"Case of Expr": func() error { return pluck(prom.Case[*kit.Note, int](expr{})) },
			"Then of Expr": func() error {
				return pluck(prom.Case[*kit.Note, int](kit.NoteViews, prom.Then[*kit.Note, int](kit.NoteViews.Eq(1), expr{})))
			},
			"Mapping": func() error { return kit.ErrOf(prom.InsertSelect(ctx, notes, notes.Query(), mapping{})) },
			"Mapping of Expr": func() error {
				return kit.ErrOf(prom.InsertSelect(ctx, notes, notes.Query(),
					prom.To[kit.Note, kit.Note, int](kit.NoteViews, expr{})))
			},
			"Projection All":   func() error { return kit.ErrOf(one{}.All(ctx)) },
			"Projection First": func() error { return kit.ErrOf(one{}.Limit(1).First(ctx)) },
			"Projection Count": func() error { return kit.ErrOf(one{}.Where(kit.NoteViews.Eq(1)).Count(ctx)) },
			"Projection Has":   func() error { return kit.ErrOf(one{}.Distinct().Exists(ctx)) },
			"Projection SQL":   func() error { _, _, err := one{}.SQL(); return err },
			"Projection Stream": func() error {
				for _, err := range (one{}).Stream(ctx) {
					return err
				}
				return nil
			},
			"Projection In":   func() error { return where(prom.InQuery[*kit.Note, int](kit.NoteViews, one{})) },
			"Projection From": func() error { return kit.ErrOf(prom.From(prom.Projection[kit.Note, kit.Item]{}).All(ctx)) },
			"Union":           func() error { return all(prom.Union(notes.Query(), nil)) },
			"UnionAll":        func() error { return all(prom.UnionAll(nil, notes.Query())) },
			"Intersect":       func() error { return kit.ErrOf(prom.Intersect(notes.Query(), notes.Query(), nil).Count(ctx)) },
			"Except":          func() error { return kit.ErrOf(prom.Except(nil, nil, notes.Query()).Exists(ctx)) },
		} {
			panicked := kit.PanicText(func() {
				err := run()
				if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), "zero ") && !strings.Contains(err.Error(),
					"is nil") {
					t.Errorf("%s: %v", name, err)
				}
			})
			if panicked != "" {
				t.Errorf("%s: %s", name, panicked)
			}
		}
		if n, err := notes.Count(context.Background()); n != 3 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}
