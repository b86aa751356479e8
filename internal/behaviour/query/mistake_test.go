package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type tome struct {
	prom.Model
	Title string
	Pages int
}

var tomeProto = prom.Proto[tome]()

// Ensure that a mistake in SQL of a program's own is told in the engine's words, wherever it is, and no value with it.
func TestMistakesInSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		tomes := prom.NewRepo[tome](prom.Using(db))
		title := prom.TextOf(tomeProto, &tomeProto.Title)
		is.NoErr(tomes.Create(ctx, &tome{Title: "a", Pages: 1}))
		type row struct {
			Title string
			Sum   int64
			Rows  int64
		}
		rowProto := prom.Proto[row]()

		said := func(postgres, sqlite string) string {
			if e.Name == dbtest.NameSQLite {
				return sqlite
			}
			return postgres
		}
		const secret = "s3cret"
		for name, tt := range map[string]struct {
			run  func(ctx context.Context) error
			want string
		}{
			"aggregate in a condition": {func(ctx context.Context) error {
				_, err := tomes.Where(prom.Raw(tomeProto, "sum(pages) > ?", 1), title.Eq(secret)).All(ctx)
				return err
			}, said("aggregate functions are not allowed in WHERE", "misuse of aggregate function sum()")},
			"projection": {func(ctx context.Context) error {
				_, err := prom.Select(tomes.Where(title.Ne(secret)), rowProto,
					prom.Col(&rowProto.Title, title),
					prom.Col(&rowProto.Sum, prom.RawExpr[int64](tomeProto, "sum(pages)")),
					prom.Col(&rowProto.Rows, prom.Count(tomeProto))).All(ctx)
				return err
			}, said("aggregate functions are not allowed in GROUP BY", "aggregate functions are not allowed in the GROUP BY clause")},
			"no function": {func(ctx context.Context) error {
				_, err := tomes.Where(prom.Raw(tomeProto, "nope(title) = ?", secret)).Count(ctx)
				return err
			}, said("function nope(text) does not exist", "no such function: nope")},
			"syntax": {func(ctx context.Context) error {
				_, err := prom.RawQuery[row](db, "SELECT title FROM tome WHERE title = ? AND AND 1 = 1", secret).All(ctx)
				return err
			}, said(`syntax error at or near "AND"`, `near "AND": syntax error`)},
			"no column": {func(ctx context.Context) error {
				_, err := prom.RawQuery[row](db, "SELECT titel FROM tome WHERE title = ?", secret).All(ctx)
				return err
			}, said(`column "titel" does not exist`, "no such column: titel")},
			"update": {func(ctx context.Context) error {
				_, err := tomes.Where(prom.Raw(tomeProto, "nope(title) = ?", secret)).Update(ctx, title.Set(secret))
				return err
			}, said("function nope(text) does not exist", "no such function: nope")},
			"batch": {func(ctx context.Context) error {
				var b prom.Batch
				prom.Queue(&b, tomes).All(tomes.Where(prom.Raw(tomeProto, "nope(title) = ?", secret)))
				return b.Run(ctx)
			}, said("function nope(text) does not exist", "no such function: nope")},
		} {
			inTx := func(ctx context.Context) error { return db.Tx(ctx, tt.run) }
			for _, run := range []func(ctx context.Context) error{tt.run, inTx} {
				err := run(ctx)
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), secret) {
					t.Errorf("%s: %v does not say %s", name, err, tt.want)
				}
				if !errors.Is(err, prom.ErrSyntax) && !errors.Is(err, prom.ErrNoColumn) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}
