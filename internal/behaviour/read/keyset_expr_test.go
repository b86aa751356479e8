package read_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// sheetTerms are orders by expressions of every kind, upwards and downwards, with and without NULL and arguments.
var sheetTerms = func() (list [][2]prom.Order[*sheet]) {
	s := sheetProto
	text, fold, note := prom.TextOf(s, &s.Text), prom.TextOf(s, &s.Fold), prom.NullTextOf(s, &s.Note)
	float, big := prom.NullNumberOf(s, &s.Float), prom.NullNumberOf(s, &s.Big)
	at, day, clock := prom.NullTimeOf(s, &s.At), prom.TimeOf(s, &s.Day), prom.NullOrderedOf(s, &s.Clock)
	price, cost := prom.TextOf(s, &s.Price), prom.NullTextOf(s, &s.Cost)
	code, bytes := prom.NullOrderedOf(s, &s.Code), prom.OrderedOf(s, &s.Bytes)
	one := prom.Val(s, int16(1))
	flag := prom.Case(prom.Val(s, 0), prom.Then(text.HasPrefix("a"), prom.Val(s, 1)))
	add := func(up, down prom.Order[*sheet]) { list = append(list, [2]prom.Order[*sheet]{up, down}) }
	for _, x := range []prom.Expr[*sheet, string]{
		prom.Concat(text, note), prom.Lower(fold), prom.Coalesce(note, text), prom.Substr(text, 1, 1),
		prom.Concat(fold, prom.Val(s, "x")), prom.OrValue(note, "b"), prom.Coalesce(cost, price),
	} {
		add(x.Asc(), x.Desc())
	}
	for _, x := range []prom.Expr[*sheet, int]{prom.Year(at), prom.Day(day), prom.Second(at), flag} {
		add(x.Asc(), x.Desc())
	}
	for _, x := range []prom.Expr[*sheet, float64]{prom.Div(float, prom.Val(s, 3.0)), prom.Float(sheetNumber),
		prom.OrValue(float, 0.1)} {
		add(x.Asc(), x.Desc())
	}
	sum, length := prom.Plus(sheetNumber, one), prom.Length(text)
	add(sum.Asc(), sum.Desc())
	add(length.Asc(), length.Desc())
	large := prom.Times(big, prom.Val(s, int64(3)))
	add(large.Asc(), large.Desc())
	first := prom.OrValue(at, time.Date(2024, 1, 1, 0, 0, 0, 2000, time.UTC))
	add(first.Asc(), first.Desc())
	timed := prom.OrValue(clock, 0)
	add(timed.Asc(), timed.Desc())
	coded, content := prom.OrValue(code, prom.UUID{2}), prom.Coalesce(bytes)
	add(coded.Asc(), coded.Desc())
	add(content.Asc(), content.Desc())
	listed := prom.ByList(text, "b", "ab", "a")
	add(listed, listed)
	nulls := prom.ByList(note, "b")
	add(nulls, nulls)
	return list
}()

// pages reads all pages of a size, forwards and then backwards from the last one, which must be the same.
func pages[R any](t *testing.T, read func(token string) (prom.KeysetPage[R], error)) (all []R, sizes []int) {
	t.Helper()
	is := is.New(t)
	var list [][]R
	var backs []string
	for token := ""; ; {
		page, err := read(token)
		is.NoErr(err)
		is.Equal(page.Prev != "", token != "")
		list, backs = append(list, page.Rows), append(backs, page.Prev)
		if token = page.Next; token == "" {
			break
		}
	}
	for i := len(list) - 1; i > 0; i-- {
		page, err := read(backs[i])
		is.NoErr(err)
		is.Equal(page.Rows, list[i-1])
		is.True(page.Next != "")
		is.Equal(page.Prev != "", i > 1)
		if i > 1 {
			backs[i-1] = page.Prev
		}
	}
	for _, rows := range list {
		all, sizes = append(all, rows...), append(sizes, len(rows))
	}
	return all, sizes
}

// Ensure that pages in orders by expressions of every kind, by several of them and fields, with NULLs told, are
// together the rows of one query in that order, with computed fields and of some fields too.
func TestKeysetByExpressions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		seed := rand.Uint64()
		defer func() {
			if t.Failed() {
				t.Log("seed", seed)
			}
		}()
		r := rand.New(rand.NewPCG(seed, 1))
		repo := prom.NewRepo[sheet](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.CreateMany(ctx, sheets(r, 60)))
		round := func(terms []int) {
			q, down := repo.Query(), false
			for _, i := range terms {
				var o prom.Order[*sheet]
				way := r.IntN(2)
				if down = way == 1; i < len(sheetTerms) {
					o = sheetTerms[i][way]
				} else if i -= len(sheetTerms); down {
					o = sheetDowns[i]
				} else {
					o = sheetOrders[i]
				}
				switch r.IntN(4) {
				case 0:
					o = o.NullsFirst()
				case 1:
					o = o.NullsLast()
				}
				q = q.OrderBy(o)
			}
			all := q.OrderBy(sheetOrders[0], sheetOrders[1])
			if down {
				all = q.OrderBy(sheetDowns[0], sheetDowns[1])
			}
			rows, err := all.All(ctx)
			is.NoErr(err)
			if r.IntN(3) == 0 {
				q = q.Only(sheetNumber)
			}
			size := 7 + r.IntN(20)
			got, _ := pages(t, func(token string) (prom.KeysetPage[sheet], error) { return q.KeysetPage(ctx, token, size) })
			if want := keysOf(rows); !slices.Equal(keysOf(got), want) {
				sql, _, _ := all.SQL()
				t.Fatalf("pages of %d rows by %v are not those of %s:\n%v\n%v", size, terms, sql, keysOf(got), want)
			}
		}
		for i := range sheetTerms {
			if i != len(sheetTerms)-1 && i != len(sheetTerms)-2 { // a list has one direction
				round([]int{i})
			}
		}
		lists := prom.ByList(sheetNumber, 1, -1)
		listed, err := repo.OrderBy(lists, sheetOrders[0], sheetOrders[1]).All(ctx)
		is.NoErr(err)
		got, _ := pages(t, func(token string) (prom.KeysetPage[sheet], error) {
			return repo.OrderBy(lists).KeysetPage(ctx, token, 7)
		})
		is.Equal(keysOf(got), keysOf(listed))
		for range 20 {
			round(r.Perm(len(sheetTerms) - 2)[:2])
			round([]int{r.IntN(len(sheetTerms) - 2), len(sheetTerms) + r.IntN(len(sheetOrders))})
		}
	})
}

// Ensure that a token is one of the order with its arguments, and no other, also when the program has begun anew.
func TestKeysetExpressionTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		list := make([]kit.Note, 9)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: i % 3}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		note := prom.Proto[kit.Note]()
		by := func(n int) *prom.Query[kit.Note] {
			return repo.OrderBy(prom.Plus(kit.NoteViews, prom.Val(note, n)).Desc())
		}
		page, err := by(1).KeysetPage(ctx, "", 3)
		is.NoErr(err)
		is.True(page.Next != "")
		again := prom.NewRepo[kit.Note](prom.Using(kit.Open(t, e.DSN))) // on another connection
		_, err = again.OrderBy(prom.Plus(kit.NoteViews, prom.Val(note, 1)).Desc()).KeysetPage(ctx, page.Next, 3)
		is.NoErr(err)
		_, err = by(1).Where(kit.NoteViews.Gt(0)).KeysetPage(ctx, page.Next, 3)
		is.NoErr(err)
		plain, err := repo.OrderBy(kit.NoteViews.Desc()).KeysetPage(ctx, "", 3)
		is.NoErr(err)
		for name, q := range map[string]*prom.Query[kit.Note]{
			"argument":   by(2),
			"direction":  repo.OrderBy(prom.Plus(kit.NoteViews, prom.Val(note, 1)).Asc()),
			"operator":   repo.OrderBy(prom.Minus(kit.NoteViews, prom.Val(note, 1)).Desc()),
			"column":     repo.OrderBy(prom.Plus(kit.NoteViews, kit.NoteViews).Desc()),
			"fewer":      repo.Query(),
			"more":       by(1).OrderBy(kit.NoteTitle.Asc()),
			"plain":      repo.OrderBy(kit.NoteViews.Desc()),
			"nulls":      repo.OrderBy(prom.Plus(kit.NoteViews, prom.Val(note, 1)).Desc().NullsLast()),
			"expression": repo.OrderBy(prom.Length(kit.NoteTitle).Desc()),
		} {
			var bad *prom.TokenError
			_, err := q.KeysetPage(ctx, page.Next, 3)
			if !errors.Is(err, prom.ErrValidation) || !errors.As(err, &bad) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var bad *prom.TokenError
		_, err = by(1).KeysetPage(ctx, plain.Next, 3)
		is.True(errors.As(err, &bad))
	})
}
